"""One pass of a detector over days: candidates, before any threshold."""

from sesctl.plugin import Detector, DetectorInfo
from sesctl.plugin.contract import check_candidates, check_scores
from sesctl.types import Candidate, Days, Scores


def scan(days: Days, detector: Detector, info: DetectorInfo) -> tuple[list[Candidate], Scores]:
    """Score days and propose intervals, each seen by the day of its onset alone.

    Parameters
    ----------
    days : Days
        Prepared as `info` asks.
    detector : Detector
        The detector.
    info : DetectorInfo
        Its record.

    Returns
    -------
    list of Candidate
        Those whose onset lies in their day proper.
    Scores
        What the detector returned.

    Raises
    ------
    PluginError
        If the detector breaks its contract.
    """
    scores = check_scores(detector.score(days), days, info)
    first = days.starts
    last = first + days.samples_per_day * days.interval_us
    proposed = detector.propose(scores, days)
    check_candidates(proposed, days, info)
    return [c for c in proposed if first[c.day] <= c.start < last[c.day]], scores
