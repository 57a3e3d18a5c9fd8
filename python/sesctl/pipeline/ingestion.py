"""Files into an archive."""

import glob
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from sesctl.archive import Archive, Policy, create_or_open, is_archive
from sesctl.archive.write import check_grid
from sesctl.errors import ReadError, SesctlError
from sesctl.ingest import read_station_file
from sesctl.ingest.ahead import ahead
from sesctl.ingest.gather import Gathered, gather, overlap_note
from sesctl.ingest.grid import Grid
from sesctl.ingest.read import files_in, is_folder, known_formats, reader_of, request_for
from sesctl.ingest.reader_table import find_reader, recognised
from sesctl.ingest.station_file import StationFile
from sesctl.plugin.reader import ClockChange, ReaderInfo, Request
from sesctl.types.instants import DAY


@dataclass(frozen=True, kw_only=True)
class Ingested:
    """What became of one file, or of the files of one stretch of time.

    Parameters
    ----------
    path : Path
        The file, or the first of them.
    station : str
        Name of the station it belongs to.
    days_written, days_unchanged : int
        Days that it changed, and days that already held the same.
    notes : tuple of str
        What was odd about it.
    remarks : int
        How many remarks it brought that were not there.
    """

    path: Path
    station: str
    days_written: int
    days_unchanged: int
    notes: tuple[str, ...]
    remarks: int = 0


@dataclass(frozen=True)
class _Unit:
    """Files that are read together."""

    info: ReaderInfo
    files: tuple[Path, ...]


def ingest(
    paths: Sequence[Path],
    archive: Path,
    *,
    station_file: Path | None,
    tz: str | None,
    policy: Policy,
    progress: Callable[[int, int], None],
    file_format: str | None = None,
    clock_change: ClockChange = "error",
) -> list[Ingested]:
    """Read files and write their days into an archive; what is there already stays.

    Each file is read to its end before any of it is written, some days at a time, so that memory does not
    grow with its length and a file with a fault changes nothing.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders (with all in them) and patterns such as ``2021*/*.csv``, in any order.
    archive : Path
        The archive; made if it is not there.
    station_file : Path or None
        Station TOML that describes all of them.
    tz : str or None
        IANA zone of naive times.
    policy : {"error", "keep", "replace"}
        What to do with samples that differ from archived ones.
    progress : callable
        Is told the files done and their number.
    file_format : str, optional
        Name of the reader of all of them; found by content and name where it is left out.
    clock_change : {"error", "earlier", "later", "drop"}
        What to do with a local time that a clock change makes unclear.

    Returns
    -------
    list of Ingested
        One a file, or one a stretch of time where an instrument writes a file a channel.

    Raises
    ------
    SesctlError
        If a file cannot be read or does not fit; files before it are in the archive by then, and the
        same call may be made again once the fault is mended.
    """
    described = read_station_file(station_file) if station_file else None
    request = request_for(described, tz, clock_change)
    units = _units(paths, file_format)
    total = sum(len(unit.files) for unit in units)
    done: list[Ingested] = []
    count = 0
    with ExitStack() as stack:
        store: Archive | None = None
        for unit in units:
            try:
                with _gathered(unit, described, request) as got:
                    grids = _grids(got)  # before an archive is made for what it cannot hold
                    store = store or stack.enter_context(create_or_open(archive))
                    done.append(_write(store, unit, got, grids, policy))
            except SesctlError as error:
                if count:
                    before = "file before it is" if count == 1 else f"{count} files before it are"
                    error.hint = f"{error.hint} The {before} in {archive}.".strip()
                raise
            count += len(unit.files)
            progress(count, total)
    return done


def _gathered(unit: _Unit, described: StationFile | None, request: Request) -> Gathered:
    first = unit.files[0]
    name = first.resolve().name
    if unit.info.part is not None and request.columns is not None:
        # A stretch of time may lack a channel: the file of it may come later, or be lost.
        there = {Path(file.name.removesuffix(".gz").removesuffix(".zst")).suffix[1:] for file in unit.files}
        request = replace(request, columns=tuple(each for each in request.columns if each in there))
    return gather(unit.info, unit.files, name=name, station_file=described, request=request)


def _grids(got: Gathered) -> list[Grid]:
    if got.station_file is None:
        return []
    sources = [file.sha256 for file in got.files]
    grids = [Grid(got.spool, got.station_file, stretch, sources) for stretch in got.stretches]
    for grid in grids:
        check_grid(grid.outline())
    return grids


def _write(store: Archive, unit: _Unit, got: Gathered, grids: Sequence[Grid], policy: Policy) -> Ingested:
    if got.station_file is None:
        msg = f"{got.name} holds remarks, and nobody says on which station"
        raise ReadError(msg, "Give --station.")
    station = got.station_file.station
    if policy == "error":
        for grid in grids:
            archived = [key for key in store.groups() if key.interval_us == grid.interval_us]
            if any(key.station == station.name and _touches(store, key, grid) for key in archived):
                for record in grid.records():
                    store.check(record)
    written = unchanged = 0
    for grid in grids:
        grid.averaged = 0
        for record in ahead(grid.records()):
            report = store.write(record, policy=policy)
            written, unchanged = written + report.days_written, unchanged + report.days_unchanged
    remarks = store.annotate(station.name, got.annotations) if got.annotations else 0
    notes = [*overlap_note(got, sum(grid.averaged for grid in grids)), *got.notes]
    if not got.spool.rows and not got.annotations:
        notes.append(f"{got.name} holds none of the station's channels")
    return Ingested(
        path=unit.files[0],
        station=station.name,
        days_written=written,
        days_unchanged=unchanged,
        notes=tuple(notes),
        remarks=remarks,
    )


def _touches(store: Archive, key: object, grid: Grid) -> bool:
    days = store.days(key)  # type: ignore[arg-type]
    first, last = grid.stretch.begin // DAY - 1, grid.stretch.end // DAY + 1
    return bool(((days >= first) & (days <= last)).any())


def _units(paths: Sequence[Path], file_format: str | None) -> list[_Unit]:
    """Return the files of paths, each once, those of one stretch of time together."""
    units: dict[tuple[str, ...], _Unit] = {}
    for path, named in _files(paths):
        info = reader_of(path, file_format) if named else _reader(path, file_format)
        if info is None:
            continue
        identity: tuple[str, ...] = (str(path.resolve()),)
        if info.part is not None:
            identity = (str(path.resolve().parent), info.name, *info.part(path))
        if identity not in units:
            units[identity] = _Unit(info, (path,))
        elif path.resolve() not in {file.resolve() for file in units[identity].files}:
            units[identity] = _Unit(info, (*units[identity].files, path))
    if not units:
        msg = f"{', '.join(map(str, paths[:3]))} holds no file of a known format"
        raise ReadError(msg, known_formats())
    return list(units.values())


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
