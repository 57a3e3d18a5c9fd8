"""Intervals from a score by hysteresis, and their edges fitted anew to the record."""

from dataclasses import dataclass
from math import isfinite
from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from sesctl import _core
from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels.arrays import as_integers, as_samples
from sesctl.kernels.finite import as_record, infinite_named
from sesctl.kernels.threads import as_threads
from sesctl.kernels.window import as_integer


@dataclass(frozen=True, eq=False)
class Intervals:
    """Half-open intervals of samples, ordered by row, then by start.

    Parameters
    ----------
    row : ndarray of int64, shape (interval,)
        Which row an interval lies in, with all axes but the last flattened into one.
    start, end : ndarray of int64, shape (interval,)
        The interval is [start, end), in samples.
    peak : ndarray of float64, shape (interval,)
        The largest value in the interval, in the unit of the values.
    """

    row: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    peak: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.row)


def find_intervals(
    probability: npt.ArrayLike,
    high: float,
    low: float | None = None,
    *,
    min_length: SupportsIndex = 1,
    max_length: SupportsIndex | None = None,
    merge_gap: SupportsIndex = 0,
    threads: SupportsIndex | None = None,
) -> Intervals:
    """Find where a score is high, by hysteresis.

    An interval is a maximal run of samples of at least `low` that holds one of at least `high`. NaN ends a
    run. Then intervals at most `merge_gap` samples apart become one, whatever the samples between them hold,
    and last those that are too short or too long are dropped.

    Parameters
    ----------
    probability : array_like of real numbers, shape (..., samples)
        A score in any unit, usually a probability from 0 to 1; NaN where there is none. Not modified.
    high : float
        What the peak of an interval must reach, in the unit of `probability`.
    low : float, optional
        What every sample of an interval must reach; `high` if not given. Both are compared in the type of
        the values, as NumPy does: a float32 score of 0.7 reaches 0.7.
    min_length : int
        The fewest samples in an interval, at least 1.
    max_length : int, optional
        The most samples in an interval; any number if not given.
    merge_gap : int
        The most samples between two intervals that become one.
    threads : int, optional
        The most threads to use; as many as the process has cores if not given. The result does not depend on
        it.

    Returns
    -------
    Intervals
        Of all rows.

    Raises
    ------
    ShapeError
        If `probability` is a single number, or not of a real type.
    ParameterError
        If a score, `high` or `low` is not finite (a score may be NaN), `low` exceeds `high`, `min_length` is
        less than 1 or more than `max_length`, or `merge_gap` is negative.
    """
    most_threads = as_threads(threads)
    scores = as_samples(probability, "probability")
    low = high if low is None else low
    if not (isfinite(high) and isfinite(low) and low <= high):
        msg = f"low is {low} and high {high}, but both have to be finite and low at most high"
        raise ParameterError(
            msg,
            "Lower low, or leave it out.",
        )
    shortest, gap = as_integer(min_length, "min_length"), as_integer(merge_gap, "merge_gap")
    samples = scores.shape[-1]
    longest = max(samples, shortest) if max_length is None else as_integer(max_length, "max_length")
    if not 1 <= shortest <= longest:
        msg = (
            f"min_length is {shortest} and max_length {longest} samples, "
            "but 1 <= min_length <= max_length has to hold"
        )
        raise ParameterError(
            msg,
            "Pass lengths in samples.",
        )
    if gap < 0:
        msg = f"merge_gap is {gap} samples"
        raise ParameterError(msg, "Pass 0 to merge only runs that touch.")
    # No interval and no gap is longer than the record.
    shortest, longest, gap = (min(length, samples + 1) for length in (shortest, longest, gap))
    with infinite_named(scores, "probability", most_threads):
        found = _core.find_intervals(
            scores, high, low, shortest, longest, gap, most_threads, refuse_infinite=True
        )
    return Intervals(*found)


def refit_edges(
    values: npt.ArrayLike,
    row: npt.ArrayLike,
    start: npt.ArrayLike,
    end: npt.ArrayLike,
    radius: SupportsIndex,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    r"""Move the edges of intervals to where the record steps.

    Each edge :math:`e` moves to the split :math:`s`, at most `radius` samples away, that minimises the
    squared error of two constant levels,

    .. math:: \sum_{i=a}^{s-1} (x_i - \bar x_{[a,s)})^2 + \sum_{i=s}^{b-1} (x_i - \bar x_{[s,b)})^2,

    over the samples :math:`[a, b)` within 2 `radius` of the edge, cut off at the ends of the record and at
    the middle of the interval, so that its two edges never cross. This is the maximum-likelihood change point
    of a step in white noise. An edge stays where no split is better, and where fewer than two finite samples
    (one if `radius` is 1) remain on either side of it.

    Parameters
    ----------
    values : array_like of real numbers, shape (..., samples)
        The record in any unit; NaN, which is left out, in its gaps. Not modified.
    row, start, end : array_like of int, shape (interval,)
        Intervals [start, end) in samples of a row, all axes but the last flattened into one.
    radius : int
        How far an edge may move, in samples.

    Returns
    -------
    start, end : ndarray of int64, shape (interval,)
        The new edges in samples; intervals keep their order, and two neighbours may now overlap.

    Raises
    ------
    ShapeError
        If `values` is a single number or not of a real type, or `row`, `start` and `end` are not int64, are
        masked, or differ in number.
    ParameterError
        If a value is infinite, an interval is empty or does not lie in the record, or `radius` is negative.

    References
    ----------
    D. V. Hinkley, "Inference about the change-point in a sequence of random variables", Biometrika 57, 1-17,
    1970.
    """
    samples = as_record(values)
    rows, starts, ends = (
        as_integers(bounds, name, "Pass one int64 for every interval.")
        for bounds, name in ((row, "row"), (start, "start"), (end, "end"))
    )
    if not len(rows) == len(starts) == len(ends):
        msg = f"there are {len(rows)} rows, {len(starts)} starts and {len(ends)} ends"
        raise ShapeError(
            msg,
            "Pass one of each for every interval.",
        )
    distance = as_integer(radius, "radius")
    if distance < 0:
        msg = f"radius is {distance} samples"
        raise ParameterError(msg, "Pass 0 to keep the edges.")
    length = samples.shape[-1]
    count = int(np.prod(samples.shape[:-1], dtype=np.int64))
    outside = (rows < 0) | (rows >= count) | (starts < 0) | (starts >= ends) | (ends > length)
    if outside.any():
        i = int(outside.argmax())
        msg = (
            f"interval {i} is [{starts[i]}, {ends[i]}) of row {rows[i]}, which does not lie in the "
            f"{count} rows of {length} samples or is empty"
        )
        raise ParameterError(
            msg,
            "Pass intervals with 0 <= start < end <= samples.",
        )
    return _core.refit_edges(samples, rows, starts, ends, min(distance, length))
