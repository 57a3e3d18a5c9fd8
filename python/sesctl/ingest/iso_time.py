"""The time column: ISO 8601 texts as instants."""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sesctl.errors import ReadError
from sesctl.ingest.local_time import utc_of_local
from sesctl.types.instants import EPOCH, SECOND

_OFFSET = r":\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)$"
_MOST_DIGITS = r"(\.\d{6})\d+"
_EARLIEST, _LATEST = (
    int((dt.datetime(year, 1, 1, tzinfo=dt.UTC) - EPOCH).total_seconds()) * SECOND for year in (1800, 2300)
)


def instants_of(
    texts: Any, zone: zoneinfo.ZoneInfo | None, name: str, line_of: Callable[[int], int]
) -> npt.NDArray[np.int64]:
    """Return the instants of ISO 8601 texts.

    Parameters
    ----------
    texts : pyarrow.Array of string, shape (row,)
        All with an offset from UTC (or Z), or all without.
    zone : ZoneInfo or None
        Time zone of texts without an offset.
    name : str
        The file's name, for the error.
    line_of : callable
        Gives the line of a row, for the error.

    Returns
    -------
    ndarray of int64, shape (row,)
        Instants in µs UTC; further digits are cut off.

    Raises
    ------
    ReadError
        If a text is no time, some have an offset and some have not, or a local time is unclear.
    """
    texts = pc.replace_substring_regex(pc.utf8_trim_whitespace(texts), _MOST_DIGITS, r"\1")
    aware = np.asarray(pc.match_substring_regex(texts, _OFFSET).to_numpy(zero_copy_only=False), dtype=bool)
    if aware.any() and not aware.all():
        kinds = {kind: line_of(int(np.flatnonzero(aware == kind)[0])) for kind in (True, False)}
        # A text that is no time at all has no offset either: name that fault, not the mixture.
        _converted(
            texts.filter(pa.array(~aware)), pa.timestamp("us"), name, _lines(np.flatnonzero(~aware), line_of)
        )
        msg = (
            f"{name}: the time in line {kinds[True]} has an offset from UTC, the one in line "
            f"{kinds[False]} has none"
        )
        raise ReadError(msg, "Write all times with an offset or Z, or none of them.")
    kind = pa.timestamp("us", tz="UTC") if aware.all() else pa.timestamp("us")
    instants = _converted(texts, kind, name, line_of)
    for row in (int(instants.argmin()), int(instants.argmax())):
        if not _EARLIEST <= instants[row] < _LATEST:
            msg = f"{name}: line {line_of(row)} has the time {texts[row].as_py()}, outside 1800 to 2299"
            raise ReadError(msg, "Check the clock of the logger.")
    if aware.all():
        return instants
    if zone is None:
        msg = f"{name}: its times have no offset from UTC (line {line_of(0)}: {texts[0].as_py()})"
        raise ReadError(msg, "Name the clock's time zone with --tz, for example --tz UTC or --tz Asia/Tokyo.")
    return utc_of_local(instants, zone, lambda row: f"{name}, line {line_of(row)}")


def _lines(rows: npt.NDArray[np.intp], line_of: Callable[[int], int]) -> Callable[[int], int]:
    return lambda row: line_of(int(rows[row]))


def _converted(texts: Any, kind: Any, name: str, line_of: Callable[[int], int]) -> npt.NDArray[np.int64]:
    try:
        return np.asarray(texts.cast(kind).cast(pa.int64()).to_numpy(), dtype=np.int64)
    except pa.ArrowInvalid as error:
        row = _first_fault(texts, kind)
        msg = f"{name}: line {line_of(row)} has the time {texts[row].as_py()!r}, which does not exist"
        raise ReadError(msg, "Write times as ISO 8601, for example 2021-03-01T12:00:00Z.") from error


def _first_fault(texts: Any, kind: Any) -> int:
    """Return the first text that cannot be cast, by halving: pyarrow does not say which it was."""
    low, high = 0, len(texts)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            texts.slice(low, middle - low).cast(kind)
        except pa.ArrowInvalid:
            high = middle
        else:
            low = middle
    return low
