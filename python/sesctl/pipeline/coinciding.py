"""Catalogue files to coincidences, with what chance offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sesctl.catalogue import read_events
from sesctl.coincidence import Chance, chance_coincidences, merge_stations
from sesctl.errors import ParameterError, ReadError
from sesctl.types import Catalogue, Coincidence
from sesctl.types.instants import from_iso, iso


@dataclass(frozen=True, kw_only=True)
class Coincided:
    """What several catalogues show together.

    Parameters
    ----------
    coincidences : tuple of Coincidence
        In order of start.
    stations : tuple of str
        Names of the stations that were scanned.
    chance : Chance or None
        What chance offers; None where it cannot be told.
    untold : str
        Why it cannot, empty where it can.
    """

    coincidences: tuple[Coincidence, ...]
    stations: tuple[str, ...]
    chance: Chance | None
    untold: str


def coincide(paths: Sequence[Path], *, least_overlap: float, least_stations: int) -> Coincided:
    """Merge the events of catalogue files into coincidences.

    Parameters
    ----------
    paths : sequence of Path
        Events files, each with its metadata.
    least_overlap : float
        Share of the shorter interval that has to be covered, above 0 and at most 1.
    least_stations : int
        Fewest stations of a coincidence.

    Returns
    -------
    Coincided
        With one station alone: its events merged over dipoles and detectors, without a chance rate.

    Raises
    ------
    ParameterError
        If a limit is out of range, or more stations are asked for than were scanned.
    ReadError
        If a file cannot be read, or does not say from when to when its stations were scanned.
    """
    if not 0 < least_overlap <= 1:
        msg = f"the least overlap is {least_overlap:g}, not above 0 and at most 1"
        raise ParameterError(msg, "It is a share of the shorter of two events.")
    catalogues = [read_events(path) for path in paths]
    spans: dict[str, tuple[int, int]] = {}
    for path, catalogue in zip(paths, catalogues, strict=True):
        for station, (start, end) in _spans(path, catalogue).items():
            # A station that was scanned twice was looked at by both detectors only where the spans meet.
            known = spans.get(station, (start, end))
            spans[station] = (max(start, known[0]), min(end, known[1]))
    if not 1 <= least_stations <= len(spans):
        msg = f"coincidences of {least_stations} stations are asked for, and {len(spans)} were scanned"
        raise ParameterError(msg, f"Scanned: {', '.join(sorted(spans))}.")
    events = [event for catalogue in catalogues for event in catalogue.events]
    found = merge_stations(events, least_overlap, least_stations)
    chance = None
    if least_stations > 1:
        chance = chance_coincidences(events, spans, least_overlap, least_stations)
    return Coincided(
        coincidences=tuple(found),
        stations=tuple(sorted(spans)),
        chance=chance,
        untold=_untold(spans, least_stations) if chance is None else "",
    )


def _spans(path: Path, catalogue: Catalogue) -> dict[str, tuple[int, int]]:
    """Return from when to when each station of a catalogue was scanned, as its metadata say."""
    try:
        scanned = catalogue.parameters["scanned"]
        spans = {name: (from_iso(edges[0]), from_iso(edges[1])) for name, edges in scanned.items()}
        missing = {each.station for each in catalogue.exposure if each.days} - set(spans)
    except (AttributeError, IndexError, TypeError, KeyError, ParameterError) as error:
        msg = f"the metadata of {path} do not say from when to when its stations were scanned"
        raise ReadError(msg, "Write it again with `sesctl detect -o`.") from error
    if missing:
        msg = f"the metadata of {path} do not say from when to when {min(missing)} was scanned"
        raise ReadError(msg, "Write it again with `sesctl detect -o`.")
    return spans


def _untold(spans: dict[str, tuple[int, int]], least_stations: int) -> str:
    if least_stations == 1:
        return "single stations are asked for, whose events need no coincidence"
    latest, (start, _) = max(spans.items(), key=lambda item: item[1][0])
    earliest, (_, end) = min(spans.items(), key=lambda item: item[1][1])
    return (
        f"all stations have to be scanned for {len(spans)} whole weeks or more together, and {latest} begins "
        f"{iso(start)}, {earliest} ends {iso(end)}"
    )
