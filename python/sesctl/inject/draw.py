"""Draw the signals of a day: from a seed, a station and the day, and from nothing else."""

import datetime as dt
import hashlib
import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from sesctl.errors import ParameterError
from sesctl.inject.embed import Signal
from sesctl.types.instants import DAY, EPOCH, SECOND
from sesctl.waveforms import SHAPES, HighFrequency, Recorded, draw_waveform

MIXED = "mixed"
MOST_A_DAY = 48.0
LONGEST_S = 8 * 3600.0
TRIES = 100
HOUR = 3600 * SECOND


@dataclass(frozen=True, kw_only=True)
class Injection:
    """What signals to draw.

    Parameters
    ----------
    rate : float
        Signals a day, at most 48: its whole part on every day, one more on a share of days.
    shape : str
        A name of `SHAPES`, or ``mixed``: each of them as often.
    amplitude : tuple of float
        Least and largest amplitude of the strongest dipole in mV/km, both positive.
    duration_s : tuple of float
        Least and largest duration in s, at most 8 h.
    hours : tuple of float
        Onsets lie between these hours of the day, 0 to 24; from 22 to 4 is the night, twice the same hour
        that instant.
    sign : {"random", "+", "-"}
        Sign of the amplitude on the strongest dipole.
    azimuth_deg : float or None
        Axis of the field, degrees clockwise from north, 0 to 360; None: any, evenly.
    seed : int
        Seed, ≥ 0.
    day_offset : int
        Offset from UTC, in µs east of it, of the days and their hours.
    recorded : Recorded, optional
        A waveform to embed as it was recorded, in place of a drawn shape, amplitude, sign and azimuth.

    Raises
    ------
    ParameterError
        If a parameter is out of its range.
    """

    rate: float = 1.0
    shape: str = "boxcar"
    amplitude: tuple[float, float] = (10.0, 15.0)
    duration_s: tuple[float, float] = (1500.0, 1800.0)
    hours: tuple[float, float] = (0.0, 24.0)
    sign: Literal["random", "+", "-"] = "random"
    azimuth_deg: float | None = None
    seed: int = 0
    day_offset: int = 0
    recorded: Recorded | None = None

    def __post_init__(self) -> None:
        if not 0 < self.rate <= MOST_A_DAY:
            msg = f"the rate is {self.rate:g} signals a day, not above 0 and at most {MOST_A_DAY:g}"
            raise ParameterError(msg)
        if self.shape not in (*SHAPES, MIXED):
            msg = f"the shape {self.shape!r} is unknown"
            raise ParameterError(msg, f"Shapes are {', '.join((*SHAPES, MIXED))}.")
        for what, unit, (low, high), limit in (
            ("amplitude", "mV/km", self.amplitude, math.inf),
            ("duration", "s", self.duration_s, LONGEST_S),
        ):
            if not 0 < low <= high <= limit or math.isinf(high):
                upper = f", at most {limit:g} {unit}" if math.isfinite(limit) else ""
                msg = f"the {what} is to lie between {low:g} and {high:g} {unit}, which is no range{upper}"
                raise ParameterError(msg, "Give the lower end first, both positive.")
        if not all(0 <= hour <= 24 for hour in self.hours):
            msg = f"the hours {self.hours[0]:g} and {self.hours[1]:g} are not both within 0 to 24"
            raise ParameterError(msg)
        if self.sign not in ("random", "+", "-"):
            msg = f"the sign is {self.sign!r}, not random, + or -"
            raise ParameterError(msg)
        if self.azimuth_deg is not None and not 0 <= self.azimuth_deg <= 360:
            msg = f"the azimuth is {self.azimuth_deg:g}°, not within 0 to 360"
            raise ParameterError(msg)
        if self.seed < 0:
            msg = f"the seed is {self.seed}, less than 0"
            raise ParameterError(msg)

    @property
    def longest_s(self) -> float:
        """Longest signal in s."""
        return self.duration_s[1] if self.recorded is None else self.recorded.duration_s

    def check_interval(self, interval_s: float) -> None:
        """Check that a sampling interval can show what is to be drawn.

        Raises
        ------
        ParameterError
            If a signal is shorter than two samples or oscillates faster than they show, or a recorded
            waveform has another interval.
        """
        if self.recorded is not None:
            if self.recorded.interval_s != interval_s or self.recorded.duration_s > LONGEST_S:
                msg = (
                    f"the recorded waveform of {self.recorded.duration_s:g} s every "
                    f"{self.recorded.interval_s:g} s does not fit a record every {interval_s:g} s, or is "
                    f"longer than {LONGEST_S:g} s"
                )
                raise ParameterError(msg)
            return
        shortest = self.duration_s[0]
        if shortest < 2 * interval_s:
            msg = f"a signal of {shortest:g} s is shorter than two samples of {interval_s:g} s"
            raise ParameterError(msg, "Give a longer duration.")
        if self.shape in (HighFrequency.shape, MIXED):
            if shortest < 200:
                msg = f"a high-frequency disturbance of {shortest:g} s is shorter than 200 s"
                raise ParameterError(msg, "Give a longer duration, or one of the other shapes.")
            if interval_s > 12.5:
                msg = f"samples every {interval_s:g} s do not show a disturbance with periods from 25 s"
                raise ParameterError(msg, "Choose one of the other shapes.")


