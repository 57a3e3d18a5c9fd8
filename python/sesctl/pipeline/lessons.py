"""Days to learn from: as a detector sees them, their clean side, and signals embedded in them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sesctl.clean import TARGET, clean
from sesctl.errors import ParameterError
from sesctl.inject import Injection, plan_day
from sesctl.pipeline.blocks import Block, Stretch
from sesctl.pipeline.making import distortion_of
from sesctl.pipeline.prepare import batches, prepare, raw_days
from sesctl.plugin import DetectorInfo
from sesctl.types import Days, Dipole, Station
from sesctl.types.instants import DAY
from sesctl.waveforms.embedded import EmbeddedDays

BATCH_DAYS = 8
LEAST_LIVE = 0.9
"""Share of a day's samples without which nothing is learnt from it."""
STREAM = 17
"""Keeps these random numbers apart from all others that a seed gives."""


@dataclass(frozen=True, kw_only=True)
class Signals:
    """What is embedded: one boxcar a day, of either sign, anywhere in it.

    Parameters
    ----------
    amplitude : tuple of float
        Least and largest amplitude of the strongest dipole in mV/km.
    duration_s : tuple of float
        Least and largest duration in s.
    seed : int
        Seed.
    """

    amplitude: tuple[float, float] = (10.0, 15.0)
    duration_s: tuple[float, float] = (1500.0, 1800.0)
    seed: int = 0

    def __post_init__(self) -> None:
        Injection(amplitude=self.amplitude, duration_s=self.duration_s, seed=self.seed)


def quiet_days(stretch: Stretch, info: DetectorInfo) -> Iterator[tuple[Days, Days]]:
    """Yield a source's days as they are and smoothed, both with the context that the detector wants.

    Parameters
    ----------
    stretch : Stretch
        The days.
    info : DetectorInfo
        The detector.

    Yields
    ------
    raw, target : Days
        Not cleaned, and cleaned so heavily that only what is slower than the edges of an SES is left.
    """
    context_s = max(info.context, TARGET.context_s())
    for batch in batches(stretch.starts, BATCH_DAYS):
        wide = raw_days(
            stretch.source, batch, dipoles=stretch.dipoles, interval=info.interval, context_s=context_s
        )
        if wide is not None:
            context = round(info.context / info.interval)
            yield narrowed(wide, context), narrowed(clean(wide, TARGET), context)


def embedded_days(
    block: Block, info: DetectorInfo, signals: Signals, *, block_number: int, copies: int
) -> EmbeddedDays:
    """Return days with one signal each, one below the other.

    For a detector that judges each dipole by itself, a row is a day of one dipole, which shows the full
    amplitude; else it is a day of a station, whose dipoles show the projections of one field.

    Parameters
    ----------
    block : sequence of Stretch
        The days.
    info : DetectorInfo
        The detector.
    signals : Signals
        What is embedded.
    block_number : int
        Another number, other signals.
    copies : int
        Rows made of each day, with other signals each.

    Raises
    ------
    ParameterError
        If no day is complete enough, or stations that are judged whole differ in their number of dipoles.
    StationError
        If a dipole's azimuth is needed and unknown.
    """
    parts = []
    for copy in range(copies):
        for number, stretch in enumerate(block):
            key = [signals.seed, STREAM, block_number, copy, number]
            random = np.random.Generator(np.random.Philox(np.random.SeedSequence(key)))
            for raw, target in quiet_days(stretch, info):
                if info.dipoles == "each":
                    rows = _apart(raw), _apart(target)
                    added = boxcars(rows[0], signals, random)
                else:
                    rows = raw, target
                    seed = int(random.integers(2**31))
                    added = _fields(raw, stretch, replace(signals, seed=seed))
                part = _complete(_embedded(*rows, added, info))
                if len(part):
                    parts.append(part)
    if not parts or len({part.values.shape[1] for part in parts}) > 1:
        msg = f"no day has {LEAST_LIVE:.0%} of its samples" if not parts else "stations differ in dipoles"
        raise ParameterError(msg, "Name days, and dipoles, that the detector can learn from together.")
    first = parts[0]
    return EmbeddedDays(
        station=first.station,
        values=np.concatenate([part.values for part in parts]),
        starts=np.concatenate([part.starts for part in parts]),
        interval=first.interval,
        context=first.context,
        quality=np.concatenate([part.quality for part in parts]),
        origins=[origins for part in parts for origins in part.origins],
        signals=np.concatenate([part.signals for part in parts]),
        target=np.concatenate([part.target for part in parts]),
    )


