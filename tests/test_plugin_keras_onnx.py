"""Networks run without Keras as they do with it."""

import json
import subprocess
import sys
from importlib import import_module
from types import MappingProxyType

import numpy as np
import pytest

from sesctl_plugins.models import shipped
from tiny_networks import SIZES

keras = pytest.importorskip("keras")
onnxruntime = pytest.importorskip("onnxruntime")

from sesctl.errors import ParameterError, PluginError  # noqa: E402
from sesctl.plugin.keras import InputMap, KerasDetector, backend, engine_onnx  # noqa: E402
from sesctl.plugin.keras.engine_keras import KerasEngine  # noqa: E402
from sesctl.plugin.keras.engine_onnx import OnnxEngine, prefers_onnx  # noqa: E402
from sesctl.plugin.keras.graph import read_graph  # noqa: E402
from sesctl.plugin.keras.graph_of import graph_of  # noqa: E402
from sesctl.plugin.keras.graph_writer import UnknownLayerError  # noqa: E402
from sesctl.plugin.keras.onnx_file import onnx_bytes  # noqa: E402
from sesctl.plugin.keras.variables import values_of  # noqa: E402

MAP = InputMap(scale=1.5)
WITHOUT_KERAS = """
import sys
for name in ("keras", "tensorflow", "jax", "torch"):
    sys.modules[name] = None
import numpy as np
from importlib import import_module
from pathlib import Path
module, model, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
detector = import_module(module).make()
detector.load(model)
np.save(folder / "found.npy", detector.denoise(np.load(folder / "days.npy")))
"""


def days(rows=3):
    random = np.random.default_rng(5)
    slow = np.cumsum(random.normal(0, 0.05, (rows, 8640)), axis=1)
    return (slow + random.normal(0, 1, slow.shape)).astype(np.float32)


def moved(network):
    """Move every weight off its first value, so that no gain is 1 and no bias is 0."""
    random = np.random.default_rng(1)
    network.set_weights(
        [each + random.normal(0, 0.05, each.shape).astype(np.float32) for each in values_of(network.weights)]
    )
    return network


def named(network):
    values = values_of(network.weights)
    return {each.path: value for each, value in zip(network.weights, values, strict=True)}


def detector_of(name):
    return import_module(f"sesctl_plugins.autoencoders.{name}").make(SIZES[name])


@pytest.mark.parametrize("name", SIZES)
def test_a_network_as_onnx_gives_what_keras_gives(name):
    network = moved(detector_of(name).network)
    graph = read_graph(json.dumps(graph_of(network).described()))
    one = KerasEngine(network, MAP, "cleaned", None)(days())
    other = OnnxEngine(graph, named(network), 8640, MAP, "cleaned")(days())
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-4 * np.abs(one).max())


def test_what_is_written_is_onnx():
    onnx = pytest.importorskip("onnx")
    network = detector_of("lstm_ae").network
    model = onnx.load_model_from_string(onnx_bytes(graph_of(network), named(network), (8640,), (8640,)))
    onnx.checker.check_model(model, full_check=True)
    shapes = [
        [size.dim_param or size.dim_value for size in each.type.tensor_type.shape.dim]
        for each in (*model.graph.input, *model.graph.output)
    ]
    assert shapes == [["row", 8640], ["row", 8640]]


def test_a_model_is_scored_where_keras_is_not_installed(tmp_path):
    detector = import_module("sesctl_plugins.autoencoders.lstm_ae_seq").make()
    detector.load(shipped("lstm_ae_seq"))
    np.save(tmp_path / "days.npy", days())
    environment = {"PATH": "", "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            WITHOUT_KERAS,
            "sesctl_plugins.autoencoders.lstm_ae_seq",
            str(shipped("lstm_ae_seq")),
            str(tmp_path),
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    own = KerasEngine(detector.network, detector.input_map, detector.target, None)
    detector._engine = own
    found, expected = np.load(tmp_path / "found.npy"), detector.denoise(days())
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4 * np.abs(expected).max())


def test_onnx_runs_networks_where_the_user_chose_nothing_and_no_accelerator_is_there(monkeypatch, tmp_path):
    monkeypatch.setattr(backend, "CHOICE", None)
    monkeypatch.setattr(engine_onnx, "DEVICES", tmp_path)
    (tmp_path / "nvidiactl").touch()
    assert prefers_onnx(None)
    assert prefers_onnx("cpu")
    assert not prefers_onnx("gpu:0")
    (tmp_path / "nvidia0").touch()
    assert prefers_onnx("cpu")
    assert not prefers_onnx(None)
    monkeypatch.setattr(backend, "CHOICE", "jax")
    assert not prefers_onnx(None)


def test_a_network_changed_by_hand_is_scored_as_it_is_now(monkeypatch):
    monkeypatch.setattr(backend, "CHOICE", None)
    detector = detector_of("fct_ae")
    before = detector.denoise(days())
    moved(detector.network)
    assert np.abs(detector.denoise(days()) - before).max() > 1e-3


class Custom(keras.layers.Layer):
    def call(self, given):
        return keras.ops.cumsum(given, axis=1) * 1e-4


class Stranger(KerasDetector):
    name = "stranger"
    defaults = MappingProxyType({"samples": 8640})

    def build(self, config):
        given = keras.Input((config["samples"],))
        return keras.Model(given, Custom(name="own")(given))


