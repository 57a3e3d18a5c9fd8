"""A detector passed over a background, with signals in it or none, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.benchmark.backgrounds import Background, SomeDays
from sesctl.benchmark.signals import Strength, Unit, embedded, plan, truth_of
from sesctl.decide import decide
from sesctl.evaluate import Outcomes, join, judge
from sesctl.inject import Signal
from sesctl.pipeline import Scan, Scanned, scan_sources
from sesctl.plugin import Detector, DetectorInfo
from sesctl.types import Candidate, Catalogue, Exposure, Origin
from sesctl.types.instants import DAY
from sesctl.waveforms import SES

EVERYTHING = -1e300
"""A threshold that every candidate exceeds."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """A detector ready to be scored.

    Parameters
    ----------
    info, detector : DetectorInfo, Detector
        The detector.
    model : str
        SHA-256 of what it learnt, empty for a detector that does not learn.
    learnt_from : frozenset of Origin
        Backgrounds it learnt from.
    """

    info: DetectorInfo
    detector: Detector
    model: str = ""
    learnt_from: frozenset[Origin] = frozenset()


@dataclass(frozen=True, kw_only=True, eq=False)
class Pass:
    """One pass over one unit.

    Parameters
    ----------
    scanned : Scanned
        What was found.
    truth : tuple of SES
        What was there to be found.
    offset : int
        Offset from UTC, in µs east of it, of the days.
    """

    scanned: Scanned
    truth: tuple[SES, ...]
    offset: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """Days of one unit, each with its signal or as they are.

    Parameters
    ----------
    background : Background
        The record.
    unit : Unit
        The dipoles that carry the signals and are scanned.
    signals : sequence of Signal
        What is embedded.
    starts : ndarray of int64, shape (day,)
        The days, µs UTC.
    """

    background: Background
    unit: Unit
    signals: Sequence[Signal]
    starts: npt.NDArray[np.int64]


def trial(
    background: Background,
    unit: Unit,
    strength: Strength | None,
    first_seed: int,
    starts: npt.NDArray[np.int64] | None = None,
) -> Trial:
    """Draw the signals of a unit's days.

    Parameters
    ----------
    background, unit
        As in `Trial`.
    strength : Strength or None
        The signals; None for quiet days.
    first_seed : int
        First of the seeds of signals.
    starts : ndarray of int64, shape (day,), optional
        Days, µs UTC; all by default.
    """
    chosen = background.starts if starts is None else starts
    signals: list[Signal] = []
    if strength is not None:
        injection = strength.injection(unit.seed(background, first_seed), background.offset)
        signals = plan(background, unit, injection, chosen)
    return Trial(background=background, unit=unit, signals=signals, starts=chosen)


def run_pass(subject: Subject, one: Trial) -> Pass:
    """Scan the days of a trial."""
    record = embedded(one.background, one.unit, one.signals)
    source = SomeDays(record, starts=tuple(one.starts.tolist()))
    offset = one.background.offset
    (scanned,) = scan_sources([source], subject.info, subject.detector, Scan(day_offset=offset))
    return Pass(scanned=scanned, truth=truth_of(one.unit, one.signals), offset=offset)


def run_passes(subject: Subject, trials: Sequence[Trial]) -> list[Pass]:
    """Scan the days of trials one after the other."""
    return [run_pass(subject, each) for each in trials]


def outcomes(subject: Subject, passes: Sequence[Pass], threshold: float = EVERYTHING) -> Outcomes:
    """Judge what exceeds a threshold on each pass, and put the passes together."""
    return join([_judged(subject, each, each.scanned.candidates, threshold) for each in passes])


def best_outcomes(subject: Subject, passes: Sequence[Pass]) -> Outcomes:
    """Judge the best candidate of each day alone, as in the paper: there is no threshold."""
    return join(
        [_judged(subject, each, _best_of_days(each.scanned, each.offset), EVERYTHING) for each in passes]
    )


def _judged(subject: Subject, one: Pass, candidates: Sequence[Candidate], threshold: float) -> Outcomes:
    scanned = one.scanned
    events = decide(
        candidates,
        station=scanned.station,
        threshold=threshold,
        confidence=subject.detector.confidence,
        flags=(),
    )
    exposure = Exposure(
        station=scanned.station,
        live_hours=scanned.live_hours,
        skipped_hours=24.0 * scanned.days - scanned.live_hours,
        days=scanned.days,
    )
    catalogue = Catalogue(
        events=tuple(events),
        exposure=(exposure,),
        detector=subject.info.name,
        model=subject.model,
        threshold=threshold,
    )
    return judge(catalogue, one.truth, day_offset=one.offset)


def _best_of_days(scanned: Scanned, offset: int) -> list[Candidate]:
    best: dict[int, Candidate] = {}
    for candidate in scanned.candidates:
        day = (candidate.start + offset) // DAY
        if day not in best or candidate.raw_score > best[day].raw_score:
            best[day] = candidate
    return list(best.values())
