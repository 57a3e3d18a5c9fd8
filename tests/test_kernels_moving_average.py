import numpy as np
import pytest
from hypothesis import given
from scipy.signal import savgol_filter

from record_strategies import QUICK, RECORDS, WINDOWS, stretches
from sesctl.kernels import moving_average, smooth_savgol


def twin(values, window):
    """Take the mean of one window after the other; fit a line to the first and the last."""
    smoothed = values.copy()
    for row, out in zip(values.astype(np.float64), smoothed, strict=True):
        for stretch in stretches(row):
            samples = row[stretch]
            width = min(window, len(samples) - 1 + len(samples) % 2)
            half = width // 2
            at = np.arange(-half, half + 1)
            for i in range(len(samples)):
                middle = min(max(i, half), len(samples) - 1 - half)
                around = samples[middle - half : middle + half + 1]
                slope = (at @ around) / (at @ at) if half else 0.0
                out[stretch.start + i] = around.mean() + slope * (i - middle)
    return smoothed


@QUICK
@given(values=RECORDS, window=WINDOWS)
def test_it_is_the_mean_of_each_window_and_a_line_at_both_ends_of_a_stretch(values, window):
    tolerance = 1e-6 if values.dtype == np.float32 else 1e-13
    scale = np.nanmax(abs(values), initial=1.0)
    np.testing.assert_allclose(
        moving_average(values, window), twin(values, window), rtol=0, atol=10 * tolerance * scale
    )


@QUICK
@given(values=RECORDS, window=WINDOWS)
def test_it_is_savitzky_golay_smoothing_of_order_1(values, window):
    window = max(window, 3)
    tolerance = 1e-6 if values.dtype == np.float32 else 1e-13
    scale = np.nanmax(abs(values), initial=1.0)
    np.testing.assert_allclose(
        moving_average(values, window), smooth_savgol(values, window, 1), rtol=0, atol=10 * tolerance * scale
    )


@pytest.mark.parametrize("window", [3, 31, 121, 1001])
@pytest.mark.parametrize("length", [1001, 1002, 2003, 3000])
def test_a_record_without_gaps_is_smoothed_as_scipy_does(window, length):
    values = np.random.default_rng(2).normal(0, 3, (2, length)).cumsum(axis=-1)
    expected = savgol_filter(values, window, 1, mode="interp")
    np.testing.assert_allclose(moving_average(values, window), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("height", [1e4, 1e20])
@pytest.mark.parametrize("at", [0, 200, 399])
def test_a_spike_leaves_no_error_behind(height, at):
    values = np.random.default_rng(4).normal(0, 1, 400)
    spiked = values.copy()
    spiked[at] = height
    far = abs(np.arange(400) - at) > 30
    assert height / 40 < moving_average(spiked)[at]
    np.testing.assert_allclose(moving_average(spiked)[far], moving_average(values)[far], rtol=0, atol=1e-14)


def test_the_error_does_not_grow_along_a_long_record():
    values = np.random.default_rng(11).normal(0, 1, 200_000) + 1e4
    means = np.lib.stride_tricks.sliding_window_view(values - 1e4, 31).mean(axis=-1)
    error = abs(moving_average(values)[15:-15] - 1e4 - means)
    assert error.max() < 1e-11


def test_an_offset_of_the_electrodes_costs_no_digits():
    # Multiples of 1/1024, so that adding the offset is exact.
    values = np.random.default_rng(3).integers(-4096, 4096, 3000) / 1024
    smoothed = moving_average(values, 1001)
    np.testing.assert_allclose(moving_average(values + 1e4, 1001) - 1e4, smoothed, rtol=0, atol=4e-12)


def test_a_straight_line_passes():
    line = 2.5 * np.arange(100.0) - 40
    np.testing.assert_allclose(moving_average(line), line, rtol=0, atol=1e-11)


def test_a_constant_record_stays_as_it_is_to_the_last_bit():
    values = np.full(500, 9876.54321)
    np.testing.assert_array_equal(moving_average(values), values)


def test_a_window_of_one_sample_and_stretches_of_one_or_two_change_nothing():
    values = np.array([0.1, np.nan, 10000.3, 0.7, np.nan])
    np.testing.assert_array_equal(moving_average(values, 31), values)
    np.testing.assert_array_equal(moving_average(values[2:4], 1), values[2:4])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("window", [31, 121, 1001])
def test_a_row_is_averaged_alike_alone_and_beside_others(dtype, window):
    rng = np.random.default_rng(window)
    rows = rng.normal(0, 1, (21, 3500)).astype(dtype)
    rows[rng.random(rows.shape) < 1e-3] = np.nan
    rows[3, 1000:1500] *= 1e-3
    rows[5] = 7
    rows[9, 2000] = 1e35
    together = moving_average(rows, window)
    for row, smoothed in zip(rows, together, strict=True):
        np.testing.assert_array_equal(moving_average(row, window), smoothed)
