"""Networks learn, are written and read as they were, and go on where they stopped."""

import json
import shutil
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from tiny_networks import SIZES

keras = pytest.importorskip("keras")

from sesctl.clean import TARGET  # noqa: E402
from sesctl.errors import ParameterError, PluginError, ShapeError  # noqa: E402
from sesctl.plugin import EdgeSearch  # noqa: E402
from sesctl.plugin.keras import (  # noqa: E402
    Backgrounds,
    Block,
    Draws,
    Embedding,
    InputMap,
    TrainingParameters,
    top1_success,
)
from sesctl.plugin.keras import backgrounds as backgrounds_module  # noqa: E402
from sesctl.plugin.keras.embedding import boxcars  # noqa: E402
from sesctl.plugin.keras.variables import values_of  # noqa: E402
from sesctl.testing import sample_days  # noqa: E402

PARAMETERS = TrainingParameters(epochs=2, copies=2, batch=8, warmup=2, seed=7)
BLOCKS = (Block(rows=np.tile(np.arange(12), 2)), Block(rows=np.arange(12, 16)))


def make(name="fct_ae"):
    return import_module(f"sesctl_plugins.autoencoders.{name}").make(SIZES[name])


def noisy(rows=16, seed=0):
    random = np.random.default_rng(seed)
    slow = np.cumsum(random.normal(0, 0.02, (rows, 8640)), axis=1)
    observed = (slow + random.normal(0, 1.0, slow.shape)).astype(np.float32)
    return Backgrounds(observed, slow.astype(np.float32), np.arange(rows), 10.0)


def trained(name="fct_ae", parameters=PARAMETERS, **options):
    detector = make(name)
    result = detector.train(noisy(), *BLOCKS, parameters, **options)
    return detector, result


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    detector, _ = trained()
    detector.save(folder)
    return detector, folder


# The signal alone is wanted, and counts: on cleaned days networks rest on a plateau for thousands of steps.
FALLING = replace(
    PARAMETERS,
    epochs=12,
    learning_rate=1e-2,
    warmup=0,
    clip_norm=1.0,
    l2=0.0,
    fresh=False,
    target="ses",
    signal_weight=20.0,
)


@pytest.mark.parametrize("name", SIZES)
def test_loss_falls_in_a_few_steps(name):
    _, result = trained(name, FALLING)
    assert result.history[-1].loss < 0.9 * result.history[0].loss


def test_single_kernel_is_alive_for_100_seeds():
    from sesctl_plugins.autoencoders.layers import diluted

    days = np.random.default_rng(0).uniform(0, 16, (2, 120)).astype(np.float32)
    for seed in range(100):
        keras.utils.set_random_seed(seed)
        given = keras.Input((120,))
        whole = keras.Model(given, diluted(given, 120, 10, 3))
        kernel = keras.Model(given, whole.get_layer("dilution").output)
        assert (keras.ops.convert_to_numpy(kernel(days)) > 0).all()
        assert keras.ops.convert_to_numpy(whole(days)).std() > 0.1


def test_resumed_training_ends_as_one_in_a_piece(tmp_path):
    file = tmp_path / "run.safetensors"
    parameters = replace(PARAMETERS, epochs=4)
    whole, history = trained(parameters=parameters)
    trained(parameters=replace(parameters, epochs=2), checkpoint=file)
    again, resumed = trained(parameters=parameters, checkpoint=file)
    for one, other in zip(values_of(whole.network.weights), values_of(again.network.weights), strict=True):
        np.testing.assert_array_equal(one, other)
    assert resumed.best == history.best
    assert [e.validation_loss for e in resumed.history] == [e.validation_loss for e in history.history]


def test_checkpoint_of_another_run_is_refused(tmp_path):
    file = tmp_path / "run.safetensors"
    trained(checkpoint=file)
    with pytest.raises(PluginError, match="learning_rate"):
        trained(parameters=replace(PARAMETERS, learning_rate=0.1), checkpoint=file)


def test_saved_model_is_loaded_as_it_was(model):
    detector, folder = model
    again = make()
    again.load(folder)
    days = sample_days(import_module("sesctl_plugins.autoencoders.fct_ae").sesctl_detectors())
    np.testing.assert_array_equal(detector.score(days).values, again.score(days).values)
    assert again.about["best_epoch"] == detector.about["best_epoch"]


def test_half_precision_in_several_files_is_loaded(model, tmp_path):
    detector, _ = model
    detector.save(tmp_path, dtype="float16", file_bytes=200_000)
    assert len(list(tmp_path.glob("weights-*.safetensors"))) > 1
    again = make()
    again.load(tmp_path)
    for one, other in zip(values_of(detector.network.weights), values_of(again.network.weights), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)


def rewritten(folder, change):
    """Change the tensors of a model, and its description so that sizes and hashes fit."""
    from hashlib import sha256

    from safetensors.numpy import load, save

    path, about = folder / "weights.safetensors", json.loads((folder / "model.json").read_text())
    tensors = change(load(path.read_bytes()))
    content = save(tensors)
    path.write_bytes(content)
    about["weights"][0] |= {
        "bytes": len(content),
        "sha256": sha256(content).hexdigest(),
        "tensors": {k: {"shape": list(v.shape), "dtype": str(v.dtype)} for k, v in tensors.items()},
    }
    (folder / "model.json").write_text(json.dumps(about))


def renamed(tensors):
    return {("other" if name == "code/kernel" else name): value for name, value in tensors.items()}


def reshaped(tensors):
    return {**tensors, "code/bias": np.zeros(3, np.float32)}


def with_nan(tensors):
    return {**tensors, "code/bias": np.full(8, np.nan, np.float32)}


