"""Candidates of single dipoles that are one event of the station."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

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
    for cluster in _clusters(candidates):
        rest = sorted(cluster, key=lambda c: (-c.raw_score, c.start, c.end, sorted(c.amplitudes)))
        while rest:
            best, *others = rest
            joined = [other for other in others if _overlap(best, other) >= least_overlap]
            rest = [other for other in others if _overlap(best, other) < least_overlap]
            amplitudes = dict(best.amplitudes)
            for other in joined:
                for name, amplitude in other.amplitudes.items():
                    amplitudes.setdefault(name, amplitude)
            merged.append(replace(best, amplitudes=amplitudes))
    return sorted(merged, key=lambda c: (c.start, c.end))


def _clusters(candidates: Iterable[Candidate]) -> Iterator[list[Candidate]]:
    """Yield the candidates in groups that share no time with each other."""
    cluster: list[Candidate] = []
    end = 0
    for candidate in sorted(candidates, key=lambda c: c.start):
        if cluster and candidate.start >= end:
            yield cluster
            cluster = []
        end = max(end, candidate.end) if cluster else candidate.end
        cluster.append(candidate)
    if cluster:
        yield cluster


def _overlap(one: Candidate, other: Candidate) -> float:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared / min(one.end - one.start, other.end - other.start)
