"""A signal about midnight, which two days may each take for theirs, is one candidate."""

from collections.abc import Sequence

from sesctl.types import Candidate
from sesctl.types.instants import DAY

SHARED = 0.5
"""Share of the shorter of two intervals from which they are one signal."""


def seen_once(candidates: Sequence[Candidate], day_offset: int = 0) -> list[Candidate]:
    """Return candidates of which no two days have the same one.

    A day reports what begins in it, and looks beyond its ends. Where a day sees the onset of a signal just
    before midnight and the next sees it just after, both report it. Of two candidates of different days that
    share half of the shorter one, that of the larger raw score stays, the earlier where they are equal.

    Parameters
    ----------
    candidates : sequence of Candidate
        Of one station.
    day_offset : int
        Offset from UTC, in µs east of it, at which days begin.

    Returns
    -------
    list of Candidate
        In order of start.
    """
    by_day: dict[int, list[Candidate]] = {}
    for candidate in sorted(candidates, key=lambda each: (each.start, each.end)):
        day = (candidate.start + day_offset) // DAY
        # Only the day before can have the same one: intervals are hours long at most.
        before = by_day.get(day - 1, [])
        rivals = [other for other in before if _shared(other, candidate) >= SHARED]
        if all(other.raw_score < candidate.raw_score for other in rivals):
            for rival in rivals:
                before.remove(rival)
            by_day.setdefault(day, []).append(candidate)
    return [candidate for kept in by_day.values() for candidate in kept]


def _shared(one: Candidate, other: Candidate) -> float:
    """Return the overlap of two intervals over the length of the shorter one."""
    overlap = min(one.end, other.end) - max(one.start, other.start)
    return max(overlap, 0) / min(one.end - one.start, other.end - other.start)
