"""The file operations of a writer, one system step each, and the steps that make a change durable."""

import contextlib
import errno
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sesctl.errors import ArchiveError

_SYNCS_AT_ONCE = 16


def write(path: Path, content: bytes) -> None:
    """Write a file; its content may be lost or torn until it is synced."""
    with path.open("wb") as file:
        file.write(content)


def sync(path: Path) -> None:
    """Force a file's content, or the names in a folder, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(paths: Sequence[Path]) -> None:
    """Force the content of many files to disk.

    They are handed over together: the file system then makes them durable in a few commits of its own instead
    of one each, ten times sooner on ext4.
    """
    with ThreadPoolExecutor(min(_SYNCS_AT_ONCE, max(1, len(paths)))) as pool:
        for _ in pool.map(sync, paths):
            pass


def rename(source: Path, target: Path) -> None:
    """Move a file or an empty place's folder, replacing a file that is there, in one step."""
    os.replace(source, target)  # noqa: PTH105  # the same call, but tests follow it here


def remove(path: Path) -> None:
    """Remove a file."""
    path.unlink()


def append(path: Path, content: bytes, at: int) -> None:
    """Write at a position of a file, cutting off what stood behind it, and force it to disk."""
    with path.open("r+b") as file:
        file.truncate(at)
        file.seek(at)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, content: bytes) -> None:
    """Give a file new content: after a crash it holds the old or the new, whole."""
    new = path.with_name(f".{path.name}.new")
    write(new, content)
    sync(new)
    rename(new, path)
    sync(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, whose names are on disk when this returns."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync(path.parent)


def sync_tree(folder: Path) -> None:
    """Force all the files and folders below a folder to disk, and the folder itself."""
    sync_all([*folder.rglob("*"), folder])


@contextlib.contextmanager
def named_failures(archive: Path, done: str) -> Iterator[None]:
    """Turn the operating system's errors into one that names the archive.

    Parameters
    ----------
    archive : Path
        The archive's folder.
    done : str
        What cannot be done to it: ``read`` or ``written``.

    Raises
    ------
    ArchiveError
        If the body raises an OSError.
    """
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        msg = f"archive {archive} cannot be {done}: {error.strerror or error}{where}"
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        hint = (
            "Free some space and run the same command again: the days already committed are safe."
            if full
            else "Check the path, its permissions and the disk."
        )
        raise ArchiveError(msg, hint) from error
