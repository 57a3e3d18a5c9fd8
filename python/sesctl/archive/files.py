"""The files whose samples are archived, so that an ingest that is repeated need not read them again."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sesctl.archive import durable
from sesctl.archive.checked_lines import line_of, read_lines
from sesctl.archive.log import LOG, add_to_log
from sesctl.errors import ArchiveError

FILES = "files.jsonl"
_KEY = "file"


@dataclass(frozen=True, kw_only=True)
class FileEntry:
    """A file all of whose samples were archived.

    Parameters
    ----------
    path : str
        Its absolute path.
    size : int
        Its length in bytes.
    modified_ns, changed_ns : int
        When its content and when anything of it was changed last, in ns since 1970, by the file system.
    inode : int
        Its number in the file system.
    looked_ns : int
        When these were looked up, in ns since 1970, by the clock of the process.
    sha256 : str
        SHA-256 of its content, in hexadecimal digits.
    reading : str
        SHA-256 of all else that decides what is read from it.
    groups : tuple of str
        The groups that hold its samples, such as ``hkb/10s``.
    days : int
        Number of days that hold samples of it and of the files that were read with it.
    """

    path: str
    size: int
    modified_ns: int
    changed_ns: int
    inode: int
    looked_ns: int
    sha256: str
    reading: str
    groups: tuple[str, ...]
    days: int


class Files:
    """The files of one station, one a line; of a path, the last line holds.

    Parameters
    ----------
    station : Path
        The station's folder.

    Raises
    ------
    ArchiveError
        If a line that is not the last is none of a file.
    OSError
        If they cannot be read.
    """

    def __init__(self, station: Path) -> None:
        self._path = station / LOG / FILES
        lines, self._end = read_lines(self._path, _KEY, "the files listed in")
        self._known: dict[str, FileEntry] = {}
        for number, stored in enumerate(lines, start=1):
            entry = _entry(stored)
            if entry is None:
                msg = f"line {number} of {self._path} does not describe a file as an archive does"
                raise ArchiveError(msg, "Remove it and ingest again: the samples stay.")
            self._known[entry.path] = entry

    def all(self) -> tuple[FileEntry, ...]:
        """Return them."""
        return tuple(self._known.values())

    def add(self, entries: Iterable[FileEntry]) -> None:
        """Add files, or what is new of them, and force it to disk."""
        added = [entry for entry in entries if self._known.get(entry.path) != entry]
        if added:
            content = b"".join(line_of(_KEY, asdict(entry)) for entry in added)
            add_to_log(self._path, content, at=self._end)
            self._end += len(content)
            self._known.update((entry.path, entry) for entry in added)

    def clear(self) -> None:
        """Forget them all."""
        if self._known:
            durable.replace(self._path, b"")
            self._known, self._end = {}, 0


def _entry(stored: Any) -> FileEntry | None:
    try:
        return FileEntry(**{**stored, "groups": tuple(stored["groups"])})
    except (KeyError, TypeError):
        return None
