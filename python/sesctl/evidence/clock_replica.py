"""Whether something alike happened at the same clock time on other days, as trains and factories do."""

import numpy as np
import numpy.typing as npt

from sesctl.evidence.judging import judged, untestable
from sesctl.evidence.measure import Measured
from sesctl.evidence.surroundings import Surroundings, electric_rows
from sesctl.types import Finding, Record, Verdict

ITEM = "clock_replica"
DAYS = (-14, -7, -1, 1, 7, 14)
THRESHOLD = 0.5
REACH_S = 600.0
LEAST_DAYS = 2

Array = npt.NDArray[np.float64]


def judge_clock_replica(surroundings: Surroundings, measured: Measured) -> Finding:
    """Correlate the event with the mean of the record at the same clock time ±1, 7 and 14 days.

    Over all dipoles at once, of means over a minute within the event and its flanks, minus the straight line
    that joins these; the best within 10 min of the clock time. Once with all these days, once with those of
    the same weekday. The number is the smaller of the correlation and of the mean's size relative to the
    event: it fails from 0.5 on, when half of the event is there on other days, and looks like it.
    """
    if not measured.rows:
        return untestable(ITEM, measured.missing)
    event = shape_of(surroundings.near, surroundings, measured, 0)
    if event is None:
        return untestable(ITEM, "the event has gaps")
    reach, step = _samples(surroundings, REACH_S), _samples(surroundings, 60.0)
    shifts = range(-reach, reach + 1, step)
    shapes: dict[int, list[Array]] = {}
    for days, replica in surroundings.replicas.items():
        found = [shape_of(replica, surroundings, measured, shift) for shift in shifts]
        whole = [shape for shape in found if shape is not None]
        if len(whole) == len(found):
            shapes[days] = whole
    groups = [list(shapes), [days for days in shapes if days % 7 == 0]]
    groups = [days for days in groups if len(days) >= LEAST_DAYS]
    if not groups:
        count = len(shapes)
        return untestable(
            ITEM,
            f"{count} of the days ±1, 7 and 14 later {'has' if count == 1 else 'have'} "
            "a record without gaps at that time, not two",
        )
    likeness, size, number = max(
        (
            (*compare(event, np.mean([shapes[day][shift] for day in days], axis=0)), len(days))
            for days in groups
            for shift in range(len(shifts))
        ),
        key=lambda found: min(found[:2]),
    )
    value = min(likeness, size)
    correlation = round(likeness, 2) + 0.0  # no "-0.00"
    share = round(100 * size)
    text = f"the mean of {number} other days has correlation {correlation:.2f}, {share} % of its size"
    if value >= THRESHOLD:
        return judged(ITEM, Verdict.FAIL, value, THRESHOLD, f"{text}: it repeats by the clock")
    return judged(ITEM, Verdict.PASS, value, THRESHOLD, f"{text}: it does not repeat")


def compare(event: Array, other: Array) -> tuple[float, float]:
    """Return the correlation of two shapes, and the size of the second in units of the first.

    Parameters
    ----------
    event, other : ndarray of float64, shape (dipole, minute)
        mV/km, each dipole's mean taken off.
    """
    shared, power = float((event * other).sum()), float((event**2).sum())
    likeness = shared / np.sqrt(power * float((other**2).sum()) + 1e-24)
    return float(likeness), shared / (power + 1e-24)


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
