"""The journal: which days exist, with what shards, and where their samples come from."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from sesctl.archive import durable
from sesctl.archive.checked_lines import line_of, stored_in
from sesctl.errors import ArchiveError
from sesctl.types import Origin

_KEY = "days"


@dataclass(frozen=True)
class Entry:
    """A committed day.

    Parameters
    ----------
    day : int
        Days since 1970-01-01 UTC.
    values, quality : str
        SHA-256 of the day's shard of each array, in hexadecimal digits.
    origins : tuple of Origin
        Where its samples come from.
    """

    day: int
    values: str
    quality: str
    origins: tuple[Origin, ...]


class Journal:
    """A file of JSON lines, one a commit; the last line that names a day holds.

    A line carries the CRC-32 of its days, so that what a crash left of it is told from a line. Since a line
    is forced to disk before the next is written, only the last can be torn, and its days do not exist.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    ArchiveError
        If a line that is not the last is no line of a journal.
    OSError
        If it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._end = 0
        self.entries: dict[int, Entry] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read the lines that a writer has added since."""
        with self._path.open("rb") as file:
            file.seek(self._end)
            *lines, _unfinished = file.read().split(b"\n")
        position, torn = self._end, False
        for line in lines:
            entries = _parsed(line)
            if entries is None:
                torn = True
            elif torn:
                msg = f"the journal {self._path} is damaged after its first {self._end} bytes"
                raise ArchiveError(msg, "Restore the archive from a copy, or ingest into a new one.")
            position += len(line) + 1
            if entries is not None:
                self.entries.update((entry.day, entry) for entry in entries)
                self._end = position

    def append(self, entries: Iterable[Entry]) -> None:
        """Commit days together; a torn last line gives way.

        Parameters
        ----------
        entries : iterable of Entry
            The days.
        """
        committed = tuple(entries)
        line = line_of(_KEY, [asdict(entry) for entry in committed])
        durable.append(self._path, line, at=self._end)
        self._end += len(line)
        self.entries.update((entry.day, entry) for entry in committed)


def _parsed(line: bytes) -> list[Entry] | None:
    """Return the days of a line, None where it is no line of a journal."""
    try:
        return [
            Entry(
                day=day["day"],
                values=day["values"],
                quality=day["quality"],
                origins=tuple(Origin(**origin) for origin in day["origins"]),
            )
            for day in stored_in(line, _KEY)
        ]
    except (KeyError, TypeError):
        return None
