"""From probabilities to intervals: where they start and end, how sure they are, how large."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from sesctl.kernels import find_intervals, refit_edges
from sesctl.plugin import Candidate, Days, Scores
from sesctl_plugins.ses_net.rows import SAMPLES_A_CELL

UNFAMILIAR = "unfamiliar"
LOW = 0.1
"""Probability from which minutes are one run."""
LEAST_CELLS = 3
QUANTILE = 25.0
REFIT_S = 180.0
LEAST_MV_KM = 1.5


def propose(scores: Scores, days: Days, unfamiliar: Collection[int] = ()) -> list[Candidate]:
    """Propose the runs of a probability of at least a tenth.

    A run's interval is where it reaches half of its peak; its edges are then moved, by 3 min at most, to where
    two levels fit the record of its strongest dipole best. Its raw score is the lower quartile of the
    probability within: high where the network is sure of all of it, not of a minute. A dipole's amplitude is the median
    of what the network says of it. Runs of less than 3 min, or of less than 1.5 mV/km on the strongest
    dipole, are none.

    Parameters
    ----------
    scores : Scores
        Probabilities (day, 1, sample) and amplitudes.
    days : Days
        The days scored.
    unfamiliar : collection of int
        Days whose candidates are flagged as such.
    """
    rows = scores.values[:, 0]
    if scores.amplitudes is None:
        return []
    found = find_intervals(np.nan_to_num(rows), high=LOW, low=LOW)
    radius = round(REFIT_S / days.interval)
    names = [channel.name for channel in days.station.channels]
    candidates = []
    for row, first, end, peak in zip(found.row, found.start, found.end, found.peak, strict=True):
        day, run = int(row), rows[row, first:end]
        inside = np.flatnonzero(run >= max(LOW, peak / 2))
        start, stop = int(first + inside[0]), int(first + inside[-1] + 1)
        if stop - start < LEAST_CELLS * SAMPLES_A_CELL:
            continue
        score = float(np.nanpercentile(rows[day, start:stop], QUANTILE))
        sizes = np.nanmedian(scores.amplitudes[day, :, start:stop], axis=1)
        shown = {name: float(size) for name, size in zip(names, sizes, strict=True) if np.isfinite(size)}
        if not shown or max(abs(size) for size in shown.values()) < LEAST_MV_KM:
            continue
        strongest = int(np.nanargmax(np.abs(sizes)))
        start, stop = _refitted(days.values[day, strongest], start, stop, radius)
        candidates.append(
            Candidate(
                day=day,
                start=days.instant(day, start),
                end=days.instant(day, stop),
                raw_score=score,
                amplitudes=shown,
                flags=(UNFAMILIAR,) if day in unfamiliar else (),
            )
        )
    return candidates


def _refitted(row: npt.NDArray[np.float32], start: int, end: int, radius: int) -> tuple[int, int]:
    """Return the interval with its edges moved to where two levels fit the record best."""
    where = np.zeros(1, dtype=np.int64)
    first, last = refit_edges(row[None], where, where + start, where + end, radius)
    if last[0] - first[0] < LEAST_CELLS * SAMPLES_A_CELL:
        return start, end
    return int(first[0]), int(last[0])
