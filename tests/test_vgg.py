"""The networks of Ding et al. (2021): their layers, what they learn, and what becomes of a model."""

import json
from dataclasses import replace

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from sesctl.errors import ParameterError, ShapeError  # noqa: E402
from sesctl.plugin.keras import (  # noqa: E402
    ImageLessons,
    ImageTrainingParameters,
    read_model,
)
from sesctl.plugin.keras.classification import Classification, draw_moves, moved  # noqa: E402
from sesctl.plugin.keras.variables import values_of  # noqa: E402
from sesctl.types import Days, Dipole, SpectrogramParameters, Station  # noqa: E402
from sesctl.types.instants import DAY  # noqa: E402
from sesctl_plugins import vgg, vgg16  # noqa: E402
from test_plugin_keras_backends import OTHERS, run_with  # noqa: E402

TINY = {"kernels": 4}
PARAMETERS = ImageTrainingParameters(epochs=4, batch=8, learning_rate=1e-2, seed=1)
VGG = [
    *(
        ("block1_conv1", 1728),
        ("block1_conv1_norm", 256),
        ("block1_conv2", 36864),
        ("block1_conv2_norm", 256),
    ),
    ("block1_side", 256),
    *(
        ("block2_conv1", 73728),
        ("block2_conv1_norm", 512),
        ("block2_conv2", 147456),
        ("block2_conv2_norm", 512),
    ),
    ("block2_side", 8320),
    *(("block3_conv1", 294912), ("block3_conv1_norm", 1024), ("block3_conv2", 589824)),
    *(("block3_conv2_norm", 1024), ("block3_side", 33024), ("classes", 8194)),
]
VGG16 = [
    *(("block1_conv1", 1792), ("block1_conv2", 36928), ("block2_conv1", 73856), ("block2_conv2", 147584)),
    *(("block3_conv1", 295168), ("block3_conv2", 590080), ("block3_conv3", 590080)),
    *(("block4_conv1", 1180160), ("block4_conv2", 2359808), ("block4_conv3", 2359808)),
    *(("block5_conv1", 2359808), ("block5_conv2", 2359808), ("block5_conv3", 2359808)),
    *(("dense1", 2101248), ("dense2", 16781312), ("classes", 8194)),
]


@pytest.fixture(autouse=True)
def one_scale():
    yield
    keras.backend.clear_session()


def lessons(count=48, seed=0):
    """Return spectrograms of noise, in half of which a band is louder."""
    random = np.random.default_rng(seed)
    decibels = random.normal(0, 1, (count, 32, 32)).astype(np.float32)
    positive = np.arange(count) % 2 == 0
    decibels[positive, 8:12] += 4
    rows = np.arange(count)
    return ImageLessons(
        decibels=decibels, positive=positive, training=rows[:32], validation=rows[32:40], test=rows[40:]
    )


def minute_days(values):
    """Return days of one dipole, a value a minute, without context."""
    station = Station(name="mast", channels=(Dipole(name="NS"),))
    starts = (18_000 + np.arange(len(values), dtype=np.int64)) * DAY
    return Days(station=station, values=values[:, None], starts=starts, interval=60.0, context=0)


@pytest.mark.parametrize(("plugin", "table"), [(vgg, VGG), (vgg16, VGG16)])
def test_layers_and_weights_are_those_of_the_paper(plugin, table):
    network = plugin.build(plugin.SHAPE)
    found = [(layer.name, layer.count_params()) for layer in network.layers if layer.count_params()]
    assert sorted(found) == sorted(table)
    assert network.count_params() == sum(count for _, count in table)
    assert (network.input_shape, network.output_shape) == ((None, 32, 32, 3), (None, 2))
    dropped = [layer.rate for layer in network.layers if isinstance(layer, keras.layers.Dropout)]
    if plugin is vgg:
        assert network.get_layer("block3_pool").output.shape == (None, 4, 4, 256)
        assert (network.get_layer("flat").output.shape, dropped) == ((None, 4096), [0.25])
    else:
        assert not dropped


@pytest.mark.parametrize("config", [{"height": 64, "width": 48, "kernels": 2}, {"channels": 1, "kernels": 2}])
def test_images_of_other_sizes_and_colours_are_taken(config):
    network = vgg.build({**vgg.SHAPE, **config})
    shape = tuple(vgg.make(config).config[name] for name in ("height", "width", "channels"))
    assert network.input_shape == (None, *shape)
    assert vgg.make(config).spectrogram.channels == shape[2]


