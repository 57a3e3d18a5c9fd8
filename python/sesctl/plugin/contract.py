"""What every detector's scores and candidates must be, checked on each pass."""

from collections.abc import Iterable, Mapping

import numpy as np

from sesctl.errors import PluginError
from sesctl.plugin.info import DetectorInfo
from sesctl.types import Candidate, Days, Scores


def check_scores(scores: object, days: Days, info: DetectorInfo) -> Scores:
    """Return the scores, or raise `PluginError` saying how they break the contract.

    Parameters
    ----------
    scores : object
        What `Detector.score` returned.
    days : Days
        What it was given.
    info : DetectorInfo
        The detector's record.
    """
    if not isinstance(scores, Scores):
        msg = f"detector {info.name} scores with a {type(scores).__name__}, not Scores"
        raise PluginError(msg)
    count, channels, samples = days.values.shape
    allowed = {1, channels} if info.dipoles == "each" or scores.kind == "denoised" else {1}
    if scores.values.shape[0] != count or scores.values.shape[1] not in allowed:
        msg = (
            f"detector {info.name} returns scores of shape {scores.values.shape} for {count} days of "
            f"{channels} dipoles"
        )
        raise PluginError(msg)
    if scores.kind != "window" and scores.values.shape[2] != samples:
        msg = f"detector {info.name} returns {scores.values.shape[2]} scores a row for {samples} samples"
        raise PluginError(msg)
    finite = scores.values[~np.isnan(scores.values)]
    if np.isinf(finite).any():
        msg = f"detector {info.name} returns infinite scores"
        raise PluginError(msg)
    if scores.kind == "probability" and ((finite < 0) | (finite > 1)).any():
        msg = f"detector {info.name} returns probabilities outside 0..1"
        raise PluginError(msg)
    return scores


def check_not_judged(reasons: object, days: Days, info: DetectorInfo) -> dict[int, str]:
    """Return why days are not judged, or raise `PluginError` where that is no reason by day.

    Parameters
    ----------
    reasons : object
        What `Detector.not_judged` returned.
    days : Days
        What it was given.
    info : DetectorInfo
        The detector's record.
    """
    if not isinstance(reasons, Mapping):
        msg = f"detector {info.name} names days not judged with a {type(reasons).__name__}, not a mapping"
        raise PluginError(msg)
    for day, reason in reasons.items():
        if not isinstance(day, int) or not 0 <= day < len(days) or not isinstance(reason, str):
            msg = f"detector {info.name} does not judge day {day!r} of {len(days)} days, because {reason!r}"
            raise PluginError(msg)
    return dict(reasons)


def check_candidates(proposed: object, days: Days, info: DetectorInfo) -> list[Candidate]:
    """Return the candidates, or raise `PluginError` where one names a day or a dipole that is not there.

    Parameters
    ----------
    proposed : object
        What `Detector.propose` returned.
    days : Days
        What it was given.
    info : DetectorInfo
        The detector's record.
    """
    if not isinstance(proposed, Iterable):
        msg = f"detector {info.name} proposes a {type(proposed).__name__}, not a list of Candidate"
        raise PluginError(msg)
    names = {channel.name for channel in days.station.channels}
    candidates = list(proposed)
    for candidate in candidates:
        if not isinstance(candidate, Candidate):
            msg = f"detector {info.name} proposes a {type(candidate).__name__}, not a Candidate"
            raise PluginError(msg)
        if not 0 <= candidate.day < len(days):
            msg = f"detector {info.name} proposes an interval in day {candidate.day} of {len(days)} days"
            raise PluginError(msg)
        unknown = sorted(set(candidate.amplitudes) - names)
        if unknown:
            msg = f"detector {info.name} gives an amplitude on {unknown[0]!r}, which is no dipole"
            raise PluginError(msg)
    return candidates
