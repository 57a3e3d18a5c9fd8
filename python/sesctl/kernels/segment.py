"""From samples at times of their own to a regular grid."""

from math import prod
from typing import Final, SupportsIndex

import numpy as np
import numpy.typing as npt

from sesctl import _core
from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels.arrays import FloatArray, as_integers, as_samples
from sesctl.kernels.finite import infinite_named
from sesctl.kernels.threads import as_threads
from sesctl.kernels.window import as_integer

MOST_POINTS: Final = 1 << 32
"""Grid points of one grid, all channels together: 1361 years at 0.1 Hz, or 50 days at 1 kHz."""

_INT64 = np.iinfo(np.int64)


def grid_samples(
    times: npt.ArrayLike,
    values: npt.ArrayLike,
    start: SupportsIndex,
    interval: SupportsIndex,
    count: SupportsIndex,
    *,
    threads: SupportsIndex | None = None,
) -> tuple[FloatArray, npt.NDArray[np.uint32]]:
    """Put samples on a regular grid.

    Each sample goes to the nearest grid point, one halfway between two to the later one. Several samples on
    one grid point are averaged, in double precision. NaN values, and samples further than half an interval
    from every grid point, are left out. Nothing is interpolated.

    Parameters
    ----------
    times : array_like of integers, shape (samples,)
        Time of each sample in µs since 1970-01-01 UTC, in any order; any int64 is allowed.
    values : array_like of real numbers, shape (..., samples)
        The samples, of one channel or several; NaN where there is none. The input is not modified.
    start : int
        Time of the first grid point in µs since 1970-01-01 UTC.
    interval : int
        µs from one grid point to the next; at least 1.
    count : int
        Grid points; times the number of channels, at most 2³².
    threads : int, optional
        The most threads to use, one a channel; as many as the process has cores if not given. The result does
        not depend on it.

    Returns
    -------
    gridded : ndarray of float32 or float64, shape (..., count)
        Mean of the samples on each grid point, NaN where there are none; float32 for float32 `values`, else
        float64.
    hits : ndarray of uint32, shape (..., count)
        How many samples each mean is of.

    Raises
    ------
    ShapeError
        If `times` is not one axis of int64 or is masked, `values` is not of a real type, or their lengths
        disagree.
    ParameterError
        If a value is infinite, `interval` is not positive, `count` is negative or exceeds memory, or one of
        the three integers is none or exceeds 64 bits.
    """
    at = as_integers(
        times,
        "times",
        "Pass µs since 1970-01-01 UTC, as times.astype('datetime64[us]').astype('int64') gives them.",
    )
    most_threads = as_threads(threads)
    samples = as_samples(values)
    if samples.shape[-1] != len(at):
        msg = f"the last axis of values has length {samples.shape[-1]}, times have length {len(at)}"
        raise ShapeError(
            msg,
            "Give each sample its time.",
        )
    channels = samples.shape[:-1]
    points = _as_int64(count, "count", "grid points", least=0)
    if points * max(prod(channels), 1) > MOST_POINTS:
        msg = f"count is {points} grid points of {prod(channels)} channels, more than {MOST_POINTS} in all"
        raise ParameterError(msg, "Grid a shorter time at once, and check that interval is in µs.")
    grid = _as_int64(start, "start", "µs", least=_INT64.min), _as_int64(interval, "interval", "µs", least=1)
    rows = samples.reshape(prod(channels), len(at))
    with infinite_named(samples, threads=most_threads):
        gridded, hits = _core.grid_samples(at, rows, *grid, points, most_threads, refuse_infinite=True)
    return gridded.reshape(*channels, points), hits.reshape(*channels, points)


def _as_int64(value: SupportsIndex, name: str, unit: str, least: int) -> int:
    number = as_integer(value, name)
    if not least <= number <= _INT64.max:
        msg = f"{name} is {number} {unit}, which is not from {least} to {_INT64.max}"
        raise ParameterError(
            msg,
            "Times are int64 µs since 1970-01-01 UTC; intervals are µs as well.",
        )
    return number