def test_a_band_that_is_louder_is_learnt_and_the_model_says_the_same_after_saving(tmp_path):
    detector, data = vgg.make(TINY), lessons()
    result = detector.train(data, replace(PARAMETERS, epochs=10))
    assert result.history[-1]["test_accuracy"] == 1.0
    assert result.history[0]["loss"] > result.history[-1]["loss"]
    detector.save(tmp_path)
    again = vgg.make()
    again.load(tmp_path)
    np.testing.assert_array_equal(again.classify(data.decibels), detector.classify(data.decibels))
    assert again.scale == detector.scale
    assert read_model(tmp_path)["spectrogram"]["length"] == 64


def test_a_folder_with_another_network_s_graph_is_computed_as_its_own(tmp_path):
    detector = vgg.make(TINY)
    detector.save(tmp_path)
    path = tmp_path / "model.json"
    about = json.loads(path.read_text())
    path.write_text(json.dumps({**about, "graph": {"nodes": [], "constants": {}, "shapes": {}}}))
    pixels = np.zeros((1, 32, 32), dtype=np.float32)
    again = vgg.make()
    again.load(tmp_path)
    np.testing.assert_array_equal(again.classify(pixels), detector.classify(pixels))


SCORE = """
import sys
from pathlib import Path
import numpy as np
from sesctl_plugins import vgg
folder = Path(sys.argv[1])
detector = vgg.make()
detector.load(folder)
np.save(folder / "scores.npy", detector.classify(np.load(folder / "images.npy")))
import keras
print(keras.backend.backend())
"""


@pytest.mark.parametrize("backend", OTHERS)
def test_another_backend_gives_the_same_scores(backend, tmp_path):
    detector, images = vgg.make(TINY), lessons(8).decibels
    detector.save(tmp_path)
    np.save(tmp_path / "images.npy", images)
    assert run_with(backend, SCORE, tmp_path) == backend
    np.testing.assert_allclose(np.load(tmp_path / "scores.npy"), detector.classify(images), atol=1e-5)


def test_training_that_goes_on_after_an_interruption_ends_at_the_same_weights(tmp_path):
    checkpoint = tmp_path / "checkpoint.safetensors"

    def stop(figures):
        if figures["epoch"] == 2:
            raise KeyboardInterrupt

    whole, parted, resumed = (vgg.make(TINY) for _ in range(3))
    whole.train(lessons(), PARAMETERS)
    with pytest.raises(KeyboardInterrupt):
        parted.train(lessons(), PARAMETERS, checkpoint=checkpoint, after_epoch=stop)
    assert checkpoint.is_file()
    resumed.train(lessons(), PARAMETERS, checkpoint=checkpoint)
    pairs = zip(values_of(whole.network.weights), values_of(resumed.network.weights), strict=True)
    for mine, its in pairs:
        np.testing.assert_array_equal(mine, its)


def test_images_are_shifted_sheared_and_flipped_in_time_alone():
    image = np.arange(12, dtype=np.float32).reshape(1, 3, 4, 1)
    given = keras.ops.convert_to_tensor(np.repeat(image, 4, axis=0))
    moves = np.array([[0, 0, 0], [1, 0, 0], [0, 2, 0], [0, 0, 1]], dtype=np.float32)
    made = keras.ops.convert_to_numpy(moved(given, keras.ops.convert_to_tensor(moves)))[..., 0]
    np.testing.assert_array_equal(made[0], image[0, ..., 0])
    np.testing.assert_array_equal(made[1], [[0, 0, 1, 2], [4, 4, 5, 6], [8, 8, 9, 10]])
    np.testing.assert_array_equal(made[2], [[0, 0, 1, 2], [4, 5, 6, 7], [9, 10, 11, 11]])
    np.testing.assert_array_equal(made[3], image[0, :, ::-1, 0])


def test_flips_are_off_and_any_epoch_can_be_drawn_alone():
    drawn = draw_moves(500, 32, ImageTrainingParameters(shear=0.05, seed=3), 7)
    np.testing.assert_array_equal(drawn, draw_moves(500, 32, ImageTrainingParameters(shear=0.05, seed=3), 7))
    assert not drawn[:, 2].any()
    assert 3.0 < np.abs(drawn[:, 0]).max() <= 3.2
    assert 1.5 < np.abs(drawn[:, 1]).max() <= 1.6
    flipped = draw_moves(500, 32, ImageTrainingParameters(flip=True), 1)[:, 2].mean()
    assert 0.4 < flipped < 0.6


