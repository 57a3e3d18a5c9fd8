"""What the file system says of a file, to tell whether it may have changed."""

import time
from dataclasses import dataclass
from pathlib import Path

from sesctl.ingest.file_bytes import readable

_COARSEST_CLOCK_NS = 2_000_000_000  # FAT keeps times to 2 s; others to some ms


@dataclass(frozen=True, kw_only=True)
class FileState:
    """A file's state at an instant.

    Parameters
    ----------
    size : int
        Its length in bytes.
    modified_ns, changed_ns : int
        When its content and when anything of it was changed last, in ns since 1970, by the file system.
    inode : int
        Its number in the file system.
    looked_ns : int
        When this was looked up, in ns since 1970, by the clock of the process.
    """

    size: int
    modified_ns: int
    changed_ns: int
    inode: int
    looked_ns: int

    @classmethod
    def of(cls, path: Path) -> "FileState":
        """Return a file's state.

        Raises
        ------
        ReadError
            If there is no such file, or it may not be looked at.
        """
        looked = time.time_ns()  # before: a change while we look is later than this
        with readable(path):
            found = path.stat()
        return cls(
            size=found.st_size,
            modified_ns=found.st_mtime_ns,
            changed_ns=found.st_ctime_ns,
            inode=found.st_ino,
            looked_ns=looked,
        )

    def same_as(self, other: "FileState") -> bool:
        """Whether the file system says the same of both, whenever it was asked."""
        return (self.size, self.modified_ns, self.changed_ns, self.inode) == (
            other.size,
            other.modified_ns,
            other.changed_ns,
            other.inode,
        )

    @property
    def settled(self) -> bool:
        """Whether a later change cannot bear the same time: it was changed well before it was looked at.

        The time of change is set by every writer and by whoever sets the time of modification, so that the
        same state means the same content, but within one tick of the file system's clock.
        """
        return max(self.modified_ns, self.changed_ns) + _COARSEST_CLOCK_NS < self.looked_ns
