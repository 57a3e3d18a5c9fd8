"""Which edges of a trace bound an event, where several events follow each other."""

import numpy as np
import numpy.typing as npt

from sesctl.kernels import OppositeEdges

# Near to best first, so that many small edges do not outweigh a large one; but no more, so that of edges
# of about the same height as many as possible are explained.
_POWER = 4


def pair_edges(
    contrast: npt.NDArray[np.floating], *, half: int, shortest: int, longest: int, smallest: float, most: int
) -> OppositeEdges:
    """Pair opposite edges so that each bounds one event at most.

    Two boxcars in a row have four edges of about the same height: rise, fall, rise, fall. The best single
    pair may as well be the first rise and the last fall, or the fall and the rise between the two. So all
    pairs of a row are chosen together: events do not overlap or share an edge, and the sum of the fourth
    powers of their scores, each the smaller of its two contrasts, is the largest (dynamic programming over
    the edges in order of time).

    Parameters
    ----------
    contrast : ndarray of float, shape (row, sample)
        Edge contrast in mV/km, NaN where it is not defined.
    half : int
        Samples on each side of an edge; of edges of one sign nearer than this the largest counts.
    shortest, longest : int
        The fewest and most samples in an event.
    smallest : float
        The least score of an event in mV/km.
    most : int
        The most events in a row; the best are kept.

    Returns
    -------
    OppositeEdges
        The events, the best of a row first.
    """
    kept: list[tuple[int, int, int, float, int]] = []
    for row, values in enumerate(contrast):
        where = _edges(values, half, smallest)
        pairs = _best_pairs(where, values[where], shortest, longest)
        kept += [(row, *pair) for pair in sorted(pairs, key=lambda pair: (-pair[2], pair[0]))[:most]]
    rows, starts, ends, scores, signs = zip(*kept, strict=True) if kept else ((),) * 5
    return OppositeEdges(
        row=np.array(rows, dtype=np.int64),
        start=np.array(starts, dtype=np.int64),
        end=np.array(ends, dtype=np.int64),
        score=np.array(scores, dtype=np.float64),
        sign=np.array(signs, dtype=np.int8),
    )


def _edges(contrast: npt.NDArray[np.floating], half: int, smallest: float) -> npt.NDArray[np.int64]:
    """Return where the contrast is at least `smallest` and the largest of its sign within `half` samples."""
    found = []
    for side in (contrast, -contrast):
        height = np.nan_to_num(side, nan=0.0).clip(min=0.0)
        high = np.flatnonzero(height >= max(smallest, np.finfo(np.float32).tiny))
        padded = np.pad(height, half)
        for at in high:
            around = padded[at : at + 2 * half + 1]
            if int(around.argmax()) == half:  # of equal ones the first
                found.append(int(at))
    return np.array(sorted(found), dtype=np.int64)


def _best_pairs(
    where: npt.NDArray[np.int64], heights: npt.NDArray[np.floating], shortest: int, longest: int
) -> list[tuple[int, int, float, int]]:
    """Return start, end, score and sign of the events with the largest sum of powers of scores."""
    size = np.abs(heights).astype(np.float64)
    scale = size.max(initial=1.0)
    # The best sum over the edges before each, and the edge that its last one ends; -1: it ends none.
    total = np.zeros(len(where) + 1)
    opened = np.full(len(where), -1)
    for last in range(len(where)):
        total[last + 1] = total[last]
        first, behind = np.searchsorted(where, [where[last] - longest, where[last] - shortest + 1])
        possible = first + np.flatnonzero(heights[first:behind] * heights[last] < 0)
        if possible.size:
            gains = total[possible] + (np.minimum(size[possible], size[last]) / scale) ** _POWER
            best = int(gains.argmax())
            if gains[best] > total[last]:
                total[last + 1], opened[last] = gains[best], possible[best]
    pairs = []
    last = len(where) - 1
    while last >= 0:
        begin = int(opened[last])
        if begin < 0:
            last -= 1
            continue
        score = float(min(size[begin], size[last]))
        pairs.append((int(where[begin]), int(where[last]), score, 1 if heights[begin] > 0 else -1))
        last = begin - 1
    return pairs
