"""Candidates of single dipoles that are one event of the station."""

from collections.abc import Iterable
from dataclasses import replace

from sesctl.coincidence.overlap import grouped
from sesctl.types import Candidate


def merge_dipoles(candidates: Iterable[Candidate], least_overlap: float = 0.5) -> list[Candidate]:
    """Merge the candidates of a station's dipoles by overlap in time.

    The best candidate takes in all others that cover at least `least_overlap` of the shorter of the two;
    it keeps its own interval and score, whose edges are the sharpest, and gains their amplitudes. Then
    the best of the rest, and so on: an interval never grows by merging.

    Parameters
    ----------
    candidates : iterable of Candidate
        Of one station, each with the amplitude on its own dipole.
    least_overlap : float
        Share of the shorter interval, in 0..1.

    Returns
    -------
    list of Candidate
        In order of start.
    """
    merged = []
    for best, *joined in grouped(
        candidates, least_overlap, lambda c: (-c.raw_score, c.start, c.end, sorted(c.amplitudes))
    ):
        amplitudes = dict(best.amplitudes)
        for other in joined:
            for name, amplitude in other.amplitudes.items():
                amplitudes.setdefault(name, amplitude)
        merged.append(replace(best, amplitudes=amplitudes))
    return sorted(merged, key=lambda c: (c.start, c.end))
