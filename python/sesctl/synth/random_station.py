"""Stations drawn at random, from quiet to loud."""

import dataclasses
import itertools
import math

import numpy as np

from sesctl.synth.components import field_components
from sesctl.synth.measure import deviation_of
from sesctl.synth.parameters import DipoleLayout, Electrode, StationParameters
from sesctl.synth.railway import Railway, Timetable
from sesctl.synth.seeds import generator
from sesctl.synth.span import Span
from sesctl.synth.surroundings import ClockSource, Instrument, NaturalField, Site, Soil

QUIETEST_MV_KM, LOUDEST_MV_KM = 2.0, 15.0
_CALIBRATION_DAYS = Span(10_609, 4, 8640)  # From Monday, 18 January 1999.
_ATTEMPTS = 6


def aimed_deviation(seed: int) -> float:
    """Return the daytime deviation in mV/km at which the station of a seed is aimed.

    Multiples of the golden section, modulo one, fill [0, 1) evenly: any run of seeds covers the range from
    2 to 15 mV/km without holes or heaps.
    """
    return QUIETEST_MV_KM + (LOUDEST_MV_KM - QUIETEST_MV_KM) * math.fmod(0.5 + seed * 0.6180339887498949, 1.0)


def _log_uniform(draw: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(draw.uniform(np.log(low), np.log(high))))


