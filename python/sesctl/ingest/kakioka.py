"""Observers' remarks on the geoelectric field at Kakioka, a text table of fixed columns a month.

::

      start     end      class comp.     code  Remarks
    @.##.##.##..##.##.##..###..##..#..##################################
      01 06 47  01 06 52   s   EW  N  Input an artificial signal for calibration

Begin and end are day, hour and minute: what is left out of the begin is the first of its kind, of the end the
last; an end without a day is on the day of the begin, and none at all is the minute of the begin. The class
names the data affected (0.1 s, 1 s, 1 min), the component is EW, NS or both, and the code says missing,
noise, gap or comment.
"""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sesctl.errors import ReadError
from sesctl.ingest.local_time import utc_of_local
from sesctl.ingest.text_blocks import text_blocks
from sesctl.plugin.reader import Request
from sesctl.types import Annotation

_CODES = {"M": "missing", "N": "noise", "G": "gap", "C": "comment"}
_CLASSES = {"d": "0.1 s", "s": "1 s", "m": "1 min"}
_CLOCK_START = dt.datetime(1970, 1, 1)  # a reading of a clock, no instant
_MINUTE = dt.timedelta(minutes=1)
_MONTHS = {name: number for number, name in enumerate(calendar.month_name) if name}


@dataclass(frozen=True)
class _Remark:
    begin: dt.datetime
    end: dt.datetime
    text: str
    told: str
    components: tuple[str, ...]


def read_kakioka(path: Path, request: Request) -> Iterator[Annotation]:
    """Read a month's remarks.

    Parameters
    ----------
    path : Path
        The file.
    request : Request
        The time zone of its times, which it does not state.

    Yields
    ------
    Annotation
        One a line, with the components EW and NS as channels.

    Raises
    ------
    ReadError
        If the month is not named, a line has no such date, or there is no time zone.
    """
    for number, remark in _remarks(path):
        if request.zone is None:
            msg = f"{path.name} does not state the time zone of its remarks"
            raise ReadError(msg, "Name it with --tz, for example --tz UTC or --tz Asia/Tokyo.")
        readings = [
            (moment - _CLOCK_START) // dt.timedelta(microseconds=1) for moment in (remark.begin, remark.end)
        ]
        at = lambda row, number=number: f"{path.name}, line {number}"  # noqa: E731
        instants, kept = utc_of_local(
            np.array(readings, dtype=np.int64), request.zone, at, request.clock_change
        )
        if kept is None:
            yield Annotation(
                start=int(instants[0]),
                end=int(instants[1]),
                text=f"{remark.text} ({remark.told})" if remark.told else remark.text,
                channels=remark.components,
            )


def _remarks(path: Path) -> Iterator[tuple[int, _Remark]]:
    lines = [
        (block.first_line + index, line.rstrip("\r\n"))
        for block in text_blocks(path)
        for index, line in enumerate(block.lines())
    ]
    month = next((found for _, line in lines[:5] if (found := _month(line))), None)
    ruler = next((index for index, (_, line) in enumerate(lines) if line.startswith("@.##")), None)
    if month is None or ruler is None:
        what = "month" if month is None else "ruler line @.##.##.##"
        msg = f"{path.name} has no {what} above its remarks"
        raise ReadError(msg, "Check that it was copied whole.")
    last: tuple[int, _Remark] | None = None
    for number, line in lines[ruler + 1 :]:
        if not line.strip():
            continue
        if not line[:33].strip():
            if last is not None:
                last = last[0], replace(last[1], text=f"{last[1].text} {line.strip()}")
            continue
        if last is not None:
            yield last
        last = number, _remark(path, number, line, month)
    if last is not None:
        yield last


def _month(line: str) -> tuple[int, int] | None:
    match = re.search(r"\b([A-Z][a-z]+)\s+(\d{4})\b", line)
    return (int(match[2]), _MONTHS[match[1]]) if match and match[1] in _MONTHS else None


def _remark(path: Path, number: int, line: str, month: tuple[int, int]) -> _Remark:
    fields = [line[first : first + 2].strip() for first in (2, 5, 8, 12, 15, 18)]
    try:
        day, hour, minute, end_day, end_hour, end_minute = (int(text) if text else None for text in fields)
        if day is None:
            raise ValueError  # noqa: TRY301  # told below as any other date that does not exist
        begin = dt.datetime(*month, day, hour or 0, minute or 0)  # zone follows
        if end_day is not None and end_hour is None and end_day < day:
            end_day, end_hour = None, end_day  # an hour that stands one column too far to the left
        if end_day is None and end_hour is None:
            end_day, end_hour, end_minute = day, hour, minute
        end = dt.datetime(*month, end_day or day, end_hour or 0, end_minute or 0)
        end += (
            dt.timedelta(days=1)
            if end_hour is None
            else dt.timedelta(hours=1)
            if end_minute is None
            else _MINUTE
        )
    except ValueError as error:
        msg = f"{path.name}: line {number} has the dates {line[2:20].strip()!r}, which do not exist"
        raise ReadError(msg, "A remark begins with day, hour and minute in columns 3 to 10.") from error
    if end <= begin:
        msg = f"{path.name}: line {number} ends at {end}, not after its begin at {begin}"
        raise ReadError(msg, "Check that line.")
    component = line[27:29].strip()
    code, classes = _CODES.get(line[31:32], ""), [_CLASSES[each] for each in line[22:25] if each in _CLASSES]
    told = ", ".join(
        each for each in (code, " and ".join(classes) and f"{' and '.join(classes)} data") if each
    )
    text = line[34:].strip()
    return _Remark(begin, end, text, told, (component,) if component else ())
