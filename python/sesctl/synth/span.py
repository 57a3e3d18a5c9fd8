"""A stretch of whole days on the grid of samples, and how events are added to it."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class Span:
    """Days of UTC, counted from 1970-01-01, and their samples.

    Sample numbers are counted from 1970-01-01 too: an event has the same numbers, and the same values,
    whichever span asks for it.

    Parameters
    ----------
    first_day, days : int
        The stretch.
    per_day : int
        Samples a day.
    """

    first_day: int
    days: int
    per_day: int

    @property
    def interval_s(self) -> float:
        """Sampling interval in s."""
        return 86_400 / self.per_day

    @property
    def first_sample(self) -> int:
        """Number of the first sample."""
        return self.first_day * self.per_day

    @property
    def samples(self) -> int:
        """Number of samples."""
        return self.days * self.per_day

    def with_margin(self, before: int, after: int) -> "Span":
        """Return the span with some days more."""
        return Span(self.first_day - before, self.days + before + after, self.per_day)

    def reached_from(self, back: int) -> range:
        """Return the days whose events, lasting up to `back` days more, can reach this span."""
        return range(self.first_day - back, self.first_day + self.days)

    def sample_at(self, day: int, second: float) -> int:
        """Return the number of the first sample at or after a second of a UTC day."""
        return day * self.per_day + int(np.ceil(second / self.interval_s))

    def add(self, trace: Array, first: int, values: Array) -> None:
        """Add values, the first of them at a sample number, to a trace of this span, shape (..., sample)."""
        start = first - self.first_sample
        low, high = max(start, 0), min(start + values.shape[-1], self.samples)
        if low < high:
            trace[..., low:high] += values[..., low - start : high - start]


def civil_midnight(day: int, timezone: str) -> float:
    """Return the second of UTC day `day` (it may be negative) at which that civil date begins."""
    date = EPOCH + dt.timedelta(days=day)
    midnight = dt.datetime.combine(date, dt.time(), tzinfo=zoneinfo.ZoneInfo(timezone))
    return -midnight.utcoffset().total_seconds()  # type: ignore[union-attr]  # an aware time has an offset
