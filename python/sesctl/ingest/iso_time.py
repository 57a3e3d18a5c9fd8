"""The time column of a table: ISO 8601 texts, or seconds since 1970, as instants."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sesctl.errors import ReadError
from sesctl.ingest.local_time import utc_of_local
from sesctl.ingest.repeated_hour import RepeatedHour
from sesctl.plugin.reader import Request
from sesctl.types.instants import DAY, EPOCH, SECOND

Kind = Literal["aware", "naive", "epoch"]
Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

_OFFSET = r":\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)$"
_NUMBER = r"^\d+(\.\d*)?$"
_LEAP = r":60(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)?$"
_DATE = r"\d{4}-?\d\d-?\d\d"
_MOST_DIGITS = r"(\.\d{6})\d+"
_EARLIEST, _LATEST = (
    int((dt.datetime(year, 1, 1, tzinfo=dt.UTC) - EPOCH).total_seconds()) * SECOND for year in (1800, 2300)
)
# A date written as 20210301 is a number too; seconds since 1970 have nine digits from 1973-03-03 on.
_LEAST_EPOCH = 100_000_000
_SAID = {"aware": "has an offset from UTC", "naive": "has none", "epoch": "is a number of seconds"}
_HINT = "Write times as ISO 8601, for example 2021-03-01T12:00:00Z, or as seconds since 1970-01-01 UTC."
TYPES: dict[Kind, Any] = {
    "aware": pa.timestamp("us", tz="UTC"),
    "naive": pa.timestamp("us"),
    "epoch": pa.float64(),
}
"""What pyarrow reads the texts of a kind as."""


def kind_of(text: str) -> Kind:
    """Return which kind of time a text is, if it is one."""
    if re.search(_OFFSET, text.strip()):
        return "aware"
    return "epoch" if re.match(_NUMBER, text.strip()) else "naive"


class TimeColumn:
    """The times of one file, which come in blocks.

    Parameters
    ----------
    name : str
        The file's name, for errors.
    request : Request
        Zone of naive times, and what to do where the clock was changed.
    """

    def __init__(self, name: str, request: Request) -> None:
        self._name = name
        self._request = request
        self._seen: dict[Kind, int] = {}
        self._repeated = RepeatedHour() if request.clock_change == "infer" else None

    def finish(self) -> None:
        """Say that there are no more rows.

        Raises
        ------
        ReadError
            If the order of the rows was to tell of an hour that occurs twice, and did not.
        """
        if self._repeated is not None:
            self._repeated.leave()

    def instants(self, column: Any, kind: Kind, line_of: Callable[[int], int]) -> tuple[Rows, Bools | None]:
        """Return the instants of times that pyarrow has read already.

        Parameters
        ----------
        column : pyarrow.Array, shape (row,)
            Of the kind's type, without a null.
        kind : {"aware", "naive", "epoch"}
            What was written.
        line_of : callable
            Gives the line of a row, for the error.

        Returns
        -------
        instants : ndarray of int64, shape (row,)
            µs UTC.
        kept : ndarray of bool, shape (row,), or None
            The rows that are kept where some are dropped at a clock change.

        Raises
        ------
        ReadError
            If the kinds are mixed, a time is absurd, or a local time is unclear.
        """
        self._same_kind(kind, line_of)
        if kind == "epoch":
            seconds = np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)
            self._refuse_outside(seconds * SECOND, line_of, lambda row: f"{seconds[row]:.15g}")
            if (seconds < _LEAST_EPOCH).any():
                row = int(np.flatnonzero(seconds < _LEAST_EPOCH)[0])
                msg = (
                    f"{self._name}: line {line_of(row)} has the time {seconds[row]:.15g}, a number too small "
                    "for seconds since 1970"
                )
                raise ReadError(msg, _HINT)
            return np.rint(seconds * SECOND).astype(np.int64), None
        instants = np.asarray(column.cast(pa.int64()).to_numpy(), dtype=np.int64)
        self._refuse_outside(
            instants, line_of, lambda row: column[row].as_py().isoformat().replace("+00:00", "Z")
        )
        if kind == "aware":
            return instants, None
        if self._request.zone is None:
            msg = (
                f"{self._name}: its times have no offset from UTC (line {line_of(0)}: "
                f"{column[0].as_py().isoformat(sep=' ')})"
            )
            raise ReadError(
                msg, "Name the clock's time zone with --tz, for example --tz UTC or --tz Asia/Tokyo."
            )
        at = lambda row: f"{self._name}, line {line_of(row)}"  # noqa: E731
        return utc_of_local(instants, self._request.zone, at, self._request.clock_change, self._repeated)

    def instants_of_texts(self, texts: Any, line_of: Callable[[int], int]) -> tuple[Rows, Bools | None]:
        """Return the instants of texts that pyarrow could not read as times at once.

        Further digits than six are cut off. The leap second 23:59:60 UTC at the end of June or December is
        the instant of the midnight after it.

        Parameters
        ----------
        texts : pyarrow.Array of string, shape (row,)
            The times.
        line_of : callable
            Gives the line of a row, for the error.

        Returns
        -------
        instants, kept
            As `instants` returns them.

        Raises
        ------
        ReadError
            As `instants`, and if a text is no time.
        """
        texts = pc.replace_substring_regex(pc.utf8_trim_whitespace(texts), _MOST_DIGITS, r"\1")
        written, leap = texts, _matches(texts, _LEAP)
        if leap.any():
            texts = pc.replace_substring_regex(texts, r":60((\.\d+)?(Z|[+-]\d\d(:?\d\d)?)?)$", r":59\1")
        kinds: dict[Kind, Bools] = {"aware": _matches(texts, _OFFSET), "epoch": _matches(texts, _NUMBER)}
        kinds["naive"] = ~kinds["aware"] & ~kinds["epoch"]
        present = [kind for kind, rows in kinds.items() if rows.any()]
        if len(present) > 1:
            # A text that is no time at all has no offset either: name that fault, not the mixture.
            stray = np.flatnonzero(kinds["naive"])
            if stray.size:
                self._converted(texts.take(stray), "naive", lambda row: line_of(int(stray[row])))
            for kind in present:
                first = int(np.flatnonzero(kinds[kind])[0])
                self._same_kind(kind, lambda row, first=first: line_of(row + first))  # type: ignore[misc]
        (kind,) = present
        instants, kept = self.instants(self._converted(texts, kind, line_of), kind, line_of)
        if leap.any():
            rows = leap if kept is None else leap[kept]
            instants = instants + np.where(rows, SECOND, 0)
            self._refuse_leap(instants, np.flatnonzero(rows), written, line_of)
        return instants, kept

    def _same_kind(self, kind: Kind, line_of: Callable[[int], int]) -> None:
        if kind in self._seen:
            return
        self._seen[kind] = line_of(0)
        if len(self._seen) > 1:
            order: list[Kind] = [each for each in ("aware", "epoch", "naive") if each in self._seen]
            first, second = order[:2]
            msg = (
                f"{self._name}: the time in line {self._seen[first]} {_SAID[first]}, the one in line "
                f"{self._seen[second]} {_SAID[second]}"
            )
            if second == "naive" and first == "epoch":
                msg = msg.replace("has none", "is none")
            raise ReadError(msg, "Write all times with an offset or Z, or none of them.")

    def _converted(self, texts: Any, kind: Kind, line_of: Callable[[int], int]) -> Any:
        try:
            return texts.cast(TYPES[kind])
        except pa.ArrowInvalid as error:
            row = _first_fault(texts, TYPES[kind])
            text = texts[row].as_py()
            why = "which does not exist" if re.match(_DATE, text) else "which is not ISO 8601"
            told = f"has the time {text!r}, {why}" if text else "has no time"
            msg = f"{self._name}: line {line_of(row)} {told}"
            raise ReadError(msg, _HINT) from error

    def _refuse_outside(
        self, instants: npt.NDArray[Any], line_of: Callable[[int], int], text_of: Callable[[int], str]
    ) -> None:
        if not len(instants):
            return
        for row in (int(instants.argmin()), int(instants.argmax())):
            if not _EARLIEST <= instants[row] < _LATEST:
                msg = f"{self._name}: line {line_of(row)} has the time {text_of(row)}, outside 1800 to 2299"
                raise ReadError(msg, "Check the clock of the logger; a number is seconds since 1970.")

    def _refuse_leap(
        self, instants: Rows, rows: npt.NDArray[np.intp], texts: Any, line_of: Callable[[int], int]
    ) -> None:
        for row in rows:
            after = EPOCH + dt.timedelta(microseconds=int(instants[row] // SECOND * SECOND))
            if instants[row] % DAY >= SECOND or (after.month, after.day) not in {(1, 1), (7, 1)}:
                text = texts[int(row)].as_py()
                msg = f"{self._name}: line {line_of(int(row))} has the time {text!r}, which does not exist"
                raise ReadError(
                    msg, "A minute has a 61st second only at the end of June or December, at 23:59:60 UTC."
                )


def _matches(texts: Any, pattern: str) -> Bools:
    return np.asarray(pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False), dtype=bool)


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
