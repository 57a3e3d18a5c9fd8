"""How usual so strong a detection is at this station at this hour."""

from sesctl.evidence.judging import judged, untestable
from sesctl.evidence.measure import Measured
from sesctl.evidence.surroundings import Surroundings
from sesctl.types import Finding, Verdict
from sesctl.types.instants import DAY

ITEM = "hour_rank"
THRESHOLD = 0.1
REACH_H = 1.0
LEAST_PEERS = 10


def judge_hour_rank(surroundings: Surroundings, measured: Measured) -> Finding:
    """Rank the event's raw score among the station's detections within 1 h of its clock time."""
    event = surroundings.event
    reach = round(REACH_H * DAY / 24)

    def apart(start: int) -> int:
        difference = (start - event.start) % DAY
        return min(difference, DAY - difference)

    alike = [peer for peer in surroundings.peers if apart(peer.start) <= reach]
    if len(alike) < LEAST_PEERS:
        counted = f"{len(alike)} detection{'' if len(alike) == 1 else 's'}"
        reason = f"the station has {counted} within an hour of this clock time, not ten"
        return untestable(ITEM, reason)
    rank = 1 + sum(peer.raw_score > event.raw_score for peer in alike)
    value = rank / len(alike)
    text = f"rank over number, {rank} of {len(alike)}, among the detections at this hour"
    if value <= THRESHOLD:
        return judged(ITEM, Verdict.PASS, value, THRESHOLD, f"{text}: it stands out")
    return judged(ITEM, Verdict.FAIL, value, THRESHOLD, f"{text}: as strong ones are usual")
