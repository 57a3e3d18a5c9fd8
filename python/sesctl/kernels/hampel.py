"""Pulses out of a record: Hampel's filter."""

from math import isfinite
from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from sesctl import _core
from sesctl.errors import ParameterError
from sesctl.kernels.arrays import FloatArray, as_out, as_samples
from sesctl.kernels.finite import infinite_named
from sesctl.kernels.threads import as_threads
from sesctl.kernels.window import as_window


def despike(
    values: npt.ArrayLike,
    window: SupportsIndex = 11,
    n_sigma: float = 4.0,
    floor: float = 0.0,
    *,
    threads: SupportsIndex | None = None,
    out: FloatArray | None = None,
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    r"""Replace samples that stand out from their neighbours by the median of these.

    A sample :math:`x_i` is replaced by the median :math:`m_i` of the window around it where

    .. math:: |x_i - m_i| > n_\sigma \max(1.4826\,\mathrm{MAD}_i, \mathrm{floor}),

    with :math:`\mathrm{MAD}_i` the median of :math:`|x_j - m_i|` in the window. The window ends where the
    record ends and leaves NaN out; medians are those of `values`, not of what was already replaced.

    Any pulse of up to (window - 1) / 2 samples that stands out is removed, whatever made it: 50 s with the
    default window at 0.1 Hz. Where the signal itself is intermittent or of high frequency, do without this.

    Parameters
    ----------
    values : array_like of real numbers, shape (..., samples)
        A record in any unit, NaN in its gaps. The input is not modified.
    window : int
        Samples in the window; odd, from 1 to 1001.
    n_sigma : float
        How many standard deviations (of normal noise, estimated by the MAD) a sample may be off the median.
    floor : float
        The least standard deviation to count with, in the unit of `values`. With 0, a sample that differs
        at all is replaced where more than half of its window is equal: set the step of the digitiser where
        records are quantised.
    threads : int, optional
        The most threads to use; as many as the process has cores if not given. The result does not depend on
        it.
    out : ndarray of float32 or float64, shape (..., samples), optional
        Where to write the despiked record: a C-contiguous array of the shape and type of the result that
        shares no memory with `values`. A new one if not given. Where a value is infinite, it may be written
        in part before that is refused.

    Returns
    -------
    despiked : ndarray of float32 or float64, shape (..., samples)
        The record in the unit of `values`, NaN where it was; float32 for float32 `values`, else float64.
    replaced : ndarray of bool, shape (..., samples)
        True where a sample was replaced.

    Raises
    ------
    ShapeError
        If `values` is a single number, or not of a real type, or `out` does not fit.
    ParameterError
        If a value is infinite, `window` is even or not from 1 to 1001, `n_sigma` is not positive, or `floor`
        is negative.

    References
    ----------
    F. R. Hampel, "The influence curve and its role in robust estimation", J. Am. Stat. Assoc. 69, 383-393,
    1974. R. K. Pearson, "Outliers in process modeling and identification", IEEE Trans. Control Syst. Technol.
    10, 55-63, 2002.
    """
    width = as_window(window)
    if not (isfinite(n_sigma) and n_sigma > 0):
        msg = f"n_sigma is {n_sigma}, which is not a positive number"
        raise ParameterError(msg, "4 is usual.")
    if not (isfinite(floor) and floor >= 0):
        msg = f"floor is {floor}, which is not zero or more"
        raise ParameterError(msg, "Pass a scale in the unit of the values, or 0.")
    most_threads = as_threads(threads)
    samples = as_samples(values)
    to = as_out(out, samples)
    with infinite_named(samples, threads=most_threads):
        return _core.despike(samples, width, n_sigma, floor, most_threads, to)
