"""The station of files that no station file describes: named by them, with what their format tells."""

import re
from collections.abc import Sequence
from pathlib import Path

from sesctl.errors import ReadError, StationError
from sesctl.ingest.station_file import FileChannel, StationFile
from sesctl.plugin.reader import ReaderInfo
from sesctl.types import Channel, Dipole, Station


def unknown_station(info: ReaderInfo, path: Path, name: str, columns: Sequence[str]) -> StationFile:
    """Return a station named by the file, or after it, with the channels that its format tells.

    Parameters
    ----------
    info : ReaderInfo
        The file's reader.
    path : Path
        The file.
    name : str
        What is read, after which the station is named where the file does not say.
    columns : sequence of str
        The columns that were found.

    Raises
    ------
    StationError
        If the format does not say what a column measures.
    ReadError
        If a column cannot be the name of a channel.
    """
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
