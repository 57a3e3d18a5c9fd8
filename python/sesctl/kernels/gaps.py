"""Short gaps filled by straight lines."""

from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from sesctl import _core
from sesctl.errors import ParameterError
from sesctl.kernels.arrays import FloatArray, as_out, as_samples
from sesctl.kernels.finite import infinite_named
from sesctl.kernels.threads import as_threads
from sesctl.kernels.window import as_integer

_LONGEST = np.iinfo(np.int64).max


def fill_gaps(
    values: npt.ArrayLike,
    max_length: SupportsIndex,
    *,
    threads: SupportsIndex | None = None,
    out: FloatArray | None = None,
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Fill short gaps with the straight line between the samples on their two sides.

    A gap is a run of NaN. One at the beginning or the end of a row has only one side, and stays.

    Parameters
    ----------
    values : array_like of real numbers, shape (..., samples)
        A record in any unit, NaN in its gaps. The input is not modified unless it is `out`.
    max_length : int
        Samples in the longest gap to fill; 0 fills none.
    threads : int, optional
        The most threads to use; as many as the process has cores if not given. The result does not depend on
        it.
    out : ndarray of float32 or float64, shape (..., samples), optional
        Where to write the filled record: a C-contiguous array of the shape and type of the result that
        shares no memory with `values`, or `values` itself. A new one if not given. Where a value is infinite,
        it may be written in part before that is refused.

    Returns
    -------
    filled : ndarray of float32 or float64, shape (..., samples)
        The record in the unit of `values`; float32 for float32 `values`, else float64.
    mask : ndarray of bool, shape (..., samples)
        True where a sample was filled.

    Raises
    ------
    ShapeError
        If `values` is a single number, or not of a real type, or `out` does not fit.
    ParameterError
        If a value is infinite, or `max_length` is negative or no integer.
    """
    longest = as_integer(max_length, "max_length")
    if longest < 0:
        msg = f"max_length is {longest} samples, which is less than none"
        raise ParameterError(msg, "Pass 0 to fill no gap.")
    most_threads = as_threads(threads)
    samples = as_samples(values)
    to = as_out(out, samples, in_place=True)
    with infinite_named(samples, threads=most_threads):
        return _core.fill_gaps(samples, min(longest, _LONGEST), most_threads, to)
