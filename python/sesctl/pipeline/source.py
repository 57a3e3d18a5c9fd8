"""Where records come from: a file or folder read whole, or an archive read piece by piece."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from sesctl.archive import Archive, GroupKey, is_archive, open_archive
from sesctl.errors import ParameterError, StationError
from sesctl.ingest import read, read_station_file
from sesctl.plugin.reader import ClockChange
from sesctl.types import Annotation, Record, Station
from sesctl.types.instants import DAY


class Source(Protocol):
    """A station's record that can be read in pieces."""

    @property
    def station(self) -> Station:
        """The station."""

    @property
    def interval(self) -> float:
        """Sampling interval in s."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the result should know of the input."""

    @property
    def provenance(self) -> Mapping[str, Any]:
        """How its samples were made, empty where they are as measured."""

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """Remarks on the record, in order of time."""

    def days(self, day_offset: int) -> npt.NDArray[np.int64]:
        """Return the starts (µs UTC) of the days, at an offset from UTC in µs, that hold samples."""

    def read(self, start: int, end: int) -> Record:
        """Return the record of [start, end), µs UTC, or of what there is of it."""


@dataclass(frozen=True)
class RecordSource:
    """A record in memory."""

    record: Record
    notes: tuple[str, ...] = ()
    annotations: tuple[Annotation, ...] = ()

    @property
    def station(self) -> Station:
        """The station."""
        return self.record.station

    @property
    def interval(self) -> float:
        """Sampling interval in s."""
        return self.record.interval

    @property
    def provenance(self) -> Mapping[str, Any]:
        """Nothing: files hold what was measured."""
        return {}

    def days(self, day_offset: int) -> npt.NDArray[np.int64]:
        """Return the starts (µs UTC) of the days that hold samples."""
        alive = np.flatnonzero(~np.isnan(self.record.values).all(axis=0))
        times = self.record.start + alive.astype(np.int64) * self.record.interval_us
        return np.unique((times + day_offset) // DAY) * DAY - day_offset

    def read(self, start: int, end: int) -> Record:
        """Return the part of the record within [start, end), µs UTC."""
        step = self.record.interval_us
        first = min(max(0, -((self.record.start - start) // step)), self.record.samples)
        last = min(max(first, -((self.record.start - end) // step)), self.record.samples)
        return Record(
            station=self.record.station,
            values=self.record.values[:, first:last],
            quality=self.record.quality[:, first:last],
            start=self.record.start + first * step,
            interval=self.record.interval,
            origins=self.record.origins,
        )


@dataclass(frozen=True)
class ArchiveSource:
    """One group of an archive: a station at a sampling interval."""

    archive: Archive
    group: GroupKey
    notes: tuple[str, ...] = ()

    @property
    def station(self) -> Station:
        """The station."""
        return self.archive.station(self.group)

    @property
    def interval(self) -> float:
        """Sampling interval in s."""
        return self.group.interval

    @property
    def provenance(self) -> Mapping[str, Any]:
        """How the group's samples were made."""
        return self.archive.provenance(self.group)

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """Remarks on the station's record."""
        return self.archive.annotations(self.group.station)

    def days(self, day_offset: int) -> npt.NDArray[np.int64]:
        """Return the starts (µs UTC) of the days that may hold samples."""
        utc = self.archive.days(self.group) * DAY
        touched = np.concatenate([(utc + day_offset) // DAY, (utc + day_offset + DAY - 1) // DAY])
        return np.unique(touched) * DAY - day_offset

    def read(self, start: int, end: int) -> Record:
        """Return the record of [start, end), µs UTC."""
        return self.archive.read(self.group, start, end)


def open_sources(
    path: Path,
    *,
    station_file: Path | None = None,
    tz: str | None = None,
    file_format: str | None = None,
    clock_change: ClockChange = "error",
    wanted: float | None = None,
) -> list[Source]:
    """Open what a user named: an archive, a file, or a folder of files.

    Parameters
    ----------
    path : Path
        The archive, file or folder.
    station_file : Path, optional
        Station TOML, for files.
    tz : str, optional
        IANA zone of naive times, for files.
    file_format : str, optional
        Name of the reader of files; found by content and name where it is left out.
    clock_change : {"error", "earlier", "later", "drop", "infer"}
        What to do with a local time of files that a clock change makes unclear.
    wanted : float, optional
        Sampling interval in s that is needed: of an archive that holds a station at several intervals,
        the coarsest that is no coarser is taken. Without it, all are.

    Returns
    -------
    list of Source
        One a station, or one a station and interval.

    Raises
    ------
    SesctlError
        If it cannot be read.
    """
    if not is_archive(path):
        reading = read(
            path,
            station_file=read_station_file(station_file) if station_file else None,
            tz=tz,
            file_format=file_format,
            clock_change=clock_change,
        )
        return [RecordSource(reading.record, reading.notes, reading.annotations)]
    if station_file or tz or file_format or clock_change != "error":
        msg = f"{path} is an archive, which knows its stations and times"
        raise ParameterError(msg, "Leave --station, --tz, --format and --clock-change out.")
    archive = open_archive(path)
    if wanted is None:
        return [ArchiveSource(archive, group) for group in archive.groups()]
    chosen: dict[str, GroupKey] = {}
    for group in archive.groups():  # sorted, the finest of a station first
        if group.station not in chosen or group.interval <= wanted:
            chosen[group.station] = group
    return [ArchiveSource(archive, group) for group in chosen.values()]


def choose_dipoles(source: Source, names: Sequence[str] | None, quantity: str = "electric") -> list[str]:
    """Return the names of a source's dipoles, or check those a user named, each taken once.

    For a detector that judges another quantity they are the channels of that.

    Raises
    ------
    StationError
        If the station has no dipole, or none of a name.
    """
    what = "dipole" if quantity == "electric" else f"{quantity} channel"
    have = [channel.name for channel in source.station.channels if channel.quantity == quantity]
    if not have:
        msg = f"station {source.station.name} has no {what}"
        held = ", ".join(f"{channel.name} ({channel.quantity})" for channel in source.station.channels)
        raise StationError(msg, f"It has {held}; the station file says what a channel holds.")
    for name in names or ():
        if name not in have:
            msg = f"station {source.station.name} has no {what} {name!r}"
            raise StationError(msg, f"It has {', '.join(have)}.")
    return list(dict.fromkeys(names or have))
