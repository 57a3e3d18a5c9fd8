"""From images to a model: learn, choose, judge, write."""

import datetime as dt
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sesctl.evaluate.classification import Judgement, OperatingCurve, judge_images, operating_curve
from sesctl.models import ModelFolder, describe, open_model, write_origins
from sesctl.pipeline.blocks import Block
from sesctl.pipeline.image_lessons import (
    ImageWork,
    as_image_detector,
    embedded_work,
    holds_images,
    labelled_work,
    parameters_of,
    settled,
)
from sesctl.pipeline.loading import load_model, make_learner, set_device
from sesctl.pipeline.model_place import ModelPlace
from sesctl.pipeline.trained import Trained, Watch, as_it_was
from sesctl.pipeline.training_card import Figures, Training, processor
from sesctl.plugin import DetectorInfo, TrainableDetector
from sesctl.plugin.guard import guarded
from sesctl.report import Curves, draw_operating_curve, write_curves

if TYPE_CHECKING:
    from sesctl.plugin.keras import ImageDetector

__all__ = ["holds_images", "train_on_days", "train_on_images"]

REPLICATES = 2000


@dataclass(frozen=True, kw_only=True, eq=False)
class _Run:
    info: DetectorInfo
    detector: "ImageDetector"
    work: ImageWork
    parent: ModelFolder | None
    training: Training


def train_on_images(
    source: Path, info: DetectorInfo, to: Path, training: Training, watch: Watch | None = None
) -> Trained:
    """Train a detector on labelled images and write its model folder.

    Parameters
    ----------
    source : Path
        A folder that `sesctl spectrogram --earthquakes` wrote.
    info : DetectorInfo
        A detector of images that learns.
    to : Path
        The model folder: written whole, or not at all; the same call goes on where it was interrupted.
    training : Training
        What it is set to.
    watch : Watch, optional
        Who is told how it goes.

    Raises
    ------
    SesctlError
        If the detector learns from no images, there are too few, the folder is taken, or training fails.
    """
    learner = make_learner(info)
    detector = as_image_detector(learner, info)
    set_device(info, detector, training.device)
    parent = open_model(training.start_from) if training.start_from else None
    if parent:
        load_model(info, detector, parent)
    work = labelled_work(source, training.protocol, training.signals.seed)
    run = _Run(info=info, detector=detector, work=work, parent=parent, training=training)
    return _train(run, to, watch or Watch())


def train_on_days(
    blocks: tuple[Block, Block],
    info: DetectorInfo,
    learner: TrainableDetector,
    parent: ModelFolder | None,
    to: Path,
    training: Training,
    watch: Watch,
) -> Trained:
    """Train a detector to tell days with a signal from the same without (see `sesctl.pipeline.train`)."""
    detector = as_image_detector(learner, info)
    copies = int(training.network.get("copies", 1))
    work = embedded_work(blocks, info, detector, training.signals, copies)
    run = _Run(info=info, detector=detector, work=work, parent=parent, training=training)
    return _train(run, to, watch)


def _train(run: _Run, to: Path, watch: Watch) -> Trained:
    place = ModelPlace(to=to)
    place.check()
    try:
        parameters = parameters_of(run.detector, run.training.network, run.training.signals.seed)
        settings, until = settled(parameters)
        content = {
            "detector": run.info.name,
            "start_from": run.parent.hash if run.parent else None,
            "data": run.work.digests(),
            "settings": settings,
        }
        plain: dict[str, Any] = json.loads(json.dumps(content))
        made_from = {**plain, "until": until}
        rows = len(run.work.lessons.training), len(run.work.lessons.validation)
        there = place.finished(made_from, overwrite=run.training.overwrite)
        if there:
            return as_it_was(there, rows)
        if place.begin(plain):
            watch.note(f"going on with the training in {place.beside}")
        with guarded(f"detector {run.info.name} fails to learn"):
            result = run.detector.train(
                run.work.lessons,
                parameters,
                checkpoint=place.checkpoint,
                keep_scale=run.parent is not None,
                progress=watch.steps,
                after_epoch=lambda figures: watch.epoch({**figures, "epoch": float(figures["epoch"])}),
                note=watch.note,
            )
        run.detector.quantity = run.work.quantity
        return _write(run, place, made_from, result.history, result.best, rows)
    finally:
        place.leave()


def _write(
    run: _Run,
    place: ModelPlace,
    made_from: Mapping[str, Any],
    epochs: Sequence[Figures],
    best: int,
    rows: tuple[int, int],
) -> Trained:
    part = place.part()
    with guarded(f"detector {run.info.name} cannot save what it learnt"):
        run.detector.save(part)
    judged, curve, of = _judged(run)
    told = {
        "made_from": dict(made_from),
        "card": _card(run, judged, of, best, len(epochs)),
        "history": [dict(each) for each in epochs],
        "best_epoch": best,
    }
    describe(part, run.info.name, told)
    write_curves(Curves(detector=run.info.name, epochs=epochs, best=best), part)
    draw_operating_curve(asdict(curve), f"{run.info.name}: {of}", part / "roc.png")
    write_origins(run.work.origins, part)
    place.finish(part)
    return Trained(model=open_model(place.to), epochs=tuple(epochs), best=best, rows=rows)


def _judged(run: _Run) -> tuple[Judgement, OperatingCurve, str]:
    """Judge the images kept for it, or where there are none those that chose."""
    lessons = run.work.lessons
    kept = len(lessons.test) > 0
    which = lessons.test if kept else lessons.validation
    probability = run.detector.classify(lessons.decibels[which])
    right = lessons.positive[which]
    judged = judge_images(
        probability, right, lessons.group[which], replicates=REPLICATES, seed=run.training.signals.seed
    )
    of = f"{len(which)} images that {'were not learnt from' if kept else 'chose the epoch'}"
    return judged, operating_curve(probability, right), of


def _card(run: _Run, judged: Judgement, of: str, best: int, epochs: int) -> dict[str, Any]:
    low, high = judged.interval
    electric = run.work.quantity == "electric"
    parent = f"; begun from model {run.parent.hash[:12]}" if run.parent else ""
    return {
        "what": run.info.summary,
        "data": list(run.work.data),
        "protocol": f"{run.work.protocol}{parent}; epoch {best} of {epochs} kept",
        "scores": [
            {
                "name": "accuracy (interval from events drawn anew)",
                "value": judged.accuracy,
                "interval": [low, high],
                "of": of,
            },
            {"name": "area under the ROC curve", "value": judged.auc, "of": of},
        ],
        "limits": [
            "measured on embedded boxcars only"
            if electric
            else "before against after is what it learnt: drift, weather and aftershocks differ as well, and "
            "no earthquake is predicted by it",
            f"for channels that are {run.work.quantity}, in the unit and of the sensitivity it learnt from",
        ],
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "hardware": f"{processor()}, {os.cpu_count()} cores"
        + (f", on {run.training.device}" if run.training.device else ""),
    }
