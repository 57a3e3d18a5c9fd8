"""Numbers out of passes: the best interval a day, operating points, curves, denoised traces."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sesctl.benchmark.passes import Pass, Subject, Trial, best_outcomes, outcomes
from sesctl.benchmark.signals import embedded
from sesctl.calibrate import parse_budget, threshold_for
from sesctl.clean import TARGET, clean
from sesctl.evaluate import Curve, Evaluation, mae, rmse, rmspe, summarise
from sesctl.evaluate import Unit as Drawn
from sesctl.pipeline import RecordSource, calibration_of
from sesctl.pipeline.prepare import batches, prepare, raw_days

BATCH_DAYS = 8
CURVE_POINTS = 100
RAREST = 1e-4
"""Fewest false alarms a day that a curve tells from none."""
BUDGETS = ("1/d", "1/7d", "1/30d")
TOP1 = ("n_truth", "success_top1", "near_success", "near_success_literal", "failure", "success_iou")
POINT = (
    "n_truth",
    "success",
    "success_iou",
    "recall",
    "precision",
    "f1",
    "duplicates",
    "false_alarms",
    "false_alarms_per_station_day",
    "live_station_days",
    "mean_iou",
    "onset_bias_s",
    "onset_spread_s",
    "end_bias_s",
    "end_spread_s",
    "amplitude_bias_mv_km",
)
Scores = dict[str, Any]


def top1_scores(
    subject: Subject, passes: Sequence[Pass], replicates: int, *, by: str = "", drawn: Drawn = "day"
) -> Scores:
    """Return the scores of the best interval of each day, with intervals.

    Parameters
    ----------
    subject : Subject
        The detector.
    passes : sequence of Pass
        With signals.
    replicates : int
        Drawings of the bootstrap.
    by : str, optional
        Kind of groups to add: ``hour``, ``station``, ``dipoles``, ``amplitude_mv_km``, ``duration_min``.
    drawn : {"day", "station"}
        What the bootstrap draws.

    Returns
    -------
    dict
        As JSON knows it.
    """
    found = summarise(best_outcomes(subject, passes), replicates=replicates, unit=drawn)
    scores = _chosen(found.overall.as_object(), TOP1)
    if by:
        scores[f"success_top1_by_{by}"] = {
            label: {"n_truth": tally.n_truth, "success_top1": _round(tally.success_top1)}
            for label, tally in found.groups[by].items()
            if tally.n_truth
        }
    return scores


def point_scores(
    subject: Subject,
    quiet: Sequence[Pass],
    noisy: Sequence[Pass],
    calibrated: Sequence[Pass],
    replicates: int,
    *,
    drawn: Drawn = "day",
) -> Scores:
    """Return the scores at thresholds that keep budgets of false alarms, and the curve through all others.

    Every day counts for false alarms, with its signal and without. Thresholds come from quiet days of
    validation, never from those scored.

    Parameters
    ----------
    subject : Subject
        The detector.
    quiet, noisy : sequence of Pass
        The days scored, without and with signals.
    calibrated : sequence of Pass
        Quiet days of validation.
    replicates : int
        Drawings of the bootstrap.
    drawn : {"day", "station"}
        What it draws.

    Returns
    -------
    dict
        ``thresholds`` by budget, each with its scores, and ``curve``.
    """
    calibration = calibration_of([each.scanned for each in calibrated], subject.info)
    points: Scores = {"own": {"threshold": subject.detector.threshold}}
    for budget in BUDGETS:
        if calibration.n_candidates:
            chosen = threshold_for(calibration, parse_budget(budget))
            points[budget] = {"threshold": chosen.value, "certified": chosen.certified}
    for point in points.values():
        found = summarise(
            outcomes(subject, [*quiet, *noisy], point["threshold"]), replicates=replicates, unit=drawn
        )
        point.update(_point(found))
        alone = summarise(outcomes(subject, quiet, point["threshold"]), replicates=0)
        point["quiet_days_alone"] = {
            "false_alarms": alone.overall.false_alarms,
            "live_days": _round(alone.bound.days),
            "passes": len(quiet),
            "false_alarms_bound_95": _number(alone.bound.value),
        }
    whole = summarise(outcomes(subject, [*quiet, *noisy]), replicates=0)
    return {
        "calibration": {
            "live_days": _round(calibration.live_days),
            "n_candidates": calibration.n_candidates,
        },
        "thresholds": points,
        "curve": _thinned(whole.curve),
    }


def trace_scores(subject: Subject, trials: Sequence[Trial], days: int) -> Scores | None:
    """Return how far denoised traces are from their label, or None for a detector that does not denoise.

    The label is the record smoothed beyond what a detector may lose, plus the signal. The percentage error
    divides by it: where a trace comes near zero it explodes, so that the median of the days stands beside
    the mean.

    Parameters
    ----------
    subject : Subject
        The detector.
    trials : sequence of Trial
        Single dipoles with signals.
    days : int
        Days of each, the first ones.

    Returns
    -------
    dict or None
        RMSPE in %, RMSE and MAE in mV/km over days and dipoles.
    """
    errors: dict[str, list[float]] = {"rmspe": [], "rmse": [], "mae": []}
    info = subject.info
    for one in trials:
        names = list(one.unit.rows(one.background))
        sources = [RecordSource(embedded(one.background, one.unit, each)) for each in (one.signals, [])]
        for batch in batches(one.starts[:days], BATCH_DAYS):
            seen, quiet = (
                raw_days(each, batch, dipoles=names, interval=info.interval, context_s=info.context)
                for each in sources
            )
            if seen is None or quiet is None:
                continue
            scores = subject.detector.score(prepare(seen, info))
            if scores.kind != "denoised":
                return None
            proper = slice(seen.context, seen.context + seen.samples_per_day)
            label = clean(quiet, TARGET).values + (seen.values - quiet.values)
            for name, measure in (("rmspe", rmspe), ("rmse", rmse), ("mae", mae)):
                errors[name] += measure(label[..., proper], scores.values[..., proper]).ravel().tolist()
    known = {name: [value for value in values if np.isfinite(value)] for name, values in errors.items()}
    if not known["rmspe"]:
        return None
    return {
        "rmspe_percent_mean": _round(float(np.mean(known["rmspe"]))),
        "rmspe_percent_median": _round(float(np.median(known["rmspe"]))),
        "rmse_mv_km": _round(float(np.mean(known["rmse"]))),
        "mae_mv_km": _round(float(np.mean(known["mae"]))),
        "dipole_days": len(known["rmse"]),
    }


def _thinned(curve: Curve) -> dict[str, list[Any]]:
    """Return about a hundred points of a curve, even on the logarithm of the false alarms a day."""
    rate = curve.false_alarms_per_station_day
    targets = np.geomspace(RAREST, max(rate.max(initial=0.0), RAREST), CURVE_POINTS)
    chosen = np.unique(np.clip(np.searchsorted(rate, targets, side="right") - 1, 0, None))[: len(rate)]
    return {
        name: [_round(value) for value in getattr(curve, name)[chosen].tolist()]
        for name in ("score", "recall", "success", "false_alarms_per_station_day")
    }


def _point(found: Evaluation) -> Scores:
    scores = _chosen(found.overall.as_object(), POINT)
    scores["false_alarms_bound_95"] = _number(found.bound.value)
    scores["false_alarms_weekly_fano"] = _number(found.bound.fano)
    return scores


def _chosen(scores: Mapping[str, Any], names: Sequence[str]) -> Scores:
    intervals = scores["intervals_95"]
    return {name: _round(scores[name]) for name in names} | {
        "intervals_95": {
            name: [_round(end) for end in intervals[name]] for name in names if name in intervals
        }
    }


def _round(value: Any) -> Any:
    """Return a number with six digits: more are noise, and make files of results longer."""
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _number(value: float) -> float | None:
    return _round(value) if np.isfinite(value) else None
