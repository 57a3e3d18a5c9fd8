"""Training of detectors that have `train`: networks, which are told epochs and embed signals as they go.

Everything of Keras is imported here inside functions, and only once such a detector has imported it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sesctl.errors import ParameterError, ShapeError
from sesctl.pipeline.blocks import Block
from sesctl.pipeline.lessons import digest_of, narrowed, quiet_days
from sesctl.pipeline.prepare import prepare
from sesctl.plugin import Days, DetectorInfo, TrainableDetector
from sesctl.plugin.guard import guarded
from sesctl.types import Origin

if TYPE_CHECKING:
    from sesctl.plugin.keras import Backgrounds, KerasDetector, TrainingParameters

UNTIL = ("epochs", "seconds", "patience")
"""How long training goes on: what a later call may change and still go on where the last one stopped."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Lessons:
    """What a network learns from.

    Parameters
    ----------
    training, validation : Backgrounds
        Days of dipoles without signals.
    origins : frozenset of Origin
        Where they come from.
    """

    training: "Backgrounds"
    validation: "Backgrounds"
    origins: frozenset[Origin]

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of both blocks."""
        return {
            name: digest_of(block.observed, block.cleaned, block.day)
            for name, block in (("training", self.training), ("validation", self.validation))
        }


def is_network(detector: TrainableDetector) -> bool:
    """Whether a detector is told epochs, batches and rates."""
    return callable(getattr(detector, "train", None))


def as_network(detector: TrainableDetector, info: DetectorInfo) -> "KerasDetector":
    """Return the detector as what it is.

    Raises
    ------
    ParameterError
        If it has `train` and is no `KerasDetector`.
    """
    from sesctl.plugin.keras import KerasDetector

    if not isinstance(detector, KerasDetector):
        msg = f"detector {info.name} has `train`, but is no sesctl.plugin.keras.KerasDetector"
        raise ParameterError(msg, "Derive it from there, or leave `train` out and write `fit`.")
    return detector


def parameters_of(network: "KerasDetector", asked: Mapping[str, Any]) -> "TrainingParameters":
    """Return the network's own parameters of training, but for those asked for.

    Raises
    ------
    ParameterError
        If one is out of its range.
    """
    embedding = {key: asked[key] for key in ("amplitude", "duration_s") if key in asked}
    rest = {key: value for key, value in asked.items() if key not in embedding}
    own = network.recipe
    for name in rest:
        if not hasattr(own, name):
            msg = f"detector {network.name} learns from days, and takes no {'--' + name.replace('_', '-')}"
            raise ParameterError(msg, "Leave it out.")
    return replace(own, **rest, embedding=replace(own.embedding, **embedding))


def lessons(training: Block, validation: Block, info: DetectorInfo) -> Lessons:
    """Read the days of both blocks, cleaned as the detector wants them, with their smoothed versions.

    Raises
    ------
    ShapeError
        If no day of a block is complete enough.
    """
    origins: set[Origin] = set()
    blocks = [_backgrounds(block, info, origins) for block in (training, validation)]
    return Lessons(training=blocks[0], validation=blocks[1], origins=frozenset(origins))


def train_network(
    network: "KerasDetector",
    info: DetectorInfo,
    learnt: Lessons,
    parameters: "TrainingParameters",
    *,
    checkpoint: Path,
    keep_map: bool,
    steps: Callable[[int, int], None],
    after_epoch: Callable[[Mapping[str, float]], None],
    note: Callable[[str], None],
) -> tuple[list[dict[str, float]], int]:
    """Train, from the checkpoint if there is one, and return every epoch's figures and the best one's number.

    Raises
    ------
    PluginError
        If training fails, or the checkpoint is of another run.
    """
    from sesctl.plugin.keras import Block as Pairs

    count = len(learnt.training)
    together = learnt.training.joined(learnt.validation)
    rows = np.arange(len(together))
    with guarded(f"detector {info.name} fails to learn"):
        result = network.train(
            together,
            Pairs(rows=np.tile(rows[:count], parameters.copies)),
            Pairs(rows=rows[count:]),
            parameters,
            checkpoint=checkpoint,
            keep_map=keep_map,
            progress=steps,
            after_epoch=lambda epoch: after_epoch(
                {**asdict(epoch), "days_per_s": parameters.batch / max(epoch.step_s, 1e-9)}
            ),
            note=note,
        )
    return [asdict(epoch) for epoch in result.history], result.best


def settled(parameters: "TrainingParameters") -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what decides a run's course, and what only ends it, as JSON knows them."""
    content = asdict(parameters)
    until = {key: content.pop(key) for key in UNTIL}
    if not np.isfinite(until["seconds"]):
        until["seconds"] = None
    return content, until


def _backgrounds(block: Block, info: DetectorInfo, origins: set[Origin]) -> "Backgrounds":
    from sesctl.plugin.keras import Backgrounds

    found: Backgrounds | None = None
    for stretch in block:
        pairs = [
            (narrowed(prepare(raw, info), 0), narrowed(target, 0))
            for raw, target in quiet_days(stretch, info)
        ]
        if not pairs:
            continue
        observed, cleaned = (_joined([pair[side] for pair in pairs]) for side in (0, 1))
        origins.update(origin for of_day in observed.origins for origin in of_day)
        try:
            rows = Backgrounds.of(observed, cleaned)
        except ShapeError as error:
            msg = f"station {stretch.source.station.name}: {error.message}"
            raise ShapeError(msg, error.hint) from error
        found = rows if found is None else found.joined(rows)
    if found is None:
        msg = "there is no day to learn from: the source has no sample in the time asked for"
        raise ParameterError(msg, "See `sesctl info` for what it holds.")
    return found


def _joined(parts: Sequence[Days]) -> Days:
    return replace(
        parts[0],
        values=np.concatenate([part.values for part in parts]),
        starts=np.concatenate([part.starts for part in parts]),
        quality=np.concatenate([part.quality for part in parts]),
        origins=[origins for part in parts for origins in part.origins],
    )
