"""Files of one kind read to their last row, before any of it is used."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np

from sesctl.errors import ReadError, StationError
from sesctl.ingest.ahead import ahead
from sesctl.ingest.file_bytes import plain_name, sha256_of
from sesctl.ingest.nearest import nearest_name
from sesctl.ingest.reader_table import is_foreign
from sesctl.ingest.sampling import Stretch, stretches
from sesctl.ingest.spool import Spool, scaled
from sesctl.ingest.station_file import FileChannel, StationFile
from sesctl.plugin.guard import guarded
from sesctl.plugin.reader import Piece, ReaderInfo, Request
from sesctl.types import Annotation, Channel, Dipole, Station
from sesctl.types.instants import iso

_NOTABLE_DRIFT = 0.1  # of an interval


@dataclass(kw_only=True)
class FileSeen:
    """What was met in one file."""

    name: str
    sha256: str
    rows: int = 0
    first: int = 0
    latest: int = -(2**63)
    disordered: int = 0


@dataclass(kw_only=True)
class Gathered:
    """The rows of some files, and what there is to say of them; close it.

    Parameters
    ----------
    name : str
        What was read, for messages.
    spool : Spool
        The rows, in their channels' units.
    files : list of FileSeen
        The files with rows or remarks, by their number.
    station_file : StationFile or None
        The station; None where there are remarks alone and nobody says whose.
    stretches : list of Stretch
        The sampling intervals, in order of time; none where there are no rows.
    annotations : list of Annotation
        Remarks in the files and on their clocks, with the names of channels.
    notes : list of str
        What a person should know.
    """

    name: str
    spool: Spool
    files: list[FileSeen] = field(default_factory=list)
    station_file: StationFile | None = None
    stretches: list[Stretch] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    alive: set[str] = field(default_factory=set)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Throw the rows away."""
        self.spool.close()


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
    before = path.stat() if path.exists() else None
    seen = FileSeen(name=path.name, sha256="")
    number, columns, found = len(got.files), set[str](), []
    with ThreadPoolExecutor(1) as pool:
        hashed = pool.submit(sha256_of, path)
        for item in _items(info, path, request):
            if isinstance(item, Annotation):
                found.append(item)
                continue
            if not columns and request.columns is None:
                _check_same_columns(got, path.name, item.columns)
            columns.update(item.columns)
            if got.station_file is None:
                got.station_file = _unknown_station(info, path, got.name, item.columns)
            if len(item.times):
                _keep(got, seen, number, item)
        if not columns and not found:
            return columns
        seen.sha256 = hashed.result()
    after = path.stat()
    if before is None or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        msg = f"{path.name} was changed while it was read"
        raise ReadError(msg, "Wait until the logger or the copy has finished, and read it again.")
    got.files.append(seen)
    got.annotations += [_named(each, got.station_file, seen.sha256) for each in found]
    return columns


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
    got.notes += [
        f"{name}: {each.channel.name} holds no value"
        for each in got.station_file.columns
        if each.column not in got.alive
    ]
    for before, after in zip(got.stretches[:-1], got.stretches[1:], strict=True):
        got.notes.append(
            f"{name}: its sampling changes from {before.interval_us / 1e6:g} s to "
            f"{after.interval_us / 1e6:g} s at {iso(after.begin)}"
        )
    lengths: dict[int, dict[str, int]] = {}
    for file in got.files:
        if file.rows:
            lengths.setdefault(file.first, {})[file.name] = file.rows
    for start, by_file in lengths.items():
        if len(set(by_file.values())) > 1:
            listed = ", ".join(f"{file} {length}" for file, length in by_file.items())
            got.notes.append(f"{name}: files that start at {iso(start)} differ in length ({listed} samples)")
    source = got.files[0].sha256 if len(got.files) == 1 else ""
    for stretch in got.stretches:
        if stretch.steps and abs(stretch.drift_us) >= _NOTABLE_DRIFT * stretch.interval_us:
            rate = 1e6 * stretch.drift_us / (stretch.steps * stretch.interval_us)
            text = (
                f"the clock leaves the sampling grid by {stretch.drift_us / 1e6:+g} s ({rate:+.3g} ppm) "
                f"in {stretch.steps} steps of {stretch.interval_us / 1e6:g} s"
            )
            values = (("drift_s", stretch.drift_us / 1e6), ("drift_ppm", float(f"{rate:.3g}")))
            got.notes.append(f"{name}: {text}")
            got.annotations.append(
                Annotation(
                    start=stretch.begin,
                    end=stretch.end,
                    text=text,
                    kind="clock",
                    values=values,
                    source=source,
                )
            )


def overlap_note(got: Gathered, averaged: int) -> tuple[str, ...]:
    """Return what there is to say of rows out of order and of times that occur more than once."""
    unsorted = sum(file.disordered for file in got.files)
    faults = []
    if unsorted:
        faults.append(
            f"{unsorted} {'row' if unsorted == 1 else 'rows'} out of order "
            f"{'was' if unsorted == 1 else 'were'} sorted"
        )
    if averaged:
        faults.append(f"{averaged} duplicate {'time was' if averaged == 1 else 'times were'} averaged")
    return (f"{got.name}: {', '.join(faults)}",) if faults else ()


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


def _unknown_station(info: ReaderInfo, path: Path, name: str, columns: Sequence[str]) -> StationFile:
    """Return a station named by the file, or after it, with the channels that its format tells."""
    given, latitude, longitude = (name, None, None) if info.place is None else info.place(path)
    plain = re.sub(r"[^A-Za-z0-9._+-]+", "-", _stem(given)).lstrip("._+-")[:64] or "station"
    try:
        channels = tuple(_described(info, path, column) for column in columns)
        station = Station(name=plain, channels=channels, latitude=latitude, longitude=longitude)
    except StationError as error:
        msg = f"{path.name}: {error.message}"
        raise ReadError(msg, "Rename the column, or give --station with its `channel`.") from error
    return StationFile(
        station=station,
        columns=tuple(
            FileChannel(channel=channel, column=column)
            for channel, column in zip(channels, columns, strict=True)
        ),
    )


def _stem(name: str) -> str:
    path = Path(name)
    inner = Path(path.stem)
    return inner.stem if path.suffix.casefold() in {".gz", ".zst"} else path.stem


def _described(info: ReaderInfo, path: Path, column: str) -> Channel:
    channel = info.channel(column)
    if channel is None:
        msg = f"{path.name} does not say what its channel {column!r} measures, and there is no station file"
        raise ReadError(msg, "Give --station with each channel's quantity and unit.")
    return channel


def _named(annotation: Annotation, station_file: StationFile | None, source: str) -> Annotation:
    names = {} if station_file is None else {each.column: each.channel.name for each in station_file.columns}
    channels = tuple(names.get(column, column) for column in annotation.channels)
    return replace(annotation, channels=channels, source=source)


def refuse_unknown_dipoles(info: ReaderInfo, name: str, dipoles: Sequence[str]) -> None:
    """Refuse columns that a format does not know as dipoles, where there is no station file to say so.

    Raises
    ------
    StationError
        Names the first.
    """
    for dipole in dipoles:
        if not isinstance(info.channel(dipole), Dipole):
            msg = f"{name} has no dipole {dipole!r}"
            raise StationError(msg, "A channel whose unit the format does not tell needs a station file.")
