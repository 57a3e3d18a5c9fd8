"""Which trains leave when: a timetable kept for a year, and the luck of the day."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.synth.railway import Railway, Timetable
from sesctl.synth.seeds import generator
from sesctl.synth.span import EPOCH

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Departures:
    """The trains of one civil date, in order of departure within each kind.

    Parameters
    ----------
    time_s : ndarray of float64, shape (train,)
        Departure in s after the date's civil midnight.
    up : ndarray of bool, shape (train,)
        Towards larger distances along the track.
    load : ndarray of float64, shape (train,)
        Current relative to the line's peak current.
    freight : ndarray of bool, shape (train,)
        Runs through without stopping, at two thirds of the speed.
    """

    time_s: Array
    up: npt.NDArray[np.bool_]
    load: Array
    freight: npt.NDArray[np.bool_]


def _service(timetable: Timetable, date: dt.date) -> tuple[int, bool]:
    """Return the year whose timetable holds, and whether the date is a working day."""
    year = date.year if (date.month, date.day) >= timetable.revised_on else date.year - 1
    return year, date.weekday() < 5 and (date.month, date.day) not in timetable.holidays


def _planned(railway: Railway, seed: int, year: int, working: bool, trip_s: float) -> tuple[Array, Array]:
    """Return planned departures in s and directions (0 down, 1 up) of one kind of day."""
    table = railway.timetable
    draw = generator(seed, "timetable", railway.name, year, "working" if working else "weekend")
    times, directions = [], []
    for direction in (0, 1):
        now = 3600 * table.first_hour + draw.uniform(0, 1800)
        while now + trip_s <= 3600 * table.last_hour:
            times.append(now)
            directions.append(direction)
            rush = working and int(now // 3600) % 24 in table.rush_hours
            rate = table.rush_trains_per_hour if rush else table.trains_per_hour
            rate *= 1.0 if working else table.weekend_fraction
            if rate <= 0:
                now = 3600 * (now // 3600 + 1)
                continue
            # Headways vary by a third; times are whole minutes, as passengers expect.
            now = 60 * np.round((now + 3600 / rate * draw.uniform(2 / 3, 4 / 3)) / 60)
    return np.asarray(times, dtype=np.float64), np.asarray(directions, dtype=np.int64)


def departures(railway: Railway, seed: int, day: int, trip_s: float) -> Departures:
    """Return the trains of a civil date.

    Parameters
    ----------
    railway : Railway
        The line.
    seed : int
        Seed of the simulation.
    day : int
        Civil date, counted from 1970-01-01.
    trip_s : float
        Time a train takes from one end to the other in s, so that it arrives before the service ends.

    Returns
    -------
    Departures
        The trains that run.
    """
    table = railway.timetable
    year, working = _service(table, EPOCH + dt.timedelta(days=day))
    times, directions = _planned(railway, seed, year, working, trip_s)
    draw = generator(seed, "trains", railway.name, day)
    runs = draw.random(times.size) >= table.cancelled_fraction
    delay = draw.exponential(table.delay_s, times.size) if table.delay_s > 0 else np.zeros(times.size)
    load = np.exp(railway.load_log_sd * draw.standard_normal(times.size))
    freight_runs = draw.random() < table.night_freight_probability
    freight_time, freight_up = draw.uniform(1800, 16_200), draw.random() < 0.5
    freight_load = 1.3 * float(np.exp(railway.load_log_sd * draw.standard_normal()))
    extra = 1 if freight_runs else 0
    return Departures(
        time_s=np.concatenate([(times + delay)[runs], [freight_time] * extra]),
        up=np.concatenate([directions[runs] == 1, [freight_up] * extra]).astype(np.bool_),
        load=np.concatenate([load[runs], [freight_load] * extra]),
        freight=np.concatenate([np.zeros(int(runs.sum())), np.ones(extra)]).astype(np.bool_),
    )
