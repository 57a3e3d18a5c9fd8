"""Savitzky-Golay smoothing of a record with gaps."""

from typing import Final, SupportsIndex

import numpy.typing as npt

from sesctl import _core
from sesctl.errors import ParameterError
from sesctl.kernels.arrays import FloatArray, as_out, as_samples
from sesctl.kernels.finite import infinite_named
from sesctl.kernels.threads import as_threads
from sesctl.kernels.window import as_integer, as_window

HIGHEST_ORDER: Final = 5
"""Order of the highest polynomial `smooth_savgol` fits."""


def smooth_savgol(
    values: npt.ArrayLike,
    window: SupportsIndex = 61,
    order: SupportsIndex = 3,
    *,
    threads: SupportsIndex | None = None,
    out: FloatArray | None = None,
) -> FloatArray:
    """Smooth by the least-squares polynomial in a sliding window.

    Each sample becomes the value, at the middle of the window around it, of the polynomial fitted to that
    window. Each stretch between NaNs is filtered as a record of its own: its first and last half windows lie
    on the polynomials fitted to its first and last full windows. A stretch shorter than the window gets the
    largest odd window that fits; where that holds no more samples than `order`, they stay as they are. The
    time taken does not depend on the window, and a spike, however high, leaves no error behind where the
    window has passed it.

    The error is at most 1e-5 (float32) or 1e-11 (float64) of the range of the values in the window, plus 2
    units in the last place of the result, whatever offset the record stands on.

    Parameters
    ----------
    values : array_like of real numbers, shape (..., samples)
        A record in any unit, NaN in its gaps. The input is not modified.
    window : int
        Samples in the window; odd, from 1 to 1001.
    order : int
        Order of the polynomial, from 0 to 5 and less than `window`.
    threads : int, optional
        The most threads to use; as many as the process has cores if not given. The result does not depend on
        it.
    out : ndarray of float32 or float64, shape (..., samples), optional
        Where to write the smoothed record: a C-contiguous array of the shape and type of the result that
        shares no memory with `values`. A new one if not given. Where a value is infinite, it may be written
        in part before that is refused.

    Returns
    -------
    ndarray of float32 or float64, shape (..., samples)
        The smoothed record in the unit of `values`, NaN where it was; float32 for float32 `values`, else
        float64.

    Raises
    ------
    ShapeError
        If `values` is a single number, or not of a real type, or `out` does not fit.
    ParameterError
        If a value is infinite, `window` is even or not from 1 to 1001, or `order` is not from 0 to 5 and less
        than `window`.

    References
    ----------
    A. Savitzky and M. J. E. Golay, "Smoothing and differentiation of data by simplified least squares
    procedures", Anal. Chem. 36, 1627-1639, 1964. P. A. Gorry, "General least-squares smoothing and
    differentiation by the convolution (Savitzky-Golay) method", Anal. Chem. 62, 570-573, 1990, for the
    orthogonal polynomials and the ends. M. van Herk, "A fast algorithm for local minimum and maximum filters
    on rectangular and octagonal kernels", Pattern Recognit. Lett. 13, 517-521, 1992, for sums from two sides
    of a block.
    """
    width = as_window(window)
    degree = as_integer(order, "order")
    if not 0 <= degree <= HIGHEST_ORDER:
        msg = f"order is {degree}, which is not from 0 to {HIGHEST_ORDER}"
        raise ParameterError(
            msg,
            "3 keeps the height of most signals.",
        )
    if width <= degree:
        msg = f"window is {width} samples, which do not determine a polynomial of order {degree}"
        raise ParameterError(
            msg,
            f"Pass a window of at least {(degree + 1) | 1} samples, or a lower order.",
        )
    most_threads = as_threads(threads)
    samples = as_samples(values)
    to = as_out(out, samples)
    with infinite_named(samples, threads=most_threads):
        return _core.smooth_savgol(samples, width, degree, most_threads, to)
