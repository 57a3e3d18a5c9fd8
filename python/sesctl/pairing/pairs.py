"""Which earthquake belongs to which station, and which days lie before and after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError, StationError
from sesctl.pairing.earthquakes import Earthquake, great_circle_km
from sesctl.types import BeforeAfter, Station
from sesctl.types.instants import DAY

LONGEST_DAYS = 366
"""Days before or after an earthquake: all of them are read, whether a record has them or not."""


@dataclass(frozen=True, kw_only=True)
class PairingRule:
    """Which earthquakes count, and how many days around them.

    Parameters
    ----------
    min_magnitude : float
        Least magnitude.
    max_distance_km : float
        Largest distance of epicentre and station along the great circle.
    days_before, days_after : int
        Whole days before and after the day of the earthquake. That day itself, which holds both, is neither.

    Raises
    ------
    ParameterError
        If a number is out of range.
    """

    min_magnitude: float = 3.6
    max_distance_km: float = 75.0
    days_before: int = 14
    days_after: int = 14

    def __post_init__(self) -> None:
        if not isfinite(self.min_magnitude):
            msg = f"the least magnitude is {self.min_magnitude}"
            raise ParameterError(msg)
        if not (isfinite(self.max_distance_km) and self.max_distance_km > 0):
            msg = f"the largest distance is {self.max_distance_km} km"
            raise ParameterError(msg, "Give a positive one, such as 75.")
        if self.days_before < 1 or self.days_after < 1:
            msg = (
                f"{self.days_before} days before and {self.days_after} after an earthquake cannot be compared"
            )
            raise ParameterError(msg, "Give at least one of each.")
        if max(self.days_before, self.days_after) > LONGEST_DAYS:
            msg = (
                f"{self.days_before} days before and {self.days_after} after an earthquake are more than "
                f"{LONGEST_DAYS}"
            )
            raise ParameterError(msg, "Days so far away say nothing of it.")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """An event: one earthquake at one station.

    Parameters
    ----------
    station : int
        Number of the station among those paired.
    earthquake : int
        Number of the earthquake in the list.
    instant : int
        Its origin time, µs UTC; for a control, a time at which there was none.
    magnitude : float
        Its magnitude; NaN for a control.
    distance_km : float
        Distance of epicentre and station; NaN for a control.
    """

    station: int
    earthquake: int
    instant: int
    magnitude: float
    distance_km: float


def pair_up(
    stations: Sequence[Station], earthquakes: Sequence[Earthquake], rule: PairingRule
) -> tuple[Pair, ...]:
    """Pair every earthquake with every station that it is near enough to.

    Parameters
    ----------
    stations : sequence of Station
        Stations with a position.
    earthquakes : sequence of Earthquake
        The list.
    rule : PairingRule
        What counts.

    Returns
    -------
    tuple of Pair
        Earthquake by earthquake, in the order of the stations.

    Raises
    ------
    StationError
        If a station has no position.
    ParameterError
        If there is no pair; it says how near the nearest is.
    """
    pairs, nearest = [], np.inf
    for number, quake in enumerate(earthquakes):
        if quake.magnitude < rule.min_magnitude:
            continue
        for index, station in enumerate(stations):
            if station.latitude is None or station.longitude is None:
                msg = f"station {station.name} has no position, so how far earthquakes are is unknown"
                raise StationError(msg, "Write latitude and longitude into a station file, and name it.")
            away = great_circle_km(station.latitude, station.longitude, quake.latitude, quake.longitude)
            nearest = min(nearest, away)
            if away <= rule.max_distance_km:
                pairs.append(
                    Pair(
                        station=index,
                        earthquake=number,
                        instant=quake.instant,
                        magnitude=quake.magnitude,
                        distance_km=away,
                    )
                )
    if not pairs:
        near = f"the nearest is {nearest:.0f} km away" if np.isfinite(nearest) else "none is that strong"
        msg = (
            f"no earthquake of magnitude {rule.min_magnitude:g} or more lies within "
            f"{rule.max_distance_km:g} km of a station: {near}"
        )
        raise ParameterError(msg, "Change --min-magnitude or --max-distance, or look at the positions.")
    return tuple(pairs)


def quiet_controls(
    pairs: Sequence[Pair],
    days: Sequence[npt.NDArray[np.int64]],
    rule: PairingRule,
    *,
    seed: int,
) -> tuple[Pair, ...]:
    """Return for each event a time at its station around which there was no earthquake: its control.

    A classifier that tells the days before such a time from those after it has learnt something else than
    earthquakes: drift, season, maintenance.

    Parameters
    ----------
    pairs : sequence of Pair
        All events of these stations.
    days : sequence of ndarray of int64, shape (day,)
        For each station the starts of the days with samples, µs UTC, ascending.
    rule : PairingRule
        The days that a control needs: none of them may be one of an event or of another control at its
        station, and its first and last have to have samples.
    seed : int
        Seed of the choice.

    Returns
    -------
    tuple of Pair
        One for each event that has a possible time, at the earthquake's time of day.
    """
    draw, controls = np.random.default_rng(seed), []
    clear = (rule.days_before + rule.days_after + 1) * DAY
    taken = [
        np.asarray([pair.instant for pair in pairs if pair.station == index], dtype=np.int64)
        for index in range(len(days))
    ]
    for pair in pairs:
        starts = days[pair.station]
        instants = starts + (pair.instant - starts[:1]) % DAY
        free = (np.abs(instants[:, None] - taken[pair.station]) > clear).all(axis=1)
        free &= np.isin(starts - rule.days_before * DAY, starts) & np.isin(
            starts + rule.days_after * DAY, starts
        )
        if free.any():
            instant = int(draw.choice(instants[free]))
            # Two controls on the same days would label them twice.
            taken[pair.station] = np.append(taken[pair.station], instant)
            controls.append(
                Pair(
                    station=pair.station,
                    earthquake=pair.earthquake,
                    instant=instant,
                    magnitude=float("nan"),
                    distance_km=float("nan"),
                )
            )
    return tuple(controls)


def labels_of(
    pairs: Sequence[Pair], stations: Sequence[str], rule: PairingRule, day_offset: int = 0
) -> BeforeAfter:
    """Return the labelled days of events, whether or not a record has them.

    Parameters
    ----------
    pairs : sequence of Pair
        The events.
    stations : sequence of str
        Names of the stations.
    rule : PairingRule
        How many days.
    day_offset : int
        The days' offset from UTC in µs.

    Returns
    -------
    BeforeAfter
        Event by event, in order of time.
    """
    steps = np.concatenate([np.arange(-rule.days_before, 0), np.arange(1, rule.days_after + 1)]).astype(
        np.int64
    )
    instant = np.asarray([pair.instant for pair in pairs], dtype=np.int64)
    middle = (instant + day_offset) // DAY * DAY - day_offset
    each = len(steps)
    return BeforeAfter(
        before=np.tile(steps < 0, len(pairs)),
        event=np.repeat(np.arange(len(pairs), dtype=np.int64), each),
        earthquake=np.repeat(np.asarray([pair.earthquake for pair in pairs], dtype=np.int64), each),
        station=np.repeat(np.asarray([pair.station for pair in pairs], dtype=np.int64), each),
        start=(middle[:, None] + steps * DAY).ravel(),
        instant=np.repeat(instant, each),
        stations=tuple(stations),
    )
