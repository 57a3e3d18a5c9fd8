"""One pass of a detector over days: candidates, before any threshold."""

from sesctl.plugin import Detector, DetectorInfo
from sesctl.plugin.contract import check_candidates, check_not_judged, check_scores
from sesctl.plugin.guard import guarded
from sesctl.types import Candidate, Days, Scores


def scan(
    days: Days, detector: Detector, info: DetectorInfo
) -> tuple[list[Candidate], Scores, dict[int, str]]:
    """Score days and propose intervals, each seen by the day of its onset alone.

    Parameters
    ----------
    days : Days
        Prepared as `info` asks. Its arrays are made read-only: they are the record, to be seen again.
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
    dict of int to str
        Why days that hold values could not be judged, by their index.

    Raises
    ------
    PluginError
        If the detector fails or breaks its contract.
    """
    for samples in (days.values, days.quality):
        samples.setflags(write=False)
    with guarded(f"detector {info.name} fails to score"):
        scores = check_scores(detector.score(days), days, info)
    with guarded(f"detector {info.name} fails to propose intervals"):
        proposed = check_candidates(detector.propose(scores, days), days, info)
    with guarded(f"detector {info.name} fails to say which days it judges"):
        blind = check_not_judged(detector.not_judged(days), days, info)
    first = days.starts
    last = first + days.samples_per_day * days.interval_us
    seen = [c for c in proposed if c.day not in blind and first[c.day] <= c.start < last[c.day]]
    return seen, scores, blind
