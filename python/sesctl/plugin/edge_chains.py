"""Which pairs of edges are events, where several events follow each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.kernels import OppositeEdges, find_opposite_edges

# Two events explain four edges better than one event two edges where 2 s² exceeds S².
_SHARE = 0.5**0.5


@dataclass(frozen=True)
class _Pair:
    start: int
    end: int
    score: float
    sign: int


def untangle(contrast: npt.NDArray[np.floating], found: OppositeEdges, shortest: int) -> OppositeEdges:
    """Let every edge bound one event only, and split what joins two events.

    Two boxcars in a row have four edges of the same height: rise, fall, rise, fall. The best pair of
    opposite edges may be the first rise and the last fall, or the fall and the rise between the two, as
    noise has it. So a pair is split where at least two events of its own sign, with scores of more than
    0.7 of its score, share its stretch; and of pairs that have an edge in common those are kept that share
    none and have the largest sum of squared scores.

    Parameters
    ----------
    contrast : ndarray of float, shape (row, sample)
        Edge contrast in mV/km.
    found : OppositeEdges
        The best pairs of it.
    shortest : int
        The fewest samples in an event.

    Returns
    -------
    OppositeEdges
        The events, the best of a row first.
    """
    kept: list[tuple[int, _Pair]] = []
    for row in np.unique(found.row):
        pairs = [pair for each in _pairs(found, int(row)) for pair in _split(contrast[row], each, shortest)]
        kept += [(int(row), pair) for pair in sorted(_unshared(pairs), key=lambda p: (-p.score, p.start))]
    return OppositeEdges(
        row=np.array([row for row, _ in kept], dtype=np.int64),
        start=np.array([pair.start for _, pair in kept], dtype=np.int64),
        end=np.array([pair.end for _, pair in kept], dtype=np.int64),
        score=np.array([pair.score for _, pair in kept], dtype=np.float64),
        sign=np.array([pair.sign for _, pair in kept], dtype=np.int8),
    )


def _pairs(found: OppositeEdges, row: int, first: int = 0) -> list[_Pair]:
    return [
        _Pair(int(start) + first, int(end) + first, float(score), int(sign))
        for at, start, end, score, sign in zip(
            found.row, found.start, found.end, found.score, found.sign, strict=True
        )
        if at == row
    ]


def _split(contrast: npt.NDArray[np.floating], pair: _Pair, shortest: int) -> list[_Pair]:
    longest = pair.end - pair.start - 1
    if longest < 2 * shortest:
        return [pair]
    within = contrast[np.newaxis, pair.start : pair.end + 1]
    found = find_opposite_edges(within, shortest, longest, _SHARE * pair.score, longest)
    parts = [part for part in _unshared(_pairs(found, 0, pair.start)) if part.sign == pair.sign]
    if len(parts) < 2:
        return [pair]
    return [smaller for part in parts for smaller in _split(contrast, part, shortest)]


def _unshared(pairs: Sequence[_Pair]) -> list[_Pair]:
    """Return the pairs of the largest sum of squared scores of which no two have an edge in common."""
    ordered = sorted(pairs, key=lambda pair: pair.start)
    # Of the pairs so far: the best choice without the last one, and the best that may have it.
    without: tuple[float, list[_Pair]] = (0.0, [])
    best: tuple[float, list[_Pair]] = (0.0, [])
    last = None
    for pair in ordered:
        before = without if last is not None and last.end == pair.start else best
        taken = (before[0] + pair.score**2, [*before[1], pair])
        without, best = best, max(best, taken, key=lambda choice: choice[0])
        last = pair
    return best[1]
