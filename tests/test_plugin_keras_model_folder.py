"""A model folder keeps its model until a new one is whole, and files of odd names are refused in one line."""

import errno
import json
import os
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from sesctl.errors import OutputError, PluginError  # noqa: E402
from sesctl.plugin.keras import model_folder, read_model, write_model  # noqa: E402
from sesctl.plugin.keras.model_reading import read_tensors  # noqa: E402

VALUES = {"a": [1.0, 2.0], "b": [3.0, 4.0], "c": [5.0, 6.0]}
SPLIT = 8
"""Bytes of a file of weights, so that each has one of its own."""


def network(**values):
    """Return what is written of a network: its weights."""
    return SimpleNamespace(
        weights=[
            SimpleNamespace(path=path, value=keras.ops.convert_to_tensor(np.float32(value)))
            for path, value in values.items()
        ]
    )


def written(folder, file_bytes=1 << 30, **values):
    write_model(folder, {"detector": "any"}, network(**values), file_bytes=file_bytes)


def learnt(folder):
    return {path: value.tolist() for path, value in read_tensors(folder, read_model(folder)).items()}


def files(folder):
    return {each.name: each.read_bytes() for each in folder.iterdir()}


class Full:
    """A disk that is full after some files."""

    def __init__(self, room):
        self.room = room
        self.make = tempfile.NamedTemporaryFile

    def __call__(self, **options):
        file = self.make(**options)
        self.room -= 1
        if self.room < 0:
            file.write = self.refuse
        return file

    def refuse(self, content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("before", [SPLIT, 1 << 30], ids=["files", "file"])
@pytest.mark.parametrize("room", range(4))
def test_a_model_stays_where_the_new_one_finds_no_room(tmp_path, monkeypatch, before, room):
    written(tmp_path, before, **VALUES)
    was = files(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(model_folder.tempfile, "NamedTemporaryFile", Full(room))
        with pytest.raises(OutputError, match=r"cannot be written \(No space left on device\)"):
            written(tmp_path, SPLIT, a=[7.0], b=[8.0, 8.0], c=[9.0, 9.0])
    assert files(tmp_path) == was
    assert learnt(tmp_path) == VALUES


def test_weights_of_the_model_before_go_and_all_else_stays(tmp_path):
    written(tmp_path, SPLIT, **VALUES)
    theirs = (
        "weights.txt",
        "weights-mine.safetensors",
        "weights-00009-of-00009.safetensors",
        "thesis.safetensors",
    )
    for name in theirs:
        (tmp_path / name).write_text("mine")
    about = read_model(tmp_path)
    about["weights"].append({"file": "thesis.safetensors"})
    (tmp_path / "model.json").write_text(json.dumps(about))
    written(tmp_path, **VALUES)
    assert sorted(files(tmp_path)) == sorted([*theirs, "model.json", "weights.safetensors"])
    assert learnt(tmp_path) == VALUES


@pytest.mark.parametrize(
    "content",
    [
        "no JSON",
        '{"format": 1, "weights": 5}',
        '{"format": 1, "weights": [5, {"file": ["x"]}, {"file": "../weights.safetensors"}, {}]}',
    ],
)
def test_what_was_no_model_is_written_over_and_names_nothing_to_remove(tmp_path, content):
    (tmp_path / "weights.safetensors").write_text("elsewhere")
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.json").write_text(content)
    written(folder, SPLIT, **VALUES)
    assert learnt(folder) == VALUES
    assert (tmp_path / "weights.safetensors").read_text() == "elsewhere"


@pytest.mark.parametrize(
    "name", ["a" * 300 + ".safetensors", "a\0.safetensors", "a\n.safetensors", "\ud800.safetensors"]
)
def test_weights_of_a_name_that_no_file_has_are_refused(tmp_path, name):
    entry = {"file": name, "bytes": 1, "sha256": "0" * 64, "tensors": {}}
    with pytest.raises(PluginError, match="which is no file of the folder") as caught:
        read_tensors(tmp_path, {"weights": [entry]})
    assert "\n" not in caught.value.message


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted there")
def test_a_folder_in_place_of_weights_is_refused_and_nothing_stays_open(tmp_path):
    (tmp_path / "w.safetensors").mkdir()
    entry = {"file": "w.safetensors", "bytes": 1, "sha256": "0" * 64, "tensors": {}}
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with pytest.raises(PluginError, match=r"cannot be read \(Is a directory\)"):
            read_tensors(tmp_path, {"weights": [entry]})
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_many_names_are_read_in_a_time_that_grows_with_their_number(tmp_path):
    names = ",".join(f'"{number:07x}": 0' for number in range(100_000))
    (tmp_path / "model.json").write_text(f'{{{names}, "last": 0, "last": 0}}')
    started = time.process_time()
    with pytest.raises(PluginError, match="'last' is there twice"):
        read_model(tmp_path)
    assert time.process_time() - started < 10  # compared one by one they take minutes
