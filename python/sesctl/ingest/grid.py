"""From rows of files to records on a regular grid, some time at once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from sesctl.ingest.sampling import Stretch
from sesctl.ingest.spool import Slice, Spool
from sesctl.ingest.station_file import StationFile
from sesctl.kernels import grid_samples
from sesctl.types import Origin, Quality, Record
from sesctl.types.instants import DAY, SECOND

_MOST_SAMPLES = 2**22
_MOST_DAYS = 64


class Grid:
    """The rows of one stretch on its grid.

    The grid starts at the stretch's first time. Each sample goes to the nearest grid point; several at one
    point are averaged and flagged `Quality.OVERLAP`.

    Parameters
    ----------
    spool : Spool
        The rows, in their channels' units.
    station_file : StationFile
        The station, and the column of each channel.
    stretch : Stretch
        The stretch of time and its interval.
    sources : sequence of str
        The hash of each file, by its number.
    """

    def __init__(
        self, spool: Spool, station_file: StationFile, stretch: Stretch, sources: Sequence[str]
    ) -> None:
        self._spool = spool
        self._station = station_file.station
        self._rows = {each.column: row for row, each in enumerate(station_file.columns)}
        self._sources = sources
        self.stretch = stretch
        self.interval_us = stretch.interval_us
        half = self.interval_us // 2
        self.count = (stretch.end - 1 - stretch.begin + half) // self.interval_us + 1
        self.averaged = 0

    def whole(self) -> Record:
        """Return the whole stretch as one record, which starts at its first time."""
        record = self._window(0, self.count, shift=0)
        assert record is not None  # a stretch has rows
        return record

    def outline(self) -> Record:
        """Return the record that `records` gives in parts, with no sample but its first, to check it."""
        step = self.interval_us
        return Record(
            station=self._station,
            values=np.full((len(self._rows), 1), np.nan, dtype=np.float32),
            start=(self.stretch.begin + step // 2) // step * step,
            interval=step / SECOND,
        )

    def records(self) -> Iterator[Record]:
        """Yield the stretch by whole UTC days, as many at once as take little memory.

        The records begin at whole multiples of the interval since 1970: the grid is moved as a whole to the
        nearest of these, by at most half an interval.
        """
        step = self.interval_us
        start = (self.stretch.begin + step // 2) // step * step
        shift = start - self.stretch.begin
        days = max(1, min(_MOST_DAYS, _MOST_SAMPLES * step // (len(self._rows) * DAY)))
        first_day, last_day = start // DAY, (start + (self.count - 1) * step) // DAY
        for day in range(first_day, last_day + 1, days):
            first = max(0, -((start - day * DAY) // step))
            stop = min(self.count, -((start - (day + days) * DAY) // step))
            record = self._window(first, stop - first, shift) if stop > first else None
            if record is not None:
                yield record

    def _window(self, first: int, count: int, shift: int) -> Record | None:
        step, begin = self.interval_us, self.stretch.begin
        edges = (begin + first * step - step // 2, begin + (first + count) * step - step // 2)
        inside = max(edges[0], begin), min(edges[1], self.stretch.end)
        groups: dict[tuple[str, ...], list[Slice]] = defaultdict(list)
        for part in self._spool.slices(*inside):
            groups[part.columns].append(part)
        if not groups:
            return None
        values = np.full((len(self._rows), count), np.nan, dtype=np.float32)
        quality = np.zeros(values.shape, dtype=np.uint8)
        averaged = np.zeros(count, dtype=bool)
        for columns, parts in groups.items():
            one = parts[0] if len(parts) == 1 else None
            times = one.times if one else np.concatenate([part.times for part in parts])
            samples = one.values if one else np.concatenate([part.values for part in parts], axis=1)
            gridded, hits = grid_samples(times, samples, begin + first * step, step, count)
            where = [self._rows[column] for column in columns]
            values[where] = gridded
            several = hits > 1
            if several.any():
                quality[where] = np.where(several, np.uint8(Quality.OVERLAP), np.uint8(0))
                averaged |= several.any(axis=0)
        self.averaged += int(averaged.sum())
        return Record(
            station=self._station,
            values=values,
            start=begin + first * step + shift,
            interval=step / SECOND,
            quality=quality,
            origins=self._origins([part for parts in groups.values() for part in parts], shift),
        )

    def _origins(self, parts: Sequence[Slice], shift: int) -> list[Origin]:
        step, begin = self.interval_us, self.stretch.begin
        found: set[Origin] = set()
        for part in parts:
            instants = (part.times - (begin - step // 2)) // step * step + begin + shift
            days = instants // DAY
            days = days[np.append(True, days[1:] != days[:-1])]  # times rise, so days do
            found.update(Origin(self._station.name, int(day), self._sources[part.file]) for day in days)
        return sorted(found, key=lambda origin: (origin.day, origin.source))
