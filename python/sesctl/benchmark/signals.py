"""The signals of a test: which are embedded on which days, and what is then in the record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sesctl.benchmark.backgrounds import Background
from sesctl.inject import Injection, Signal, add_signals, plan_day
from sesctl.types import Record
from sesctl.types.instants import DAY
from sesctl.waveforms import SES

STATION_SEEDS = 500
"""Signals that reach all dipoles of a station have seeds from here on, those of single dipoles below."""


@dataclass(frozen=True, kw_only=True)
class Strength:
    """How strong and long boxcars are.

    Parameters
    ----------
    name : str
        What to call it.
    amplitude : tuple of float
        Least and largest amplitude on the strongest dipole in mV/km.
    minutes : tuple of float
        Least and largest duration in min.
    """

    name: str
    amplitude: tuple[float, float]
    minutes: tuple[float, float]

    def injection(self, seed: int, offset: int) -> Injection:
        """Return how they are drawn: one a day, at any time, of any sign and direction."""
        return Injection(
            amplitude=self.amplitude,
            duration_s=(60 * self.minutes[0], 60 * self.minutes[1]),
            seed=seed,
            day_offset=offset,
        )


STRONG = Strength(name="strong", amplitude=(10.0, 15.0), minutes=(25.0, 30.0))
WEAK = Strength(name="weak", amplitude=(6.0, 8.0), minutes=(10.0, 15.0))
STRENGTHS = (STRONG, WEAK)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What carries a signal of its own: one dipole or a whole station, in one copy of the days.

    Parameters
    ----------
    dipole : str
        The dipole, or empty for all of the station.
    copy : int
        Number of the copy.
    """

    dipole: str
    copy: int

    def rows(self, background: Background) -> Sequence[str]:
        """Return the names of its dipoles."""
        return [self.dipole] if self.dipole else background.dipoles

    def seed(self, background: Background, first: int) -> int:
        """Return the seed of its signals, counted from the first seed of a purpose."""
        if not self.dipole:
            return first + STATION_SEEDS + self.copy
        return first + len(background.dipoles) * self.copy + background.dipoles.index(self.dipole)


def single_dipoles(background: Background, copies: int = 1) -> list[Unit]:
    """Return every copy of every dipole of a background's station."""
    return [Unit(dipole=dipole, copy=copy) for copy in range(copies) for dipole in background.dipoles]


def whole_station(copies: int = 1) -> list[Unit]:
    """Return every copy of a station."""
    return [Unit(dipole="", copy=copy) for copy in range(copies)]


def plan(
    background: Background, unit: Unit, injection: Injection, starts: npt.NDArray[np.int64]
) -> list[Signal]:
    """Return the signals of some days, without those that fall where no dipole of the unit has a sample."""
    record = background.record
    rows = [record.station.index(name) for name in unit.rows(background)]
    signals = []
    for start in starts.tolist():
        day = (start + background.offset) // DAY
        for signal in plan_day(injection, record.station.name, day, record.interval_us).signals:
            first = (signal.onset - record.start) // record.interval_us
            last = (signal.end - record.start) // record.interval_us
            if not np.isnan(record.values[rows, first:last]).all(axis=0).any():
                signals.append(signal)
    return signals


def embedded(background: Background, unit: Unit, signals: Sequence[Signal]) -> Record:
    """Return the record of a unit's dipoles with signals in it; a single dipole shows the full amplitude."""
    record = background.record.select(list(unit.rows(background)))
    return add_signals(record, signals, background.distortion)


def truth_of(unit: Unit, signals: Sequence[Signal]) -> tuple[SES, ...]:
    """Return the truth about signals that only this unit's dipoles show."""
    return tuple(replace(ses, dipole=unit.dipole) for signal in signals for ses in signal.truth())
