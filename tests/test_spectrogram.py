import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels import chirp_stft
from sesctl.spectrogram import (
    band_power,
    colour_table,
    concentration,
    decibels,
    filled_waveform,
    fit_scale,
    image_decibels,
    images_of,
    labelled_images,
    paint,
    resized,
    spectrograms,
    transform,
)
from sesctl.types import (
    BeforeAfter,
    Channel,
    Days,
    DecibelScale,
    Images,
    LabelledDays,
    SpectrogramParameters,
    Station,
)
from sesctl.types.instants import DAY

PLAIN = SpectrogramParameters(chirp=False)
CHIRPED = SpectrogramParameters()
SCALE = DecibelScale(low=-20.0, high=10.0)
FIGURES = Path(__file__).parents[1] / "docs" / "results" / "spectrogram" / "figures.json"


def noise(days, seed=0, samples=1440):
    return np.random.default_rng(seed).standard_normal((days, samples)).astype(np.float32)


def made_days(values, context=0):
    station = Station(name="X", channels=(Channel(name="magn", quantity="electromagnetic", unit="AETA"),))
    return Days(
        station=station,
        values=values[:, None],
        starts=np.arange(len(values), dtype=np.int64) * DAY,
        interval=60.0,
        context=context,
    )


@pytest.mark.parametrize("window", ["hann", "hamming", "bartlett", "rectangular"])
def test_white_noise_has_its_variance_at_every_frequency_whatever_the_window(window):
    parameters = SpectrogramParameters(window=window, chirp=False, hop=32)
    power = 10 ** (decibels(transform(3 * noise(400), parameters)) / 10)
    # Frequencies next to 0 lose what the mean takes away, and the Nyquist frequency is real.
    np.testing.assert_allclose(power[:, 3:-1].mean(axis=(0, 2)), 9, rtol=0.06)


def test_an_offset_is_not_seen_though_windows_are_chirped():
    up_and_down = 0.1 + 0.3 * np.abs((np.arange(1440) / 100) % 2 - 1)
    record = np.cos(2 * np.pi * np.cumsum(up_and_down)) + 0.1 * noise(1)[0].astype(float)
    for each in (PLAIN, CHIRPED):
        with_offset = transform(record + 300.0, each)
        np.testing.assert_allclose(decibels(with_offset), decibels(transform(record, each)), atol=1e-3)
    assert (with_offset.rates != 0).mean() > 0.3


def test_the_concentration_is_the_one_that_chose_the_rates():
    values = noise(3)
    chirped, plain = transform(values, CHIRPED), transform(values, PLAIN)
    ratio = concentration(values, chirped) / concentration(values, plain)
    assert (chirped.rates != 0).any()
    np.testing.assert_allclose(ratio, chirped.gain, rtol=1e-6)


def test_a_pixel_is_the_mean_of_what_it_covers():
    power = np.random.default_rng(1).normal(size=(2, 6, 9)).astype(np.float32)
    small = SpectrogramParameters(height=4, width=6)
    fine = power.repeat(4, axis=1).repeat(6, axis=2)  # cells of 1/24 by 1/54
    expected = fine.reshape(2, 4, 6, 6, 9).mean(axis=(2, 4))[:, ::-1]
    np.testing.assert_allclose(resized(power, small), expected, atol=1e-5)
    power[0, 0, 0] = np.nan
    got = resized(power, small)
    np.testing.assert_allclose(got[1], expected[1], atol=1e-5)
    assert np.isfinite(got).all()
    power[0] = np.nan
    assert np.isnan(resized(power, small)[0]).all()


@pytest.mark.parametrize("parameters", [CHIRPED, PLAIN])
def test_images_depend_neither_on_threads_nor_on_other_days(parameters):
    values = noise(70)
    values[3, 200:260] = np.nan
    power = image_decibels(values, parameters, workers=2)
    assert power.shape == (70, 32, 32)
    np.testing.assert_array_equal(power[:5], image_decibels(values[:5], parameters))
    np.testing.assert_array_equal(power[:3], image_decibels(values[:3], parameters))
    np.testing.assert_array_equal(power[[66]], image_decibels(values[[66]], parameters))


