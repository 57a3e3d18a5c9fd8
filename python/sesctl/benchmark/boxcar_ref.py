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
    find_opposite_edges,
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
        pairs = find_opposite_edges(contrast, min_length=30, max_length=1080, min_score=2.0, max_events=12)
        starts, ends = refit_edges(rows, pairs.row, pairs.start, pairs.end, 18)
        candidates = []
        for row, start, end, score, sign in zip(
            pairs.row.tolist(), starts.tolist(), ends.tolist(), pairs.score, pairs.sign, strict=True
        ):
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
