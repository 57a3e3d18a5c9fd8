"""`boxcar_ref`: the first version of `boxcar`, frozen, so that scores of different years can be compared.

It is a yardstick and no detector to use: it stands here, and not among the plugins, so that nothing that
makes `boxcar` better ever moves it. All its numbers are written out, in samples of 10 s; what it shares with
the rest of the program are kernels alone.
"""

import numpy as np
import numpy.typing as npt

from sesctl.kernels import (
    despike,
    edge_contrast,
    fill_gaps,
    refit_edges,
    running_median,
)
from sesctl.plugin import Candidate, Days, Detector, DetectorInfo, Scores

Rows = npt.NDArray[np.float32]


class BoxcarRef(Detector):
    """Running median over 10 min, then the best pairs of opposite edges, as `boxcar` first did it.

    Spikes (Hampel, 11 samples, 4 scaled MAD of at least 0.05 mV/km) are replaced and gaps of up to 5 min
    filled; of the running median over 61 samples the contrast c of the means over 18 samples on either side
    is taken; the best pairs of opposite edges 30 to 1080 samples apart score the smaller of their two
    contrasts, of at least 2 mV/km, over the row's noise, 1.4826 times the median of abs(c) and at least
    0.2 mV/km; up to 12 a day and dipole that do not overlap, the best first, their edges refitted within 18
    samples on the record free of spikes.
    """

    threshold = 6.0

    def score(self, days: Days) -> Scores:
        """Return the running median of every dipole, float32 (day, dipole, sample) in mV/km."""
        return Scores(
            values=np.asarray(running_median(_despiked(days), window=61), dtype=np.float32), kind="denoised"
        )

    def propose(self, scores: Scores, days: Days) -> list[Candidate]:
        """Return the best pairs of opposite edges, with amplitudes in mV/km."""
        count, dipoles, samples = days.values.shape
        contrast = edge_contrast(scores.values, 18).reshape(count * dipoles, samples)
        rows = _despiked(days).reshape(count * dipoles, samples)
        noise = [max(1.4826 * _median(np.abs(row)), 0.2) for row in contrast]
        pairs = [(row, *pair) for row in range(len(contrast)) for pair in _best_pairs(contrast[row])]
        row_of, begins, finishes = np.array([pair[:3] for pair in pairs], dtype=np.int64).reshape(-1, 3).T
        starts, ends = refit_edges(rows, row_of, begins, finishes, 18)
        candidates = []
        for (row, _, _, score, sign), start, end in zip(pairs, starts.tolist(), ends.tolist(), strict=True):
            day, dipole = divmod(row, dipoles)
            inner = min(18, end - start)
            into = _median(rows[row, start : start + inner]) - _median(rows[row, max(0, start - 18) : start])
            out_of = _median(rows[row, end - inner : end]) - _median(rows[row, end : end + 18])
            known = [change for change in (into, out_of) if np.isfinite(change)]
            candidates.append(
                Candidate(
                    day=day,
                    start=days.instant(day, start),
                    end=days.instant(day, end),
                    raw_score=float(score / noise[row]),
                    amplitudes={
                        days.station.channels[dipole].name: float(np.mean(known))
                        if known
                        else float(sign * score)
                    },
                )
            )
        return candidates


def _extrema(contrast: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
    """Return where abs(c), at least 2 mV/km, is a local maximum on its side of 0; of a plateau the first."""
    known = np.nan_to_num(contrast, nan=0.0)
    first = np.flatnonzero(np.diff(known, prepend=np.nan) != 0)  # of each run of equal values
    values = known[first]
    before, after = np.append(0.0, values[:-1]), np.append(values[1:], 0.0)
    rises = (before * values <= 0) | (np.abs(before) < np.abs(values))
    falls = (after * values <= 0) | (np.abs(after) < np.abs(values))
    return np.asarray(first[rises & falls & (np.abs(values) >= 2.0)], dtype=np.int64)


def _best_pairs(contrast: npt.NDArray[np.floating]) -> list[tuple[int, int, float, int]]:
    """Return start, end, score and sign of at most 12 pairs: the best first, then the best that is free."""
    at = _extrema(contrast)
    height = contrast[at].astype(np.float64)
    one, other = np.triu_indices(len(at), 1)
    length = at[other] - at[one]
    fits = (length >= 30) & (length <= 1080) & (height[one] * height[other] < 0)
    one, other = one[fits], other[fits]
    score = np.minimum(np.abs(height[one]), np.abs(height[other]))
    accepted: list[tuple[int, int, float, int]] = []
    taken = np.zeros(len(contrast) + 1, dtype=np.bool_)
    for k in np.lexsort((at[other], at[one], -score)):
        start, end = int(at[one[k]]), int(at[other[k]])
        if not taken[start:end].any():
            taken[start:end] = True
            accepted.append((start, end, float(score[k]), 1 if height[one[k]] > 0 else -1))
            if len(accepted) == 12:
                break
    return accepted


def _despiked(days: Days) -> Rows:
    clean = despike(days.values, 11, 4.0, 0.05)[0]
    return np.asarray(fill_gaps(clean, 30)[0], dtype=np.float32)


def _median(values: npt.NDArray[np.floating]) -> float:
    """Return the median of what is finite; of nothing, NaN."""
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")


BOXCAR_REF = DetectorInfo(
    name="boxcar_ref",
    summary="the first version of boxcar, frozen as a yardstick",
    make=BoxcarRef,
    dipoles="each",
    interval=10.0,
    context=14_400.0,
    cleaning="none",
)
