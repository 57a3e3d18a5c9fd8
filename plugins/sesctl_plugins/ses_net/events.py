"""From probabilities to intervals: where they start and end, how sure they are, how large."""

import numpy as np
import numpy.typing as npt

from sesctl.kernels import find_intervals, refit_edges
from sesctl.plugin import Candidate, Days, Scores
from sesctl_plugins.ses_net.rows import SAMPLES_A_CELL

LOW = 0.1
"""Probability from which minutes are one run."""
LEAST_CELLS = 3
CERTAIN = 1e-7
REFIT_S = 180.0
BESIDE_S = 600.0
EDGE_S = 60.0
LEAST_MV_KM = 1.5
BRIDGED_S = 600.0
"""A signal goes on over a gap as long as this, if it is there on both sides."""
SHOWN = 0.15
"""Share of the strongest dipole's amplitude from which another dipole shows the signal."""

Row = npt.NDArray[np.float32]


def propose(scores: Scores, days: Days) -> list[Candidate]:
    """Propose the runs of a probability of at least a tenth; a gap of up to 10 min interrupts none.

    A run's interval is where it reaches half of its peak; its edges are then moved, by 3 min at most, to
    where two levels fit the record of its strongest dipole best. Its raw score is the mean of the log-odds
    within, as a probability: high where the network is sure of all of it, not of a minute. Runs of less than
    3 min, or of less than 1.5 mV/km on the strongest dipole, are none.

    Parameters
    ----------
    scores : Scores
        Probabilities (day, 1, sample), and amplitudes (day, dipole, sample) in mV/km.
    days : Days
        The days scored.

    Returns
    -------
    list of Candidate
        With amplitudes of the dipoles that show it: the level within against that of 10 min on either side,
        or where the record has none of these, the median of what the network says.
    """
    rows = scores.values[:, 0]
    told = scores.amplitudes
    if told is None or not len(rows):
        return []
    whole = np.stack([_bridged(row, round(BRIDGED_S / days.interval)) for row in rows])
    found = find_intervals(np.nan_to_num(whole), high=LOW, low=LOW)
    candidates = []
    for row, first, end, peak in zip(found.row, found.start, found.end, found.peak, strict=True):
        day, run = int(row), rows[row, first:end]
        inside = np.flatnonzero(run >= max(LOW, peak / 2))
        start, stop = int(first + inside[0]), int(first + inside[-1] + 1)
        if stop - start < LEAST_CELLS * SAMPLES_A_CELL:
            continue
        score = _mean_of(rows[day, start:stop])
        sizes = np.array([_median(each) for each in told[day, :, start:stop]])
        if not np.isfinite(sizes).any():
            continue
        strongest = int(np.nanargmax(np.abs(sizes)))
        start, stop = _refitted(days.values[day, strongest], start, stop, days.interval)
        shown = _shown(days, day, start, stop, sizes)
        if not shown:
            continue
        candidates.append(
            Candidate(
                day=day,
                start=days.instant(day, start),
                end=days.instant(day, stop),
                raw_score=score,
                amplitudes=shown,
            )
        )
    return candidates


def _bridged(probability: Row, longest: int) -> Row:
    """Return a day's probabilities with the smaller of both sides in gaps of up to so many samples."""
    missing = np.isnan(probability)
    edges = np.flatnonzero(missing[1:] != missing[:-1]) + 1
    # The first edge that ends a known stretch, and the one after it, and so on.
    begun = edges[1:] if missing[0] else edges
    whole = probability.copy()
    for first, end in zip(begun[::2].tolist(), begun[1::2].tolist(), strict=False):
        if end - first <= longest:
            whole[first:end] = min(probability[first - 1], probability[end])
    return whole


def _mean_of(probability: Row) -> float:
    """Return the probability whose log-odds are the mean of those of some samples."""
    known = np.clip(probability[np.isfinite(probability)].astype(np.float64), CERTAIN, 1 - CERTAIN)
    return float(1 / (1 + np.exp(-np.mean(np.log(known / (1 - known))))))


def _refitted(row: Row, start: int, end: int, interval: float) -> tuple[int, int]:
    """Return the interval with its edges moved to where two levels fit the record best."""
    where = np.zeros(1, dtype=np.int64)
    first, last = refit_edges(row[None], where, where + start, where + end, round(REFIT_S / interval))
    if last[0] - first[0] < LEAST_CELLS * SAMPLES_A_CELL:
        return start, end
    return int(first[0]), int(last[0])


def _shown(days: Days, day: int, start: int, end: int, sizes: npt.NDArray[np.float64]) -> dict[str, float]:
    """Return the amplitudes of the dipoles that show an interval, in mV/km; none if it is too weak."""
    beside, edge = round(BESIDE_S / days.interval), round(EDGE_S / days.interval)
    measured = {}
    for channel, row, size in zip(days.station.channels, days.values[day], sizes.tolist(), strict=True):
        trim = edge if end - start > 4 * edge else 0
        level = _median(row[start + trim : end - trim])
        around = [
            _median(row[max(0, start - beside - edge) : max(0, start - edge)]),
            _median(row[end + edge : end + edge + beside]),
        ]
        base = [each for each in around if np.isfinite(each)]
        step = level - float(np.mean(base)) if base and np.isfinite(level) else size
        if np.isfinite(step):
            measured[channel.name] = step
    largest = max((abs(step) for step in measured.values()), default=0.0)
    if largest < LEAST_MV_KM:
        return {}
    return {name: step for name, step in measured.items() if abs(step) >= SHOWN * largest}


def _median(values: Row) -> float:
    """Return the median of what is known; of so few values NumPy's own takes five times as long."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return float("nan")
    below, above = (finite.size - 1) // 2, finite.size // 2
    finite.partition((below, above))
    return float((finite[below] + finite[above]) / 2)
