"""Remarks on a station's record: a file of JSON lines beside its groups."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from sesctl.archive import durable
from sesctl.errors import ArchiveError, ShapeError
from sesctl.types import Annotation

REMARKS = "remarks.jsonl"


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
        self._path = station / REMARKS
        self._end = 0
        self._known: set[Annotation] = set()
        content = self._path.read_bytes() if self._path.exists() else b""
        *lines, _unfinished = content.split(b"\n")
        for number, line in enumerate(lines, start=1):
            annotation = _parsed(line)
            if annotation is None:
                if number == len(lines):
                    break
                msg = f"the remarks {self._path} are damaged in line {number}"
                raise ArchiveError(msg, "Restore the file from a copy, or remove it and ingest again.")
            self._known.add(annotation)
            self._end += len(line) + 1

    def all(self) -> tuple[Annotation, ...]:
        """Return them in order of time."""
        return tuple(sorted(self._known))

    def add(self, annotations: Iterable[Annotation]) -> int:
        """Add those that are not there, and return how many these are."""
        new = sorted(set(annotations) - self._known)
        if new:
            if not self._path.exists():
                durable.replace(self._path, b"")
            content = b"".join(map(_line, new))
            durable.append(self._path, content, at=self._end)
            self._end += len(content)
            self._known.update(new)
        return len(new)


def _canonical(stored: object) -> str:
    return json.dumps(stored, sort_keys=True, separators=(",", ":"))


def _line(annotation: Annotation) -> bytes:
    stored = asdict(annotation)
    crc = zlib.crc32(_canonical(stored).encode())
    return _canonical({"crc32": crc, "remark": stored}).encode() + b"\n"


def _parsed(line: bytes) -> Annotation | None:
    """Return the remark of a line, None where it is none."""
    try:
        whole = json.loads(line)
        stored = whole["remark"]
        if whole["crc32"] != zlib.crc32(_canonical(stored).encode()):
            return None
        values = tuple((str(name), float(value)) for name, value in stored.pop("values"))
        return Annotation(**{**stored, "channels": tuple(stored["channels"]), "values": values})
    except (ValueError, KeyError, TypeError, ShapeError):
        return None
