"""One pass of a detector over days: candidates, before any threshold."""

import numpy as np

from sesctl.errors import PluginError
from sesctl.plugin import Detector, DetectorInfo
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
    scores = detector.score(days)
    _check(scores, days, info)
    first = days.starts
    last = first + days.samples_per_day * days.interval_us
    proposed = detector.propose(scores, days)
    for candidate in proposed:
        if not 0 <= candidate.day < len(days):
            raise PluginError(
                f"detector {info.name} proposes an interval in day {candidate.day} of {len(days)} days"
            )
    return [c for c in proposed if first[c.day] <= c.start < last[c.day]], scores


def _check(scores: Scores, days: Days, info: DetectorInfo) -> None:
    if not isinstance(scores, Scores):
        raise PluginError(f"detector {info.name} scores with a {type(scores).__name__}, not Scores")
    count, channels, samples = days.values.shape
    traces = {1, channels} if info.dipoles == "each" or scores.kind == "denoised" else {1}
    if scores.values.shape[0] != count or scores.values.shape[1] not in traces:
        raise PluginError(
            f"detector {info.name} returns scores of shape {scores.values.shape} for {count} days of "
            f"{channels} dipoles"
        )
    if scores.kind != "window" and scores.values.shape[2] != samples:
        raise PluginError(
            f"detector {info.name} returns {scores.values.shape[2]} scores a row for {samples} samples"
        )
    if scores.kind == "probability" and not _within_unit(scores.values):
        raise PluginError(f"detector {info.name} returns probabilities outside 0..1")


def _within_unit(values: np.ndarray) -> bool:
    finite = values[np.isfinite(values)]
    return bool(((finite >= 0) & (finite <= 1)).all())
