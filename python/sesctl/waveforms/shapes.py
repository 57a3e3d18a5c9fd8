"""Shapes of seismic electric signals: unit-amplitude functions of the time since onset."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError

Samples = npt.NDArray[np.float64]


def _check_positive(shape: str, **lengths: float) -> None:
    for name, value in lengths.items():
        if not (math.isfinite(value) and value > 0):
            msg = f"{shape}: {name} is {value}, not a positive number of seconds"
            raise ParameterError(msg)


class Waveform(ABC):
    """A shape w(t) with max |w| = 1, t being the time since its onset."""

    shape: ClassVar[str]
    """Name of the shape in truth tables."""

    duration_s: float
    """Time from the onset to the end in s; the signal's interval is [0, duration_s)."""

    @abstractmethod
    def sample(self, times_s: npt.ArrayLike) -> Samples:
        """Return the shape at any times.

        Parameters
        ----------
        times_s : array_like of float, any shape
            Times since the onset in s; they need not be regular or sorted.

        Returns
        -------
        ndarray of float64, same shape
            Dimensionless, 1 at the largest deflection, 0 before the onset.
        """

    @property
    def extent_s(self) -> float:
        """Time after the onset in s from which the shape is zero; at least the duration."""
        return self.duration_s

    def intervals(self) -> tuple[tuple[float, float], ...]:
        """Return the half-open intervals (start, end), in s since the onset, that count as signal."""
        return ((0.0, self.duration_s),)


@dataclass(frozen=True, kw_only=True)
class Boxcar(Waveform):
    """A rectangle: w(t) = 1 for 0 ≤ t < d, else 0.

    Parameters
    ----------
    duration_s : float
        d in s.

    Raises
    ------
    ParameterError
        If the duration is not positive.
    """

    shape: ClassVar[str] = "boxcar"
    duration_s: float

    def __post_init__(self) -> None:
        _check_positive(self.shape, duration_s=self.duration_s)

    def sample(self, times_s: npt.ArrayLike) -> Samples:
        """Return the rectangle at any times (see `Waveform.sample`)."""
        times = np.asarray(times_s, dtype=np.float64)
        return ((times >= 0) & (times < self.duration_s)).astype(np.float64)


