"""What a source holds: coverage, gaps, flags and range, channel by channel."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sesctl.pipeline.prepare import batches
from sesctl.pipeline.source import Source
from sesctl.types import Annotation, Quality, Record, Station
from sesctl.types.instants import DAY

BATCH_DAYS = 8


@dataclass
class ChannelSummary:
    """One channel of a source.

    Parameters
    ----------
    name, unit : str
        The channel.
    samples : int
        Samples with a value.
    lowest, highest : float
        Range in the channel's unit, NaN without a sample.
    longest_gap_s : float
        Longest stretch, in s, without a value between two that have one.
    flags : dict of str to int
        Samples that carry each quality bit but the gap.
    """

    name: str
    unit: str
    samples: int = 0
    lowest: float = np.inf
    highest: float = -np.inf
    longest_gap_s: float = 0.0
    flags: dict[str, int] = field(default_factory=dict)
    last_seen: int | None = None


@dataclass
class Summary:
    """A source in figures.

    Parameters
    ----------
    station : Station
        The station.
    interval : float
        Sampling interval in s.
    annotations : tuple of Annotation
        Remarks on the record, and on the clocks that timed it.
    first, last : int
        Instants, µs UTC, of the first sample with a value and of the last.
    days : int
        UTC days that hold a value.
    channels : list of ChannelSummary
        Channel by channel.
    daily : dict of int to ndarray of int64, shape (channel,)
        For each UTC day, counted from 1970-01-01, how many samples of each channel have a value.
    """

    station: Station
    interval: float
    first: int | None
    last: int | None
    days: int
    channels: list[ChannelSummary]
    daily: dict[int, npt.NDArray[np.int64]] = field(default_factory=dict)
    annotations: tuple[Annotation, ...] = ()

    @property
    def samples_a_day(self) -> int:
        """Samples of a whole day."""
        return round(DAY / (self.interval * 1e6))

    def months(self) -> dict[str, float]:
        """Return the share of samples with a value, 0..1, of all channels, for each month from first to last.

        A month counts with all its days, also those before the first sample and after the last.
        """
        if not self.daily:
            return {}
        held: dict[str, int] = {}
        first, last = (
            np.datetime64(day, "D").astype("datetime64[M]") for day in (min(self.daily), max(self.daily))
        )
        for day, counts in self.daily.items():
            month = str(np.datetime64(day, "D").astype("datetime64[M]"))
            held[month] = held.get(month, 0) + int(counts.sum())
        shares = {}
        for month in np.arange(first, last + 1):
            days = int(((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(int))
            whole = days * self.samples_a_day * len(self.channels)
            shares[str(month)] = held.get(str(month), 0) / whole
        return shares

    def completeness(self, channel: ChannelSummary) -> float:
        """Return the share of samples with a value between the first and the last instant, 0..1."""
        if self.first is None or self.last is None:
            return 0.0
        expected = (self.last - self.first) // round(self.interval * 1e6) + 1
        return channel.samples / expected


def summarise(source: Source, progress: Callable[[int, int], None] = lambda done, total: None) -> Summary:
    """Read a source once and return what it holds.

    Parameters
    ----------
    source : Source
        The record.
    progress : callable
        Is told the days done and their number.
    """
    summary = Summary(
        station=source.station,
        interval=source.interval,
        first=None,
        last=None,
        days=0,
        channels=[ChannelSummary(channel.name, channel.unit) for channel in source.station.channels],
        annotations=source.annotations,
    )
    starts = source.days(0)
    done = 0
    for batch in batches(starts, BATCH_DAYS):
        _add(summary, source.read(int(batch[0]), int(batch[-1]) + DAY))
        done += len(batch)
        progress(done, len(starts))
    return summary


def _add(summary: Summary, record: Record) -> None:
    times = record.times()
    finite = ~np.isnan(record.values)
    alive = np.flatnonzero(finite.any(axis=0))
    if not alive.size:
        return
    summary.first = int(times[alive[0]]) if summary.first is None else summary.first
    summary.last = int(times[alive[-1]])
    days, firsts = np.unique(times // DAY, return_index=True)
    counts = np.add.reduceat(finite, firsts, axis=1, dtype=np.int64)
    for column, day in enumerate(days):
        if counts[:, column].any():
            summary.daily[int(day)] = summary.daily.get(int(day), 0) + counts[:, column]
    summary.days = len(summary.daily)
    for channel, values, present, quality in zip(
        summary.channels, record.values, finite, record.quality, strict=True
    ):
        at = times[present]
        if not at.size:
            continue
        channel.samples += at.size
        channel.lowest = min(channel.lowest, float(values[present].min()))
        channel.highest = max(channel.highest, float(values[present].max()))
        seen = at if channel.last_seen is None else np.concatenate([[channel.last_seen], at])
        if len(seen) > 1:
            widest = float(np.diff(seen).max()) / 1e6 - summary.interval
            channel.longest_gap_s = max(channel.longest_gap_s, widest)
        channel.last_seen = int(at[-1])
        for bit in Quality:
            count = int(np.count_nonzero(quality & np.uint8(bit)))
            if count and bit is not Quality.GAP:
                name = str(bit.name).lower()
                channel.flags[name] = channel.flags.get(name, 0) + count
