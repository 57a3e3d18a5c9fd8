"""Which events and which truths share time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """Every pair of a truth and an event of one station that share time.

    Parameters
    ----------
    truth, event : ndarray of int64, shape (pair,)
        Indices; ordered by truth, then by event.
    """

    truth: Ints
    event: Ints

    def __len__(self) -> int:
        return len(self.truth)


def overlapping_pairs(
    truth_station: Ints,
    truth_start: Ints,
    truth_end: Ints,
    event_station: Ints,
    event_start: Ints,
    event_end: Ints,
) -> Pairs:
    """Find all pairs of half-open intervals that share time, in time near-linear in their number.

    Two intervals share time if and only if one of them starts within the other. The truths that start
    within an event, and the events that start within a truth, are ranges of two sorted lists.

    Parameters
    ----------
    truth_station, event_station : ndarray of int64, shape (truth,) and (event,)
        Number of the station.
    truth_start, truth_end, event_start, event_end : ndarray of int64, shape (truth,) and (event,)
        Half-open intervals, µs UTC.

    Returns
    -------
    Pairs
        Each pair once.
    """
    truths, events = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    by_event = _by_station(event_station, event_start)
    for station, rows in _by_station(truth_station, truth_start).items():
        others = by_event.get(station)
        if others is None:
            continue
        starts, onsets = truth_start[rows], event_start[others]
        # Truths that start within the event, its onset included.
        low = np.searchsorted(starts, onsets, side="left")
        high = np.searchsorted(starts, event_end[others], side="left")
        inside, owner = _ranges(low, high)
        truths.append(rows[inside])
        events.append(others[owner])
        # Events that start within the truth, after its onset.
        low = np.searchsorted(onsets, starts, side="right")
        high = np.searchsorted(onsets, truth_end[rows], side="left")
        inside, owner = _ranges(low, high)
        truths.append(rows[owner])
        events.append(others[inside])
    truth, event = np.concatenate(truths), np.concatenate(events)
    order = np.lexsort((event, truth))
    return Pairs(truth=truth[order], event=event[order])


def intersection_over_union(first: tuple[Ints, Ints], second: tuple[Ints, Ints]) -> Floats:
    """Return how far intervals coincide: shared time over covered time, 0..1.

    Parameters
    ----------
    first, second : pair of ndarray of int64, shape (pair,)
        Starts and ends of half-open intervals, µs UTC.

    Returns
    -------
    ndarray of float64, shape (pair,)
        1 for equal intervals, 0 for intervals that share no time.
    """
    shared = np.minimum(first[1], second[1]) - np.maximum(first[0], second[0])
    both = (first[1] - first[0]) + (second[1] - second[0])
    shared = np.maximum(shared, 0)
    return np.asarray(shared / (both - shared), dtype=np.float64)


def _by_station(station: Ints, start: Ints) -> dict[int, Ints]:
    """Return the rows of each station, in order of start."""
    order = np.lexsort((start, station))
    names, first = np.unique(station[order], return_index=True)
    return dict(zip(names.tolist(), np.split(order, first[1:]), strict=True)) if len(names) else {}


def _ranges(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Return the numbers in the ranges [low, high), one range after the other, and whose range each is."""
    lengths = np.maximum(high - low, 0)
    owner = np.repeat(np.arange(len(low), dtype=np.int64), lengths)
    first = np.cumsum(lengths) - lengths
    return np.arange(len(owner), dtype=np.int64) - first[owner] + low[owner], owner
