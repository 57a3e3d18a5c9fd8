"""The running median of a record with gaps."""

from typing import SupportsIndex

import numpy.typing as npt

from sesctl import _core
from sesctl.kernels.arrays import FloatArray, as_out, as_samples
from sesctl.kernels.finite import infinite_named
from sesctl.kernels.threads import as_threads
from sesctl.kernels.window import as_window


def running_median(
    values: npt.ArrayLike,
    window: SupportsIndex = 61,
    *,
    threads: SupportsIndex | None = None,
    out: FloatArray | None = None,
) -> FloatArray:
    """Return the median of the window around each sample.

    The window ends where the record ends and leaves NaN out; of an even number of samples the median is the
    mean of the two in the middle. Signals shorter than half the window vanish, slower changes stay.
    The result is exact, but for the rounding of that mean to the type of the result.

    Parameters
    ----------
    values : array_like of real numbers, shape (..., samples)
        A record in any unit, NaN in its gaps. The input is not modified.
    window : int
        Samples in the window; odd, from 1 to 1001. It may be longer than the record.
    threads : int, optional
        The most threads to use; as many as the process has cores if not given. The result does not depend on
        it.
    out : ndarray of float32 or float64, shape (..., samples), optional
        Where to write the medians: a C-contiguous array of the shape and type of the result that
        shares no memory with `values`. A new one if not given. Where a value is infinite, it may be written
        in part before that is refused.

    Returns
    -------
    ndarray of float32 or float64, shape (..., samples)
        The medians in the unit of `values`, NaN where the sample itself is; float32 for float32 `values`,
        else float64.

    Raises
    ------
    ShapeError
        If `values` is a single number, or not of a real type, or `out` does not fit.
    ParameterError
        If a value is infinite, or `window` is even or not from 1 to 1001.
    """
    width = as_window(window)
    most_threads = as_threads(threads)
    samples = as_samples(values)
    to = as_out(out, samples)
    with infinite_named(samples, threads=most_threads):
        return _core.running_median(samples, width, most_threads, to)
