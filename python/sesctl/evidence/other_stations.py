"""Whether other stations show something at the same time."""

from sesctl.evidence.judging import judged, untestable
from sesctl.evidence.measure import Measured
from sesctl.evidence.surroundings import Surroundings
from sesctl.types import Event, Finding, Verdict

ITEM = "other_stations"
THRESHOLD = 0.0
LEAST_OVERLAP = 0.5


def judge_other_stations(surroundings: Surroundings, measured: Measured) -> Finding:
    """Count the other stations with an event that covers half of the shorter of the two.

    SES are seen at few places, most often at one; what many stations show at once is mostly natural.
    """
    if not surroundings.others:
        return untestable(ITEM, "no other station has a record of this time")
    event = surroundings.event
    seen = [
        name
        for name, events in surroundings.others.items()
        if any(overlap(event, other) >= LEAST_OVERLAP for other in events)
    ]
    text = f"of {len(surroundings.others)} other stations with a record, those with an event at this time"
    if seen:
        return judged(ITEM, Verdict.FAIL, len(seen), THRESHOLD, f"{text}: {', '.join(seen)}", "stations")
    return judged(ITEM, Verdict.PASS, 0, THRESHOLD, f"{text}: none", "stations")


def overlap(one: Event, other: Event) -> float:
    """Return the time two events share, over the shorter of the two."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared / min(one.end - one.start, other.end - other.start)