def test_pixels_are_the_levels_of_the_scale_in_its_colours():
    power = np.array([[-25.0, -20.0], [10.0, np.nan]], dtype=np.float32)
    grey = paint(power, SCALE, SpectrogramParameters(colours="grey", height=2, width=2))
    np.testing.assert_array_equal(grey[..., 0], [[0, 0], [255, 0]])
    colour = paint(power, SCALE, SpectrogramParameters(height=2, width=2))
    assert colour.shape == (2, 2, 3)
    np.testing.assert_array_equal(colour[1, 0], colour_table("magma")[255])
    np.testing.assert_array_equal(colour[1, 1], 0)
    half = paint(np.float32([[-5.0]]), SCALE, SpectrogramParameters(colours="grey", height=1, width=1))
    assert half[0, 0, 0] == 128


def test_images_of_days_are_pictures_of_eight_bits_with_time_to_the_right_and_frequency_up():
    values = 0.01 * noise(2)
    values[1, 720:] += np.cos(2 * np.pi * 0.4 * np.arange(720)).astype(np.float32)
    images = images_of(
        made_days(values), SpectrogramParameters(colours="grey"), DecibelScale(low=-40, high=10)
    )
    assert isinstance(images, Images)
    assert images.values.shape == (2, 32, 32, 1)
    np.testing.assert_array_equal(images.values * 255, np.rint(images.values * 255))
    np.testing.assert_array_equal(images.start, [0, DAY])
    np.testing.assert_array_equal(images.end, [DAY, 2 * DAY])
    np.testing.assert_array_equal(images.covered, 1)
    # 0.4 cycles a sample is four fifths up.
    bright = np.unravel_index(images.values[1, ..., 0].argmax(), (32, 32))
    assert 4 <= bright[0] <= 8
    assert bright[1] >= 16


def test_sliding_windows_are_cut_from_the_row_and_bear_their_times():
    values = noise(2, samples=1440 + 2 * 240)
    days = made_days(values, context=240)
    bounds = np.array([[0, 480], [240, 720], [1440, 1920]])
    images = images_of(days, CHIRPED, SCALE, bounds=bounds)
    alone = paint(image_decibels(values[1:, 240:720], CHIRPED), SCALE, CHIRPED) / np.float32(255)
    np.testing.assert_array_equal(images.values[4], alone[0])
    np.testing.assert_array_equal(images.start[:3], [-4 * 3600e6, 0, 20 * 3600e6])
    np.testing.assert_array_equal(images.end - images.start, 8 * 3600e6)


def test_a_gap_is_dark_and_counted():
    values = noise(1)
    values[0, 360:1080] = np.nan
    images = images_of(made_days(values), CHIRPED, SCALE)
    assert 0.4 < images.covered[0] <= 0.5
    np.testing.assert_array_equal(images.values[0, :, 10:22], 0)
    assert (images.values[0, :, :7].sum(axis=-1) > 0).all()
    power = spectrograms(made_days(values), CHIRPED)
    assert power.shape == (1, 1, 32, 181)
    np.testing.assert_array_equal(np.isnan(power[0, 0, 0]), np.isnan(power[0, 0, 31]))


def test_band_power_is_in_the_band_of_a_tone():
    n = np.arange(1440)
    found = band_power(np.sin(2 * np.pi * 0.22 * n, dtype=np.float32)[None], PLAIN, 8)
    assert found.shape == (1, 8)
    assert found[0].argmax() == 3
    with pytest.raises(ParameterError, match="5 bands do not divide 32"):
        band_power(noise(1), PLAIN, 5)


def test_a_waveform_is_filled_from_the_middle_line():
    values = np.array([0.0, 0.9, 0.2, np.nan, -0.6, -1.0], dtype=np.float32)
    got = filled_waveform(values, -1.0, 0.1, 1.0, height=8, width=6)
    centre = 1 - (np.arange(8) + 0.5) / 4
    for column, value in enumerate(values):
        low, high = min(value, 0.1), max(value, 0.1)
        expected = (centre >= low) & (centre <= high) if np.isfinite(value) else np.zeros(8, bool)
        np.testing.assert_array_equal(got[:, column] == 255, expected)
    assert set(np.unique(got)) == {0, 255}
    halves = filled_waveform(values, -1.0, 0.1, 1.0, height=8, width=3)
    np.testing.assert_array_equal(halves[:, 0], np.maximum(got[:, 0], got[:, 1]))
    for wrong in ((1.0, 0.1, -1.0), (0.0, 0.0, 1.0)):
        with pytest.raises(ParameterError, match="range of a waveform"):
            filled_waveform(values, *wrong, height=8, width=3)
    with pytest.raises(ParameterError, match="cannot be made of 6 samples"):
        filled_waveform(values, -1, 0, 1)