@dataclass(frozen=True, kw_only=True)
class RampedEdges(Waveform):
    """A trapezoid: w(t) = min(1, t/r, (d − t)/f) for 0 ≤ t < d, else 0.

    Parameters
    ----------
    duration_s : float
        d in s, both edges included.
    rise_s, fall_s : float
        Lengths r and f of the edges in s; r + f ≤ d.

    Raises
    ------
    ParameterError
        If a length is not positive or the edges are longer than the signal.
    """

    shape: ClassVar[str] = "ramped"
    duration_s: float
    rise_s: float
    fall_s: float

    def __post_init__(self) -> None:
        _check_positive(self.shape, duration_s=self.duration_s, rise_s=self.rise_s, fall_s=self.fall_s)
        if self.rise_s + self.fall_s > self.duration_s:
            msg = (
                f"{self.shape}: edges of {self.rise_s} s and {self.fall_s} s are longer than the signal of "
                f"{self.duration_s} s"
            )
            raise ParameterError(msg)

    def sample(self, times_s: npt.ArrayLike) -> Samples:
        """Return the trapezoid at any times (see `Waveform.sample`)."""
        times = np.asarray(times_s, dtype=np.float64)
        edges = np.minimum(times / self.rise_s, (self.duration_s - times) / self.fall_s)
        return np.clip(edges, 0.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class ExponentialEdges(Waveform):
    """A charged and discharged capacitor.

    w(t) = (1 − e^(−t/r)) / (1 − e^(−d/r)) for 0 ≤ t < d, then e^(−(t − d)/f), cut at twelve f.

    Parameters
    ----------
    duration_s : float
        d in s; the decay comes after it.
    rise_s, fall_s : float
        Time constants r and f in s.

    Raises
    ------
    ParameterError
        If a length is not positive.
    """

    shape: ClassVar[str] = "exponential"
    duration_s: float
    rise_s: float
    fall_s: float

    def __post_init__(self) -> None:
        _check_positive(self.shape, duration_s=self.duration_s, rise_s=self.rise_s, fall_s=self.fall_s)

    @property
    def extent_s(self) -> float:
        """End of the decay in s since the onset, where e^(−12) = 6·10⁻⁶ of the amplitude is left."""
        return self.duration_s + 12 * self.fall_s

    def sample(self, times_s: npt.ArrayLike) -> Samples:
        """Return the rise and the decay at any times (see `Waveform.sample`)."""
        times = np.asarray(times_s, dtype=np.float64)
        # Clipped first, so that no exponential overflows far from the signal.
        rising = np.clip(times, 0.0, self.duration_s)
        falling = np.clip(times - self.duration_s, 0.0, 12 * self.fall_s)
        charge = np.expm1(-rising / self.rise_s) / math.expm1(-self.duration_s / self.rise_s)
        inside = (times >= 0) & (times < self.extent_s)
        return np.where(inside, charge * np.exp(-falling / self.fall_s), 0.0)


@dataclass(frozen=True, kw_only=True)
class PulseTrain(Waveform):
    """One activity of several rectangles: w(t) = Σ hₖ for sₖ ≤ t < sₖ + dₖ.

    Parameters
    ----------
    starts_s : tuple of float
        sₖ in s since the onset of the activity, the first of them 0.
    durations_s : tuple of float
        dₖ in s; pulses do not overlap.
    heights : tuple of float, optional
        hₖ in (0, 1], the largest of them 1; all 1 if left out.

    Raises
    ------
    ParameterError
        If the tuples disagree in length, pulses overlap, or a value is out of its range.
    """

    shape: ClassVar[str] = "pulse_train"
    starts_s: tuple[float, ...]
    durations_s: tuple[float, ...]
    heights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not self.heights:
            object.__setattr__(self, "heights", (1.0,) * len(self.starts_s))
        if not len(self.starts_s) == len(self.durations_s) == len(self.heights):
            msg = (
                f"{self.shape}: {len(self.starts_s)} starts, {len(self.durations_s)} durations and "
                f"{len(self.heights)} heights do not make pulses"
            )
            raise ParameterError(msg)
        if not self.starts_s or self.starts_s[0] != 0:
            msg = f"{self.shape}: the first pulse does not start at 0 s, the starts are {self.starts_s}"
            raise ParameterError(msg)
        for duration in self.durations_s:
            _check_positive(self.shape, duration_s=duration)
        ends = [start + length for start, length in zip(self.starts_s, self.durations_s, strict=True)]
        for end, start in zip(ends, self.starts_s[1:], strict=False):
            if not start >= end:
                msg = f"{self.shape}: a pulse starts at {start} s, before the one before it ends at {end} s"
                raise ParameterError(msg)
        if min(self.heights) <= 0 or max(self.heights) != 1:
            msg = f"{self.shape}: heights {self.heights} are not in (0, 1] with a largest of 1"
            raise ParameterError(msg)

    @property
    def duration_s(self) -> float:  # type: ignore[override]  # follows from the pulses here
        """Time from the onset of the first pulse to the end of the last, in s."""
        return self.starts_s[-1] + self.durations_s[-1]

    def intervals(self) -> tuple[tuple[float, float], ...]:
        """Return the half-open interval of each pulse, in s since the onset of the activity."""
        return tuple(
            (start, start + length) for start, length in zip(self.starts_s, self.durations_s, strict=True)
        )

    def sample(self, times_s: npt.ArrayLike) -> Samples:
        """Return the pulses at any times (see `Waveform.sample`)."""
        times = np.asarray(times_s, dtype=np.float64)
        pulse = np.searchsorted(np.asarray(self.starts_s), times, side="right") - 1
        known = np.clip(pulse, 0, None)
        inside = (pulse >= 0) & (times < np.asarray([end for _, end in self.intervals()])[known])
        return np.where(inside, np.asarray(self.heights)[known], 0.0)


@dataclass(frozen=True, kw_only=True)
class HighFrequency(Waveform):
    """A band-limited disturbance: random phases in a band of periods under a smooth envelope.

    w(t) = c · e(t) · Σₖ cos(2π fₖ t + φₖ), fₖ evenly spaced by 1/(2d) from 1/longest to 1/shortest period,
    φₖ uniform from the seed, e(t) a rectangle of length d whose first and last tenth are half-cosines, and c
    such that max |w| = 1 on a grid of an eighth of the shortest period.

    Parameters
    ----------
    duration_s : float
        d in s.
    shortest_period_s, longest_period_s : float
        The band in s. A record needs two samples in the shortest period.
    seed : int
        Seed of the phases, ≥ 0.

    Raises
    ------
    ParameterError
        If a length is not positive, the band is empty, or the seed is negative.
    """

    shape: ClassVar[str] = "high_frequency"
    duration_s: float
    shortest_period_s: float = 30.0
    longest_period_s: float = 120.0
    seed: int = 0

    def __post_init__(self) -> None:
        _check_positive(
            self.shape,
            duration_s=self.duration_s,
            shortest_period_s=self.shortest_period_s,
            longest_period_s=self.longest_period_s,
        )
        if not self.shortest_period_s < self.longest_period_s <= self.duration_s:
            msg = (
                f"{self.shape}: periods {self.shortest_period_s} s to {self.longest_period_s} s are no band "
                f"within {self.duration_s} s"
            )
            raise ParameterError(msg)
        if self.seed < 0:
            msg = f"{self.shape}: the seed is {self.seed}, less than 0"
            raise ParameterError(msg)

    @cached_property
    def _waves(self) -> tuple[Samples, Samples]:
        spacing = 0.5 / self.duration_s
        frequencies = np.arange(1 / self.longest_period_s, 1 / self.shortest_period_s + spacing / 2, spacing)
        generator = np.random.Generator(np.random.Philox(np.random.SeedSequence(self.seed)))
        return frequencies, generator.uniform(0, 2 * np.pi, frequencies.size)

    def _raw(self, times: Samples) -> Samples:
        edge = np.clip(np.minimum(times, self.duration_s - times) / (0.1 * self.duration_s), 0.0, 1.0)
        envelope = 0.5 - 0.5 * np.cos(np.pi * edge)
        total = np.zeros_like(times)
        for frequency, phase in zip(*self._waves, strict=True):
            total += np.cos(2 * np.pi * frequency * times + phase)
        return envelope * total

    @cached_property
    def _peak(self) -> float:
        grid = np.arange(0.0, self.duration_s, self.shortest_period_s / 8)
        return float(np.abs(self._raw(grid)).max())

    def sample(self, times_s: npt.ArrayLike) -> Samples:
        """Return the disturbance at any times (see `Waveform.sample`)."""
        times = np.asarray(times_s, dtype=np.float64)
        return np.clip(self._raw(times) / self._peak, -1.0, 1.0)


SHAPES: Mapping[str, type[Waveform]] = {
    kind.shape: kind for kind in (Boxcar, RampedEdges, ExponentialEdges, PulseTrain, HighFrequency)
}
"""The shapes by their name in truth tables."""
