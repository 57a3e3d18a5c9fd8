import numpy as np
import pytest
from hypothesis import given

from record_strategies import QUICK, RECORDS, WINDOWS
from sesctl.kernels import running_median


def twin(values, window):
    """Take the median of one window after the other."""
    half = window // 2
    median = np.full(values.shape, np.nan)
    for row, out in zip(values.astype(np.float64), median, strict=True):
        for i in np.flatnonzero(~np.isnan(row)):
            out[i] = np.nanmedian(row[max(0, i - half) : i + half + 1])
    return median.astype(values.dtype)


@QUICK
@given(values=RECORDS, window=WINDOWS)
def test_it_is_the_median_of_each_window(values, window):
    np.testing.assert_array_equal(running_median(values, window), twin(values, window))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_longest_window_on_a_long_record(dtype):
    rng = np.random.default_rng(5)
    values = (1e4 + rng.normal(0, 10, (1, 1500)).cumsum(axis=-1)).astype(dtype)
    values[:, rng.integers(0, 1500, 200)] = np.nan
    np.testing.assert_array_equal(running_median(values, 1001), twin(values, 1001))


def test_a_window_longer_than_the_record_gives_the_median_of_what_it_reaches():
    np.testing.assert_array_equal(running_median([1.0, 9.0, 2.0, 4.0], 1001), [3.0] * 4)


def test_an_even_number_of_samples_gives_the_mean_of_the_two_in_the_middle():
    np.testing.assert_array_equal(
        running_median([1.0, 2.0, np.nan, 8.0, 4.0], 3), [1.5, 1.5, np.nan, 6.0, 6.0]
    )


def test_a_window_of_one_sample_changes_nothing():
    values = np.array([3.0, np.nan, -1.0])
    np.testing.assert_array_equal(running_median(values, 1), values)


def test_a_signal_shorter_than_half_the_window_vanishes_and_a_step_stays():
    values = np.zeros(300)
    values[100:130] = 10
    values[200:] = 5
    median = running_median(values, 61)
    assert not median[:200].any()
    assert (median[200:] == 5).all()


def test_the_mean_of_two_huge_samples_is_finite():
    assert running_median([1.7e308, 1.7e308], 3)[0] == 1.7e308
