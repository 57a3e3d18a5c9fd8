"""How many coincidences chance offers: the same events, shifted by whole weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from sesctl.coincidence.stations import merge_stations
from sesctl.types import Event
from sesctl.types.instants import DAY

WEEK = 7 * DAY
MOST_SHIFTS = 500


@dataclass(frozen=True, kw_only=True)
class Chance:
    """What chance offers, as a lower bound.

    Parameters
    ----------
    days : int
        Days, whole weeks, that all stations were scanned.
    observed : int
        Coincidences that begin in them.
    shifted : tuple of int
        Coincidences after each of the shifts.
    """

    days: int
    observed: int
    shifted: tuple[int, ...]

    @property
    def mean(self) -> float:
        """Mean number of coincidences of shifted events in these days."""
        return sum(self.shifted) / len(self.shifted)

    @property
    def as_many(self) -> float:
        """Share of shifts, the observed one counted as one of them, with at least as many coincidences."""
        return (1 + sum(count >= self.observed for count in self.shifted)) / (1 + len(self.shifted))


def chance_coincidences(
    events: Sequence[Event],
    spans: Mapping[str, tuple[int, int]],
    least_overlap: float = 0.5,
    least_stations: int = 2,
) -> Chance | None:
    """Count the coincidences of events whose stations are shifted against each other by whole weeks.

    Weekday and hour stay, and with them the rhythm of trains and factories, which makes accidental
    coincidences likelier. What stations share on one day alone (a magnetic storm, a fault of the power grid)
    is lost, so that the number is a *lower* bound of what has nothing to do with an SES.

    The n-th station is shifted by n k weeks around the circle of the W whole weeks that all stations share,
    for every k that brings no two stations back together.

    Parameters
    ----------
    events : sequence of Event
        Of all stations.
    spans : mapping of str to tuple of int
        From when to when, µs UTC, each station was scanned.
    least_overlap, least_stations
        As for `merge_stations`.

    Returns
    -------
    Chance or None
        None where fewer than two stations share two weeks, or no shift keeps all of them apart.
    """
    stations = sorted(spans)
    first = max(start for start, _ in spans.values())
    weeks = (min(end for _, end in spans.values()) - first) // WEEK
    shifts = [
        k
        for k in range(1, min(weeks, MOST_SHIFTS + 1))
        if all((n - m) * k % weeks for m, n in combinations(range(len(stations)), 2))
    ]
    if len(stations) < 2 or not shifts:
        return None
    circle = weeks * WEEK
    inside = [event for event in events if 0 <= event.start - first < circle]

    def count(k: int) -> int:
        moved = [
            _moved(event, (event.start - first + stations.index(event.station) * k * WEEK) % circle + first)
            for event in inside
        ]
        return len(merge_stations(moved, least_overlap, least_stations))

    return Chance(days=7 * weeks, observed=count(0), shifted=tuple(count(k) for k in shifts))


def _moved(event: Event, start: int) -> Event:
    return replace(event, start=start, end=start + event.end - event.start)