def as_double(tensors):
    return {**tensors, "code/bias": np.zeros(8, np.float64)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (renamed, "code/kernel is missing"),
        (reshaped, r"code/bias has shape \(3,\), not \(8,\)"),
        (with_nan, "code/bias holds a value that is no finite number"),
        (as_double, "code/bias is float64"),
    ],
)
def test_changed_weights_are_refused(model, tmp_path, change, message):
    folder = tmp_path / "model"
    shutil.copytree(model[1], folder)
    rewritten(folder, change)
    detector = make()
    before = values_of(detector.network.weights)
    with pytest.raises(PluginError, match=message):
        detector.load(folder)
    for one, other in zip(before, values_of(detector.network.weights), strict=True):
        np.testing.assert_array_equal(one, other)


def test_damaged_weights_are_refused(model, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(model[1], folder)
    path = folder / "weights.safetensors"
    content = path.read_bytes()
    for damaged, message in (
        (content[:-1], f"has {len(content) - 1} bytes, not {len(content)}"),
        (content[:-1] + bytes([content[-1] ^ 1]), "SHA-256"),
    ):
        path.write_bytes(damaged)
        with pytest.raises(PluginError, match=message):
            make().load(folder)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("detector", "lstm_ae", "is a model of 'lstm_ae', not of fct_ae"),
        ("format", 99, "has format 99, not 1"),
        ("config", {"outer": 10**9}, "outer is 1000000000"),
        ("config", {"depth": 2}, "no number 'depth'"),
        ("input_map", {"scale": -1.0}, "scale is -1.0"),
        ("target", "code", "target is 'code'"),
        ("weights", [], "names no file of weights"),
        (
            "weights",
            [{"file": "../w.safetensors", "bytes": 1, "sha256": "", "tensors": {}}],
            "no file of the",
        ),
    ],
)
def test_changed_description_is_refused(model, tmp_path, key, value, message):
    folder = tmp_path / "model"
    shutil.copytree(model[1], folder)
    about = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**about, key: value}))
    with pytest.raises(PluginError, match=message):
        make().load(folder)


def test_signals_are_the_same_however_they_are_asked_for():
    embedding = Embedding()
    one, other = (embedding.draw(50, 3, 9, 8640, 10.0) for _ in range(2))
    np.testing.assert_array_equal(one.table(), other.table())
    assert not np.array_equal(one.table(), embedding.draw(50, 3, 10, 8640, 10.0).table())
    length = (one.end - one.onset) * 10
    assert ((length >= 1499) & (length <= 1801)).all()
    assert ((one.onset >= 30) & (one.end <= 8610)).all()
    assert ((np.abs(one.amplitude) >= 10) & (np.abs(one.amplitude) <= 15)).all()
    assert {-1.0, 1.0} == set(np.sign(one.amplitude))


def test_signal_covers_its_samples():
    draws = Draws(np.float32([2.5]), np.float32([5.0]), np.float32([-3.0]))
    signal, inside = (np.asarray(keras.ops.convert_to_numpy(x)) for x in boxcars(draws.table(), 7))
    np.testing.assert_array_equal(signal[0], [0, 0, 0, -3, -3, 0, 0])
    np.testing.assert_array_equal(inside[0], [0, 0, 0, 1, 1, 0, 0])


def test_level_is_the_median_of_six_hours_of_five_minute_means():
    field = noisy(1).observed
    input_map = InputMap(scale=1.0)
    level = np.asarray(keras.ops.convert_to_numpy(input_map.level(keras.ops.convert_to_tensor(field))))[0]
    means = field[0].reshape(288, 30).mean(axis=1)
    for hour in range(24):
        first = min(max(0, 12 * hour - 36), 288 - 72)
        assert level[360 * hour] == pytest.approx(np.median(means[first : first + 72]), abs=1e-4)
    assert level[180] == pytest.approx((level[0] + level[360]) / 2, abs=1e-4)


def test_input_map_is_inverted():
    field = noisy(2).observed * 3
    input_map = InputMap(scale=1.5)
    level = input_map.level(keras.ops.convert_to_tensor(field))
    bent = input_map.bend(field, level)
    back = np.asarray(keras.ops.convert_to_numpy(input_map.unbend(bent, level)))
    np.testing.assert_allclose(back, field, atol=1e-2)
    assert (np.asarray(keras.ops.convert_to_numpy(input_map.given(field, level))) > 0).all()


def test_target_is_the_cleaning_that_makes_targets():
    assert TARGET.savgol_s == backgrounds_module.TARGET_SAVGOL_S
    assert TARGET.mean_s == backgrounds_module.TARGET_MEAN_S


def test_success_is_both_edges_within_half_the_signal():
    draws = Draws(np.float32([3000, 3000]), np.float32([3170, 3170]), np.float32([12, 12]))
    trace = np.zeros((2, 8640), np.float32)
    trace[0, 3000:3170] = 12
    trace[1, 3100:3270] = 12
    good, error = top1_success(trace, trace, draws, EdgeSearch(), 10.0)
    np.testing.assert_array_equal(good, [True, False])
    np.testing.assert_allclose(error, [[0, 0], [1000, 1000]])


def test_days_of_another_sampling_interval_are_refused():
    info = import_module("sesctl_plugins.autoencoders.fct_ae").sesctl_detectors()
    with pytest.raises(ShapeError, match="8640 samples, not 1440"):
        make().score(sample_days(replace(info, interval=60.0)))


def test_too_few_pairs_for_a_batch_are_refused():
    with pytest.raises(ParameterError, match="24 pairs for a batch of 128"):
        trained(parameters=replace(PARAMETERS, batch=128))
