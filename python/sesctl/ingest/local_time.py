"""Local clock readings as instants; readings that a clock change makes unclear are refused."""

import datetime as dt
import zoneinfo
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError, ReadError
from sesctl.types.instants import DAY

_EPOCH = dt.datetime(1970, 1, 1)  # a reading of a clock, no instant
_MICROSECOND = dt.timedelta(microseconds=1)


def time_zone(name: str) -> zoneinfo.ZoneInfo:
    """Return the time zone of an IANA name.

    Raises
    ------
    ParameterError
        If there is no such time zone.
    """
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"{name!r} is not the IANA name of a time zone"
        raise ParameterError(
            msg, "Names look like Asia/Tokyo or UTC; a bare Linux system needs the package tzdata."
        ) from error


def utc_of_local(
    local: npt.NDArray[np.int64], zone: zoneinfo.ZoneInfo, at: Callable[[int], str]
) -> npt.NDArray[np.int64]:
    """Return the instants that readings of a local clock stand for.

    Parameters
    ----------
    local : ndarray of int64, shape (row,)
        Readings of the clock in µs since its own 1970-01-01 00:00.
    zone : ZoneInfo
        The clock's time zone.
    at : callable
        Names the place of a row in its file, for the error.

    Returns
    -------
    ndarray of int64, shape (row,)
        Instants, µs UTC.

    Raises
    ------
    ReadError
        If a reading occurs twice, or never, because the clock was changed.
    """
    days, day_of_row = np.unique(local // DAY, return_inverse=True)
    offset_of_day = np.zeros(len(days), dtype=np.int64)
    changing = []
    for index, day in enumerate(days):
        midnights = (int(day) * DAY, (int(day) + 1) * DAY)
        offsets = {_offset(midnight, zone, fold) for midnight in midnights for fold in (0, 1)}
        if len(offsets) == 1:
            offset_of_day[index] = offsets.pop()
        else:
            changing.append(index)
    instants = local - offset_of_day[day_of_row]
    # Only on a day with a clock change is every reading looked up by itself.
    for row in np.flatnonzero(np.isin(day_of_row, changing)):
        instants[row] = _instant(int(local[row]), zone, at, int(row))
    return instants


def _offset(reading: int, zone: zoneinfo.ZoneInfo, fold: int) -> int:
    moment = (_EPOCH + dt.timedelta(microseconds=reading)).replace(tzinfo=zone, fold=fold)
    return (moment.utcoffset() or dt.timedelta()) // _MICROSECOND


def _instant(reading: int, zone: zoneinfo.ZoneInfo, at: Callable[[int], str], row: int) -> int:
    offsets = [_offset(reading, zone, fold) for fold in (0, 1)]
    if offsets[0] == offsets[1]:
        return reading - offsets[0]
    # Where the clock goes forward, the earlier rule has the smaller offset and the reading never occurs.
    fault = "twice" if offsets[0] > offsets[1] else "never"
    moment = _EPOCH + dt.timedelta(microseconds=reading)
    msg = f"{at(row)}: the local time {moment} occurs {fault} in {zone.key}, where the clock was changed"
    raise ReadError(msg, "Write the times with their offset from UTC, for example 2021-03-01T12:00:00+09:00.")
