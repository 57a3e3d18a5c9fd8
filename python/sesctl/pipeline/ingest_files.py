"""Which files an ingest is about, and which of them are read together."""

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sesctl.archive import is_archive
from sesctl.errors import ReadError
from sesctl.ingest.read import files_in, is_folder, known_formats, reader_of
from sesctl.ingest.reader_table import find_reader, recognised
from sesctl.plugin.reader import ReaderInfo


@dataclass(frozen=True)
class Unit:
    """Files that are read together.

    Parameters
    ----------
    info : ReaderInfo
        Their reader.
    files : tuple of Path
        One, or those of one stretch of time where an instrument writes a file a channel.
    """

    info: ReaderInfo
    files: tuple[Path, ...]


def units_of(paths: Sequence[Path], file_format: str | None) -> list[Unit]:
    """Return the files of paths, each once, those of one stretch of time together.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders (with all in them) and patterns.
    file_format : str or None
        Name of the reader of all of them; found by content and name where it is None.

    Raises
    ------
    SesctlError
        If a path is missing or of no known format, or there is no file among them.
    """
    units: dict[tuple[str, ...], tuple[ReaderInfo, dict[Path, Path]]] = {}
    for path, named in _files(paths):
        info = reader_of(path, file_format) if named else _reader(path, file_format)
        if info is None:
            continue
        identity: tuple[str, ...] = (str(path.resolve()),)
        if info.part is not None:
            identity = (str(path.resolve().parent), info.name, *info.part(path))
        units.setdefault(identity, (info, {}))[1].setdefault(path.resolve(), path)
    if not units:
        msg = f"{', '.join(map(str, paths[:3]))} holds no file of a known format"
        raise ReadError(msg, known_formats())
    return [Unit(info, tuple(files.values())) for info, files in units.values()]


def _reader(path: Path, file_format: str | None) -> ReaderInfo | None:
    return find_reader(file_format) if file_format is not None else recognised(path)


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield the files of paths, folders and patterns, and whether each was named by itself."""
    for path in paths:
        # What may not be looked at is left to its reader, who says why.
        if glob.has_magic(str(path)) and not os.path.exists(path):  # noqa: PTH110
            matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207  # also absolute patterns
            if not matches:
                msg = f"nothing matches the pattern {path}"
                raise ReadError(msg, "Check the path.")
            yield from _files([Path(match) for match in matches])
        elif is_folder(path):
            if is_archive(path):
                msg = f"{path} is an archive, not a folder of files"
                raise ReadError(msg, "Name the files that an instrument wrote.")
            for file in files_in(path):
                yield file, False
            for folder in sorted(each for each in path.iterdir() if each.is_dir()):
                if not folder.name.startswith(".") and not is_archive(folder):
                    yield from ((file, False) for file, _ in _files([folder]))
        else:
            yield path, True
