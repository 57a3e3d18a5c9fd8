"""Magnetic variations of minutes to an hour: pulsations, DP2 and bays.

The last two last as long as an SES, and their induced field is as large: they are its best mimics.
"""

import numpy as np
import numpy.typing as npt

from sesctl.synth.seeds import generator
from sesctl.synth.span import Span
from sesctl.synth.surroundings import NaturalField

Array = npt.NDArray[np.float64]


def _add_packet(
    field: Array, span: Span, day: int, *, middle_s: float, half_s: float, period_s: float,
    size: tuple[float, float], phase: float,
) -> None:  # fmt: skip
    """Add a packet cos²(πt/2h) (N cos(2πt/T + φ), E sin(2πt/T + φ)) for |t| ≤ h around its middle."""
    if period_s < 2.2 * span.interval_s:
        return  # A recorder of this interval averages it away.
    first = span.sample_at(day, middle_s - half_s)
    t = np.arange(int(2 * half_s / span.interval_s)) * span.interval_s - half_s
    envelope = np.cos(0.5 * np.pi * t / half_s) ** 2
    angle = 2 * np.pi * t / period_s + phase
    span.add(field, first, envelope * np.stack([size[0] * np.cos(angle), size[1] * np.sin(angle)]))


def _add_pc(
    field: Array, span: Span, draw: np.random.Generator, rate: float, *, day: int, noon_s: float
) -> None:
    count = draw.poisson(rate)
    period = np.exp(draw.uniform(np.log(25), np.log(600), count))
    half = 0.5 * period * draw.uniform(6, 20, count)
    by_day, any_time = noon_s + draw.normal(0, 12_000, count), draw.uniform(0, 86_400, count)
    middle = np.where(draw.random(count) < 0.75, by_day, any_time) % 86_400
    size = 0.18 * (period / 45) ** 0.8 * np.exp(0.5 * draw.standard_normal(count))
    turn, phase = draw.uniform(0, 2 * np.pi, (2, count))
    for i in range(count):
        _add_packet(
            field,
            span,
            day,
            middle_s=float(middle[i]),
            half_s=float(half[i]),
            period_s=float(period[i]),
            size=(float(size[i] * np.cos(turn[i])), float(size[i] * np.sin(turn[i]))),
            phase=float(phase[i]),
        )


def _add_dp2(
    field: Array, span: Span, draw: np.random.Generator, rate: float, *, day: int, noon_s: float
) -> None:
    for _ in range(draw.poisson(rate)):
        middle = float(noon_s + draw.normal(0, 9_000)) % 86_400
        period, swings, size = draw.uniform(1500, 2400), draw.uniform(2, 5), draw.uniform(3, 12)
        _add_packet(
            field,
            span,
            day,
            middle_s=middle,
            half_s=0.75 * period * swings,
            period_s=period,
            size=(size, 0.4 * size),
            phase=draw.uniform(0, 2 * np.pi),
        )


def _add_bays(
    field: Array, span: Span, draw: np.random.Generator, rate: float, *, day: int, midnight_s: float
) -> None:
    for _ in range(draw.poisson(rate)):
        onset = float(midnight_s + draw.normal(0, 9_000)) % 86_400
        length, size = draw.uniform(2400, 5400), 5 + 35 * draw.random() ** 2
        t = np.arange(int(length / span.interval_s)) * (span.interval_s / length)
        bay = size * np.sin(np.pi * np.sqrt(t)) ** 2
        east = draw.uniform(-0.6, 0.6)
        span.add(field, span.sample_at(day, onset), np.stack([bay, east * bay]))
        period, turn = draw.uniform(60, 120), draw.uniform(-1, 1)
        _add_packet(
            field,
            span,
            day,
            middle_s=onset + 300,
            half_s=300.0,
            period_s=period,
            size=(0.06 * size, 0.06 * turn * size),
            phase=0.0,
        )


def pulsations(natural: NaturalField, seed: int, span: Span, longitude: float) -> Array:
    """Return pulsations Pc3–Pc5, DP2 and bays.

    Packets of Pc have log-uniform periods T of 25–600 s, last 6–20 periods, and have amplitudes of
    0.18 nT (T/45 s)^0.8 (log-SD 0.5), mostly by day. DP2: 2–5 swings of 25–40 min, 3–12 nT, by day. Bays:
    one smooth deflection of 40–90 min, 5–40 nT, around midnight, with Pi2 of 60–120 s at its onset.

    Parameters
    ----------
    natural : NaturalField
        Their rates.
    seed : int
        Seed of the simulation.
    span : Span
        The days wanted.
    longitude : float
        Of the station in degrees east, for noon and midnight.

    Returns
    -------
    ndarray of float64, shape (2, sample)
        North and east component in nT.
    """
    field = np.zeros((2, span.samples))
    noon, midnight = (3600 * ((hour - longitude / 15) % 24) for hour in (12.0, 24.0))
    # A packet whose middle lies early on the next day may begin on this one.
    for day in span.with_margin(0, 1).reached_from(1):
        pc, dp2, bay = (generator(seed, kind, day) for kind in ("pc", "dp2", "bay"))
        _add_pc(field, span, pc, natural.pulsations_per_day, day=day, noon_s=noon)
        _add_dp2(field, span, dp2, natural.dp2_per_day, day=day, noon_s=noon)
        _add_bays(field, span, bay, natural.bays_per_day, day=day, midnight_s=midnight)
    return field