def test_the_penalty_counts_kernels_and_nothing_else():
    task = Classification(
        np.zeros((1, 2, 2, 1), np.uint8), np.array([True]), ImageTrainingParameters(l1=0.5, l2=0.25)
    )
    values = [np.array([1.0, -2.0], np.float32), np.array([100.0], np.float32)]
    assert float(task.penalty(["a/kernel", "a/bias"], values)) == pytest.approx(0.5 * 3 + 0.25 * 5)


def test_a_window_with_a_long_gap_is_not_judged_and_a_short_one_is_bridged():
    values = np.random.default_rng(0).normal(0, 1, (3, 1440)).astype(np.float32)
    values[1, 100:105] = np.nan
    values[1, -3:] = np.nan
    values[2, 100:106] = np.nan
    days, detector = minute_days(values), vgg.make(TINY)
    scores = detector.score(days)
    assert scores.kind == "window"
    assert np.isfinite(scores.values[:2]).all()
    assert np.isnan(scores.values[2]).all()
    assert list(detector.not_judged(days)) == [2]


def test_sliding_windows_above_half_the_threshold_become_one_interval():
    detector = vgg.make({**TINY, "windows": 4})
    values = np.random.default_rng(0).normal(0, 1, (2, 1, 1440 * 3)).astype(np.float32)
    station = Station(name="mast", channels=(Dipole(name="NS"),))
    starts = (18_000 + np.arange(2, dtype=np.int64)) * DAY
    days = Days(station=station, values=values, starts=starts, interval=60.0, context=1440)
    scores = detector.score(days)
    np.testing.assert_array_equal(scores.bounds[:, 0], [1440, 1800, 2160, 2520])
    told = np.full((2, 1, 4), 0.1, dtype=np.float32)
    told[0, 0, 1:3] = 0.3, 0.9
    (found,) = detector.propose(replace(scores, values=told), days)
    assert (found.start, found.end) == (days.instant(0, 1800), days.instant(0, 3600))
    assert found.raw_score == pytest.approx(0.9)
    assert np.isnan(found.amplitudes["NS"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"validation": np.arange(4)}, "4 spectrograms are in two blocks"),
        ({"positive": np.zeros(3, bool)}, "48 spectrograms have labels of shape \\(3,\\)"),
        ({"training": np.array([99])}, "row 99 is asked for, but there are 48 spectrograms"),
    ],
)
def test_lessons_that_disagree_are_refused(change, said):
    with pytest.raises(ShapeError, match=said):
        replace(lessons(), **change)


@pytest.mark.parametrize(
    ("change", "parameters", "said"),
    [
        ({}, {"batch": 64}, "training has 32 images for a batch of 64"),
        ({"positive": np.zeros(48, bool)}, {}, "0 of 32 images to learn from are of the kind that is sought"),
    ],
)
def test_lessons_from_which_nothing_can_be_learnt_are_refused(change, parameters, said):
    with pytest.raises(ParameterError, match=said):
        vgg.make(TINY).train(replace(lessons(), **change), replace(PARAMETERS, **parameters))


def test_images_of_another_size_are_refused():
    data = replace(
        lessons(),
        decibels=np.zeros((48, 16, 16), np.float32),
        parameters=SpectrogramParameters(height=16, width=16),
    )
    with pytest.raises(ShapeError, match="takes images of \\(32, 32, 3\\), not of \\(16, 16, 3\\)"):
        vgg.make(TINY).train(data, PARAMETERS)


def test_a_scale_is_kept_for_images_made_alike_alone():
    data = lessons()
    other = replace(data, parameters=replace(data.parameters, hop=16))
    with pytest.raises(ParameterError, match="vgg has learnt from images with hop 8, not 16"):
        vgg.make(TINY).train(other, PARAMETERS, keep_scale=True)


def test_a_share_beyond_the_width_is_refused():
    with pytest.raises(ParameterError, match="shift is 1\\.5, more than an image is wide"):
        ImageTrainingParameters(shift=1.5)