@dataclass(frozen=True, kw_only=True)
class DayPlan:
    """The signals of a day.

    Parameters
    ----------
    signals : tuple of Signal
        In order of onset; none overlaps another, of this day or its neighbours.
    crowded : int
        How many more were wanted, for which there was no room beside others.
    """

    signals: tuple[Signal, ...]
    crowded: int


def plan_day(injection: Injection, station: str, day: int, interval_us: int) -> DayPlan:
    """Return the signals of a day, the same whichever other days are planned.

    A signal that would overlap another of its day is drawn again, up to a hundred times; one that would
    overlap what was drawn for the day before is left out.

    Parameters
    ----------
    injection : Injection
        What to draw.
    station : str
        Name of the station: another one has other signals.
    day : int
        Day, counted from 1970-01-01, of the injection's offset from UTC.
    interval_us : int
        Sampling interval in µs; onsets and ends lie on samples.

    Returns
    -------
    DayPlan
        The signals with an onset on this day.
    """
    # What the day before leaves out itself counts here: otherwise each day would hang on all before it.
    before = _draw_day(injection, station, day - 1, interval_us).signals
    drawn = _draw_day(injection, station, day, interval_us)
    free = tuple(signal for signal in drawn.signals if not any(signal.overlaps(other) for other in before))
    return DayPlan(signals=free, crowded=drawn.crowded + len(drawn.signals) - len(free))


@lru_cache(maxsize=4)
def _draw_day(injection: Injection, station: str, day: int, interval_us: int) -> DayPlan:
    text = "\x1f".join(["inject", station, str(day)])
    words = np.frombuffer(hashlib.sha256(text.encode()).digest()[:16], dtype="<u4")
    entropy = np.random.SeedSequence([injection.seed, *(int(word) for word in words)])
    generator = np.random.Generator(np.random.Philox(entropy))
    whole = math.floor(injection.rate)
    count = whole + int(generator.random() < injection.rate - whole)
    date = (EPOCH + dt.timedelta(days=day)).strftime("%Y%m%d")
    taken: list[Signal] = []
    for _ in range(count):
        for _ in range(TRIES):
            signal = _draw(injection, station, day, interval_us, generator)
            if not any(signal.overlaps(other) for other in taken):
                taken.append(signal)
                break
    taken.sort(key=lambda signal: signal.onset)
    named = (
        replace(signal, activity_id=f"{station}-{date}-{number}") for number, signal in enumerate(taken, 1)
    )
    return DayPlan(signals=tuple(named), crowded=count - len(taken))


def _draw(
    injection: Injection,
    station: str,
    day: int,
    interval_us: int,
    generator: np.random.Generator,
) -> Signal:
    onset = _draw_onset(injection, day, interval_us, generator.random())
    if injection.recorded is not None:
        recorded = injection.recorded
        return Signal(
            station=station,
            waveform=recorded,
            onset=onset,
            amplitude=recorded.amplitude,
            azimuth_deg=None,
            activity_id="",
        )
    shapes = tuple(SHAPES)
    shape = shapes[generator.integers(len(shapes))] if injection.shape == MIXED else injection.shape
    least = math.ceil(injection.duration_s[0] * SECOND / interval_us)
    samples = max(least, round(generator.uniform(*injection.duration_s) * SECOND / interval_us))
    waveform = draw_waveform(shape, samples * interval_us / SECOND, generator)
    positive = generator.random() < 0.5 if injection.sign == "random" else injection.sign == "+"
    size = round(generator.uniform(*injection.amplitude), 4)  # as the truth table has it
    azimuth = generator.uniform(0.0, 180.0) if injection.azimuth_deg is None else injection.azimuth_deg % 180
    return Signal(
        station=station,
        waveform=waveform,
        onset=onset,
        amplitude=size if positive else -size,
        azimuth_deg=azimuth,
        activity_id="",
    )


def _draw_onset(injection: Injection, day: int, interval_us: int, share: float) -> int:
    """Return the sample at a share, 0 to 1, of the hours wanted, which may go over midnight."""
    low, high = (round(hour * HOUR) for hour in injection.hours)
    length = high - low if high >= low else high + DAY - low
    begin = day * DAY - injection.day_offset
    earliest = begin + low % DAY
    wanted = begin + (low + int(share * length)) % DAY
    onset = wanted // interval_us * interval_us
    # The sample before the first of the hours, or before midnight, is not theirs.
    return onset if onset >= (earliest if wanted >= earliest else begin) else onset + interval_us
