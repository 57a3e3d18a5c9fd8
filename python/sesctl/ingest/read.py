"""Read a file or a folder as a record, whatever instrument wrote it."""

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from sesctl.errors import ReadError, StationError
from sesctl.ingest.csv_file import read_csv
from sesctl.ingest.edl import FILE_NAME, read_edl
from sesctl.ingest.grid import to_record
from sesctl.ingest.lemi424 import DIPOLES, looks_like_lemi424, read_lemi424
from sesctl.ingest.local_time import time_zone
from sesctl.ingest.nearest import nearest_name
from sesctl.ingest.piece import Piece
from sesctl.ingest.source import read_source
from sesctl.ingest.station_file import FileChannel, StationFile, read_station_file
from sesctl.types import Dipole, Record, Station

Layout = Literal["csv", "edl", "lemi424"]
_KNOWN = (
    "Known are CSV with a first column time, Earth Data Logger files NAME_YYMMDDhhmmss.CHANNEL, and "
    "LEMI-424 .TXT files."
)


@dataclass(frozen=True)
class Reading:
    """What was read.

    Parameters
    ----------
    record : Record
        The station's field on a regular grid.
    notes : tuple of str
        Sentences for people: what was odd about the files and what was done about it.
    """

    record: Record
    notes: tuple[str, ...] = ()


def read(
    path: str | Path,
    station_file: StationFile | str | Path | None = None,
    tz: str | None = None,
    dipoles: Sequence[str] | None = None,
) -> Reading:
    """Read a file or a folder.

    Parameters
    ----------
    path : str or Path
        A CSV file, a file of an Earth Data Logger or of a LEMI-424, or a folder of files of one of these
        kinds, which are read as one record.
    station_file : StationFile or path, optional
        The station and how its files hold it. Without one the station is named after the path, and all
        columns of a CSV file, or the four electric channels of a LEMI-424, are dipoles in mV/km.
    tz : str, optional
        IANA time zone of times in CSV files that have no offset from UTC; others do not need it.
    dipoles : sequence of str, optional
        Names of the channels to read; all, where it is left out.

    Returns
    -------
    Reading
        The record, and what a person should know of it.

    Raises
    ------
    ReadError
        If there is nothing there, or it cannot be read as what it is.
    StationError
        If the station file is wrong, or a channel does not exist.
    ParameterError
        If the time zone does not exist.
    """
    path = Path(path)
    zone = None if tz is None else time_zone(tz)
    if isinstance(station_file, (str, os.PathLike)):
        station_file = read_station_file(station_file)
    if station_file is not None and dipoles is not None:
        station_file = station_file.select(dipoles)
    layout, files = _recognised(path)
    if layout == "lemi424" and station_file is None:
        for name in dipoles or ():
            if name not in DIPOLES:  # the magnetic channels are no dipoles in mV/km
                msg = f"{path.name} has no dipole {name!r}"
                raise StationError(msg, nearest_name(name, DIPOLES))
    wanted = dipoles if station_file is None else [each.column for each in station_file.columns]
    pieces = _pieces(layout, files, wanted, zone, None if station_file is None else station_file.interval_us)
    if station_file is None:
        station_file = _unknown_station(path, pieces[0].columns)
    record, notes = to_record(pieces, station_file, path.resolve().name, timed=layout != "edl")
    return Reading(record, notes)


def _pieces(
    layout: Layout,
    files: Sequence[Path],
    wanted: Sequence[str] | None,
    zone: ZoneInfo | None,
    interval_us: int | None,
) -> list[Piece]:
    if layout == "edl":
        return read_edl(files, wanted, interval_us)
    if layout == "lemi424":
        return [read_lemi424(read_source(file), wanted) for file in files]
    pieces = [read_csv(read_source(file), wanted, zone) for file in files]
    for piece in pieces:
        if set(piece.columns) != set(pieces[0].columns):
            msg = (
                f"{piece.name} has the columns {', '.join(piece.columns)}, {pieces[0].name} has "
                f"{', '.join(pieces[0].columns)}"
            )
            raise ReadError(msg, "Choose columns that both have, or read the files apart.")
    return pieces


def _recognised(path: Path) -> tuple[Layout, list[Path]]:
    """Return which kind of files there are, and which files."""
    mode = _mode(path)
    if not stat.S_ISDIR(mode):
        layout = _layout(path)
        if layout is None:
            msg = f"{path.name} is of no known format"
            raise ReadError(msg, _KNOWN)
        return layout, [path]
    try:
        inside = sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
    except OSError as error:
        msg = f"the folder {path} cannot be read ({error.strerror})"
        raise ReadError(msg, "Check that you may read it.") from error
    found: dict[Layout, list[Path]] = {}
    for file in inside:
        layout = _layout(file)
        if layout is not None:
            found.setdefault(layout, []).append(file)
    if not found:
        msg = f"the folder {path} holds no file of a known format"
        raise ReadError(msg, _KNOWN)
    if len(found) > 1:
        examples = " and ".join(files[0].name for files in found.values())
        msg = f"the folder {path} holds files of different formats: {examples}"
        raise ReadError(msg, "Read them apart.")
    return next(iter(found.items()))


def _mode(path: Path) -> int:
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
        raise ReadError(msg, _KNOWN)
    return mode


def _layout(file: Path) -> Layout | None:
    if FILE_NAME.fullmatch(file.name):
        return "edl"
    if file.suffix.casefold() == ".csv":
        return "csv"
    try:
        with file.open("rb") as stream:
            first_line = stream.readline(4096).removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        msg = f"{file} cannot be read ({error.strerror})"
        raise ReadError(msg, "Check that you may read it.") from error
    if looks_like_lemi424(first_line):
        return "lemi424"
    return "csv" if first_line.lower().startswith(b"time,") else None


def _unknown_station(path: Path, columns: Sequence[str]) -> StationFile:
    """Return a station named after the path, all of whose columns are dipoles in mV/km."""
    stem = path.resolve().stem
    name = re.sub(r"[^A-Za-z0-9._+-]+", "-", stem).lstrip("._+-")[:64] or "station"
    try:
        channels = tuple(Dipole(name=column) for column in columns)
    except StationError as error:
        msg = f"{path.name}: {error.message}"
        raise ReadError(msg, "Rename the column, or give --station with its `channel`.") from error
    station = Station(name=name, channels=channels)
    return StationFile(
        station=station,
        columns=tuple(FileChannel(channel=channel, column=channel.name) for channel in channels),
    )
