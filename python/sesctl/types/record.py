"""A station's field on a regular grid."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sesctl.errors import ShapeError, StationError
from sesctl.types.instants import microseconds
from sesctl.types.station import Dipole, Station


class Quality(enum.IntFlag):
    """Bits of a sample's quality; no bit: as measured."""

    GAP = 1
    """No value."""
    FILLED = 2
    """Interpolated over a short gap."""
    DESPIKED = 4
    """Replaced, being an outlier."""
    STEP = 8
    """At a step of the electrode offset."""
    CLIPPED = 16
    """At the end of the instrument's range."""
    OVERLAP = 32
    """The mean of several values measured for the same instant."""


@dataclass(frozen=True)
class Origin:
    """The identity of a background: where and when samples were measured, in which file.

    It is carried through cleaning and injection, so that training and test data made from the same
    background can be told apart from those that were not.

    Parameters
    ----------
    station : str
        Name of the station.
    day : int
        UTC day, counted from 1970-01-01.
    source : str
        SHA-256 of the file or of the simulation's parameters, in hexadecimal digits.
    """

    station: str
    day: int
    source: str


def checked_samples(
    values: npt.NDArray[np.float32], quality: npt.NDArray[np.uint8] | None, axes: str
) -> npt.NDArray[np.uint8]:
    """Check samples and return their quality, whose gap bit says exactly where a value is missing."""
    if values.dtype != np.float32 or values.ndim != len(axes.split(", ")):
        msg = f"values are {values.dtype} of shape {values.shape}, not float32 ({axes})"
        raise ShapeError(msg)
    if np.isinf(values).any():
        msg = "values hold an infinite number"
        raise ShapeError(msg, "Mark missing samples as NaN.")
    if quality is None:
        quality = np.zeros(values.shape, dtype=np.uint8)
    if quality.dtype != np.uint8 or quality.shape != values.shape:
        msg = f"quality is {quality.dtype} of shape {quality.shape}, values have shape {values.shape}"
        raise ShapeError(msg)
    gap = np.uint8(Quality.GAP)  # the enumeration itself would make integers of 64 bits of every sample
    checked = quality & ~gap
    checked |= np.isnan(values) * gap
    return checked


@dataclass(frozen=True, kw_only=True, eq=False)
class Record:
    """A station's field on a regular grid.

    Parameters
    ----------
    station : Station
        The station; its channels are the rows.
    values : ndarray of float32, shape (channel, sample)
        Samples in each channel's unit (mV/km for dipoles), NaN in gaps.
    start : int
        Instant of the first sample, µs UTC.
    interval : float
        Sampling interval in s.
    quality : ndarray of uint8, shape (channel, sample), optional
        Bits of `Quality`; the gap bit is set from the values.
    origins : sequence of Origin
        Where the samples come from.

    Raises
    ------
    ShapeError
        If arrays and channels disagree, a type is wrong or a value is infinite.
    ParameterError
        If the interval is not a positive whole number of microseconds.
    """

    station: Station
    values: npt.NDArray[np.float32]
    start: int
    interval: float
    quality: npt.NDArray[np.uint8] = None  # type: ignore[assignment]  # never None once made
    origins: Sequence[Origin] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "quality", checked_samples(self.values, self.quality, "channel, sample"))
        if self.values.shape[0] != len(self.station.channels):
            msg = (
                f"values have {self.values.shape[0]} rows, station {self.station.name} has "
                f"{len(self.station.channels)} channels"
            )
            raise ShapeError(msg)
        microseconds(self.interval, "the sampling interval")
        object.__setattr__(self, "origins", tuple(self.origins))

    @cached_property
    def interval_us(self) -> int:
        """Sampling interval in µs."""
        return microseconds(self.interval, "the sampling interval")

    @property
    def samples(self) -> int:
        """Number of samples a channel."""
        return int(self.values.shape[1])

    @property
    def end(self) -> int:
        """Instant just after the last sample's interval, µs UTC."""
        return self.start + self.samples * self.interval_us

    def times(self) -> npt.NDArray[np.int64]:
        """Return the instants of the samples, int64 µs UTC, shape (sample,)."""
        return self.start + np.arange(self.samples, dtype=np.int64) * self.interval_us

    def select(self, names: Sequence[str]) -> "Record":
        """Return the record of the named channels, in that order.

        Raises
        ------
        StationError
            If the station has no such channel.
        """
        rows = [self.station.index(name) for name in names]
        station = self.station.with_channels(self.station.channels[row] for row in rows)
        return replace(self, station=station, values=self.values[rows], quality=self.quality[rows])

    def electric(self) -> "Record":
        """Return the record of the dipoles alone.

        Raises
        ------
        StationError
            If the station has no dipole.
        """
        names = [channel.name for channel in self.station.channels if isinstance(channel, Dipole)]
        if not names:
            msg = f"station {self.station.name} has no dipole"
            raise StationError(msg)
        return self.select(names)
