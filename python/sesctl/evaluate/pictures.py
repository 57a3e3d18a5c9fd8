"""What pictures of an evaluation show, as arrays."""

from dataclasses import dataclass

import numpy as np

from sesctl.evaluate.groups import class_labels, class_of
from sesctl.evaluate.matching import growing_match
from sesctl.evaluate.outcomes import Outcomes, State
from sesctl.evaluate.overlap import Floats, Ints


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """Recall against false alarms, by the raw score that an event has to reach.

    Parameters
    ----------
    score : ndarray of float64, shape (point,)
        The distinct raw scores of the events, falling.
    recall : ndarray of float64, shape (point,)
        Share of the truths that can be matched to events of at least this score.
    success : ndarray of float64, shape (point,)
        Share of the truths for which such an event meets equation (3).
    false_alarms_per_station_day : ndarray of float64, shape (point,)
        Events of at least this score that share time with no truth, per 24 h of live time.
    """

    score: Floats
    recall: Floats
    success: Floats
    false_alarms_per_station_day: Floats


def curve_of(outcomes: Outcomes) -> Curve:
    """Return the curve of a catalogue, down to its threshold; NaN where there is no truth or live time."""
    score = outcomes.events.score
    n_truth = len(outcomes.truths)
    order = np.argsort(-score, kind="stable")
    last = np.flatnonzero(np.diff(score[order], append=np.nan) != 0)
    adds = growing_match(outcomes.pairs, score, n_truth)
    succeeded = np.full(n_truth, -np.inf)
    good = outcomes.pair_success
    np.maximum.at(succeeded, outcomes.pairs.truth[good], score[outcomes.pairs.event[good]])
    points = score[order][last]
    reached = np.searchsorted(np.sort(-succeeded[succeeded > -np.inf]), -points, side="right")
    false = outcomes.events.state == State.FALSE
    live = sum(time.live_days for time in outcomes.live)
    return Curve(
        score=points,
        recall=_over(np.cumsum(adds[order], dtype=np.int64)[last], n_truth),
        success=_over(reached, n_truth),
        false_alarms_per_station_day=_over(np.cumsum(false[order], dtype=np.int64)[last], live),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class TimingErrors:
    """How far the edges of matched events are off.

    Parameters
    ----------
    edges_s : ndarray of float64, shape (bin + 1,)
        Edges of the bins, event minus truth in s; the outer bins hold what lies beyond them, too.
    onset, end : ndarray of int64, shape (bin,)
        Matched events in each bin.
    """

    edges_s: Floats
    onset: Ints
    end: Ints


def timing_errors(outcomes: Outcomes, reach_s: float = 1800.0, bins: int = 60) -> TimingErrors:
    """Return the histogram of onset and end errors within ± `reach_s` of the truth."""
    edges = np.linspace(-reach_s, reach_s, bins + 1)
    hit = outcomes.truths.event >= 0
    onset, end = (
        np.histogram(np.clip(errors[hit], -reach_s, reach_s), edges)[0].astype(np.int64)
        for errors in (outcomes.truths.onset_s, outcomes.truths.end_s)
    )
    return TimingErrors(edges_s=edges, onset=onset, end=end)


@dataclass(frozen=True, kw_only=True, eq=False)
class BlindTime:
    """The share of the day in which an SES of a given size could not be seen.

    Parameters
    ----------
    labels : tuple of str
        Classes of absolute amplitude in mV/km.
    n_truth : ndarray of int64, shape (class, 24)
        Truths by class and hour of the day of their onset.
    success : ndarray of float64, shape (class, 24)
        Share of them for which equation (3) holds, NaN where there is none.
    share : ndarray of float64, shape (class,)
        Of the hours with a truth of the class, the share in which less than half of them succeed.
    """

    labels: tuple[str, ...]
    n_truth: Ints
    success: Floats
    share: Floats


def blind_time(outcomes: Outcomes, amplitude_edges: tuple[float, ...]) -> BlindTime:
    """Return success by amplitude class, each from one of the edges in mV/km on, and hour of the day."""
    truths = outcomes.truths
    number = class_of(truths.amplitude, amplitude_edges)
    used = np.unique(number)
    cell = np.searchsorted(used, number) * 24 + truths.hour.astype(np.int64)
    size = len(used) * 24
    count = np.bincount(cell, minlength=size).reshape(-1, 24)
    good = np.bincount(cell, weights=truths.success, minlength=size).reshape(-1, 24)
    success = np.full(count.shape, np.nan)
    np.divide(good, count, out=success, where=count > 0)
    blind = ((2 * good < count) & (count > 0)).sum(axis=1)
    return BlindTime(
        labels=tuple(class_labels(amplitude_edges)[each] for each in used),
        n_truth=count.astype(np.int64),
        success=success,
        share=blind / np.maximum((count > 0).sum(axis=1), 1),
    )


def _over(count: Ints, whole: float) -> Floats:
    return count / whole if whole > 0 else np.full(len(count), np.nan)
