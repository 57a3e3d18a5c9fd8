"""How raw scores are read: a threshold, a map to 0..1, and on what they rest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import sesctl
from sesctl.calibrate import Calibration, calibrate, load_calibration, threshold_for
from sesctl.decide import UNCALIBRATED
from sesctl.errors import ParameterError, PluginError
from sesctl.models import ModelFolder
from sesctl.pipeline.making import was_injected
from sesctl.pipeline.prepare import CLEANING
from sesctl.pipeline.scanning import Progress, Scan, Scanned, scan_sources
from sesctl.pipeline.source import Source
from sesctl.plugin import Detector, DetectorInfo
from sesctl.plugin.guard import guarded

SHIPPED = "shipped-calibration"
NOT_CERTIFIED = "budget-not-certified"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """How raw scores become events.

    Parameters
    ----------
    threshold : float
        Raw score to exceed.
    confidence : callable
        Monotone map of raw scores to 0..1.
    flags : tuple of str
        What every event carries.
    parameters : mapping
        What the catalogue records of the calibration and the budget.
    model : str
        SHA-256 of the model's weights, empty for none.
    notes : tuple of str
        Sentences for people: which calibration is used, and how far it carries.
    """

    threshold: float
    confidence: Callable[[float], float]
    flags: tuple[str, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    model: str = ""
    notes: tuple[str, ...] = ()


def judge(
    info: DetectorInfo,
    detector: Detector,
    *,
    threshold: float | None = None,
    budget: float | None = None,
    calibration: Path | None = None,
    model: ModelFolder | None = None,
) -> Judgement:
    """Choose the threshold and the map of scores.

    Parameters
    ----------
    info, detector : DetectorInfo, Detector
        The detector.
    threshold : float, optional
        Raw score to exceed; the detector's own by default.
    budget : float, optional
        False alarms allowed per station-day; the threshold then follows from the calibration.
    calibration : Path, optional
        A calibration file; that in the model's folder by default, or that which comes with the detector.
    model : ModelFolder, optional
        What the detector was loaded from.

    Returns
    -------
    Judgement
        What to decide by.

    Raises
    ------
    ParameterError
        If both a threshold and a budget are asked for, or a budget without a calibration, or the
        calibration is of another detector, model or cleaning.
    ReadError
        If the calibration cannot be read.
    """
    if threshold is not None and budget is not None:
        msg = "both a threshold and a budget of false alarms are asked for"
        raise ParameterError(msg, "Give one of --threshold and --max-false-alarms.")
    path = calibration or (model.calibration if model else detector.calibration_file)
    identity = model.hash if model else ""
    own = detector.threshold if threshold is None else threshold
    if path is None:
        if budget is not None:
            msg = f"detector {info.name} has no calibration, from which a budget would give a threshold"
            raise ParameterError(msg, "Make one on quiet days with `sesctl calibrate`.")
        return Judgement(
            threshold=own,
            confidence=_confidence(info, detector),
            flags=(UNCALIBRATED,),
            model=identity,
        )
    known = load_calibration(path)
    known.check_for(detector=info.name, model=identity, cleaning=_cleaning(info))
    shipped = calibration is None and (model is None or model.shipped)
    what = "the calibration that comes with it" if shipped else f"the calibration {path}"
    notes = [f"{info.name} is read by {what}: {known.live_days:.0f} quiet station-days"]
    flags = (SHIPPED,) if shipped else ()
    chosen = None
    if budget is not None:
        chosen = threshold_for(known, budget)
        own = chosen.value
        notes.append(chosen.note)
        flags = flags if chosen.certified else (*flags, NOT_CERTIFIED)
    return Judgement(
        threshold=own,
        confidence=known.score,
        flags=flags,
        parameters={
            "calibration": {
                "source": "shipped" if shipped else str(path),
                "live_days": known.live_days,
                "data_hash": known.data_hash,
            },
            "max_false_alarms_per_day": budget,
            "budget": asdict(chosen) if chosen else None,
        },
        model=identity,
        notes=tuple(notes),
    )


def calibrate_on(
    sources: Sequence[Source],
    info: DetectorInfo,
    detector: Detector,
    options: Scan,
    progress: Progress = lambda done, total: None,
    model: ModelFolder | None = None,
) -> Calibration:
    """Scan quiet days and keep the scores of what is found there.

    Parameters
    ----------
    sources : sequence of Source
        Records without SES.
    info, detector : DetectorInfo, Detector
        The detector.
    options : Scan
        What to scan.
    progress : callable
        Is told the days done and their number.
    model : ModelFolder, optional
        What the detector was loaded from.

    Returns
    -------
    Calibration
        Of all stations together.

    Raises
    ------
    ParameterError
        If signals were embedded in a source: its days are not quiet.
    """
    for source in sources:
        if was_injected(source.provenance):
            msg = f"station {source.station.name} holds embedded signals, which would count as false alarms"
            raise ParameterError(msg, "Calibrate on the record they were put into.")
    scanned = scan_sources(sources, info, detector, options, progress)
    return calibration_of(scanned, info, model.hash if model else "")


def calibration_of(scanned: Sequence[Scanned], info: DetectorInfo, model: str = "") -> Calibration:
    """Return the calibration that scans of quiet days make together, with a model of this hash."""
    import hashlib

    return calibrate(
        [candidate.raw_score for each in scanned for candidate in each.candidates],
        station_days=sum(each.days for each in scanned),
        live_hours=sum(each.live_hours for each in scanned),
        data_hash=hashlib.sha256("".join(each.data_hash for each in scanned).encode()).hexdigest(),
        cleaning=_cleaning(info),
        detector=info.name,
        model=model,
        version=sesctl.__version__,
    )


def _confidence(info: DetectorInfo, detector: Detector) -> Callable[[float], float]:
    """Return a detector's own map of scores, checked as all that a plugin does."""

    def confidence(raw_score: float) -> float:
        with guarded(f"detector {info.name} fails to map the raw score {raw_score:g} to 0..1"):
            score = float(detector.confidence(raw_score))
        if not 0 <= score <= 1:
            msg = f"detector {info.name} maps the raw score {raw_score:g} to {score:g}, outside 0..1"
            raise PluginError(msg)
        return score

    return confidence


def _cleaning(info: DetectorInfo) -> dict[str, float | int | str | bool | None]:
    cleaning = CLEANING[info.cleaning]
    return dict(asdict(cleaning)) if cleaning else {}
