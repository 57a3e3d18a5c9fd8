"""A model folder from an unknown hand is refused in one line, whatever is in it."""

import hashlib
import json
import os
import struct
from importlib import import_module

import numpy as np
import pytest

from tiny_networks import SIZES

pytest.importorskip("keras")

from sesctl.errors import PluginError
from sesctl.plugin.keras import model_reading, read_model
from sesctl.plugin.keras.model_reading import read_tensors


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "model.json").write_text('{"format": 1}')
    return tmp_path


def weights(folder, content, tensors, name="weights.safetensors"):
    """Put a file of weights there, described as it is, and return what model.json says."""
    (folder / name).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return {"weights": [{"file": name, "bytes": len(content), "sha256": digest, "tensors": tensors}]}


def safetensors(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def refused(folder, about):
    with pytest.raises(PluginError) as error:
        read_tensors(folder, about)
    assert "\n" not in error.value.message
    return error.value.message


ONE = {"a": {"shape": [1], "dtype": "float32"}}
ENTRY = {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}


def test_what_is_whole_is_read(folder):
    about = weights(folder, safetensors(ENTRY, b"\0\0\x80?"), ONE)
    np.testing.assert_array_equal(read_tensors(folder, about)["a"], np.float32([1]))


@pytest.mark.parametrize(
    ("content", "tensors"),
    [
        (safetensors(ENTRY, b"\0\0\0\0", length=1 << 62), ONE),
        (safetensors(ENTRY, b"\0\0\0\0", length=3), ONE),
        (safetensors(ENTRY, b""), ONE),
        (b"", ONE),
        (b"\x80\x04.", ONE),
        (safetensors(b"[" * 100_000), ONE),
        (
            safetensors(
                {"a": {"dtype": "F32", "shape": [1 << 40, 1 << 40], "data_offsets": [0, 4]}}, b"1234"
            ),
            {"a": {"shape": [1 << 40, 1 << 40], "dtype": "float32"}},
        ),
        (
            safetensors({"a": {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 1 << 42]}}, b"1234"),
            {"a": {"shape": [1 << 40], "dtype": "float32"}},
        ),
        (
            safetensors(b'{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', b"1234"),
            {"a": {"shape": [-1], "dtype": "float32"}},
        ),
    ],
    ids=["length beyond", "length within", "no data", "empty", "pickle", "nested", "huge", "far", "negative"],
)
def test_tensors_that_lie_about_themselves_are_refused(folder, content, tensors):
    assert "is no file of tensors" in refused(folder, weights(folder, content, tensors))


def test_more_tensors_than_described_are_refused(folder):
    entries = {name: {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for name in "ab"}
    message = refused(
        folder, weights(folder, safetensors(entries), {"a": {"shape": [0], "dtype": "float32"}})
    )
    assert message.endswith("the weight b is not described")


@pytest.mark.parametrize("shape", [["1"], [1.5], None, [[1]], 7])
def test_a_shape_that_is_none_is_refused(folder, shape):
    about = weights(folder, safetensors(ENTRY, b"1234"), {"a": {"shape": shape, "dtype": "float32"}})
    assert "in an unknown way" in (message := refused(folder, about)) or "not (" in message


@pytest.mark.parametrize(
    "name", ["../a.safetensors", "/etc/a.safetensors", "a/b.safetensors", "weights.pickle", "", ".", 3, None]
)
def test_a_name_that_leads_out_is_refused(folder, name):
    entry = {"file": name, "bytes": 1, "sha256": "", "tensors": {}}
    assert "which is no file of the folder" in refused(folder, {"weights": [entry]})


@pytest.mark.parametrize("size", ["9", -1, 1e3, True, None])
def test_a_size_that_is_none_is_refused(folder, size):
    entry = {"file": "a.safetensors", "bytes": size, "sha256": "", "tensors": {}}
    assert "describes a.safetensors in an unknown way" in refused(folder, {"weights": [entry]})


def test_weights_that_are_a_link_are_refused(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "w"
    content = safetensors(ENTRY, b"1234")
    about = weights(folder, content, ONE)
    other.write_bytes(content)
    (folder / "weights.safetensors").unlink()
    (folder / "weights.safetensors").symlink_to(other)
    assert "it is a link" in refused(folder, about)


def test_a_pipe_in_place_of_a_file_does_not_wait(folder):
    about = weights(folder, safetensors(ENTRY, b"1234"), ONE)
    (folder / "weights.safetensors").unlink()
    os.mkfifo(folder / "weights.safetensors")
    assert "is no plain file" in refused(folder, about)


def test_more_weights_than_fit_are_refused_before_they_are_read(folder, monkeypatch):
    about = weights(folder, safetensors(ENTRY, b"1234"), ONE)
    monkeypatch.setattr(model_reading, "LARGEST_BYTES", 8)
    assert "of more than 8 bytes" in refused(folder, about)


def test_a_weight_in_two_files_is_refused(folder):
    one, other = (weights(folder, safetensors(ENTRY, b"1234"), ONE, f"{k}.safetensors") for k in "12")
    assert "a is there twice" in refused(folder, {"weights": one["weights"] + other["weights"]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"format": 1, "format": 1}', "'format' is there twice"),
        ('{"format": 1, "a": {"b": 1, "b": 2}}', "'b' is there twice"),
        ('{"format": 1, "scale": NaN}', "NaN is no number"),
        ('{"format": 1, "scale": -Infinity}', "-Infinity is no number"),
        ("[" * 100_000, "cannot be read"),
        ("[1]", "has format 'list', not 1"),
        ('"text"', "has format 'str', not 1"),
        ("", "cannot be read"),
        ('{"format": ' + "9" * 5000 + "}", "cannot be read"),
    ],
)
def test_a_description_that_is_none_is_refused(folder, text, message):
    (folder / "model.json").write_text(text)
    with pytest.raises(PluginError, match=message):
        read_model(folder)


def test_a_description_that_is_no_text_is_refused(folder):
    (folder / "model.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PluginError, match="cannot be read"):
        read_model(folder)


def test_a_description_without_end_is_refused(folder, monkeypatch):
    monkeypatch.setattr(model_reading, "LARGEST_DESCRIPTION", 10)
    with pytest.raises(PluginError, match="more than the 10 bytes"):
        read_model(folder)


def test_a_description_that_is_a_link_is_refused(folder):
    (folder / "model.json").rename(folder / "other.json")
    (folder / "model.json").symlink_to(folder / "other.json")
    with pytest.raises(PluginError, match="it is a link"):
        read_model(folder)


def test_an_architecture_larger_than_its_weights_is_not_built(tmp_path, monkeypatch):
    module = import_module("sesctl_plugins.autoencoders.lstm_ae")
    module.make(SIZES["lstm_ae"]).save(tmp_path)
    about = json.loads((tmp_path / "model.json").read_text())
    about["config"]["both_ways"] = 16_384
    (tmp_path / "model.json").write_text(json.dumps(about))
    monkeypatch.setattr(module, "build", None)
    with pytest.raises(PluginError, match="both_ways is 16384, and no weight is as long"):
        module.make().load(tmp_path)
