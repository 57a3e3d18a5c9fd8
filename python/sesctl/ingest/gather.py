"""Files of one kind read to their last row, before any of it is used."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from sesctl.errors import ReadError, StationError
from sesctl.ingest.ahead import ahead
from sesctl.ingest.file_bytes import plain_name, sha256_of
from sesctl.ingest.file_state import FileState
from sesctl.ingest.gather_notes import clock_remarks, notes_on
from sesctl.ingest.gathered import FileSeen, Gathered
from sesctl.ingest.nearest import nearest_name
from sesctl.ingest.placeholders import placeholders
from sesctl.ingest.reader_table import is_foreign
from sesctl.ingest.sampling import Stretch, stretches
from sesctl.ingest.spool import Spool, scaled
from sesctl.ingest.station_file import StationFile
from sesctl.ingest.unknown_station import unknown_station
from sesctl.plugin.guard import guarded
from sesctl.plugin.reader import Piece, ReaderInfo, Request
from sesctl.types import Annotation
from sesctl.types.instants import iso


def gather(
    info: ReaderInfo,
    files: Sequence[Path],
    *,
    name: str,
    station_file: StationFile | None,
    request: Request,
    remarks: Sequence[tuple[ReaderInfo, Path]] = (),
) -> Gathered:
    """Read files of one format.

    Parameters
    ----------
    info : ReaderInfo
        Their reader.
    files : sequence of Path
        The files; of a format with a file a channel, those of one instrument.
    name : str
        What is read, for messages.
    station_file : StationFile or None
        The station and how its files hold it.
    request : Request
        What is wanted.
    remarks : sequence of (ReaderInfo, Path)
        Files of remarks that lie beside them.

    Returns
    -------
    Gathered
        Their rows; close it.

    Raises
    ------
    SesctlError
        If a file is wrong, they do not fit together, or it is not known what they measure.
    """
    spool = Spool()
    try:
        got = Gathered(name=name, spool=spool, station_file=station_file)
        columns: set[str] = set()
        for path in files:
            columns |= _take(got, info, path, request)
        for reader, path in remarks:
            _take(got, reader, path, request)
        if request.columns is not None and info.part is not None:
            _check_channels(files, request.columns, columns)
        if spool.rows:
            _finish(got, info, request.interval_us)
    except BaseException:
        spool.close()
        raise
    return got


def _take(got: Gathered, info: ReaderInfo, path: Path, request: Request) -> set[str]:
    """Read one file; return the columns it has."""
    seen = FileSeen(path=path, state=FileState.of(path))
    try:
        columns, found = _read_and_hash(got, seen, info, request)
    except ReadError as error:
        # Half of a file that is still being copied may look damaged.
        if not seen.state.same_as(FileState.of(path)):
            raise _changed(path) from error
        raise
    if not columns and not found:
        return columns
    if not seen.state.same_as(FileState.of(path)):
        raise _changed(path)
    got.files.append(seen)
    got.annotations += [_named(each, got.station_file, seen.sha256) for each in found]
    return columns


def _read_and_hash(
    got: Gathered, seen: FileSeen, info: ReaderInfo, request: Request
) -> tuple[set[str], list[Annotation]]:
    """Keep a file's rows; return the columns it has and its remarks."""
    number, columns, found = len(got.files), set[str](), []
    with ThreadPoolExecutor(1) as pool:
        hashed = pool.submit(sha256_of, seen.path)
        for item in _items(info, seen.path, request):
            if isinstance(item, Annotation):
                found.append(item)
                continue
            if not columns and request.columns is None:
                _check_same_columns(got, seen.name, item.columns)
            columns.update(item.columns)
            if got.station_file is None:
                got.station_file = unknown_station(info, seen.path, got.name, item.columns)
            if len(item.times):
                _keep(got, seen, number, item)
        seen.sha256 = hashed.result()
    return columns, found


def _changed(path: Path) -> ReadError:
    msg = f"{path.name} was changed while it was read"
    return ReadError(msg, "Wait until the logger or the copy has finished, and read it again.")


