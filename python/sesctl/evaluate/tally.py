"""Scores out of sums."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from sesctl.evaluate.ledger import COLUMNS
from sesctl.evaluate.overlap import Floats


@dataclass(frozen=True, kw_only=True)
class Tally:
    """All scores of one group; NaN where there is nothing to score.

    Parameters
    ----------
    n_truth, n_events, n_activities : int
        Truths, events, and activities that the truths belong to.
    live_station_days : float
        Live time in station-days of 24 h.
    success, success_top1, success_iou : float
        Share of the truths for which equation (3) holds: for any event, for the best event of the day, for
        any event with IoU of at least one half.
    near_success, failure : float
        Share with no success but an event both of whose edges miss by less than the duration, and the rest.
    near_success_literal : float
        Share with no success but an event both of whose edges miss by half to the whole duration.
    hits, duplicates, activity_events, false_alarms : int
        Events matched to a truth; left over beside a truth; reporting an activity whole beside its pulses;
        and sharing time with no truth.
    recall, precision, f1 : float
        Share of the truths that are matched; share of the events that are, those that report an activity
        whole left out; and their harmonic mean.
    activity_recall : float
        Share of the activities of which a pulse is matched.
    false_alarms_per_station_day : float
        False alarms per 24 h of live time.
    mean_iou : float
        Mean intersection over union of the matched pairs.
    onset_bias_s, onset_spread_s, end_bias_s, end_spread_s : float
        Mean and standard deviation (n - 1) of event minus truth in s over the matched pairs; negative is
        early.
    amplitude_bias_mv_km, amplitude_spread_mv_km : float
        The same of the absolute amplitudes in mV/km.
    amplitude_sign_agreement : float
        Share of the matched pairs whose amplitudes agree in sign.
    intervals : mapping of str to (float, float)
        95 % interval of each share, rate, bias and spread.
    """

    n_truth: int
    n_events: int
    n_activities: int
    live_station_days: float
    success: float
    success_top1: float
    success_iou: float
    near_success: float
    near_success_literal: float
    failure: float
    hits: int
    duplicates: int
    activity_events: int
    false_alarms: int
    recall: float
    precision: float
    f1: float
    activity_recall: float
    false_alarms_per_station_day: float
    mean_iou: float
    onset_bias_s: float
    onset_spread_s: float
    end_bias_s: float
    end_spread_s: float
    amplitude_bias_mv_km: float
    amplitude_spread_mv_km: float
    amplitude_sign_agreement: float
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def as_object(self) -> dict[str, Any]:
        """Return the scores as JSON knows them, null for NaN, the intervals under ``intervals_95``."""
        scores = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "intervals"}
        plain: dict[str, Any] = {name: number_or_none(value) for name, value in scores.items()}
        plain["intervals_95"] = {
            name: [number_or_none(end) for end in ends] for name, ends in self.intervals.items()
        }
        return plain


COUNTS = {
    "n_truth": "truth",
    "n_events": "event",
    "n_activities": "activity",
    "hits": "hit",
    "duplicates": "duplicate",
    "activity_events": "activity_event",
    "false_alarms": "false_alarm",
}
SHARES_OF_TRUTHS = ("success", "success_top1", "success_iou", "near_success", "near_success_literal")


def scores_of(sums: Floats, live_days: Floats, centre: Mapping[str, float]) -> dict[str, Floats]:
    """Return every share, rate, bias and spread that follows from sums.

    Parameters
    ----------
    sums : ndarray of float64, shape (..., group, column)
        Sums of `COLUMNS`.
    live_days : ndarray of float64, shape (..., group)
        Live time in station-days.
    centre : mapping of str to float
        What was taken off the errors before they were summed.

    Returns
    -------
    dict of str to ndarray of float64, shape (..., group)
        By name in `Tally`; NaN where there is nothing to score.
    """
    total = {name: sums[..., number] for number, name in enumerate(COLUMNS)}
    claims = total["event_hit"] + total["duplicate"] + total["false_alarm"]
    scores = {name: _ratio(total[name], total["truth"]) for name in SHARES_OF_TRUTHS}
    scores["failure"] = _ratio(total["truth"] - total["success"] - total["near_success"], total["truth"])
    scores["recall"] = _ratio(total["hit"], total["truth"])
    scores["precision"] = _ratio(total["event_hit"], claims)
    # The harmonic mean of both; hits are counted once with the truths and once with the events.
    scores["f1"] = _ratio(total["hit"] + total["event_hit"], total["truth"] + claims)
    scores["activity_recall"] = _ratio(total["activity_found"], total["activity"])
    scores["false_alarms_per_station_day"] = _ratio(total["false_alarm"], live_days)
    scores["mean_iou"] = _ratio(total["iou"], total["hit"])
    for name, unit, count in (
        ("onset", "s", "hit"),
        ("end", "s", "hit"),
        ("amplitude", "mv_km", "amplitudes"),
    ):
        mean = _ratio(total[name], total[count])
        variance = _ratio(total[f"{name}_square"] - total[name] * mean, total[count] - 1)
        scores[f"{name}_bias_{unit}"] = mean + centre[name]
        scores[f"{name}_spread_{unit}"] = np.sqrt(np.maximum(variance, 0.0))
    scores["amplitude_sign_agreement"] = _ratio(total["same_sign"], total["amplitudes"])
    return scores


def number_or_none(value: float) -> float | int | None:
    """Return a number, or None where it is not finite and JSON has no word for it."""
    return value if math.isfinite(value) else None


def _ratio(part: npt.ArrayLike, whole: npt.ArrayLike) -> Floats:
    above, below = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    result = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result
