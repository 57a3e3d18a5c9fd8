"""Open an archive: for reading by anyone, for writing by one process at a time."""

import os
import shutil
from pathlib import Path

from sesctl.archive import durable
from sesctl.archive.archive import Archive
from sesctl.archive.lock import LOCK_NAME, WriterLock
from sesctl.archive.metadata import group_document, read_attributes
from sesctl.archive.writable import WritableArchive
from sesctl.errors import ArchiveError


def is_archive(path: Path) -> bool:
    """Whether a path looks like an archive; False also where it may not be looked at."""
    return os.path.isfile(path / "zarr.json")  # noqa: PTH113  # Path.is_file raises where access is denied


def open_archive(path: Path) -> Archive:
    """Open an archive for reading.

    Parameters
    ----------
    path : Path
        The archive's folder.

    Raises
    ------
    ArchiveError
        If there is none, it is something else, or of another version.
    """
    path = Path(path)
    with durable.named_failures(path, "read"):
        if not (path / "zarr.json").is_file():
            msg = f"{path} is not an archive: it {'has no zarr.json' if path.exists() else 'does not exist'}"
            raise ArchiveError(msg, "Make one with `sesctl ingest --to` or `sesctl synth --to`.")
        read_attributes(path, "archive")
    return Archive(path)


def create_or_open(path: Path) -> WritableArchive:
    """Open an archive for writing, and make it if there is none.

    What an interrupted writer left is brought in order: committed days are completed, others thrown away.

    Parameters
    ----------
    path : Path
        The archive's folder; it may be missing or empty.

    Raises
    ------
    ArchiveError
        If it is something else or of another version, another process is writing it, or it cannot be
        written.
    """
    path = Path(path)
    with durable.named_failures(path, "written"):
        if path.is_file():
            msg = f"{path} is a file, and an archive is a folder"
            raise ArchiveError(msg, "Name an archive, or a folder that is empty or not there yet.")
        own = {LOCK_NAME, ".zarr.json.new"}
        if path.is_dir() and not (path / "zarr.json").exists():
            foreign = sorted(entry.name for entry in path.iterdir() if entry.name not in own)
            if foreign:
                msg = f"{path} is not an archive: it holds {foreign[0]} and no zarr.json"
                raise ArchiveError(msg, "Name an archive, or a folder that is empty or not there yet.")
        if (path / "zarr.json").exists():
            read_attributes(path, "archive")
        durable.make_folder(path)
        lock = WriterLock(path)
        try:
            if not (path / "zarr.json").exists():
                durable.replace(path / "zarr.json", group_document("archive"))
            _sweep(path)
            archive = WritableArchive(path, lock)
            archive.settle()
        except BaseException:
            lock.release()
            raise
    return archive


def _sweep(path: Path) -> None:
    """Remove the groups that an interrupted writer had not finished making."""
    for unfinished in path.glob("*/.*.new"):
        if unfinished.is_dir():
            shutil.rmtree(unfinished)
        else:
            unfinished.unlink()
