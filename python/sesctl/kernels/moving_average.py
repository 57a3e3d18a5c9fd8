"""The centred moving average of a record with gaps."""

from typing import SupportsIndex

import numpy.typing as npt

from sesctl import _core
from sesctl.kernels.arrays import FloatArray, as_out, as_samples
from sesctl.kernels.finite import infinite_named
from sesctl.kernels.threads import as_threads
from sesctl.kernels.window import as_window


def moving_average(
    values: npt.ArrayLike,
    window: SupportsIndex = 31,
    *,
    threads: SupportsIndex | None = None,
    out: FloatArray | None = None,
) -> FloatArray:
    """Smooth by the mean of a sliding window.

    Each stretch between NaNs is filtered as a record of its own: its first and last half windows lie on the
    straight lines fitted to its first and last full windows, so that the result is that of Savitzky-Golay
    smoothing of order 1. A stretch shorter than the window gets the largest odd window that fits. The time
    taken does not depend on the window, and a spike, however high, leaves no error behind where the window
    has passed it.

    The error is at most 1e-5 (float32) or 1e-11 (float64) of the range of the values in the window, plus 2
    units in the last place of the result, whatever offset the record stands on.

    Parameters
    ----------
    values : array_like of real numbers, shape (..., samples)
        A record in any unit, NaN in its gaps. The input is not modified.
    window : int
        Samples in the window; odd, from 1 to 1001.
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
        If a value is infinite, or `window` is even or not from 1 to 1001.

    References
    ----------
    M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal
    kernels", Pattern Recognit. Lett. 13, 517-521, 1992, for sums from two sides of a block.
    """
    width = as_window(window)
    most_threads = as_threads(threads)
    samples = as_samples(values)
    to = as_out(out, samples)
    with infinite_named(samples, threads=most_threads):
        return _core.moving_average(samples, width, most_threads, to)
