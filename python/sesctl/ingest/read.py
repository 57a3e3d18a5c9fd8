"""Read a file or a folder as a record, whatever instrument wrote it."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sesctl.errors import ReadError
from sesctl.ingest.gather import gather
from sesctl.ingest.gather_notes import overlap_note
from sesctl.ingest.grid import Grid
from sesctl.ingest.local_time import time_zone
from sesctl.ingest.reader_table import find_reader, format_names, recognised
from sesctl.ingest.sampling import refuse_absurd_span
from sesctl.ingest.station_file import StationFile, read_station_file
from sesctl.ingest.unknown_station import refuse_unknown_dipoles
from sesctl.plugin.reader import ClockChange, ReaderInfo, Request
from sesctl.types import Annotation, Record
from sesctl.types.instants import iso

REMARKS = "kakioka"
"""The format that holds remarks alone, and so lies beside files of another."""


@dataclass(frozen=True)
class Reading:
    """What was read.

    Parameters
    ----------
    record : Record
        The station's field on a regular grid.
    notes : tuple of str
        Sentences for people: what was odd about the files and what was done about it.
    annotations : tuple of Annotation
        Remarks that the files hold, and on their clocks.
    """

    record: Record
    notes: tuple[str, ...] = ()
    annotations: tuple[Annotation, ...] = ()


def read(
    path: str | Path,
    station_file: StationFile | str | Path | None = None,
    tz: str | None = None,
    dipoles: Sequence[str] | None = None,
    *,
    file_format: str | None = None,
    clock_change: ClockChange = "error",
) -> Reading:
    """Read a file or a folder.

    Parameters
    ----------
    path : str or Path
        A file of a known format, or a folder of files of one format, which are read as one record, with
        files of remarks beside them.
    station_file : StationFile or path, optional
        The station and how its files hold it. Without one the station is named by the file, or after the
        path, and has the channels that the format tells: all columns of a CSV file as dipoles in mV/km, for
        example.
    tz : str, optional
        IANA time zone of times that have no offset from UTC; others do not need it.
    dipoles : sequence of str, optional
        Names of the channels to read; all, where it is left out.
    file_format : str, optional
        Name of the reader; found by content and name where it is left out.
    clock_change : {"error", "earlier", "later", "drop", "infer"}
        What to do with a local time that a clock change makes unclear.

    Returns
    -------
    Reading
        The record, and what a person should know of it.

    Raises
    ------
    ReadError
        If there is nothing there, it cannot be read as what it is, or its sampling changes.
    StationError
        If the station file is wrong, or a channel does not exist.
    ParameterError
        If the time zone or the format does not exist.
    """
    path = Path(path)
    if isinstance(station_file, (str, os.PathLike)):
        station_file = read_station_file(station_file)
    request = request_for(station_file, tz, clock_change)  # a wrong zone is told before files are looked at
    if station_file is not None and dipoles is not None:
        station_file = station_file.select(dipoles)
        request = request_for(station_file, tz, clock_change)
    info, files, remarks = _recognised(path, file_format)
    name = path.resolve().name
    if station_file is None and dipoles is not None:
        refuse_unknown_dipoles(info, path.name, dipoles)
        request = request_for(None, tz, clock_change, dipoles)
    with gather(
        info, files, name=name, station_file=station_file, request=request, remarks=remarks
    ) as gathered:
        if not gathered.stretches or gathered.station_file is None:
            msg = f"{name} holds remarks alone, and no record that they are about"
            raise ReadError(msg, "Read it together with the record's files, or ingest it into their archive.")
        if len(gathered.stretches) > 1:
            before, after = gathered.stretches[:2]
            msg = (
                f"{name} is sampled every {before.interval_us / 1e6:g} s until {iso(after.begin)}, and every "
                f"{after.interval_us / 1e6:g} s from then on"
            )
            raise ReadError(msg, "An archive keeps the two apart: see `sesctl ingest`.")
        (stretch,) = gathered.stretches
        channels = len(gathered.station_file.columns)
        refuse_absurd_span(
            stretch.begin, stretch.end - 1, stretch.interval_us, channels, gathered.spool.rows, name
        )
        sources = [file.sha256 for file in gathered.files]
        grid = Grid(gathered.spool, gathered.station_file, stretch, sources)
        record = grid.whole()
        notes = (*overlap_note(gathered, grid.averaged), *gathered.notes)
        return Reading(record, notes, tuple(sorted(gathered.annotations)))


def request_for(
    station_file: StationFile | None,
    tz: str | None,
    clock_change: ClockChange,
    columns: Sequence[str] | None = None,
) -> Request:
    """Return what is wanted of files.

    Raises
    ------
    ParameterError
        If the time zone does not exist.
    """
    zone = None if tz is None else time_zone(tz)
    if station_file is None:
        return Request(
            columns=None if columns is None else tuple(columns), zone=zone, clock_change=clock_change
        )
    return Request(
        columns=tuple(each.column for each in station_file.columns),
        zone=zone,
        clock_change=clock_change,
        interval_us=station_file.interval_us,
    )


def known_formats() -> str:
    """Return the hint that lists what can be read."""
    return f"Known formats are {', '.join(format_names())}; see `sesctl ingest --help` for --format."


def reader_of(path: Path, file_format: str | None) -> ReaderInfo:
    """Return the reader of a file.

    Raises
    ------
    ReadError
        If the file cannot be read, or no reader knows it.
    ParameterError
        If the format asked for does not exist.
    """
    info = find_reader(file_format) if file_format is not None else recognised(path)
    if info is None:
        msg = f"{path.name} is of no known format"
        raise ReadError(msg, known_formats())
    return info


def is_folder(path: Path) -> bool:
    """Return whether a path is a folder rather than a file.

    Raises
    ------
    ReadError
        If there is nothing, or it is neither.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        msg = f"there is no file or folder {path}"
        raise ReadError(msg, "Check the path.") from error
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror})"
        raise ReadError(msg, "Check that you may read it.") from error
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        msg = f"{path} is neither a file nor a folder"
        raise ReadError(msg, known_formats())
    return stat.S_ISDIR(mode)


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder, sorted, but for hidden ones.

    Raises
    ------
    ReadError
        If the folder cannot be read.
    """
    try:
        return sorted(each for each in folder.iterdir() if each.is_file() and not each.name.startswith("."))
    except OSError as error:
        msg = f"the folder {folder} cannot be read ({error.strerror})"
        raise ReadError(msg, "Check that you may read it.") from error


def _recognised(
    path: Path, file_format: str | None
) -> tuple[ReaderInfo, list[Path], list[tuple[ReaderInfo, Path]]]:
    """Return the reader, its files, and the files of remarks."""
    if not is_folder(path):
        return reader_of(path, file_format), [path], []
    found: dict[str, tuple[ReaderInfo, list[Path]]] = {}
    for file in files_in(path):
        info = find_reader(file_format) if file_format is not None else recognised(file)
        if info is not None:
            found.setdefault(info.name, (info, []))[1].append(file)
    remarks = found.pop(REMARKS, None) if len(found) > 1 else None
    if not found:
        msg = f"the folder {path} holds no file of a known format"
        raise ReadError(msg, known_formats())
    if len(found) > 1:
        examples = " and ".join(files[0].name for _, files in found.values())
        msg = f"the folder {path} holds files of different formats: {examples}"
        raise ReadError(msg, "Read them apart.")
    info, files = next(iter(found.values()))
    if info.part is not None:
        instruments = sorted({info.part(file)[0] for file in files})
        if len(instruments) > 1:
            msg = f"{path} holds files of several loggers: {', '.join(instruments)}"
            raise ReadError(msg, "Read the files of each station from a folder of its own.")
    return info, files, [] if remarks is None else [(remarks[0], file) for file in remarks[1]]
