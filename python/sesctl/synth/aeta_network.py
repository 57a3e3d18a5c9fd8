"""A network of AETA-like instruments, its earthquakes, and a disturbance on the days before them."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.synth.aeta import AetaParameters, aeta_values, draw_aeta
from sesctl.synth.seeds import generator
from sesctl.synth.span import EPOCH, Span
from sesctl.types.instants import DAY
from sesctl.types.labelled import BeforeAfter, LabelledDays

FIRST_DAY = (dt.date(2016, 6, 1) - EPOCH).days
YEARS_DAYS = 1826
NEIGHBOURS = 3
"""Stations that lie close enough to each other to share earthquakes."""
LOWEST_HZ, HIGHEST_HZ = 0.8e-3, 2.4e-3
"""Band of the disturbance: below the Nyquist frequency of instruments of every third minute."""
STRENGTH: Final = 0.66
"""Amplitude at which a logistic regression on band power tells 80 % of days right, the mean of both
protocols over training seeds; found by docs/scripts/spectrogram_strength.py before any network was trained,
and kept in docs/results/spectrogram/strength.json."""
PACKETS = 2
SHORTEST_S, LONGEST_S = 5400.0, 10_800.0


@dataclass(frozen=True, kw_only=True)
class SyntheticEarthquake:
    """An earthquake of the synthetic network.

    Parameters
    ----------
    instant : int
        Origin time, µs UTC.
    latitude, longitude : float
        Epicentre in degrees.
    magnitude : float
        Magnitude, from 3.6 on with a Gutenberg-Richter b of 1.
    group : int
        The neighbourhood of stations that it lies in.
    """

    instant: int
    latitude: float
    longitude: float
    magnitude: float
    group: int


def aeta_stations(stations: int, seed: int) -> list[AetaParameters]:
    """Return instruments in neighbourhoods of three, anywhere in a square of ten degrees.

    Parameters
    ----------
    stations : int
        How many.
    seed : int
        Seed of the network.

    Returns
    -------
    list of AetaParameters
        Named AETA000 and so on; a tenth of them record every third minute.
    """
    drawn = []
    for number in range(stations):
        centre = generator(seed, "neighbourhood", number // NEIGHBOURS)
        latitude, longitude = centre.uniform(24, 34), centre.uniform(97, 107)
        place = generator(seed, "place", number).uniform(-0.18, 0.18, 2)
        instrument = draw_aeta(int(generator(seed, "instrument", number).integers(1 << 31)))
        drawn.append(
            replace(
                instrument,
                name=f"AETA{number:03d}",
                latitude=latitude + float(place[0]),
                longitude=longitude + float(place[1]),
            )
        )
    return drawn


def aeta_earthquakes(count: int, stations: list[AetaParameters], seed: int) -> list[SyntheticEarthquake]:
    """Return earthquakes within reach of the stations, over five years.

    Parameters
    ----------
    count : int
        How many.
    stations : list of AetaParameters
        The network.
    seed : int
        Seed of the earthquakes.

    Returns
    -------
    list of SyntheticEarthquake
        Each within 50 km of the middle of a neighbourhood.
    """
    groups = -(-len(stations) // NEIGHBOURS)
    found = []
    for number in range(count):
        draw = generator(seed, "earthquake", number)
        group = int(draw.integers(groups))
        near = stations[group * NEIGHBOURS : (group + 1) * NEIGHBOURS]
        north, east = draw.uniform(-0.3, 0.3, 2)
        found.append(
            SyntheticEarthquake(
                instant=(FIRST_DAY * DAY) + int(draw.uniform(0, YEARS_DAYS) * DAY),
                latitude=float(np.mean([each.latitude for each in near]) + north),
                longitude=float(np.mean([each.longitude for each in near]) + east),
                magnitude=float(round(3.6 + draw.exponential(1 / np.log(10)), 1)),
                group=group,
            )
        )
    return found


def disturbance(name: str, day: int, seed: int, per_day: int) -> npt.NDArray[np.float64]:
    """Return the disturbance of one station on one day, of unit strength.

    Two wave packets under a Hann envelope, 1.5 to 3 h long, whole within the day, whose frequency goes
    linearly from one value to another, both drawn evenly between 0.8 and 2.4 mHz.

    Parameters
    ----------
    name : str
        Name of the station.
    day : int
        UTC day, counted from 1970-01-01.
    seed : int
        Seed of the simulation.
    per_day : int
        Samples a day.

    Returns
    -------
    ndarray of float64, shape (per_day,)
        Multiples of the strength.
    """
    draw, interval = generator(seed, "disturbance", name, day), 86_400 / per_day
    trace = np.zeros(per_day)
    for _ in range(PACKETS):
        samples = int(draw.uniform(SHORTEST_S, LONGEST_S) / interval)
        first = int(draw.integers(per_day - samples + 1))
        begin, end = draw.uniform(LOWEST_HZ, HIGHEST_HZ, 2)
        time = np.arange(samples) * interval
        phase = begin * time + (end - begin) * time**2 / (2 * samples * interval)
        envelope = np.sin(np.pi * (np.arange(samples) + 0.5) / samples) ** 2
        size = np.exp(0.2 * draw.standard_normal())
        trace[first : first + samples] += size * envelope * np.sin(2 * np.pi * (phase + draw.random()))
    return trace


def aeta_set(
    events: int = 1437,
    days: int = 28,
    *,
    stations: int = 165,
    strength: float = STRENGTH,
    seed: int,
    controls: bool = False,
) -> LabelledDays:
    """Return the days before and after the earthquakes of a synthetic network.

    An earthquake is paired with the stations of its neighbourhood alone, so that three events share it.
    The background is that of `aeta_values`: work, weather, storms, drift, gaps, instruments that differ. On
    the days before an earthquake the disturbance is added, at an amplitude of `strength` times the
    instrument's level; with a strength of 0 this is the null set. A station-day is the same for every event
    that it belongs to, and disturbed if any of its earthquakes is still to come.

    Parameters
    ----------
    events : int
        Pairs of an earthquake and a station.
    days : int
        Days of an event, half of them before the UTC day of the earthquake and half after it; that day
        itself is neither.
    stations : int
        Instruments of the network.
    strength : float
        Amplitude of the disturbance relative to the instrument's level, at least 0.
    seed : int
        Seed of it all.
    controls : bool
        Return, for each event, its quiet control instead: the days around a time at its station that is no
        day of any of its events, labelled by that time. Nothing is disturbed there.

    Returns
    -------
    LabelledDays
        Event by event, day by day, the channel ``magn``; the minutes between are NaN where an instrument
        records every third, and nothing is dropped yet.

    Raises
    ------
    ParameterError
        If a number is out of range, or a station has so many earthquakes that none of its days is quiet.
    """
    if events < 1 or stations < 1 or days < 2 or days % 2 or not 0 <= strength < np.inf or seed < 0:
        msg = (
            f"{events} events at {stations} stations with {days} days each, strength {strength} and seed "
            f"{seed}, cannot be simulated"
        )
        raise ParameterError(msg, "Ask for at least one event and station, and an even number of days.")
    network = aeta_stations(stations, seed)
    half, pairs = days // 2, []
    for number, quake in enumerate(aeta_earthquakes(events, network, seed)):
        first = quake.group * NEIGHBOURS
        pairs += [
            (number, station, quake.instant) for station in range(first, min(first + NEIGHBOURS, stations))
        ]
    pairs = pairs[:events]
    offsets = np.concatenate([np.arange(-half, 0), np.arange(1, half + 1)])
    values = np.empty((events, days, 1440), dtype=np.float32)
    clipped = np.empty((events, days), dtype=np.bool_)
    for station, parameters in enumerate(network):
        here = [row for row, pair in enumerate(pairs) if pair[1] == station]
        quakes = [pairs[row][2] // DAY for row in here]
        if controls:
            for row in here:
                pairs[row] = (pairs[row][0], station, quiet_instant(pairs[row], quakes, days, seed))
            quakes = [pairs[row][2] // DAY for row in here]
        for row, quake_day in zip(here, quakes, strict=True):
            disturbed = [
                not controls and any(0 < other - (quake_day + offset) <= half for other in quakes)
                for offset in offsets
            ]
            values[row], clipped[row] = _event_days(parameters, quake_day, offsets, disturbed, strength, seed)
    middle = np.asarray([pair[2] for pair in pairs], dtype=np.int64)
    starts = (middle // DAY)[:, None] + offsets
    return LabelledDays(
        values=values.reshape(-1, 1440),
        full_range=clipped.ravel(),
        labels=BeforeAfter(
            before=np.tile(offsets < 0, events),
            event=np.repeat(np.arange(events, dtype=np.int64), days),
            earthquake=np.repeat(np.asarray([pair[0] for pair in pairs], dtype=np.int64), days),
            station=np.repeat(np.asarray([pair[1] for pair in pairs], dtype=np.int64), days),
            start=np.asarray(starts * DAY, dtype=np.int64).ravel(),
            instant=np.repeat(middle, days),
            stations=tuple(each.name for each in network),
        ),
    )


def quiet_instant(pair: tuple[int, int, int], quakes: list[int], days: int, seed: int) -> int:
    """Return a time at an event's station whose days are none of its events' days, µs UTC."""
    free = np.ones(YEARS_DAYS, dtype=np.bool_)
    for quake in quakes:
        first = quake - FIRST_DAY
        free[max(first - days, 0) : max(first + days + 1, 0)] = False
    if not free.any():
        msg = f"station number {pair[1]} has {len(quakes)} earthquakes and no quiet time for a control"
        raise ParameterError(msg, "Take more stations, or fewer events.")
    draw = generator(seed, "control", pair[0], pair[1])
    return (FIRST_DAY + int(draw.choice(np.flatnonzero(free)))) * DAY + pair[2] % DAY


def _event_days(
    parameters: AetaParameters,
    quake_day: int,
    offsets: npt.NDArray[np.int64],
    disturbed: list[bool],
    strength: float,
    seed: int,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Return the days around an earthquake at one station, and which of them are at full range."""
    span = Span(quake_day + int(offsets[0]), int(offsets[-1] - offsets[0]) + 1, parameters.samples_per_day)
    rows = offsets - offsets[0]
    record = aeta_values(parameters, seed, span)[0][0].reshape(span.days, span.per_day)[rows]
    size = strength * parameters.gain * parameters.level
    for row in np.flatnonzero(disturbed):
        day = quake_day + int(offsets[row])
        record[row] += (size * disturbance(parameters.name, day, seed, span.per_day)).astype(np.float32)
    full = np.float32(parameters.full_range)
    np.clip(record, 0, full, out=record)
    minutes = np.full((len(offsets), 1440), np.nan, dtype=np.float32)
    minutes[:, :: 1440 // span.per_day] = record
    return minutes, np.asarray((record >= full).any(axis=1))
