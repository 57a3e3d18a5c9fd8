"""Slow, obvious versions of what the kernels on edges compute."""

import numpy as np


def contrast_twin(values, half_window):
    contrast = np.full(values.shape, np.nan)
    for r, row in enumerate(values.astype(np.float64)):
        for i in range(len(row)):
            sides = [row[max(0, i - half_window) : i], row[i : i + half_window]]
            before, after = (side[np.isfinite(side)] for side in sides)
            if min(len(before), len(after)) >= half_window / 2:
                contrast[r, i] = after.mean() - before.mean()
    return contrast


def pairs_twin(contrast, min_length, max_length, min_score, max_events, half_window):
    """Return row, start, end, score and sign of the events of all rows, the best of a row first."""
    kept = []
    for row, values in enumerate(contrast):
        where = edges_twin(values, half_window, min_score)
        pairs = best_pairs_twin(where, values[where], min_length, max_length)
        kept += [(row, *pair) for pair in sorted(pairs, key=lambda pair: (-pair[2], pair[0]))[:max_events]]
    return kept


def edges_twin(contrast, half_window, min_score):
    """Return where the contrast is at least `min_score` and the first largest of its sign all around."""
    found = []
    for side in (contrast, -contrast):
        height = np.nan_to_num(side, nan=0.0).clip(min=0.0)
        padded = np.pad(height, half_window)
        for at in np.flatnonzero(height >= max(min_score, np.finfo(np.float32).tiny)):
            around = padded[at : at + 2 * half_window + 1]
            if int(around.argmax()) == half_window:
                found.append(int(at))
    return np.array(sorted(found), dtype=np.int64)


def best_pairs_twin(where, contrast, min_length, max_length):
    """Return start, end, score and sign of the events with the largest sum of powers of scores."""
    size = np.abs(contrast).astype(np.float64)
    sign = np.sign(contrast)
    scale = size.max(initial=1.0)
    # The best sum over the edges before each, and the edge that its last one ends; -1: it ends none.
    total = np.zeros(len(where) + 1)
    opened = np.full(len(where), -1)
    for last in range(len(where)):
        total[last + 1] = total[last]
        first, behind = np.searchsorted(where, [where[last] - max_length, where[last] - min_length + 1])
        possible = first + np.flatnonzero(sign[first:behind] == -sign[last])
        if possible.size:
            # The square of the square, which every machine rounds alike.
            gains = total[possible] + np.square(np.square(np.minimum(size[possible], size[last]) / scale))
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
        pairs.append((int(where[begin]), int(where[last]), score, int(sign[begin])))
        last = begin - 1
    return pairs
