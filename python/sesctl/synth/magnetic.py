"""Magnetic variations at a station: background, daily variation, storms and their kin.

The seed alone decides what happens when: stations simulated with one seed see the same events.
"""

import numpy as np
import numpy.typing as npt

from sesctl.synth.noise import joined_noise
from sesctl.synth.pulsations import pulsations
from sesctl.synth.seeds import generator
from sesctl.synth.span import Span
from sesctl.synth.surroundings import NaturalField

Array = npt.NDArray[np.float64]

STORM_DAYS = 4
CORNER_HZ = 1 / 21_600


def _storm(natural: NaturalField, seed: int, day: int) -> tuple[float, Array] | None:
    """Return the second of a sudden commencement on a UTC day and four uniform numbers about it."""
    draw = generator(seed, "storm", day)
    chance = draw.random()
    return (draw.uniform(0, 86_400), draw.random(4)) if chance < natural.storms_per_day else None


def activity(natural: NaturalField, seed: int, span: Span) -> Array:
    """Return the amplitude of the background relative to a median day, float64, shape (day,).

    Its logarithm is an autoregressive process (0.6 from day to day, cut after twelve days), raised by 0.9
    on the day of a storm, 0.7 on the next and 0.3 on the one after.
    """
    past, memory = 12, 0.6
    days = range(span.first_day - past, span.first_day + span.days)
    shocks = np.asarray([generator(seed, "activity", day).standard_normal() for day in days])
    weights = memory ** np.arange(past + 1)
    weights *= natural.activity_log_sd / np.sqrt((weights**2).sum())
    level = np.asarray([(weights * shocks[i : i + past + 1][::-1]).sum() for i in range(span.days)])
    for day in span.reached_from(2):
        if _storm(natural, seed, day) is None:
            continue
        for later, rise in enumerate((0.9, 0.7, 0.3)):
            if 0 <= day + later - span.first_day < span.days:
                level[day + later - span.first_day] += rise
    return np.asarray(np.exp(level))


def background(natural: NaturalField, seed: int, span: Span) -> Array:
    """Return power-law noise, float64, shape (2, sample), nT.

    One-sided density P(f) = P₀ (max(f, f_c)/1 mHz)^(−slope), f_c = 1/(6 h), times the square of the day's
    activity.
    """

    def density(frequency: Array) -> Array:
        return natural.level_nt2_per_hz * (np.maximum(frequency, CORNER_HZ) / 1e-3) ** -natural.slope

    levels = activity(natural, seed, span.with_margin(1, 0))
    return joined_noise(density, levels, seed=seed, component="background", span=span)


def _local_hours(span: Span, longitude: float) -> Array:
    """Return the local mean solar time of the samples in h since 1970, float64, shape (sample,)."""
    numbers = span.first_sample + np.arange(span.samples)
    return np.asarray(numbers * (24.0 / span.per_day) + longitude / 15.0)


_SQ_NORTH = ((0.35, 11.0), (0.30, 11.5), (0.15, 11.5))
_SQ_EAST = ((0.55, 8.5), (0.55, 8.5), (0.25, 8.5))


def solar_daily(natural: NaturalField, seed: int, span: Span, longitude: float) -> Array:
    """Return the solar quiet variation Sq, float64, shape (2, sample), nT.

    Harmonics of 24, 12 and 8 h of local time: a minimum of the north component near noon, an eastward
    maximum in the morning and a minimum in the afternoon. The amplitude changes from day to day (log-SD 0.2,
    interpolated between midnights) and with the season (± 35 %, largest in June).
    """
    hours = _local_hours(span, longitude)
    field = np.zeros((2, span.samples))
    for row, terms in enumerate((_SQ_NORTH, _SQ_EAST)):
        sign = -1.0 if row == 0 else 1.0
        for harmonic, (share, peak) in enumerate(terms, start=1):
            field[row] += sign * share * np.cos(2 * np.pi * harmonic / 24.0 * (hours - peak))
    nodes = range(span.first_day, span.first_day + span.days + 1)
    logs = np.asarray([0.2 * generator(seed, "sq", day).standard_normal() for day in nodes])
    fraction = np.arange(span.per_day) / span.per_day
    varying = np.exp((1 - fraction) * logs[:-1, None] + fraction * logs[1:, None])
    season = 1 + 0.35 * np.cos(2 * np.pi * (np.asarray(nodes[:-1]) - 172) / 365.2425)
    return np.asarray(field * natural.sq_nt * (varying * season[:, None]).reshape(-1))


def storms(natural: NaturalField, seed: int, span: Span) -> Array:
    """Return the large-scale part of storms, float64, shape (2, sample), nT.

    Sudden commencement: 10–50 nT within 2–6 min, decaying over 4 h. Main phase: −D (t/τ) e^(1 − t/τ) with
    D = 30–130 nT, τ = 8–14 h. Both end smoothly after four days; the east component has a fifth.
    """
    field = np.zeros((2, span.samples))
    for day in span.reached_from(STORM_DAYS + 1):
        storm = _storm(natural, seed, day)
        if storm is None:
            continue
        onset, (jump, rise, depth, length) = storm
        first = span.sample_at(day, onset)
        t = np.arange(STORM_DAYS * span.per_day) * span.interval_s
        sudden = (10 + 40 * jump**2) * (1 - np.exp(-t / (40 + 80 * rise))) * np.exp(-t / 14_400)
        tau = 3600 * (8 + 6 * length)
        main = -(30 + 100 * depth**2) * (t / tau) * np.exp(1 - t / tau)
        ending = np.minimum(1.0, (t[-1] - t) / 86_400)
        shape = (sudden + main) * ending * ending * (3 - 2 * ending)
        span.add(field, first, np.stack([shape, 0.2 * shape]))
    return field


def magnetic_field(natural: NaturalField, seed: int, span: Span, longitude: float) -> Array:
    """Return all magnetic variations at a station.

    Parameters
    ----------
    natural : NaturalField
        Their parameters.
    seed : int
        Seed of the simulation.
    span : Span
        The days wanted.
    longitude : float
        Of the station in degrees east, for the local time.

    Returns
    -------
    ndarray of float64, shape (2, sample)
        North and east component in nT, about zero.
    """
    return (
        background(natural, seed, span)
        + solar_daily(natural, seed, span, longitude)
        + storms(natural, seed, span)
        + pulsations(natural, seed, span, longitude)
    )
