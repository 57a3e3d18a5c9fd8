"""Local clock readings as instants; readings that a clock change makes unclear."""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError, ReadError
from sesctl.ingest.repeated_hour import RepeatedHour
from sesctl.plugin.reader import ClockChange
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
            msg,
            "Names look like Asia/Tokyo or UTC, or Etc/GMT-9 for 9 h east of it all year; "
            "a bare Linux system needs the package tzdata.",
        ) from error


def utc_of_local(
    local: npt.NDArray[np.int64],
    zone: zoneinfo.ZoneInfo,
    at: Callable[[int], str],
    clock_change: ClockChange = "error",
    repeated: RepeatedHour | None = None,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_] | None]:
    """Return the instants that readings of a local clock stand for.

    Where the clock was changed, a reading occurs twice or never. It then stands for one of two instants,
    by the offset from UTC before the change and by that after it.

    Parameters
    ----------
    local : ndarray of int64, shape (row,)
        Readings of the clock in µs since its own 1970-01-01 00:00.
    zone : ZoneInfo
        The clock's time zone.
    at : callable
        Names the place of a row in its file, for the error.
    clock_change : {"error", "earlier", "later", "drop", "infer"}
        What to do with an unclear reading: refuse it, take the earlier or the later of the two instants,
        leave the row out, or tell by the order of the rows; a reading that never occurs is refused then.
    repeated : RepeatedHour, optional
        What the rows before have told, for "infer"; without it, there is no order to tell by.

    Returns
    -------
    instants : ndarray of int64, shape (kept row,)
        Instants, µs UTC.
    kept : ndarray of bool, shape (row,), or None
        Which rows are kept, None where all are.

    Raises
    ------
    ReadError
        If a reading is unclear and that is an error.
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
    kept = np.ones(len(local), dtype=bool)
    following = 0  # the row after the last that occurs twice; a block may begin within such rows
    # Only on a day with a clock change is every reading looked up by itself.
    for row in np.flatnonzero(np.isin(day_of_row, changing)):
        reading = int(local[row])
        offsets_of_row = [_offset(reading, zone, fold) for fold in (0, 1)]
        if offsets_of_row[0] == offsets_of_row[1]:
            instants[row] = reading - offsets_of_row[0]
            continue
        twice = offsets_of_row[0] > offsets_of_row[1]
        if clock_change == "infer" and twice and repeated is not None:
            if row != following:
                repeated.leave()
            following = int(row) + 1
            instants[row] = reading - repeated.offset(reading, offsets_of_row, partial(at, int(row)))
            continue
        if clock_change in ("error", "infer"):
            raise _unclear(reading, offsets_of_row, zone, at(int(row)))
        kept[row] = clock_change != "drop"
        instants[row] = reading - (min if clock_change == "later" else max)(offsets_of_row)
    if repeated is not None and following < len(local):
        repeated.leave()
    return (instants, None) if kept.all() else (instants[kept], kept)


def _offset(reading: int, zone: zoneinfo.ZoneInfo, fold: int) -> int:
    moment = (_EPOCH + dt.timedelta(microseconds=reading)).replace(tzinfo=zone, fold=fold)
    return (moment.utcoffset() or dt.timedelta()) // _MICROSECOND


def _unclear(reading: int, offsets: list[int], zone: zoneinfo.ZoneInfo, at: str) -> ReadError:
    # Where the clock goes forward, the earlier rule has the smaller offset and the reading never occurs.
    fault = "twice" if offsets[0] > offsets[1] else "never"
    moment = _EPOCH + dt.timedelta(microseconds=reading)
    msg = f"{at}: the local time {moment} occurs {fault} in {zone.key}, where the clock was changed"
    return ReadError(
        msg,
        "Write the times with their offset from UTC, for example 2021-03-01T12:00:00+09:00, or choose with "
        "--clock-change infer, earlier, later or drop.",
    )
