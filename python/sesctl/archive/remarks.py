"""Remarks on a station's record: a file of JSON lines in its log."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sesctl.archive.checked_lines import line_of, read_lines
from sesctl.archive.log import LOG, add_to_log
from sesctl.errors import ArchiveError, ShapeError
from sesctl.types import Annotation

REMARKS = "remarks.jsonl"
_KEY = "remark"


class Remarks:
    """The remarks on one station, one a line, each line with the CRC-32 of its remark.

    A line is added whole and forced to disk; what a crash left of the last one gives way.

    Parameters
    ----------
    station : Path
        The station's folder.

    Raises
    ------
    ArchiveError
        If a line that is not the last is none of a remark.
    OSError
        If they cannot be read.
    """

    def __init__(self, station: Path) -> None:
        self._path = station / LOG / REMARKS
        lines, self._end = read_lines(self._path, _KEY, "the remarks")
        self._known: set[Annotation] = set()
        for number, stored in enumerate(lines, start=1):
            annotation = _annotation(stored)
            if annotation is None:
                msg = f"the remarks {self._path} are damaged in line {number}"
                raise ArchiveError(msg, "Restore the file from a copy, or remove it and ingest again.")
            self._known.add(annotation)

    def all(self) -> tuple[Annotation, ...]:
        """Return them in order of time."""
        return tuple(sorted(self._known))

    def add(self, annotations: Iterable[Annotation]) -> int:
        """Add those that are not there, and return how many these are."""
        new = sorted(set(annotations) - self._known)
        if new:
            content = b"".join(line_of(_KEY, asdict(each)) for each in new)
            add_to_log(self._path, content, at=self._end)
            self._end += len(content)
            self._known.update(new)
        return len(new)


def _annotation(stored: Any) -> Annotation | None:
    try:
        values = tuple((str(name), float(value)) for name, value in stored["values"])
        return Annotation(**{**stored, "channels": tuple(stored["channels"]), "values": values})
    except (ValueError, KeyError, TypeError, ShapeError):
        return None
