"""One writer at a time."""

import fcntl
import os
import socket
from pathlib import Path

from sesctl.errors import ArchiveError

LOCK_NAME = ".lock"


class WriterLock:
    """The exclusive right to write an archive, which ends with the process at the latest.

    Parameters
    ----------
    archive : Path
        The archive's folder, where the lock file is kept.

    Raises
    ------
    ArchiveError
        If another writer has it.
    OSError
        If the lock file cannot be made.
    """

    def __init__(self, archive: Path) -> None:
        self._path = archive / LOCK_NAME
        self._descriptor: int | None = None
        while self._descriptor is None:
            self._descriptor = self._taken(archive)

    def _taken(self, archive: Path) -> int | None:
        """Return the locked file's descriptor, None if its last holder removed it meanwhile."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not _names(self._path, descriptor):
                os.close(descriptor)
                return None
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 300, 0).decode(errors="replace") or "another process"
            os.close(descriptor)
            msg = f"archive {archive} is being written by {holder}"
            raise ArchiveError(msg, "Wait until it has finished, or write to another archive.") from error
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    @property
    def held(self) -> bool:
        """Whether the lock has not been released."""
        return self._descriptor is not None

    def release(self) -> None:
        """Let the next writer in."""
        if self._descriptor is not None:
            # Removed while it is locked: a folder at rest holds nothing that is not Zarr.
            try:
                self._path.unlink(missing_ok=True)
            finally:
                # Unlocked by name: a forked child that has the file open would keep the lock otherwise.
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)
                os.close(self._descriptor)
                self._descriptor = None


def _names(path: Path, descriptor: int) -> bool:
    """Whether the path still names the open file."""
    try:
        named = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(named, os.fstat(descriptor))
