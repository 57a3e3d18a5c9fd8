"""Events of several catalogues that are one: first on the dipoles of a station, then between stations."""

from collections.abc import Iterable
from dataclasses import replace

from sesctl.coincidence.overlap import grouped
from sesctl.types import Coincidence, Event


def merge_station_events(events: Iterable[Event], least_overlap: float = 0.5) -> list[Event]:
    """Merge the events of each station by overlap, whatever catalogue or dipole they come from.

    Parameters
    ----------
    events : iterable of Event
        Of any stations.
    least_overlap : float
        Share of the shorter interval, in 0..1.

    Returns
    -------
    list of Event
        In order of start; each with the interval, amplitude and score of its best event, the dipoles of all,
        and the flags of all.
    """
    by_station: dict[str, list[Event]] = {}
    for event in events:
        by_station.setdefault(event.station, []).append(event)
    merged = []
    for some in by_station.values():
        for best, *joined in grouped(some, least_overlap, _best_first):
            dipoles = dict.fromkeys(name for event in (best, *joined) for name in event.dipoles)
            flags = dict.fromkeys(flag for event in (best, *joined) for flag in event.flags)
            merged.append(replace(best, dipoles=tuple(dipoles), flags=tuple(flags)))
    return sorted(merged, key=lambda event: (event.start, event.end, event.station))


def merge_stations(
    events: Iterable[Event], least_overlap: float = 0.5, least_stations: int = 2
) -> list[Coincidence]:
    """Merge the events of stations that overlap, by the rule that merges dipoles.

    The best event takes in, of every other station, the best that overlaps it by at least `least_overlap` of
    the shorter; further ones of the same station that do so are part of the coincidence and add nothing.

    Parameters
    ----------
    events : iterable of Event
        Of any stations and catalogues; those of one station are merged first.
    least_overlap : float
        Share of the shorter interval, in 0..1.
    least_stations : int
        Fewest stations of a coincidence.

    Returns
    -------
    list of Coincidence
        In order of start.
    """
    found = []
    for group in grouped(merge_station_events(events, least_overlap), least_overlap, _best_first):
        first_of: dict[str, Event] = {}
        for event in group:
            first_of.setdefault(event.station, event)
        if len(first_of) >= least_stations:
            found.append(Coincidence(events=tuple(first_of.values())))
    return sorted(found, key=lambda each: (each.start, each.end, each.stations))


def _best_first(event: Event) -> tuple[float, int, int, str, tuple[str, ...]]:
    return -event.score, event.start, event.end, event.station, event.dipoles
