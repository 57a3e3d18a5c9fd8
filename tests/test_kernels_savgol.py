import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial import Legendre
from scipy.signal import savgol_filter

from record_strategies import QUICK, RECORDS, WINDOWS, stretches
from sesctl import _core
from sesctl.errors import ParameterError
from sesctl.kernels import smooth_savgol


def twin(values, window, order):
    """Fit a polynomial to each window of each stretch, and read it where its sample stands."""
    smoothed = values.copy()
    for row, out in zip(values.astype(np.float64), smoothed, strict=True):
        for stretch in stretches(row):
            samples = row[stretch]
            width = min(window, len(samples) - 1 + len(samples) % 2)
            if width <= order:
                continue
            at = np.arange(width)
            for i in range(len(samples)):
                first = min(max(i - width // 2, 0), len(samples) - width)
                around = samples[first : first + width]
                # Legendre polynomials on the window keep the fit well conditioned up to order 5.
                fit = Legendre.fit(at, around, order, domain=[-0.5, width - 0.5])
                out[stretch.start + i] = fit(i - first)
    return smoothed


@QUICK
@given(values=RECORDS, window=WINDOWS, order=st.integers(0, 5))
def test_each_stretch_is_smoothed_by_the_polynomials_of_its_windows(values, window, order):
    window = max(window, (order + 1) | 1)
    smoothed = smooth_savgol(values, window, order)
    tolerance = 1e-6 if values.dtype == np.float32 else 1e-13
    scale = np.nanmax(abs(values), initial=1.0)
    np.testing.assert_allclose(smoothed, twin(values, window, order), rtol=0, atol=100 * tolerance * scale)


@pytest.mark.parametrize(("window", "order"), [(5, 2), (61, 3), (31, 1), (361, 3), (9, 5), (3, 0)])
def test_a_record_without_gaps_is_smoothed_as_scipy_does(window, order):
    values = np.random.default_rng(2).normal(0, 3, (3, 2000)).cumsum(axis=-1)
    expected = savgol_filter(values, window, order, mode="interp")
    np.testing.assert_allclose(smooth_savgol(values, window, order), expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize("order", range(6))
def test_a_polynomial_of_the_order_passes_through_the_longest_window(order):
    polynomial = Legendre([1.0] * (order + 1), domain=[0, 2999])(np.arange(3000))
    np.testing.assert_allclose(smooth_savgol(polynomial, 1001, order), polynomial, rtol=0, atol=1e-11)


def test_an_offset_of_the_electrodes_costs_no_digits():
    # Multiples of 1/1024, so that adding the offset is exact.
    values = np.random.default_rng(3).integers(-4096, 4096, 3000) / 1024
    smoothed = smooth_savgol(values)
    np.testing.assert_allclose(smooth_savgol(values + 1e4) - 1e4, smoothed, rtol=0, atol=4e-12)


def test_a_constant_record_stays_as_it_is_to_the_last_bit():
    values = np.full(500, 9876.54321)
    np.testing.assert_array_equal(smooth_savgol(values), values)


def test_a_spike_of_any_height_reaches_half_a_window_and_no_further():
    values = np.random.default_rng(4).normal(0, 1, 400)
    for at in (0, 200, 399):
        spiked = values.copy()
        spiked[at] = 1e20
        far = abs(np.arange(400) - at) > 60
        np.testing.assert_allclose(smooth_savgol(spiked)[far], smooth_savgol(values)[far], rtol=0, atol=1e-13)


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_stretch_with_no_more_samples_than_the_order_stays_as_it_is_to_the_last_bit(length):
    values = np.full(9, np.nan)
    values[3 : 3 + length] = [0.1, 10000.7, -0.3][:length]
    np.testing.assert_array_equal(smooth_savgol(values, 61, 3), values)


def test_a_gap_parts_the_record():
    values = np.random.default_rng(9).normal(0, 1, 301)
    values[150] = np.nan
    smoothed = smooth_savgol(values)
    np.testing.assert_array_equal(smoothed[:150], smooth_savgol(values[:150]))
    np.testing.assert_array_equal(smoothed[151:], smooth_savgol(values[151:]))


@pytest.mark.parametrize("order", [-1, 6, 2**70])
def test_an_order_out_of_range_is_refused(order):
    with pytest.raises(ParameterError, match=f"order is {order}, which is not from 0 to 5"):
        smooth_savgol(np.zeros(9), 5, order)


@pytest.mark.parametrize(("window", "order", "least"), [(3, 3, 5), (1, 1, 3), (5, 5, 7)])
def test_a_window_that_does_not_determine_the_polynomial_is_refused(window, order, least):
    with pytest.raises(ParameterError, match=f"window is {window} samples, .* order {order}") as caught:
        smooth_savgol(np.zeros(9), window, order)
    assert f"at least {least} samples" in caught.value.hint
    assert not smooth_savgol(np.zeros(9), least, order).any()


@pytest.mark.parametrize(
    ("window", "order", "fault"), [(5, -1, "order is -1"), (5, 6, "order is 6"), (3, 4, "window is 3")]
)
def test_the_compiled_kernel_refuses_such_orders_on_its_own(window, order, fault):
    with pytest.raises(ParameterError, match=fault):
        _core.smooth_savgol(np.zeros(9), window, order)