def draw_distortion(draw: np.random.Generator) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return a galvanic distortion: twist and shear of ± 15°, gains with a log-SD of 0.3.

    D = T · S · A with T a rotation by the twist, S = ((1, e), (e, 1))/√(1 + e²), e = tan(shear), and A the
    gains of the two components (Groom and Bailey 1989).
    """
    twist, shear = np.radians(draw.uniform(-15, 15, 2))
    rotation = np.array([[np.cos(twist), -np.sin(twist)], [np.sin(twist), np.cos(twist)]])
    sheared = np.array([[1, np.tan(shear)], [np.tan(shear), 1]]) / np.hypot(1, np.tan(shear))
    matrix = rotation @ sheared @ np.diag(np.exp(0.3 * draw.standard_normal(2)))
    return (
        (float(matrix[0, 0]), float(matrix[0, 1])),
        (float(matrix[1, 0]), float(matrix[1, 1])),
    )


def _draw_array(draw: np.random.Generator) -> tuple[tuple[Electrode, ...], tuple[DipoleLayout, ...]]:
    """Return four electrodes and the three dipoles between them that differ most in azimuth."""
    radius = _log_uniform(draw, 300, 3000)
    turn = draw.uniform(0, 2 * np.pi)
    angles = turn + 0.5 * np.pi * (np.arange(4) + draw.uniform(-0.3, 0.3, 4))
    reach = radius * draw.uniform(0.6, 1.0, 4)
    bad = draw.random(4) < 0.06
    electrodes = tuple(
        Electrode(
            name=name,
            east_m=float(reach[i] * np.cos(angles[i])),
            north_m=float(reach[i] * np.sin(angles[i])),
            # A bad electrode drifts by up to hundreds of mV/km a day.
            drift_mv_per_day=_log_uniform(draw, 20, 300) if bad[i] else _log_uniform(draw, 0.7, 5),
            steps_per_day=0.5 if bad[i] else 0.03,
            rain_mv=_log_uniform(draw, 1, 15),
        )
        for i, name in enumerate("abcd")
    )

    def azimuth(pair: tuple[Electrode, Electrode]) -> float:
        one, other = pair
        return math.degrees(math.atan2(other.east_m - one.east_m, other.north_m - one.north_m)) % 180

    def spread(triple: tuple[tuple[Electrode, Electrode], ...]) -> float:
        turns = sorted(azimuth(pair) for pair in triple)
        return min(turns[1] - turns[0], turns[2] - turns[1], 180 + turns[0] - turns[2])

    pairs = itertools.combinations(electrodes, 2)
    best = max(itertools.combinations(pairs, 3), key=spread)
    layout = tuple(
        DipoleLayout(name=f"dp{i}", first=one.name, second=other.name)
        for i, (one, other) in enumerate(best, start=1)
    )
    return electrodes, layout


def _places(draw: np.random.Generator, length: float, low: float, high: float) -> tuple[float, ...]:
    """Return places along a track, low to high metres apart."""
    places = [draw.uniform(0.02, 0.06) * length]
    while (following := places[-1] + draw.uniform(low, high)) < 0.97 * length:
        places.append(following)
    return tuple(float(place) for place in places)


def _draw_railway(draw: np.random.Generator, name: str, distance_m: float) -> Railway:
    """Return a gently curved line that passes the origin at a distance."""
    heading, bend = draw.uniform(0, 2 * np.pi), draw.uniform(-0.25, 0.25, 2)
    along = np.array([np.cos(heading), np.sin(heading)])
    across = np.array([-np.sin(heading), np.cos(heading)])
    half = draw.uniform(18_000, 28_000)
    corners = [
        across * (distance_m + abs(step) * half * (bend[0] if step < 0 else bend[1])) + along * step * half
        for step in (-1.0, -0.4, 0.0, 0.4, 1.0)
    ]
    track = tuple((float(corner[0]), float(corner[1])) for corner in corners)
    length = sum(math.dist(a, b) for a, b in itertools.pairwise(track))
    rate = _log_uniform(draw, 0.6, 4.0)
    rush = sorted({int(hour) for hour in (*draw.integers(6, 9, 2), *draw.integers(16, 20, 2))})
    return Railway(
        name=name,
        track=track,
        substations_m=_places(draw, length, 4000, 10_000),
        stops_m=_places(draw, length, 2500, 7000),
        rail_resistance_ohm_per_km=draw.uniform(0.02, 0.04),
        rail_conductance_s_per_km=_log_uniform(draw, 0.3, 2.0),
        peak_current_a=draw.uniform(300, 1500),
        running_fraction=draw.uniform(0.25, 0.5),
        gradient_fraction=draw.uniform(-0.35, 0.35),
        regenerated_fraction=draw.uniform(0.0, 0.6),
        top_speed_m_s=draw.uniform(14, 25),
        dwell_s=draw.uniform(30, 100),
        timetable=Timetable(
            trains_per_hour=rate,
            rush_trains_per_hour=rate * draw.uniform(1.2, 2.5),
            rush_hours=tuple(rush),
            weekend_fraction=draw.uniform(0.6, 0.95),
            night_freight_probability=draw.uniform(0, 0.4),
            delay_s=draw.uniform(20, 150),
        ),
    )


def _draw_site(draw: np.random.Generator) -> Site:
    sources = []
    for i in range(int(draw.integers(0, 4))):
        size, turn = _log_uniform(draw, 1, 10), draw.uniform(0, 2 * np.pi)
        starts = np.sort(draw.uniform(6, 22, int(draw.integers(1, 4)))).round(2)
        sources.append(
            ClockSource(
                name=f"source{i + 1}",
                north_mv_km=float(size * np.cos(turn)),
                east_mv_km=float(size * np.sin(turn)),
                start_hours=tuple(starts.tolist()),
                duration_min=_log_uniform(draw, 5, 120),
                jitter_s=draw.uniform(10, 240),
            )
        )
    return Site(
        pumps_per_day=draw.uniform(0, 3),
        pump_dipole=int(draw.integers(3)),
        clock_sources=tuple(sources),
        rains_per_day=draw.uniform(0.1, 0.5),
    )


def _draw_station(seed: int, attempt: int) -> StationParameters:
    draw = generator(seed, "station", attempt)
    electrodes, dipoles = _draw_array(draw)
    lines = int(draw.integers(1, 4))
    # A quarter of the lines cross the array, the others pass it at up to 15 km.
    distances = np.where(draw.random(lines) < 0.25, draw.uniform(0, 500, lines),
                         np.exp(draw.uniform(np.log(1500), np.log(15_000), lines)))  # fmt: skip
    return StationParameters(
        name=f"RANDOM{seed}",
        latitude=draw.uniform(31, 44),
        longitude=draw.uniform(130, 145),
        electrodes=electrodes,
        dipoles=dipoles,
        soil=Soil(
            shallow_ohm_m=100.0, deep_ohm_m=_log_uniform(draw, 20, 1000), distortion=draw_distortion(draw)
        ),
        railways=tuple(
            _draw_railway(draw, f"line{i + 1}", float(distance)) for i, distance in enumerate(distances)
        ),
        natural=NaturalField(
            level_nt2_per_hz=250 * _log_uniform(draw, 0.6, 1.7),
            bays_per_day=draw.uniform(0.3, 0.8),
            dp2_per_day=draw.uniform(0.15, 0.5),
            tide_mv_km=_log_uniform(draw, 0.1, 1.0),
        ),
        site=_draw_site(draw),
        instrument=Instrument(white_mv_km=_log_uniform(draw, 0.1, 0.5), spikes_per_day=draw.uniform(0, 8)),
    )


def _calibrated(station: StationParameters, seed: int, aim: float) -> StationParameters:
    """Scale the ground's resistivities so that four working days have the aimed deviation.

    The field of trains is proportional to the shallow resistivity, that of induction to the root of the
    deep one, which is lowered where it alone would exceed 60 % of the aim.
    """
    span = _CALIBRATION_DAYS
    parts = field_components(station, seed, span)
    soil = station.soil
    natural = deviation_of(parts["natural"], span.interval_s)
    if natural > 0.6 * aim:
        factor = 0.6 * aim / natural
        parts["natural"] *= factor
        soil = dataclasses.replace(soil, deep_ohm_m=soil.deep_ohm_m * factor**2)
    other = parts["natural"] + parts["machines"] + parts["electrodes"] + parts["recorder"][:-2]
    rest = deviation_of(other, span.interval_s)
    wanted = math.sqrt(max(aim**2 - rest**2, 0.04))
    factor = wanted / deviation_of(parts["trains"], span.interval_s)
    for _ in range(3):
        reached = deviation_of(other + factor * parts["trains"], span.interval_s)
        factor *= math.sqrt(max(aim**2 - rest**2, 0.04) / max(reached**2 - rest**2, 0.04))
    soil = dataclasses.replace(soil, shallow_ohm_m=min(max(soil.shallow_ohm_m * factor, 0.1), 1e5))
    return dataclasses.replace(station, soil=soil)


def random_station(seed: int) -> StationParameters:
    """Return the station of a seed.

    Array, lines, ground, neighbours and recorder are drawn within the ranges given in the documentation;
    the ground's resistivity is set so that the deviation (see `Noise`) of a working day is
    `aimed_deviation`. Of up to six draws the first is taken whose shallow ground is between 3 and 3000 Ω·m,
    or else the one nearest to it. Seeds 0–999 are for training, 1000–1999 for validation, 2000–2999 for
    tests.

    Parameters
    ----------
    seed : int
        Seed, ≥ 0.

    Returns
    -------
    StationParameters
        The station.
    """
    aim = aimed_deviation(seed)
    tried = []
    for attempt in range(_ATTEMPTS):
        station = _calibrated(_draw_station(seed, attempt), seed, aim)
        excess = max(math.log(3 / station.soil.shallow_ohm_m), math.log(station.soil.shallow_ohm_m / 3000))
        if excess <= 0:
            return station
        tried.append((excess, attempt, station))
    return min(tried, key=lambda one: one[:2])[2]
