"""The numerical error that the smoothing kernels state, against a reference in higher precision."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from sesctl.kernels import moving_average, smooth_savgol

# Of the range of the values in the window.
LEAST = {np.float32: 1e-5, np.float64: 1e-11}


def reference(values, window, order):
    """Fit a polynomial to each full window in long double, and read it in the middle."""
    at = np.arange(window, dtype=np.longdouble) - window // 2
    basis = []
    for k in range(order + 1):
        column = (at / (window // 2)) ** k
        for _ in range(2):  # twice is enough, to the last digit
            for other in basis:
                column = column - (column @ other) * other
        basis.append(column / np.sqrt(column @ column))
    weights = sum(column[window // 2] * column for column in basis)
    return sliding_window_view(values.astype(np.longdouble), window, axis=-1) @ weights


def records(dtype):
    rng = np.random.default_rng(4)
    noise = rng.normal(size=1500)
    spiked = noise.copy()
    spiked[[300, 301, 900]] = [1e4, -1e4, 1e4]
    drift = noise + np.linspace(-2e3, 2e3, 1500)
    return [(values + offset).astype(dtype) for values in (noise, spiked, drift) for offset in (0, 1e4, -1e4)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("window", "order"), [(61, 3), (361, 2), (1001, 5), (121, 1), (31, 0), (61, 4)])
def test_the_error_is_what_the_docstring_states(dtype, window, order):
    for values in records(dtype):
        smoothed = smooth_savgol(values, window, order)[window // 2 : -(window // 2)]
        check(values, smoothed, reference(values, window, order), window)
        if order < 2:
            averaged = moving_average(values, window)[window // 2 : -(window // 2)]
            check(values, averaged, reference(values, window, 0), window)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("window", [31, 61, 63, 121, 129, 1001])
def test_windows_much_quieter_than_their_surroundings_are_averaged_as_well(dtype, window):
    rng = np.random.default_rng(5)
    noise = rng.normal(size=4000)
    stepped = noise + 1e4 * (np.arange(4000) // 700 % 2)
    hushed = np.where(np.arange(4000) // 350 % 3 == 1, 1e-4 * noise + 0.1, 30 * noise)
    flat = np.where(np.arange(4000) // 350 % 3 == 1, 0.1, noise)
    for values in (stepped, hushed, flat, np.linspace(0, 1, 4000) + 1e-4 * noise):
        record = values.astype(dtype)
        averaged = moving_average(record, window)[window // 2 : -(window // 2)]
        check(record, averaged, reference(record, window, 0), window)


def check(values, smoothed, expected, window):
    around = sliding_window_view(values.astype(np.longdouble), window)
    allowed = LEAST[values.dtype.type] * np.ptp(around, axis=-1) + 2 * np.spacing(
        np.abs(expected).astype(values.dtype)
    )
    error = np.abs(smoothed - expected)
    assert (error <= allowed).all(), (error / allowed).max()
