"""The description of a station in TOML: where it is, what it measures, and how its files hold it.

.. code-block:: toml

    name = "hkb"
    latitude = 43.0
    longitude = 141.5
    timezone = "Asia/Tokyo"
    interval_s = 10          # for files without times

    [[dipoles]]
    name = "Ex"
    length_m = 100
    azimuth_deg = 0          # from the first electrode to the second, clockwise from north
    electrodes = ["N1", "S1"]
    channel = "EX"           # the file's column; the name where it is left out
    unit = "uV"              # mV/km where it is left out; a voltage needs length_m
    scale = 0.1              # file value * scale is in that unit; for "counts" the mV of one count
    polarity = 1             # -1: connected the other way round

    [[channels]]
    name = "Bx"
    quantity = "magnetic"
    unit = "nT"
    scale = 0.007            # file value * scale is in that unit
"""

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from sesctl.errors import ParameterError, ReadError, StationError
from sesctl.ingest.file_bytes import readable
from sesctl.ingest.local_time import time_zone
from sesctl.ingest.nearest import nearest_name
from sesctl.ingest.station_schema import ChannelTable, DipoleTable, StationTable
from sesctl.ingest.units import field_factor
from sesctl.types import Channel, Dipole, Station
from sesctl.types.instants import microseconds


@dataclass(frozen=True, kw_only=True)
class FileChannel:
    """How a file holds a channel.

    Parameters
    ----------
    channel : Channel
        The channel as it is stored.
    column : str
        Name of the file's column, ending or instrument channel.
    factor : float
        Multiplies the file's value to give the channel's unit.
    """

    channel: Channel
    column: str
    factor: float = 1.0


@dataclass(frozen=True, kw_only=True)
class StationFile:
    """A station and how its files hold it.

    Parameters
    ----------
    station : Station
        The station.
    columns : tuple of FileChannel
        For each of its channels, in their order.
    interval_us : int or None
        Sampling interval in µs of files without times, None where it is not given.
    name : str
        The file's name, for messages.
    """

    station: Station
    columns: tuple[FileChannel, ...]
    interval_us: int | None = None
    name: str = ""

    def select(self, names: Sequence[str]) -> "StationFile":
        """Return the station file with the named channels alone, in that order.

        Raises
        ------
        StationError
            If it has no such channel, or one is named twice.
        """
        by_name = {each.channel.name: each for each in self.columns}
        for name in names:
            if name not in by_name:
                msg = f"station {self.station.name} has no dipole {name!r}"
                raise StationError(msg, nearest_name(name, list(by_name)))
        columns = tuple(by_name[name] for name in names)
        station = self.station.with_channels(each.channel for each in columns)
        return replace(self, station=station, columns=columns)


def read_station_file(path: str | Path) -> StationFile:
    """Read a station file.

    Parameters
    ----------
    path : str or Path
        The TOML file.

    Returns
    -------
    StationFile
        The station and how its files hold it.

    Raises
    ------
    StationError
        If the file is missing, is not TOML, or a key is missing, unknown or has a wrong value.
    """
    path = Path(path)
    try:
        with readable(path):
            content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except ReadError as error:
        raise StationError(error.message, error.hint) from error
    except ValueError as error:  # both what is not UTF-8 and what is not TOML
        reason = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it is not UTF-8 text"
        msg = f"{path.name} is not a TOML file: {reason[:1].lower()}{reason[1:]}"
        raise StationError(msg, "Compare it with the example in the documentation.") from error
    try:
        table = StationTable.model_validate(content)
    except ValidationError as error:
        raise _named(path.name, content, error) from error
    try:
        return _station_file(table, path.name)
    except (StationError, ParameterError) as error:
        msg = f"{path.name}: {error.message}"
        raise StationError(msg, error.hint) from error