def _items(info: ReaderInfo, path: Path, request: Request) -> Iterator[Piece | Annotation]:
    if not is_foreign(info):
        yield from ahead(info.read(path, request))
        return
    what = f"the reader {info.name!r} fails to read {path.name}"
    with guarded(what):
        items = iter(info.read(path, request))
    while True:
        with guarded(what):
            item: object = next(items, None)
        if item is None:
            return
        if not isinstance(item, (Piece, Annotation)):
            msg = f"{what}: it yields a {type(item).__name__}, not a Piece or an Annotation"
            raise ReadError(msg, "See `sesctl.plugin.reader`.")
        yield item


def _keep(got: Gathered, seen: FileSeen, number: int, piece: Piece) -> None:
    assert got.station_file is not None  # it is made at the first piece
    factors = {each.column: each.factor for each in got.station_file.columns}
    if strange := set(piece.columns) - set(factors):
        msg = f"{seen.name}: its reader gives the column {min(strange)!r}, which was not asked for"
        raise ReadError(msg, "Report it to the reader's author.")
    values, fault = scaled(piece.values, np.array([factors[column] for column in piece.columns]))
    if fault is not None:
        column, row = fault
        msg = (
            f"{seen.name}: column {piece.columns[column]} holds {piece.values[column, row]:g} at "
            f"{iso(int(piece.times[row]))}, which is not finite"
        )
        raise ReadError(msg, "Leave a missing value empty, or write NaN.")
    seen.first = seen.first if seen.rows else int(piece.times[0])
    seen.rows += len(piece.times)
    highest = np.maximum(np.maximum.accumulate(piece.times), seen.latest)
    seen.disordered += int((piece.times < highest).sum())
    seen.latest = int(highest[-1])
    for name, row_values in zip(piece.columns, values, strict=True):
        if name not in got.alive and not np.isnan(row_values).all():
            got.alive.add(name)
    got.placeholders.update(placeholders(piece))
    got.spool.add(number, piece.columns, piece.times, values)


def _finish(got: Gathered, info: ReaderInfo, interval_us: int | None) -> None:
    assert got.station_file is not None
    spool, name = got.spool, got.name
    if info.timed or interval_us is None:
        got.stretches = stretches(spool.times(), interval_us, name)
    else:
        first, last = spool.span
        got.stretches = [Stretch(first, last + 1, interval_us)]
    if not got.alive:
        step = got.stretches[0]
        count = (step.end - 1 - step.begin + step.interval_us // 2) // step.interval_us + 1
        msg = f"{name} holds no value: all of its {count} samples are missing"
        raise ReadError(msg, "Check the channels that were chosen.")
    got.notes += notes_on(got)
    drifts = clock_remarks(got.stretches, got.files[0].sha256 if len(got.files) == 1 else "")
    got.notes += [f"{name}: {drift.text}" for drift in drifts]
    got.annotations += drifts


def _check_channels(files: Sequence[Path], wanted: Sequence[str], there: set[str]) -> None:
    known = sorted(file.suffix.lstrip(".") for file in {Path(plain_name(file)) for file in files})
    for column in wanted:
        if column not in there:
            where = files[0].name if len(files) == 1 else f"the folder {files[0].parent}"
            msg = f"{where} has no channel {column!r}"
            raise StationError(msg, nearest_name(column, sorted(set(known))))


def _check_same_columns(got: Gathered, name: str, columns: tuple[str, ...]) -> None:
    if got.station_file is None:
        return
    first = [each.column for each in got.station_file.columns]
    if set(columns) != set(first):
        other = got.files[0].name if got.files else "the station file"
        msg = f"{name} has the columns {', '.join(columns)}, {other} has {', '.join(first)}"
        raise ReadError(msg, "Choose columns that both have, or read the files apart.")


def _named(annotation: Annotation, station_file: StationFile | None, source: str) -> Annotation:
    names = {} if station_file is None else {each.column: each.channel.name for each in station_file.columns}
    channels = tuple(names.get(column, column) for column in annotation.channels)
    return replace(annotation, channels=channels, source=source)
