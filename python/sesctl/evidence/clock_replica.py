"""Whether something alike happened at the same clock time on other days, as trains and factories do."""

import numpy as np
import numpy.typing as npt

from sesctl.evidence.contrast import level_contrast
from sesctl.evidence.judging import judged, untestable
from sesctl.evidence.measure import Measured
from sesctl.evidence.surroundings import Surroundings, electric_rows
from sesctl.types import Finding, Record, Verdict

ITEM = "clock_replica"
DAYS = (-14, -7, -1, 1, 7, 14)
THRESHOLD = 0.6
REACH_S = 600.0
LEAST_DAYS = 2

Array = npt.NDArray[np.float64]


def judge_clock_replica(surroundings: Surroundings, measured: Measured) -> Finding:
    """Correlate the event with the record at the same clock time ±1, 7 and 14 days.

    The correlation is over all dipoles at once, of means over a minute within the event and its flanks, minus
    the straight line that joins these, and the largest within 10 min of the clock time. It fails if on at
    least two days, and on a third of those with a record, it reaches 0.6 while the dipoles' amplitudes are
    half to twice the event's: what runs on weekdays is not there on Sunday.
    """
    if not measured.rows:
        return untestable(ITEM, measured.missing)
    event = shape_of(surroundings.near, surroundings, measured, 0)
    if event is None:
        return untestable(ITEM, "the event has gaps")
    found: dict[int, float] = {}
    for days, replica in surroundings.replicas.items():
        likeness = largest_likeness(event, replica, surroundings, measured)
        if likeness is not None:
            found[days] = likeness
    if len(found) < LEAST_DAYS:
        return untestable(
            ITEM, f"{len(found)} of the days ±1, 7 and 14 later has a record at that time, not two"
        )
    order = sorted(found.values(), reverse=True)
    needed = max(LEAST_DAYS, -(-len(order) // 3))
    value = order[needed - 1]
    alike = sorted(days for days, likeness in found.items() if likeness >= THRESHOLD)
    text = f"correlation at the same clock time that {needed} of {len(order)} other days reach"
    if value >= THRESHOLD:
        listed = ", ".join(f"{days:+d}" for days in alike)
        return judged(ITEM, Verdict.FAIL, value, THRESHOLD, f"{text}: it repeats on days {listed}")
    return judged(ITEM, Verdict.PASS, value, THRESHOLD, f"{text}: it does not repeat")


def largest_likeness(
    event: Array, replica: Record, surroundings: Surroundings, measured: Measured
) -> float | None:
    """Return the largest correlation of another day's record near the clock time, or None in gaps.

    One of an amplitude below half or above twice the event's counts as 0.
    """
    reach, step = _samples(surroundings, REACH_S), _samples(surroundings, 60.0)
    best: float | None = None
    for shift in range(-reach, reach + 1, step):
        other = shape_of(replica, surroundings, measured, shift)
        if other is None:
            continue
        likeness = float((event * other).sum() / np.sqrt((event**2).sum() * (other**2).sum() + 1e-24))
        at = np.array([surroundings.first + shift], dtype=np.int64)
        level = level_contrast(
            electric_rows(replica)[list(measured.rows)], at, surroundings.length, surroundings.flank
        )[:, 0]
        size = float(level @ measured.amplitude / (measured.amplitude @ measured.amplitude + 1e-24))
        best = max(best or 0.0, likeness if 0.5 <= size <= 2.0 else 0.0)
    return best


def shape_of(record: Record, surroundings: Surroundings, measured: Measured, shift: int) -> Array | None:
    """Return minute means within an event's interval and flanks, shifted by some samples, or None in gaps.

    Returns
    -------
    ndarray of float64, shape (dipole, minute), or None
        mV/km, minus the straight line through the means of the two flanks.
    """
    flank, length = surroundings.flank, surroundings.length
    first = surroundings.first + shift - flank
    if first < 0 or first + length + 2 * flank > record.samples:
        return None
    piece = electric_rows(record)[list(measured.rows), first : first + length + 2 * flank]
    size = _samples(surroundings, 60.0)
    count = piece.shape[1] // size
    if count < 3 or not np.isfinite(piece).all():
        return None
    before, after = piece[:, :flank].mean(axis=1), piece[:, -flank:].mean(axis=1)
    slope = (after - before) / (length + flank)
    line = before[:, None] + slope[:, None] * (np.arange(piece.shape[1]) - 0.5 * (flank - 1))
    means = (piece - line)[:, : count * size].reshape(len(piece), count, size).mean(axis=2)
    return np.asarray(means - means.mean(axis=1, keepdims=True))


def _samples(surroundings: Surroundings, seconds: float) -> int:
    return max(1, round(seconds / surroundings.near.interval))