def _station_file(table: StationTable, name: str) -> StationFile:
    try:
        time_zone(table.timezone)
    except ParameterError as error:
        msg = f"timezone = {table.timezone!r} is not the IANA name of a time zone"
        raise StationError(msg, error.hint) from error
    columns = (*map(_dipole, table.dipoles), *map(_other, table.channels))
    station = Station(
        name=table.name,
        channels=tuple(each.channel for each in columns),
        latitude=table.latitude,
        longitude=table.longitude,
        timezone=table.timezone,
    )
    column, times = Counter(each.column for each in columns).most_common(1)[0]
    if times > 1:
        readers = " and ".join(each.channel.name for each in columns if each.column == column)
        msg = f"{readers} read the same channel {column!r} of the file"
        raise StationError(msg, "Give each its own `channel`.")
    interval = None if table.interval_s is None else microseconds(table.interval_s, "interval_s")
    return StationFile(station=station, columns=columns, interval_us=interval, name=name)


def _dipole(table: DipoleTable) -> FileChannel:
    if table.scale == 0:
        msg = f"dipole {table.name}: scale = 0 would erase it"
        raise StationError(msg, "Give what one unit of the file's value is worth.")
    dipole = Dipole(
        name=table.name,
        length_m=table.length_m,
        azimuth_deg=table.azimuth_deg,
        electrodes=tuple(table.electrodes or ()),
    )
    factor = field_factor(
        dipole=table.name,
        unit=table.unit,
        scale=table.scale,
        polarity=table.polarity,
        length_m=table.length_m,
    )
    return FileChannel(channel=dipole, column=table.channel or table.name, factor=factor)


def _other(table: ChannelTable) -> FileChannel:
    if table.quantity == "electric":
        msg = f"channel {table.name} is electric"
        raise StationError(msg, "Describe it under [[dipoles]].")
    if table.scale == 0:
        msg = f"channel {table.name}: scale = 0 would erase it"
        raise StationError(msg, "Give what one unit of the file's value is worth.")
    channel = Channel(name=table.name, quantity=table.quantity, unit=table.unit)
    return FileChannel(channel=channel, column=table.channel or table.name, factor=table.scale)


_TABLES: dict[str, type[BaseModel]] = {"dipoles": DipoleTable, "channels": ChannelTable}


def _named(file: str, content: dict[str, Any], error: ValidationError) -> StationError:
    """Return the first of pydantic's complaints as one sentence naming file, key and value."""
    faults = error.errors(include_url=False, include_context=False)
    first = faults[0]
    location = first["loc"]
    where, key = file, str(location[0])
    known: type[BaseModel] = StationTable
    if len(location) > 2 and location[0] in _TABLES and isinstance(location[1], int):
        entry = content[str(location[0])][location[1]]
        label = f" ({entry['name']})" if isinstance(entry, dict) and "name" in entry else ""
        where = f"{file}, number {location[1] + 1} of [[{location[0]}]]{label}"
        key = str(location[2])
        known = _TABLES[str(location[0])]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    keys = list(known.model_fields)
    if first["type"] == "missing":
        table = location[:-1]
        lost = [
            str(each["loc"][-1]) for each in faults if each["type"] == "missing" and each["loc"][:-1] == table
        ]
        more = f" (and {len(faults) - len(lost)} more)" if len(faults) > len(lost) else ""
        which = f"the key {key} is" if len(lost) == 1 else f"the keys {', '.join(lost)} are"
        return StationError(f"{where}: {which} missing{more}", f"Add a line `{key} = ...`.")
    if first["type"] == "extra_forbidden":
        return StationError(f"{where}: {key!r} is not a key of a station file{more}", nearest_name(key, keys))
    complaint = first["msg"].replace("Input should be", "it should be").replace(" after validation", "")
    if first["type"] == "model_type":
        complaint = f"it should be a table, [[{key}]]"
    hint = "Text is quoted, numbers are not." if first["type"].endswith("_type") else ""
    value = first["input"]
    return StationError(f"{where}: {key} = {value!r}: {complaint[:1].lower()}{complaint[1:]}{more}", hint)
