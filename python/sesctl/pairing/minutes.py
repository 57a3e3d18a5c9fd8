"""Days of a record as rows of 1440 minutes."""

from typing import Final

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError, ShapeError
from sesctl.types import Quality, Record
from sesctl.types.instants import DAY, SECOND

MINUTES: Final = 1440
FLAT_MINUTES: Final = 10
"""Samples in a row at the record's largest or smallest value that make a day one at full range."""


def minute_days(
    record: Record, starts: npt.NDArray[np.int64], *, channel: int = 0
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Return days of one channel, a value a minute.

    Parameters
    ----------
    record : Record
        A record with a sample a minute, or every third.
    starts : ndarray of int64, shape (day,)
        First instants of the days, µs UTC.
    channel : int
        Row of the channel.

    Returns
    -------
    values : ndarray of float32, shape (day, 1440)
        In the channel's unit; NaN where the record has none, the minutes between included.
    full_range : ndarray of bool, shape (day,)
        Whether a sample is marked as clipped.

    Raises
    ------
    ParameterError
        If the record has another sampling interval.
    """
    if record.interval not in (60, 180):
        msg = f"station {record.station.name} has a sample every {record.interval:g} s, not 60 or 180 s"
        raise ParameterError(msg, "Resample it: `sesctl clean SOURCE --interval 60 --to ARCHIVE`.")
    values = np.full((len(starts), MINUTES), np.nan, dtype=np.float32)
    clipped = np.zeros(len(starts), dtype=np.bool_)
    times = record.times()
    for row, start in enumerate(starts.tolist()):
        first, end = np.searchsorted(times, (start, start + DAY))
        here = slice(int(first), int(end))
        values[row, (times[here] - start) // (60 * SECOND)] = record.values[channel, here]
        clipped[row] = bool((record.quality[channel, here] & np.uint8(Quality.CLIPPED)).any())
    return values, clipped


def full_range_days(
    values: npt.NDArray[np.float32], *, limit: float | None = None, flat: int = FLAT_MINUTES
) -> npt.NDArray[np.bool_]:
    """Return which days stand at the end of the instrument's range.

    Parameters
    ----------
    values : ndarray of float32, shape (day, minute)
        All days of one instrument; NaN where there is no value.
    limit : float, optional
        The largest value that the instrument can record, of either sign, in the channel's unit. Where it is
        not known, a day counts that stays at the largest or the smallest value of all days for `flat` samples
        in a row: what an instrument at its limit does, and noise does not.
    flat : int
        Samples in a row, at least 2.

    Returns
    -------
    ndarray of bool, shape (day,)
        The days.

    Raises
    ------
    ShapeError
        If the values are not in two axes.
    ParameterError
        If `flat` is less than 2.
    """
    if values.ndim != 2:
        msg = f"values have shape {values.shape}, not (day, minute)"
        raise ShapeError(msg)
    if flat < 2:
        msg = f"{flat} samples in a row are no run"
        raise ParameterError(msg, "Give at least 2.")
    if limit is not None:
        return np.asarray((np.abs(values) >= limit).any(axis=1))
    found = np.zeros(len(values), dtype=np.bool_)
    if np.isnan(values).all():
        return found
    ends = np.nanmin(values), np.nanmax(values)
    for row, day in enumerate(values):
        have = day[~np.isnan(day)]
        for end in ends:
            # A run lies between two samples that are not at the end.
            others = np.flatnonzero(np.concatenate([[True], have != end, [True]]))
            found[row] |= np.diff(others).max() - 1 >= flat
    return found