def test_a_network_of_unknown_layers_is_run_by_keras(tmp_path, monkeypatch):
    monkeypatch.setattr(backend, "CHOICE", None)
    detector = Stranger()
    with pytest.raises(UnknownLayerError, match="layer own is a Custom"):
        graph_of(detector.network)
    assert np.isfinite(detector.denoise(days())).all()
    with pytest.raises(ParameterError, match="stranger cannot be written as ONNX"):
        detector.export(tmp_path, onnx=True)
    assert list(tmp_path.iterdir()) == []


def test_an_exported_network_is_a_whole_onnx_file(tmp_path):
    detector = detector_of("fct_ae")
    detector.export(tmp_path, dtype="float16", onnx=True)
    session = onnxruntime.InferenceSession(tmp_path / "network.onnx", providers=["CPUExecutionProvider"])
    field = days()
    given = detector.input_map.given(field, detector.input_map.level(field))
    (found,) = session.run(None, {"given": given})
    expected = np.asarray(keras.ops.convert_to_numpy(detector.network.predict_on_batch(given)))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4 * np.abs(expected).max())


def test_operations_in_a_model_are_not_run(tmp_path, monkeypatch):
    """ONNX Runtime ends the process for some, asks for terabytes for others."""
    monkeypatch.setattr(backend, "CHOICE", None)
    detector = detector_of("fct_ae")
    detector.save(tmp_path)
    about = json.loads((tmp_path / "model.json").read_text())
    assert "graph" not in about
    graph = {"nodes": [["Max", ["given", ""], ["returned"], {}]], "constants": {}, "shapes": {}}
    (tmp_path / "model.json").write_text(json.dumps(about | {"graph": graph}))
    again = detector_of("fct_ae")
    again.load(tmp_path)
    np.testing.assert_allclose(again.denoise(days()), detector.denoise(days()), atol=1e-4)


@pytest.mark.parametrize("choice", [None, keras.backend.backend()])
def test_a_network_that_returns_no_number_is_refused(tmp_path, monkeypatch, choice):
    monkeypatch.setattr(backend, "CHOICE", choice)
    detector = detector_of("fct_ae")
    values = values_of(detector.network.weights)
    detector.network.set_weights([np.full_like(each, 3e38) for each in values])
    with pytest.raises(PluginError, match="fct_ae: the network returns what is no number"):
        detector.denoise(days())


def test_an_architecture_larger_than_its_weights_is_refused_before_it_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(backend, "CHOICE", keras.backend.backend())
    detector = detector_of("fct_ae")
    detector.save(tmp_path)
    about = json.loads((tmp_path / "model.json").read_text())
    (tmp_path / "model.json").write_text(json.dumps(about | {"config": {"samples": 8640}}))
    with pytest.raises(PluginError, match="and there are not as many numbers"):
        detector_of("fct_ae").load(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"interval": 7200.0}, "the input map is one of a sample every 7200 s"),
        ({"scale": 1e-300}, "scale is 1e-300, which does not lie in"),
        ({"clip": "8"}, "'8' is no finite number"),
        ({"clip": 10**400}, "is no finite number"),
    ],
)
def test_an_input_map_of_another_record_is_refused(tmp_path, change, message):
    detector_of("fct_ae").save(tmp_path)
    about = json.loads((tmp_path / "model.json").read_text())
    about["input_map"] |= change
    (tmp_path / "model.json").write_text(json.dumps(about))
    with pytest.raises(PluginError, match=message):
        detector_of("fct_ae").load(tmp_path)


def test_a_backend_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(backend, "CHOICE", "nonsense")
    with pytest.raises(ParameterError, match="KERAS_BACKEND is 'nonsense'"):
        _ = detector_of("fct_ae").network


def test_a_shorter_weight_is_refused_without_keras(tmp_path, monkeypatch):
    from test_plugin_keras import reshaped, rewritten

    monkeypatch.setattr(backend, "CHOICE", None)
    detector_of("fct_ae").save(tmp_path)
    rewritten(tmp_path, reshaped)
    with pytest.raises(PluginError, match=r"code/bias has shape \(3,\), not \(8,\)"):
        detector_of("fct_ae").load(tmp_path)


def test_the_input_map_is_the_same_in_numpy_and_in_the_graph():
    field = days()
    tensor = keras.ops.convert_to_tensor(field)
    level, there = MAP.level(field), MAP.level(tensor)
    assert level.dtype == MAP.given(field, level).dtype == np.float32
    for one, other in (
        (level, there),
        (MAP.given(field, level), MAP.given(tensor, there)),
        (MAP.unbend(MAP.bend(field, level), level), MAP.unbend(MAP.bend(tensor, there), there)),
    ):
        np.testing.assert_allclose(one, np.asarray(keras.ops.convert_to_numpy(other)), atol=1e-4)


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_the_size_of_a_batch_changes_no_result(batch, monkeypatch):
    monkeypatch.setattr(backend, "CHOICE", None)
    detector = detector_of("gru_ae")
    expected = detector.denoise(days())
    detector.batch = batch
    np.testing.assert_allclose(detector.denoise(days()), expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", SIZES)
def test_the_graph_that_comes_along_is_that_of_the_network(name):
    """Where it is not: python docs/scripts/translate_networks.py."""
    module = import_module(f"sesctl_plugins.autoencoders.{name}")
    expected = json.loads(json.dumps(graph_of(module.build(module.SHAPE)).described()))
    assert module.make().known_graph(module.SHAPE).described() == expected
    assert module.make().known_graph({**module.SHAPE, "samples": 4320}) is None
