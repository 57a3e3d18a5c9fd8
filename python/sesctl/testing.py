"""The contract of detectors, for their authors' own tests.

A plugin's test is two lines::

    from sesctl.testing import check_detector

    def test_contract():
        check_detector(sesctl_detectors())
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from sesctl.errors import PluginError, SesctlError
from sesctl.plugin import Detector, DetectorInfo, TrainableDetector
from sesctl.plugin.contract import check_candidates, check_scores
from sesctl.plugin.guard import guarded
from sesctl.types import Days, Dipole, Scores, Station
from sesctl.types.instants import DAY

TOLERANCE = 1e-4
FIRST_DAY = 18_262  # 2020-01-01


@dataclass(frozen=True)
class Check:
    """One clause of the contract and how it went.

    Parameters
    ----------
    claim : str
        What was checked.
    problem : str
        How it fails, empty where it holds.
    """

    claim: str
    problem: str = ""


def check_detector(info: DetectorInfo) -> None:
    """Check a detector against the whole contract.

    Parameters
    ----------
    info : DetectorInfo
        Its record.

    Raises
    ------
    PluginError
        Naming every clause that fails.
    """
    failed = [check for check in run_checks(info) if check.problem]
    if failed:
        raise PluginError(
            f"detector {info.name} breaks its contract: "
            + "; ".join(f"{check.claim}: {check.problem}" for check in failed)
        )


def run_checks(info: DetectorInfo) -> list[Check]:
    """Run every clause of the contract and return how each went."""
    subject = _Subject(info)
    return [Check(claim, _problem(check, subject)) for claim, check in CLAUSES.items()]


class _Subject:
    """A detector that is checked: one instance for most clauses, as a scan uses one for all of its days."""

    def __init__(self, info: DetectorInfo) -> None:
        self.info = info

    @cached_property
    def detector(self) -> Detector:
        return self.info.make()

    def scored(self, days: Days, detector: Detector | None = None) -> Scores:
        return check_scores((detector or self.detector).score(days), days, self.info)


def _problem(check: Callable[[_Subject], str], subject: _Subject) -> str:
    try:
        with guarded("it fails"):
            problem = check(subject)
    except PluginError as error:  # a stranger's detector may raise anything; that is the finding
        return error.message
    return problem


def sample_days(info: DetectorInfo, *, days: int = 3, dipoles: int = 2, seed: int = 0) -> Days:
    """Return days as a detector would get them: drifting noise with boxcars, a long gap and a dead day.

    Day 0 has a boxcar of 12 mV/km and 27 min, day 1 a gap of 2 h on the first dipole, the last day no
    value at all.

    Parameters
    ----------
    info : DetectorInfo
        The detector's record; says the sampling interval and context.
    days, dipoles, seed : int
        Number of days (at least 3) and dipoles (at least as many as the detector needs), and the seed of the
        noise.

    Returns
    -------
    Days
        Values in mV/km, float32 (day, dipole, sample).
    """
    interval = info.interval
    context = round(info.context / interval)
    proper = round(86_400 / interval)
    rng = np.random.default_rng(seed)
    dipoles = max(dipoles, info.least_dipoles)
    shape = (days, dipoles, proper + 2 * context)
    values = rng.normal(0, 0.5, shape) + np.cumsum(rng.normal(0, 0.02, shape), axis=-1) + 100.0
    onset, width = context + proper // 2, max(1, round(1620 / interval))
    values[0, :, onset : onset + width] += 12.0
    values[1, 0, context + proper // 4 : context + proper // 4 + round(7200 / interval)] = np.nan
    values[-1] = np.nan
    station = Station(
        name="contract",
        channels=tuple(Dipole(name=f"D{k}", length_m=100.0, azimuth_deg=70.0 * k) for k in range(dipoles)),
    )
    return Days(
        station=station,
        values=values.astype(np.float32),
        starts=(FIRST_DAY + np.arange(days, dtype=np.int64)) * DAY,
        interval=interval,
        context=context,
    )


def _shapes(subject: _Subject) -> str:
    for dipoles in (1, 2, 3):
        subject.scored(sample_days(subject.info, dipoles=dipoles))
    return ""


def _candidates(subject: _Subject) -> str:
    days = sample_days(subject.info)
    found = subject.detector.propose(subject.scored(days), days)
    proposed = check_candidates(found, days, subject.info)
    first = days.row_start(0)
    beyond = first + days.values.shape[2] * days.interval_us
    outside = [c for c in proposed if c.day == 0 and not first <= c.start < c.end <= beyond]
    return f"{len(outside)} intervals of day 0 lie outside its row" if outside else ""


def _gaps(subject: _Subject) -> str:
    days = sample_days(subject.info)
    scores = subject.scored(days)
    if any(candidate.day == len(days) - 1 for candidate in subject.detector.propose(scores, days)):
        return "an interval is proposed in a day without any value"
    if scores.kind == "window":
        return "" if np.isnan(scores.values[-1]).all() else "a day without any value has scores"
    alive = (~np.isnan(scores.values)) & np.isnan(days.values).all(axis=1, keepdims=True)
    if scores.values.shape[1] == days.values.shape[1]:
        alive = ~np.isnan(scores.values) & np.isnan(days.values)
    return f"{int(alive.sum())} samples without a value have a score" if alive.any() else ""


def _deterministic(subject: _Subject) -> str:
    days = sample_days(subject.info)
    once = subject.scored(days).values
    again = _difference(once, subject.scored(days).values, 0.0)
    return again or _difference(once, subject.scored(days, subject.info.make()).values, 0.0)


def _batches(subject: _Subject) -> str:
    days = sample_days(subject.info, days=4)
    together = subject.scored(days).values
    alone = [subject.scored(days[k : k + 1]).values for k in range(len(days))]
    return _difference(together, np.concatenate(alone, axis=0), TOLERANCE)


def _order(subject: _Subject) -> str:
    days = sample_days(subject.info, days=4)
    forward = subject.scored(days).values
    backward = subject.scored(days[::-1]).values[::-1]
    return _difference(forward, backward, TOLERANCE)


def _untouched(subject: _Subject) -> str:
    days = sample_days(subject.info)
    kept = days.values.copy()
    read_only = replace(days, values=days.values)
    read_only.values.setflags(write=False)
    subject.scored(read_only)
    return "" if np.array_equal(kept, days.values, equal_nan=True) else "the input was changed"


def _model(subject: _Subject) -> str:
    info, detector = subject.info, subject.detector
    if isinstance(detector, TrainableDetector) != info.trainable:
        return f"trainable is {info.trainable}, and the detector is a {type(detector).__name__}"
    if not isinstance(detector, TrainableDetector):
        return ""
    days = sample_days(info)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        detector.save(folder)
        again = info.make()
        if not isinstance(again, TrainableDetector):
            return "make returns a trainable detector only sometimes"
        again.load(folder)
        return _difference(subject.scored(days).values, subject.scored(days, again).values, TOLERANCE)


def _no_model(subject: _Subject) -> str:
    detector = subject.info.make()
    if not isinstance(detector, TrainableDetector):
        return ""
    with tempfile.TemporaryDirectory() as name:
        try:
            detector.load(Path(name))
        except SesctlError:
            return ""
        return "loading an empty folder raises no SesctlError"


def _difference(one: np.ndarray, other: np.ndarray, tolerance: float) -> str:
    if one.shape != other.shape:
        return f"scores have shapes {one.shape} and {other.shape}"
    if (np.isnan(one) != np.isnan(other)).any():
        return "NaN stand in different places"
    largest = float(np.nanmax(np.abs(one - other), initial=0.0))
    scale = max(1.0, float(np.nanmax(np.abs(one), initial=0.0)))
    return "" if largest <= tolerance * scale else f"scores differ by {largest:.3g}"


CLAUSES: dict[str, Callable[[_Subject], str]] = {
    "scores have the right type and shape for 1, 2 and 3 dipoles": _shapes,
    "intervals lie in the row that shows them": _candidates,
    "where there is no value there is no score": _gaps,
    "the same days give the same scores": _deterministic,
    "scores do not depend on how days are batched": _batches,
    "scores do not depend on the order of days": _order,
    "the input is not changed": _untouched,
    "a saved model gives the same scores when loaded": _model,
    "a folder without a model is refused": _no_model,
}
