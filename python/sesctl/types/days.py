"""Records cut into station-days."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sesctl.errors import ShapeError
from sesctl.types.instants import DAY, microseconds
from sesctl.types.record import Origin, Quality, checked_samples
from sesctl.types.station import Station


@dataclass(frozen=True, kw_only=True, eq=False)
class Days:
    """Days of one station, each with the samples before and after it that a detector needs.

    A day is the 24 h of a fixed offset from UTC. An event belongs to the day of its onset: the context
    lets a detector see it whole, the day proper says who reports it.

    Parameters
    ----------
    station : Station
        The station; its channels are the second axis.
    values : ndarray of float32, shape (day, channel, context + day + context)
        Samples in each channel's unit, NaN in gaps.
    starts : ndarray of int64, shape (day,)
        Instant of the first sample of each day proper, µs UTC.
    interval : float
        Sampling interval in s; a day is a whole number of intervals.
    context : int
        Number of samples before the day proper, and after it.
    quality : ndarray of uint8, shape of values, optional
        Bits of `Quality`; the gap bit is set from the values.
    origins : sequence of sequences of Origin, optional
        For each day, where its samples come from.

    Raises
    ------
    ShapeError
        If the arrays and the description disagree.
    """

    station: Station
    values: npt.NDArray[np.float32]
    starts: npt.NDArray[np.int64]
    interval: float
    context: int
    quality: npt.NDArray[np.uint8] = None  # type: ignore[assignment]  # never None once made
    origins: Sequence[Sequence[Origin]] = ()

    def __post_init__(self) -> None:
        quality = checked_samples(self.values, self.quality, "day, channel, sample")
        object.__setattr__(self, "quality", quality)
        days, channels, samples = self.values.shape
        if channels != len(self.station.channels):
            msg = f"values have {channels} channels, the station {len(self.station.channels)}"
            raise ShapeError(msg)
        if self.context < 0 or samples != self.samples_per_day + 2 * self.context:
            msg = (
                f"values have {samples} samples a row, not a day of {self.samples_per_day} and twice "
                f"a context of {self.context}"
            )
            raise ShapeError(msg)
        if self.starts.dtype != np.int64 or self.starts.shape != (days,):
            msg = f"starts are {self.starts.dtype} {self.starts.shape}, not int64 ({days},)"
            raise ShapeError(msg)
        origins = tuple(tuple(each) for each in self.origins) or ((),) * days
        if len(origins) != days:
            msg = f"origins describe {len(origins)} days, values {days}"
            raise ShapeError(msg)
        object.__setattr__(self, "origins", origins)

    def __len__(self) -> int:
        """Return the number of days."""
        return int(self.values.shape[0])

    def __getitem__(self, which: slice) -> "Days":
        """Return some of the days."""
        return replace(
            self,
            values=self.values[which],
            starts=self.starts[which],
            quality=self.quality[which],
            origins=self.origins[which],
        )

    @cached_property
    def interval_us(self) -> int:
        """Sampling interval in µs."""
        return microseconds(self.interval, "the sampling interval")

    @cached_property
    def samples_per_day(self) -> int:
        """Number of samples of a day proper."""
        if DAY % self.interval_us:
            msg = f"a day is no whole number of sampling intervals of {self.interval} s"
            raise ShapeError(msg)
        return DAY // self.interval_us

    def instant(self, day: int, sample: int) -> int:
        """Return the instant (µs UTC) of a sample, counted from the start of the row with its context."""
        return int(self.starts[day]) + (sample - self.context) * self.interval_us

    def row_start(self, day: int) -> int:
        """Return the instant (µs UTC) of the first sample of a day's row, context included."""
        return self.instant(day, 0)

    def live_samples(self) -> npt.NDArray[np.int64]:
        """Return how many samples of each day proper have a value on some channel, int64 (day,)."""
        proper = self.quality[:, :, self.context : self.context + self.samples_per_day]
        alive = ((proper & np.uint8(Quality.GAP)) == 0).any(axis=1)
        return np.asarray(alive.sum(axis=1), dtype=np.int64)
