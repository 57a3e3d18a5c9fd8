import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from record_strategies import QUICK, RECORDS, WINDOWS
from sesctl import _core
from sesctl.errors import ParameterError
from sesctl.kernels import despike


def twin(values, window, n_sigma, floor):
    """Judge each sample by the median and the MAD of its own window."""
    half = window // 2
    despiked = values.copy()
    replaced = np.zeros(values.shape, bool)
    for r, row in enumerate(values.astype(np.float64)):
        for i in np.flatnonzero(~np.isnan(row)):
            around = row[max(0, i - half) : i + half + 1]
            median = np.nanmedian(around)
            scale = max(1.4826 * np.nanmedian(abs(around - median)), floor)
            if abs(row[i] - median) > n_sigma * scale:
                despiked[r, i] = median
                replaced[r, i] = True
    return despiked, replaced


@QUICK
@given(
    values=RECORDS,
    window=WINDOWS,
    n_sigma=st.floats(0.1, 10),
    floor=st.sampled_from([0.0, 0.5, 1e3]),
)
def test_samples_far_from_the_median_of_their_window_become_that_median(values, window, n_sigma, floor):
    despiked, replaced = despike(values, window, n_sigma, floor)
    expected, where = twin(values, window, n_sigma, floor)
    np.testing.assert_array_equal(replaced, where)
    np.testing.assert_array_equal(despiked, expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("window", [3, 5, 7, 9, 11, 13])
def test_whatever_the_scale_of_a_record_and_its_surroundings_the_same_samples_are_replaced(dtype, window):
    rng = np.random.default_rng(9)
    values = rng.standard_t(3, 2500)
    values[200:420] *= 1e-5
    values[600:800] = np.round(values[600:800])
    values[800:900] = 0.25
    values[850] += 1e-3
    values[1000:1300] += np.linspace(0, 3e3, 300)
    values[1300:] += 1e4
    values[1500:1700] *= 1e30
    values[[1750, 1751, 2000]] = [3e38, -3e38, -1e20]
    values[1800:1900] = 1e-40 * np.arange(100)
    values[rng.random(2500) < 0.05] = np.nan
    values[2100:2110] = values[2200:2280:2] = np.nan
    for some in (values, np.full(40, np.nan), values[:1030]):
        record = some.astype(dtype)[None]
        expected, where = twin(record, window, 4.0, 0.0)
        despiked, replaced = despike(record, window)
        np.testing.assert_array_equal(replaced, where)
        np.testing.assert_array_equal(despiked, expected)
        _, where = twin(record, window, 4.0, 0.5)
        np.testing.assert_array_equal(despike(record, window, floor=0.5)[1], where)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_longest_window_on_a_long_record(dtype):
    rng = np.random.default_rng(6)
    values = (1e4 + rng.standard_t(2, (1, 1500))).astype(dtype)
    values[:, rng.integers(0, 1500, 200)] = np.nan
    expected, where = twin(values, 1001, 4.0, 0.0)
    despiked, replaced = despike(values, 1001)
    assert 0 < where.sum() < 300
    np.testing.assert_array_equal(replaced, where)
    np.testing.assert_array_equal(despiked, expected)


@pytest.mark.parametrize("length", [1, 5])
def test_a_pulse_of_half_a_window_is_removed(length):
    values = np.random.default_rng(7).normal(0, 1, 400)
    values[200 : 200 + length] += 100
    despiked, replaced = despike(values, 11)
    assert replaced[200 : 200 + length].all()
    assert abs(despiked).max() < 10


def test_a_pulse_longer_than_half_a_window_and_a_step_stay():
    values = np.random.default_rng(8).normal(0, 1, 400)
    values[100:107] += 100
    values[300:] += 100
    despiked, _ = despike(values, 11)
    assert (despiked[100:107] > 90).sum() >= 5
    assert (despiked[300:] > 90).all()


def test_without_a_floor_a_sample_off_its_equal_neighbours_is_replaced_and_with_one_it_stays():
    values = np.ones(20)
    values[10] += 0.01
    assert despike(values)[1].sum() == 1
    assert not despike(values, floor=0.01)[1].any()


@pytest.mark.parametrize("n_sigma", [0.0, -1.0, np.nan, np.inf])
def test_an_n_sigma_that_is_not_positive_is_refused(n_sigma):
    with pytest.raises(ParameterError, match=f"n_sigma is {n_sigma}, which is not a positive number"):
        despike(np.zeros(5), n_sigma=n_sigma)
    with pytest.raises(ParameterError, match="n_sigma is"):
        _core.despike(np.zeros(5), 11, n_sigma, 0.0)


@pytest.mark.parametrize("floor", [-1.0, np.nan, np.inf])
def test_a_floor_below_zero_is_refused(floor):
    with pytest.raises(ParameterError, match=f"floor is {floor}, which is not zero or more"):
        despike(np.zeros(5), floor=floor)
    with pytest.raises(ParameterError, match="floor is"):
        _core.despike(np.zeros(5), 11, 4.0, floor)
