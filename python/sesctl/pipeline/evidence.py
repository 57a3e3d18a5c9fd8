"""The evidence on a catalogue's events, from the few days around each."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sesctl.clean import DESPIKE, clean
from sesctl.evidence import ITEMS, Series, Surroundings, assess, read_series
from sesctl.evidence.clock_replica import DAYS
from sesctl.pipeline.scanning import Progress, Scan
from sesctl.pipeline.source import Source, choose_dipoles
from sesctl.plugin import DetectorInfo
from sesctl.resample import resample
from sesctl.types import Catalogue, Event, Quality, Record
from sesctl.types.instants import DAY, SECOND, day_offset, microseconds

HOUR = 3600 * SECOND
NEAR = 6 * HOUR
NIGHT = (1 * HOUR, 4 * HOUR)
DAYTIME = (6 * HOUR, 22 * HOUR)
NIGHTS = 7
APART = 1 * HOUR
KEPT_NIGHTS = 64
MARGIN_SAMPLES = 64
DESPIKED = replace(DESPIKE, step=0.0)


def gather_evidence(
    sources: Sequence[Source],
    catalogue: Catalogue,
    info: DetectorInfo,
    options: Scan,
    *,
    kp: Path | None = None,
    rain: Path | None = None,
    progress: Progress = lambda done, total: None,
) -> Catalogue:
    """Return a catalogue with the evidence on each of its events.

    Of each event's station are read the 6 h around it, the same hours 1, 7 and 14 days before and after, 16 h
    of its day and 3 h of the seven nights before and after: a record of twenty years is never read whole.

    Parameters
    ----------
    sources : sequence of Source
        One a station of the catalogue.
    catalogue : Catalogue
        What was found.
    info : DetectorInfo
        The detector, for its sampling interval.
    options : Scan
        What was scanned, for its dipoles.
    kp, rain : Path, optional
        CSV files of Kp, and of rain in mm.
    progress : callable
        Is told the events done and their number.

    Returns
    -------
    Catalogue
        The same events in the same order.

    Raises
    ------
    ReadError
        If a file of Kp or rain cannot be read.
    """
    series = (read_series(kp) if kp else None, read_series(rain) if rain else None)
    readers = {source.station.name: PieceReader(source, info.interval, options) for source in sources}
    events = []
    for done, event in enumerate(catalogue.events, 1):
        events.append(
            replace(event, evidence=assess(surroundings_of(event, catalogue.events, readers, *series)))
        )
        progress(done, len(catalogue.events))
    asked = {
        "items": list(ITEMS),
        "nights": NIGHTS,
        "night_hours": [bound // HOUR for bound in NIGHT],
        "kp": kp.name if kp else None,
        "rain": rain.name if rain else None,
    }
    return replace(catalogue, events=tuple(events), parameters={**catalogue.parameters, "evidence": asked})


def surroundings_of(
    event: Event,
    peers: Sequence[Event],
    readers: Mapping[str, "PieceReader"],
    kp: Series | None = None,
    rain: Series | None = None,
) -> Surroundings:
    """Read what the evidence on one event is taken from.

    Parameters
    ----------
    event : Event
        The event.
    peers : sequence of Event
        All events of the catalogue, of all stations.
    readers : mapping of str to PieceReader
        The stations' records by name.
    kp, rain : Series, optional
        Kp, and rain in mm.
    """
    reader = readers[event.station]
    begin, end = reader.on_grid(event.start), reader.on_grid(event.end - 1) + reader.interval_us
    reach = max(NEAR, 2 * (end - begin))
    near = reader.read(begin - reach, end + reach)
    midnight = (event.start + reader.clock_offset) // DAY * DAY - reader.clock_offset
    nights = [
        reader.night(midnight + number * DAY)
        for number in range(-NIGHTS, NIGHTS + 1)
        if midnight + number * DAY + NIGHT[1] + APART <= begin
        or midnight + number * DAY + NIGHT[0] - APART >= end
    ]
    replicas = {days: reader.read(begin - reach + days * DAY, end + reach + days * DAY) for days in DAYS}
    daytime = reader.read(midnight + DAYTIME[0], midnight + DAYTIME[1])
    others = {
        name: tuple(each for each in peers if each.station == name)
        for name, other in readers.items()
        if name != event.station and other.is_live(begin, end)
    }
    return Surroundings(
        event=event,
        near=near,
        nights=tuple(night for night in nights if has_values(night)),
        daytime=daytime if has_values(daytime) else None,
        replicas={days: replica for days, replica in replicas.items() if has_values(replica)},
        peers=tuple(each for each in peers if each.station == event.station),
        others=others,
        kp=kp,
        rain=rain,
        clock_offset=reader.clock_offset,
    )


class PieceReader:
    """Reads pieces of a source as the evidence wants them, and keeps the last nights.

    Parameters
    ----------
    source : Source
        The record.
    interval : float
        Sampling interval in s.
    options : Scan
        Its dipoles are used, and all magnetic channels.
    """

    def __init__(self, source: Source, interval: float, options: Scan) -> None:
        self.source = source
        self.interval = interval
        self.interval_us = microseconds(interval, "the sampling interval")
        self.dipoles = choose_dipoles(source, options.dipoles)
        magnetic = [each.name for each in source.station.channels if each.quantity == "magnetic"]
        self.names = [*self.dipoles, *magnetic]
        self.clock_offset = clock_offset(source)
        self._nights: OrderedDict[int, Record] = OrderedDict()

    def on_grid(self, instant: int) -> int:
        """Return the last instant of the grid that is not after an instant, µs UTC."""
        return instant // self.interval_us * self.interval_us

    def night(self, midnight: int) -> Record:
        """Return the quiet hours after a local midnight (µs UTC), from memory if they were read lately."""
        if midnight not in self._nights:
            self._nights[midnight] = self.read(midnight + NIGHT[0], midnight + NIGHT[1])
            if len(self._nights) > KEPT_NIGHTS:
                self._nights.popitem(last=False)
        return self._nights[midnight]

    def read(self, start: int, end: int) -> Record:
        """Return [start, end), µs UTC, resampled, its dipoles despiked; NaN where there is nothing."""
        first = self.on_grid(start)
        samples = (end - first) // self.interval_us
        station = self.source.station
        channels = [station.channels[station.index(name)] for name in self.names]
        values = np.full((len(channels), samples), np.nan, dtype=np.float32)
        margin = MARGIN_SAMPLES * self.interval_us
        raw = self.source.read(first - margin, end + margin)
        if raw.samples * raw.interval_us >= self.interval_us:
            fitted = resample(raw.select(self.names), self.interval)
            dipoles = clean(fitted.select(self.dipoles), DESPIKED)
            fitted.values[: len(self.dipoles)] = dipoles.values
            offset = (fitted.start - first) // self.interval_us
            begin, stop = max(offset, 0), min(offset + fitted.samples, samples)
            if begin < stop:
                values[:, begin:stop] = fitted.values[:, begin - offset : stop - offset]
        return Record(
            station=station.with_channels(channels), values=values, start=first, interval=self.interval
        )

    def is_live(self, start: int, end: int) -> bool:
        """Whether some dipole has a value in [start, end), µs UTC."""
        raw = self.source.read(start, end)
        return bool(raw.samples) and has_values(raw.select(self.dipoles))


def has_values(record: Record) -> bool:
    """Whether a record has any value at all."""
    return bool(((record.quality & np.uint8(Quality.GAP)) == 0).any())


def clock_offset(source: Source) -> int:
    """Return the offset of a station's clock from UTC in µs, by its longitude where its zone is just UTC."""
    station = source.station
    if station.timezone == "UTC" and station.longitude is not None:
        return round(station.longitude / 15) * HOUR
    return day_offset(station.timezone)