def boxcars(days: Days, signals: Signals, random: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return a boxcar in each day proper, float32 (day, 1, sample) in mV/km, 0 outside."""
    duration = random.uniform(*signals.duration_s, len(days)) / days.interval
    onset = days.context + random.uniform(0, 1, len(days)) * (days.samples_per_day - duration)
    sign = np.where(random.integers(0, 2, len(days)) == 1, 1.0, -1.0)
    height = sign * random.uniform(*signals.amplitude, len(days))
    sample = np.arange(days.values.shape[2])
    inside = (sample >= onset[:, None]) & (sample < (onset + duration)[:, None])
    return np.asarray(height[:, None, None] * inside[:, None, :], dtype=np.float32)


def digest_of(*arrays: npt.NDArray[np.generic]) -> str:
    """Return the SHA-256 of arrays, a missing value being the same one however it is spelt."""
    digest = hashlib.sha256()
    for array in arrays:
        plain = np.where(np.isnan(array), np.nan, array) if array.dtype.kind == "f" else array
        digest.update(str(array.shape).encode() + np.ascontiguousarray(plain.astype(array.dtype)).tobytes())
    return digest.hexdigest()


def _embedded(raw: Days, target: Days, added: npt.NDArray[np.float32], info: DetectorInfo) -> EmbeddedDays:
    seen = prepare(replace(raw, values=raw.values + added), info)
    return EmbeddedDays(
        station=seen.station,
        values=seen.values,
        starts=seen.starts,
        interval=seen.interval,
        context=seen.context,
        quality=seen.quality,
        origins=seen.origins,
        signals=added,
        target=target.values + added,
    )


def _complete(days: EmbeddedDays) -> EmbeddedDays:
    kept = np.flatnonzero(days.live_samples() >= LEAST_LIVE * days.samples_per_day)
    return replace(
        days,
        values=days.values[kept],
        starts=days.starts[kept],
        quality=days.quality[kept],
        origins=[days.origins[row] for row in kept.tolist()],
        signals=days.signals[kept],
        target=days.target[kept],
    )


def _fields(days: Days, stretch: Stretch, signals: Signals) -> npt.NDArray[np.float32]:
    """Return what one field a day shows on each dipole, float32 (day, dipole, sample) in mV/km."""
    added = np.zeros(days.values.shape, dtype=np.float32)
    distortion = distortion_of(stretch.source.provenance)
    for day, start in enumerate(days.starts.tolist()):
        injection = Injection(
            amplitude=signals.amplitude,
            duration_s=signals.duration_s,
            seed=signals.seed,
            day_offset=-start % DAY,
        )
        number = (start + injection.day_offset) // DAY
        times = days.row_start(day) + np.arange(days.values.shape[2], dtype=np.int64) * days.interval_us
        for signal in plan_day(injection, days.station.name, number, days.interval_us).signals:
            added[day] += signal.deflections(times, days.station.dipoles, distortion).astype(np.float32)
    return added


def _apart(days: Days) -> Days:
    """Return each dipole's days as rows of a station of one dipole."""
    count, channels, samples = days.values.shape
    return Days(
        station=Station(name=days.station.name, channels=(Dipole(name="dipole"),)),
        values=days.values.reshape(count * channels, 1, samples),
        starts=np.repeat(days.starts, channels),
        interval=days.interval,
        context=days.context,
        quality=days.quality.reshape(count * channels, 1, samples),
        origins=[origins for origins in days.origins for _ in range(channels)],
    )


def narrowed(days: Days, context: int) -> Days:
    """Return days with less context."""
    cut = days.context - context
    inside = slice(cut, days.values.shape[2] - cut)
    return replace(
        days, values=days.values[:, :, inside], quality=days.quality[:, :, inside], context=context
    )
