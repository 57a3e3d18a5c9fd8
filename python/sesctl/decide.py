"""From candidates to events: one threshold."""

from collections.abc import Callable, Iterable

from sesctl.types import Candidate, Event

UNCALIBRATED = "uncalibrated"


def decide(
    candidates: Iterable[Candidate],
    *,
    station: str,
    threshold: float,
    confidence: Callable[[float], float],
    flags: tuple[str, ...] = (UNCALIBRATED,),
) -> list[Event]:
    """Turn the candidates whose raw score lies strictly above the threshold into events.

    Parameters
    ----------
    candidates : iterable of Candidate
        Station candidates.
    station : str
        Name of the station.
    threshold : float
        Raw score to exceed.
    confidence : callable
        Monotone map of raw scores to 0..1.
    flags : tuple of str
        What every event of this decision carries; ``uncalibrated`` while the map rests on no quiet days.

    Returns
    -------
    list of Event
        In order of start.
    """
    events = []
    for candidate in candidates:
        if candidate.raw_score <= threshold:
            continue
        strongest = sorted(candidate.amplitudes.items(), key=lambda item: (-abs(item[1]), item[0]))
        events.append(
            Event(
                station=station,
                start=candidate.start,
                end=candidate.end,
                amplitude=strongest[0][1] if strongest else float("nan"),
                score=confidence(candidate.raw_score),
                raw_score=candidate.raw_score,
                dipoles=tuple(name for name, _ in strongest),
                flags=(*flags, *candidate.flags),
            )
        )
    return sorted(events, key=lambda event: (event.start, event.end))
