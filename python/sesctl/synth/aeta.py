"""Instruments like AETA's, which record once a minute how disturbed the electromagnetic field is."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.synth.magnetic import activity
from sesctl.synth.noise import joined_noise
from sesctl.synth.ranges import Ranged, number
from sesctl.synth.seeds import generator
from sesctl.synth.span import EPOCH, Span, civil_midnight
from sesctl.synth.surroundings import NaturalField
from sesctl.types import Channel, Quality, Station

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class AetaParameters(Ranged):
    """An instrument and its place.

    Parameters
    ----------
    name : str
        Name of the station.
    latitude, longitude : float
        Position in degrees.
    timezone : str
        IANA name of the civil time there.
    interval_s : float
        Sampling interval: 60 s, of some instruments 180 s.
    gain : float
        Sensitivity of this instrument relative to others.
    level : float
        Median of the magnetic channel of an instrument of gain 1, in its own unit.
    working_day : float
        Rise of the logarithm of the man-made noise from night to a working day's noon.
    weekend_fraction : float
        Share of it that is left at weekends.
    noise_log_sd : float
        Standard deviation of the logarithm of the background, whose spectrum falls as 1/f.
    storm_effect : float
        Power of the magnetic activity with which the background rises.
    thunder_per_day : float
        Rate of thunderstorms in July; in winter there are a tenth.
    drift_per_year : float
        Scale of the change of the logarithm of the gain in a year.
    gaps_per_day : float
        Rate of gaps of 10 min to a day.
    full_range : float
        Largest recorded value.
    """

    name: str
    latitude: float = number(30.0, -90, 90)
    longitude: float = number(103.0, -180, 360)
    timezone: str = "Asia/Shanghai"
    interval_s: float = number(60.0, 60, 180)
    gain: float = number(1.0, 1e-3, 1e3)
    level: float = number(20.0, 0, 1e6)
    working_day: float = number(0.8, 0, 5)
    weekend_fraction: float = number(0.6, 0, 1)
    noise_log_sd: float = number(0.25, 0, 3)
    storm_effect: float = number(0.4, 0, 2)
    thunder_per_day: float = number(0.25, 0, 10)
    drift_per_year: float = number(0.3, 0, 5)
    gaps_per_day: float = number(0.03, 0, 100)
    full_range: float = number(1000.0, 1, 1e9)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.interval_s not in (60, 180):
            msg = f"station {self.name}: its interval of {self.interval_s} s is neither 60 s nor 180 s"
            raise ParameterError(msg)

    @property
    def samples_per_day(self) -> int:
        """Number of samples a day."""
        return round(86_400 / self.interval_s)

    def station(self) -> Station:
        """Return the station with its channels magn (electromagnetic) and sound (geo-acoustic)."""
        return Station(
            name=self.name,
            channels=(
                Channel(name="magn", quantity="electromagnetic", unit="arbitrary"),
                Channel(name="sound", quantity="geoacoustic", unit="arbitrary"),
            ),
            latitude=self.latitude,
            longitude=self.longitude,
            timezone=self.timezone,
        )


def draw_aeta(seed: int) -> AetaParameters:
    """Return an instrument whose gain, place and surroundings are drawn by the seed."""
    draw = generator(seed, "aeta")
    return AetaParameters(
        name=f"AETA{seed}",
        latitude=draw.uniform(26, 34),
        longitude=draw.uniform(99, 107),
        interval_s=180.0 if draw.random() < 0.1 else 60.0,
        gain=float(np.exp(0.5 * draw.standard_normal())),
        level=20 * float(np.exp(0.4 * draw.standard_normal())),
        working_day=draw.uniform(0.3, 1.4),
        weekend_fraction=draw.uniform(0.4, 0.9),
        noise_log_sd=draw.uniform(0.15, 0.4),
        drift_per_year=draw.uniform(0.1, 0.6),
    )


def _working_rhythm(parameters: AetaParameters, span: Span) -> Array:
    """Return the man-made share of the civil time, 0 at night to 1 at noon, float64, shape (sample,)."""
    rhythm = np.zeros(span.samples)
    seconds = np.arange(span.per_day) * span.interval_s
    hours = seconds / 3600
    daily = 1 / (1 + np.exp(-(hours - 6.5) / 0.7)) - 1 / (1 + np.exp(-(hours - 20.5) / 1.2))
    daily *= 1 - 0.15 * np.exp(-(((hours - 12.5) / 0.8) ** 2))
    for date in range(span.first_day - 1, span.first_day + span.days + 1):
        weekend = (EPOCH + dt.timedelta(days=date)).weekday() >= 5
        share = parameters.weekend_fraction if weekend else 1.0
        first = span.sample_at(date, civil_midnight(date, parameters.timezone))
        span.add(rhythm, first, share * daily)
    return rhythm


def _thunder(parameters: AetaParameters, seed: int, span: Span) -> Array:
    """Return bursts of lightning, float64, shape (sample,), in units of the level."""
    bursts = np.zeros(span.samples)
    for day in span.reached_from(1):
        draw = generator(seed, "thunder", parameters.name, day)
        season = 0.55 + 0.45 * np.cos(2 * np.pi * (day % 365.2425 - 200) / 365.2425)
        for _ in range(draw.poisson(parameters.thunder_per_day * season)):
            onset = (3600 * (17 - parameters.longitude / 15) + draw.normal(0, 10_000)) % 86_400
            samples = int(draw.uniform(3600, 14_400) / span.interval_s)
            envelope = np.sin(np.pi * (np.arange(samples) + 0.5) / samples)
            strikes = draw.exponential(draw.uniform(0.5, 4.0), samples) * (draw.random(samples) < 0.4)
            span.add(bursts, span.sample_at(day, onset), envelope * strikes)
    return bursts


def _drift(parameters: AetaParameters, seed: int, span: Span) -> Array:
    """Return the slow change of the logarithm of the gain, float64, shape (sample,)."""
    draw = generator(seed, "drift", parameters.name)
    days = (span.first_sample + np.arange(span.samples)) / span.per_day
    change = np.zeros(span.samples)
    for period in (37.0, 113.0, 365.2425, 900.0):
        size = parameters.drift_per_year * np.sqrt(period / 365.2425) * draw.normal(0, 0.5)
        change += size * np.cos(2 * np.pi * days / period + draw.uniform(0, 2 * np.pi))
    return change


def aeta_values(
    parameters: AetaParameters, seed: int, span: Span
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """Return what an instrument records.

    x(t) = gain · e^drift · level · (e^(w·m(t) + n(t)) · a(t)^s + thunder), m the rhythm of work, n noise with
    a 1/f spectrum between a day and an hour and white above, a the magnetic activity. The acoustic channel
    has the rhythm and noise of its own, and no thunder.

    Parameters
    ----------
    parameters : AetaParameters
        The instrument.
    seed : int
        Seed of the simulation.
    span : Span
        The days wanted.

    Returns
    -------
    values : ndarray of float32, shape (2, sample)
        Rows magn and sound in the instrument's unit, NaN in gaps.
    quality : ndarray of uint8, shape (2, sample)
        Samples at full range are marked.
    """
    low, high, nyquist = 1 / 86_400, 1 / 3600, 0.5 / span.interval_s

    def density(frequency: Array) -> Array:
        shape = 1 / np.clip(frequency, low, high)
        total = 1 + np.log(high / low) + (nyquist - high) / high
        return np.asarray(parameters.noise_log_sd**2 * shape / total)

    levels = np.ones(span.days + 1)
    noise = joined_noise(density, levels, seed=seed, component="aeta", span=span)
    rhythm = _working_rhythm(parameters, span)
    nodes = span.first_day + np.arange(span.days + 1)
    active = activity(NaturalField(), seed, span.with_margin(0, 1))
    days = (span.first_sample + np.arange(span.samples)) / span.per_day
    storm = parameters.storm_effect * np.interp(days, nodes, np.log(active))
    scale = parameters.gain * parameters.level * np.exp(_drift(parameters, seed, span))
    magnetic = np.exp(parameters.working_day * rhythm + noise[0] + storm) + _thunder(parameters, seed, span)
    acoustic = np.exp(0.5 * parameters.working_day * rhythm + noise[1])
    stored = (scale * np.stack([magnetic, acoustic])).astype(np.float32)
    full = np.float32(parameters.full_range)
    quality = np.where(stored >= full, Quality.CLIPPED, 0).astype(np.uint8)
    stored = np.minimum(stored, full)
    for day in span.reached_from(1):
        draw = generator(seed, "gap", parameters.name, day)
        for _ in range(draw.poisson(parameters.gaps_per_day)):
            start = span.sample_at(day, draw.uniform(0, 86_400)) - span.first_sample
            length = float(np.exp(draw.uniform(np.log(600), np.log(86_400))))
            stop = start + max(1, round(length / span.interval_s))
            stored[:, max(start, 0) : max(stop, 0)] = np.nan
    quality[np.isnan(stored)] = 0
    return stored, quality
