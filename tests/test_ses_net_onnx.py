"""`ses_net` computed by ONNX Runtime: the same days score alike, and nothing of Keras is needed."""

import json
import subprocess
import sys

import numpy as np
import pytest

from sesctl import registry
from sesctl.pipeline.loading import load_detector
from sesctl.plugin.keras import backend
from sesctl_plugins.ses_net import make
from sesctl_plugins.ses_net.network import SHAPE, build
from test_ses_net import SMALL, days_of, noise, with_boxcar

keras = pytest.importorskip("keras")
onnxruntime = pytest.importorskip("onnxruntime")

from sesctl.plugin.keras.graph_of import graph_of  # noqa: E402
from sesctl.plugin.keras.graph_writer import UnknownLayerError  # noqa: E402
from sesctl.plugin.keras.variables import values_of  # noqa: E402

WATCHED = """
import sys
from sesctl.__main__ import main
sys.argv = ["sesctl", *sys.argv[1:]]
try:
    main()
finally:
    for name in sorted({"keras", "tensorflow", "jax", "torch"} & set(sys.modules)):
        print("imported", name, file=sys.stderr)
"""


@pytest.fixture
def onnx(monkeypatch):
    """Return the shipped detector, computed by ONNX Runtime."""
    monkeypatch.setattr(backend, "CHOICE", None)
    return load_detector(registry.find("ses_net"))[0]


def gappy(days, dipoles):
    """Return days with a signal, gaps, and a dead dipole where there are several."""
    values = with_boxcar(noise(days, dipoles), 8640 + 3000, 170, [12.0, -8.0, 5.0][:dipoles])
    values[:, 0, 9000:9400] = np.nan
    values[0, -1] = np.nan if dipoles > 1 else values[0, -1]
    return values


def test_the_graph_that_comes_along_is_that_of_the_network():
    """Where it is not: python docs/scripts/translate_networks.py."""
    expected = json.loads(json.dumps(graph_of(build(SHAPE)).described()))
    assert make().known_graph(SHAPE).described() == expected
    assert make().known_graph({**SHAPE, "stem": 4}) is None


@pytest.mark.parametrize("dipoles", [1, 2, 3])
def test_days_score_as_with_keras(onnx, monkeypatch, dipoles):
    days = days_of(gappy(2, dipoles))
    found = onnx.score(days)
    assert onnx._network is None
    monkeypatch.setattr(backend, "CHOICE", keras.backend.backend())
    expected = load_detector(registry.find("ses_net"))[0].score(days)
    np.testing.assert_array_equal(np.isnan(found.values), np.isnan(expected.values))
    np.testing.assert_allclose(found.values, expected.values, rtol=0, atol=1e-4)
    np.testing.assert_allclose(found.amplitudes, expected.amplitudes, rtol=1e-3, atol=1e-3)
    assert np.nanmax(found.values) > 0.5


def test_what_was_changed_since_it_was_read_is_computed(onnx):
    days = days_of(noise())
    before = onnx.score(days).values
    network = onnx.network
    network.set_weights([0.5 * each for each in values_of(network.weights)])
    assert np.nanmax(np.abs(onnx.score(days).values - before)) > 1e-3


def test_a_network_of_other_numbers_is_computed_by_keras(monkeypatch):
    monkeypatch.setattr(backend, "CHOICE", None)
    assert np.isfinite(make(SMALL).score(days_of(noise())).values[..., 8640:17280]).all()


def test_the_demo_imports_no_keras(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, "demo", "--to", str(tmp_path / "demo"), "--quiet"],
        env={"PATH": "", "HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len((tmp_path / "demo" / "events.csv").read_text().splitlines()) == 2


def test_an_exported_network_is_a_whole_onnx_file_and_the_model_stays_the_same(onnx, tmp_path):
    onnx.export(tmp_path, onnx=True)
    assert "graph" not in json.loads((tmp_path / "model.json").read_text())
    session = onnxruntime.InferenceSession(tmp_path / "network.onnx", providers=["CPUExecutionProvider"])
    given = np.random.default_rng(3).normal(0, 1, (2, 4, 96, 14)).astype(np.float32)
    (found,) = session.run(None, {"given": given})
    expected = np.asarray(keras.ops.convert_to_numpy(onnx.network.predict_on_batch(given)))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: x + 0.5, "takes 0.5"),
        (lambda x: x[:, 1:], "what get_item.* chooses"),
        (lambda x: keras.ops.any(x, axis=1), "any.* takes something other than a comparison"),
        (lambda x: keras.ops.cast(x, "int32"), "numbers of type int32"),
        (keras.layers.Conv1D(2, 3, padding="causal", name="late"), "padding causal of late"),
    ],
)
def test_what_is_not_translated_is_named(change, message):
    given = keras.Input((8, 2))
    with pytest.raises(UnknownLayerError, match=message):
        graph_of(keras.Model(given, change(given)))
