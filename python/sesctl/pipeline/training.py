"""From days to a model: read, embed, learn, choose, write."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sesctl.errors import ParameterError
from sesctl.models import ModelFolder, describe, open_model, write_origins
from sesctl.pipeline import networks
from sesctl.pipeline.blocks import Block, check_apart, later_days, stretches
from sesctl.pipeline.lessons import digest_of, embedded_days
from sesctl.pipeline.loading import load_model, make_learner, set_device
from sesctl.pipeline.model_place import ModelPlace
from sesctl.pipeline.prepare import check_fine_enough
from sesctl.pipeline.scanning import Scan
from sesctl.pipeline.source import Source
from sesctl.pipeline.trained import Trained, Watch, as_it_was
from sesctl.pipeline.training_card import Figures, Training, training_card
from sesctl.pipeline.training_images import train_on_days
from sesctl.plugin import DetectorInfo, Progress, TrainableDetector
from sesctl.plugin.guard import guarded
from sesctl.report import Curves, write_curves
from sesctl.types import Origin


def train(
    sources: Sequence[Source],
    validation: Sequence[Source] | None,
    info: DetectorInfo,
    to: Path,
    options: Scan,
    training: Training,
    watch: Watch | None = None,
) -> Trained:
    """Train a detector on quiet days and write its model folder.

    Parameters
    ----------
    sources : sequence of Source
        Days without SES, in which signals are embedded.
    validation : sequence of Source, optional
        Days that choose; by default the last days of `sources`, after an embargo.
    info : DetectorInfo
        A detector that learns.
    to : Path
        The model folder: written whole, or not at all. Until then all lies in a folder beside it, from which
        the same call goes on.
    options : Scan
        Which days and dipoles.
    training : Training
        What it is set to.
    watch : Watch, optional
        Who is told how it goes.

    Returns
    -------
    Trained
        The model, and every epoch's figures.

    Raises
    ------
    SesctlError
        If the detector does not learn, there are too few days, the folder is taken, or training fails.
    """
    watch = watch or Watch()
    detector = make_learner(info)
    if not networks.is_network(detector):
        _refuse_options(info, training)
    set_device(info, detector, training.device)
    parent = open_model(training.start_from) if training.start_from else None
    if parent:
        load_model(info, detector, parent)
    check_fine_enough([*sources, *(validation or ())], info)
    blocks = _blocks(sources, validation, options, training)
    if info.input == "image":
        return train_on_days(blocks, info, detector, parent, to, training, watch)
    place = ModelPlace(to=to)
    place.check()
    try:
        work = _Work(info=info, detector=detector, blocks=blocks, training=training, parent=parent)
        return _network(work, place, watch) if networks.is_network(detector) else _fit(work, place, watch)
    finally:
        place.leave()


@dataclass(frozen=True, kw_only=True, eq=False)
class _Work:
    info: DetectorInfo
    detector: TrainableDetector
    blocks: tuple[Block, Block]
    training: Training
    parent: ModelFolder | None

    def made_from(self, digests: Mapping[str, str], settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the model depends on, as JSON gives it back."""
        content = {
            "detector": self.info.name,
            "start_from": self.parent.hash if self.parent else None,
            "data": dict(digests),
            "settings": dict(settings),
        }
        plain: dict[str, Any] = json.loads(json.dumps(content))
        return plain


def _network(work: _Work, place: ModelPlace, watch: Watch) -> Trained:
    network = networks.as_network(work.detector, work.info)
    signals = work.training.signals
    asked = {
        **work.training.network,
        "seed": signals.seed,
        "amplitude": signals.amplitude,
        "duration_s": signals.duration_s,
    }
    parameters = networks.parameters_of(network, asked)
    learnt = networks.lessons(*work.blocks, work.info)
    settings, until = networks.settled(parameters)
    run = work.made_from(learnt.digests(), settings)
    made_from = {**run, "until": until}
    rows = len(learnt.training), len(learnt.validation)
    there = place.finished(made_from, overwrite=work.training.overwrite)
    if there:
        return as_it_was(there, rows)
    if place.begin(run):
        watch.note(f"going on with the training in {place.beside}")
    epochs, best = networks.train_network(
        network,
        work.info,
        learnt,
        parameters,
        checkpoint=place.checkpoint,
        keep_map=work.parent is not None,
        steps=watch.steps,
        after_epoch=watch.epoch,
        note=watch.note,
    )
    return _write(work, place, made_from, epochs, best, rows, learnt.origins)


def _fit(work: _Work, place: ModelPlace, watch: Watch) -> Trained:
    copies = work.training.network.get("copies", 1)
    training, validation = (
        embedded_days(block, work.info, work.training.signals, block_number=number, copies=each)
        for number, (block, each) in enumerate(zip(work.blocks, (copies, 1), strict=True))
    )
    digests = {
        name: digest_of(days.values, days.signals, days.starts)
        for name, days in (("training", training), ("validation", validation))
    }
    made_from = work.made_from(digests, {"copies": copies})
    rows = len(training), len(validation)
    there = place.finished(made_from, overwrite=work.training.overwrite)
    if there:
        return as_it_was(there, rows)
    epochs: list[Figures] = []

    def tell(figures: Figures) -> None:
        epochs.append({"epoch": float(len(epochs) + 1), **figures})
        watch.epoch(epochs[-1])

    with guarded(f"detector {work.info.name} fails to learn"):
        work.detector.fit(training, validation, Progress(watch.steps, tell))
    origins = {origin for days in (training, validation) for of_day in days.origins for origin in of_day}
    return _write(work, place, made_from, epochs, 0, rows, frozenset(origins))


def _write(
    work: _Work,
    place: ModelPlace,
    made_from: Mapping[str, Any],
    epochs: Sequence[Figures],
    best: int,
    rows: tuple[int, int],
    origins: frozenset[Origin],
) -> Trained:
    part = place.part()
    with guarded(f"detector {work.info.name} cannot save what it learnt"):
        work.detector.save(part)
    card = training_card(work.info, work.blocks, work.training, work.parent, epochs, best, rows)
    told: dict[str, Any] = {"made_from": made_from, "card": card}
    if epochs:
        told |= {"history": [dict(each) for each in epochs], "best_epoch": best}
    describe(part, work.info.name, told)
    if epochs:
        write_curves(Curves(detector=work.info.name, epochs=epochs, best=best), part)
    write_origins(origins, part)
    place.finish(part)
    return Trained(model=open_model(place.to), epochs=tuple(epochs), best=best, rows=rows)


def _blocks(
    sources: Sequence[Source], validation: Sequence[Source] | None, options: Scan, training: Training
) -> tuple[Block, Block]:
    if validation is None:
        return later_days(stretches(sources, options), training.validation_days)
    if training.validation_days is not None:
        msg = "both a record of validation days and their number are given"
        raise ParameterError(msg, "Give one of --validation and --validation-days.")
    everything = Scan(dipoles=options.dipoles, day_offset=options.day_offset)
    blocks = stretches(sources, options), stretches(validation, everything)
    check_apart(*blocks)
    return blocks


def _refuse_options(info: DetectorInfo, training: Training) -> None:
    taken = sorted(name for name in training.network if name != "copies")
    if taken:
        option = "--hours or --seconds" if taken[0] == "seconds" else "--" + taken[0].replace("_", "-")
        msg = f"detector {info.name} learns in its own way, and takes no {option}"
        raise ParameterError(msg, "Leave it out.")
