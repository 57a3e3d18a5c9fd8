"""How labelled days are divided into those learnt from, those that choose and those that judge."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sesctl.errors import ParameterError
from sesctl.types.labelled import BeforeAfter

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """Labelled days divided in three.

    Parameters
    ----------
    training, validation, test : ndarray of int64, shape (day,)
        Numbers of the days, each day in one of them at most.
    ambiguous : int
        Days left out because another event labels the same station-day the other way.
    """

    training: Numbers
    validation: Numbers
    test: Numbers
    ambiguous: int = 0


def paper_split(labels: BeforeAfter, *, seed: int, validation: float = 0.1, test: float = 0.2) -> Split:
    """Shuffle all days and cut them, as Ding et al. (2021) do.

    Neighbouring days of one event, and the very same day where two events share it, fall on both sides of
    the cut.

    Parameters
    ----------
    labels : BeforeAfter
        The days.
    seed : int
        Seed of the shuffle.
    validation, test : float
        Shares of the days.

    Returns
    -------
    Split
        All days, in shuffled order.

    Raises
    ------
    ParameterError
        If the shares leave nothing to learn from.
    """
    _check_shares(validation, test)
    order = np.random.default_rng(seed).permutation(len(labels)).astype(np.int64)
    judged, chosen = round(test * len(order)), round(validation * len(order))
    return Split(
        test=order[:judged],
        validation=order[judged : judged + chosen],
        training=order[judged + chosen :],
    )


def honest_split(labels: BeforeAfter, *, seed: int, validation: float = 0.1, test: float = 0.2) -> Split:
    """Divide days so that no earthquake and no station is on two sides, and no day has two labels.

    Stations that share an earthquake, and earthquakes that share a station, belong together: the connected
    components of that graph are dealt out whole, in random order, first to the test until it has its share,
    then to validation. A station-day that is before one earthquake and after another is left out; one that
    several events label alike is kept once.

    Parameters
    ----------
    labels : BeforeAfter
        The days.
    seed : int
        Seed of the order of the components.
    validation, test : float
        Shares of the days aimed at; components are not broken to meet them.

    Returns
    -------
    Split
        In each part the days ascend.

    Raises
    ------
    ParameterError
        If the shares leave nothing to learn from, or there are fewer than three components.
    """
    _check_shares(validation, test)
    keep, ambiguous = unambiguous(labels)
    component = components(labels)
    names, sizes = np.unique(component[keep], return_counts=True)
    if len(names) < 3:
        msg = f"{len(names)} group(s) of connected stations and earthquakes cannot be divided in three"
        raise ParameterError(msg, "Take more stations, or the paper's protocol.")
    order = np.random.default_rng(seed).permutation(len(names))
    total, part, filled = sizes.sum(), np.full(int(component.max()) + 1, 2), [0, 0, 0]
    limits = (test * total, validation * total)
    for place, index in enumerate(order):
        left = len(order) - place
        side = next((s for s in (0, 1) if filled[s] < limits[s] and (not filled[s] or left > 1)), 2)
        part[names[index]] = side
        filled[side] += int(sizes[index])
    if not filled[2]:
        msg = (
            f"the last of {len(names)} groups of connected stations and earthquakes leaves none to learn from"
        )
        raise ParameterError(msg, "Take more stations, smaller shares, or the paper's protocol.")
    sides = part[component[keep]]
    return Split(
        test=keep[sides == 0], validation=keep[sides == 1], training=keep[sides == 2], ambiguous=ambiguous
    )


def unambiguous(labels: BeforeAfter) -> tuple[Numbers, int]:
    """Return the days that all events label alike, each station-day once.

    Parameters
    ----------
    labels : BeforeAfter
        The days.

    Returns
    -------
    kept : ndarray of int64, shape (kept,)
        Their numbers, ascending.
    ambiguous : int
        How many labelled days were left out because of another label, each label of a day counted.
    """
    first = np.unique(_station_days(labels), return_index=True)[1]
    both = two_labels(labels)
    return np.sort(first[~both[first]]).astype(np.int64), int(both.sum())


def two_labels(labels: BeforeAfter) -> npt.NDArray[np.bool_]:
    """Return which labelled days another event labels the other way.

    Whoever sees the image of such a day alone is right about one of its labels and wrong about the other.

    Parameters
    ----------
    labels : BeforeAfter
        The days.

    Returns
    -------
    ndarray of bool, shape (day,)
        Whether the same station-day is before one earthquake and after another.
    """
    which = _station_days(labels)
    before, counts = np.bincount(which, weights=labels.before), np.bincount(which)
    return np.asarray(((before > 0) & (before < counts))[which])


def components(labels: BeforeAfter) -> Numbers:
    """Return the connected component of earthquakes and stations that each day belongs to.

    Parameters
    ----------
    labels : BeforeAfter
        The days.

    Returns
    -------
    ndarray of int64, shape (day,)
        Numbers from 0 on.
    """
    quakes, quake = np.unique(labels.earthquake, return_inverse=True)
    size = len(quakes) + len(labels.stations)
    graph = coo_array(
        (np.ones(len(labels), dtype=np.int8), (quake, len(quakes) + labels.station)), shape=(size, size)
    )
    number = connected_components(graph, directed=False)[1][quake]
    return np.asarray(np.unique(number, return_inverse=True)[1], dtype=np.int64)


def permuted_labels(labels: BeforeAfter, *, seed: int) -> npt.NDArray[np.bool_]:
    """Exchange before and after in randomly chosen events: labels that mean nothing.

    All days of an event change together, as they would if the earthquake had nothing to do with them.
    Events that share station-days change together too, so that these keep one label.

    Parameters
    ----------
    labels : BeforeAfter
        The days.
    seed : int
        Seed of the choice.

    Returns
    -------
    ndarray of bool, shape (day,)
        What takes the place of `labels.before`.
    """
    events, event = np.unique(labels.event, return_inverse=True)
    day = _station_days(labels)
    size = len(events) + int(day.max(initial=-1)) + 1
    graph = coo_array((np.ones(len(labels), dtype=np.int8), (event, len(events) + day)), shape=(size, size))
    count, cluster = connected_components(graph, directed=False)
    exchange = np.random.default_rng(seed).random(count) < 0.5
    return np.asarray(labels.before ^ exchange[cluster[event]])


def _station_days(labels: BeforeAfter) -> Numbers:
    """Return the number of each labelled day's station-day, from 0 on."""
    key = np.stack([labels.station, labels.start], axis=1)
    return np.asarray(np.unique(key, axis=0, return_inverse=True)[1], dtype=np.int64).reshape(-1)


def _check_shares(validation: float, test: float) -> None:
    if not (validation > 0 and test > 0 and validation + test < 1):
        msg = f"shares of {validation} to choose on and {test} to judge leave nothing to learn from"
        raise ParameterError(msg, "Give positive shares that add up to less than 1.")
