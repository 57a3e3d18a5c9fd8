"""Truths and events sorted into groups: station, dipoles, hour of day, amplitude, duration."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sesctl.errors import ParameterError
from sesctl.evaluate.outcomes import Names, Outcomes
from sesctl.evaluate.overlap import Floats, Ints

UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Classes:
    """Where classes of strength begin; the last has no end, and one from 0 is put before the first.

    Parameters
    ----------
    amplitude_mv_km : tuple of float
        Least absolute amplitude of each class in mV/km, ascending.
    duration_min : tuple of float
        Least duration of each class in min, ascending.

    Raises
    ------
    ParameterError
        If the values are not positive and ascending.
    """

    amplitude_mv_km: tuple[float, ...] = (4.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 30.0)
    duration_min: tuple[float, ...] = (5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0)

    def __post_init__(self) -> None:
        for name in ("amplitude_mv_km", "duration_min"):
            edges = getattr(self, name)
            if not edges or not all(low < high for low, high in pairwise((0.0, *edges, np.inf))):
                msg = f"classes of {name} begin at {edges}, which are not positive and ascending"
                raise ParameterError(msg)


@dataclass(frozen=True, kw_only=True, eq=False)
class Grouping:
    """One way to sort truths and events.

    Parameters
    ----------
    kind : str
        ``overall``, ``station``, ``dipoles``, ``hour``, ``amplitude_mv_km`` or ``duration_min``.
    labels : tuple of str
        Names of the groups.
    truth, event : ndarray of int64, shape (truth,) and (event,)
        Number of the group of each.
    live_days : ndarray of float64, shape (station, group)
        Live time that counts for the group, in station-days.
    """

    kind: str
    labels: tuple[str, ...]
    truth: Ints
    event: Ints
    live_days: Floats


def groupings(outcomes: Outcomes, classes: Classes) -> tuple[Grouping, ...]:
    """Sort truths and events in every way, ``overall`` first.

    A truth is sorted by its own strength, an event, found or false, by the one that it claims. In the hours
    of the day an hour has a twenty-fourth of the live time; only groups with a truth or an event are named,
    but all stations and hours.

    Parameters
    ----------
    outcomes : Outcomes
        What to sort.
    classes : Classes
        Where classes of strength begin.

    Returns
    -------
    tuple of Grouping
        One a kind.
    """
    truths, events = outcomes.truths, outcomes.events
    live = np.array([[time.live_days] for time in outcomes.live]).reshape(-1, 1)
    stations = np.array([time.station for time in outcomes.live], dtype=np.str_)
    hours = tuple(f"{hour:02d}" for hour in range(24))
    minutes = [(table.end - table.start) / 60e6 for table in (truths, events)]
    return (
        Grouping(
            kind="overall",
            labels=("",),
            truth=np.zeros(len(truths), dtype=np.int64),
            event=np.zeros(len(events), dtype=np.int64),
            live_days=live,
        ),
        Grouping(
            kind="station",
            labels=tuple(stations.tolist()),
            truth=np.searchsorted(stations, truths.station),
            event=np.searchsorted(stations, events.station),
            live_days=np.diagflat(live),
        ),
        _by_name("dipoles", truths.dipole, events.dipoles, live),
        Grouping(
            kind="hour",
            labels=hours,
            truth=truths.hour.astype(np.int64),
            event=events.hour.astype(np.int64),
            live_days=np.repeat(live / 24, 24, axis=1),
        ),
        _by_class("amplitude_mv_km", classes.amplitude_mv_km, (truths.amplitude, events.amplitude), live),
        _by_class("duration_min", classes.duration_min, (minutes[0], minutes[1]), live),
    )


def class_labels(edges: tuple[float, ...]) -> tuple[str, ...]:
    """Return the names of classes: from 0, between the edges, beyond the last, and not known."""
    between = tuple(f"{low:g}-{high:g}" for low, high in pairwise((0.0, *edges)))
    return (*between, f">={edges[-1]:g}", UNKNOWN)


def class_of(values: Floats, edges: tuple[float, ...]) -> Ints:
    """Return the number of each absolute value's class; a value on an edge begins the class."""
    number = np.searchsorted(np.asarray(edges), np.abs(values), side="right")
    return np.where(np.isnan(values), len(edges) + 1, number).astype(np.int64)


def _by_class(kind: str, edges: tuple[float, ...], values: tuple[Floats, Floats], live: Floats) -> Grouping:
    labels = class_labels(edges)
    truth, event = (class_of(each, edges) for each in values)
    used, number = np.unique(np.concatenate([truth, event]), return_inverse=True)
    return Grouping(
        kind=kind,
        labels=tuple(labels[each] for each in used),
        truth=number[: len(truth)],
        event=number[len(truth) :],
        live_days=np.repeat(live, len(used), axis=1),
    )


def _by_name(kind: str, truth: Names, event: Names, live: Floats) -> Grouping:
    names, number = np.unique(np.concatenate([truth, event]), return_inverse=True)
    return Grouping(
        kind=kind,
        labels=tuple(names.tolist()),
        truth=number[: len(truth)],
        event=number[len(truth) :],
        live_days=np.repeat(live, len(names), axis=1),
    )