def test_the_scale_is_that_of_the_training_data():
    scale = fit_scale(np.append(np.arange(1001, dtype=np.float32), np.nan))
    assert (scale.low, scale.high) == (5.0, 995.0)
    with pytest.raises(ParameterError, match="none of 4 pixels"):
        fit_scale(np.full(4, np.nan, dtype=np.float32))
    with pytest.raises(ParameterError, match=r"from 3\.0 dB to 3\.0 dB"):
        DecibelScale(low=3.0, high=3.0)


def test_labelled_images_keep_the_labels_of_their_days():
    numbers = np.arange(3, dtype=np.int64)
    labels = BeforeAfter(
        before=np.array([True, False, True]),
        event=numbers,
        earthquake=numbers,
        station=numbers,
        start=numbers * DAY,
        instant=numbers * DAY,
        stations=("a", "b", "c"),
    )
    days = LabelledDays(values=noise(3), full_range=np.zeros(3, bool), labels=labels)
    images = labelled_images(days, PLAIN)
    assert images.labels is labels
    some = images[np.array([2, 0])]
    np.testing.assert_array_equal(some.decibels, images.decibels[[2, 0]])
    np.testing.assert_array_equal(some.labels.station, [2, 0])
    with pytest.raises(ShapeError, match="there are 3 labelled days"):
        dataclasses.replace(labels, event=numbers[:2])
    with pytest.raises(ShapeError, match="of station number 2, but there are 1"):
        dataclasses.replace(labels, stations=("a",))
    with pytest.raises(ShapeError, match="not float32"):
        LabelledDays(values=noise(2), full_range=np.zeros(3, bool), labels=labels)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"length": 65}, "n_fft is 64 and the window has 65 samples"),
        ({"n_fft": 96}, "n_fft is 96"),
        ({"hop": 0}, "hop of a spectrogram is 0"),
        ({"height": 2.5}, "height of a spectrogram is 2.5"),
        ({"window": "flat"}, "window of a spectrogram is 'flat'"),
        ({"colours": "jet"}, "colours of a spectrogram is 'jet'"),
    ],
)
def test_impossible_parameters_are_named(changed, message):
    with pytest.raises(ParameterError, match=message):
        SpectrogramParameters(**changed)


@pytest.mark.parametrize(
    ("bounds", "message"),
    [([[0, 700], [700, 1440]], "lengths of \\[700, 740\\]"), ([[0, 1500]], "a row has 1440 samples")],
)
def test_windows_that_do_not_fit_are_refused(bounds, message):
    with pytest.raises(ParameterError, match=message):
        images_of(made_days(noise(1)), CHIRPED, SCALE, bounds=np.array(bounds))


def test_images_whose_arrays_disagree_are_refused():
    images = images_of(made_days(noise(2)), CHIRPED, SCALE)
    with pytest.raises(ShapeError, match="there are 2 images"):
        dataclasses.replace(images, covered=images.covered[:1])
    with pytest.raises(ShapeError, match="ends before it starts"):
        dataclasses.replace(images, end=images.start)
    with pytest.raises(ShapeError, match="not float32"):
        dataclasses.replace(images, values=images.values[..., :1])


def test_the_measured_figures_reach_their_aims():
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    assert figures["chirp_rate"] == 0.25 / figures["length"]
    assert figures["concentration_chirp"]["ratio"] >= 2
    assert figures["concentration_tone"]["ratio"] == 1
    assert min(figures["sign_right_10_db"].values()) >= 0.99
    assert max(figures["reconstruction_error_float32"].values()) < 1e-6
    made = figures["images_chirped"]
    assert made["images"] == 40_000
    assert min(made["wall_s"], made["processor_s"] / figures["workers"]) < 60


def test_the_tone_and_the_chirp_are_as_concentrated_as_was_stored():
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    n = np.arange(64) - 32
    for rate, stored in ((0.25 / 64, "concentration_chirp"), (0.0, "concentration_tone")):
        frames = np.cos(2 * np.pi * (np.linspace(0.22, 0.28, 50)[:, None] * n + rate * n**2 / 2))
        for rates, kind in ((0.0, "ordinary"), ("adaptive", "chirped")):
            spectrum = chirp_stft(frames, hop=64, rates=rates, centred=False)
            got = np.median(concentration(frames, spectrum))
            assert got == pytest.approx(figures[stored][kind], rel=0.05)
