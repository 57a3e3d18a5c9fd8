"""How `ses_net` learns: batches made as it goes, a rate that falls to nothing, averaged weights."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from sesctl.plugin import ParameterError
from sesctl.plugin.keras import run_epochs, stepper_of, warned
from sesctl_plugins.ses_net.lessons import Examples, StationRecord, examples, unpacked
from sesctl_plugins.ses_net.parameters import SegmentParameters

AHEAD = 3
"""Batches that are made while one is learnt from."""
VALIDATION_SEED_OFFSET = 1000
AS_ALWAYS: Mapping[str, Any] = {"drawn": SegmentParameters.drawn, "varied": SegmentParameters.varied}
"""Validation examples are the same, however those learnt from are varied."""


class _Rate(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]  # Keras is untyped
    def __init__(self, parameters: SegmentParameters) -> None:
        super().__init__()
        self.parameters = parameters

    def __call__(self, step: Any) -> Any:
        parameters = self.parameters
        total = parameters.epochs * parameters.steps
        k = ops.cast(step, "float32")
        risen = ops.minimum(1.0, (k + 1.0) / parameters.warmup) if parameters.warmup else 1.0
        fallen = 0.5 + 0.5 * ops.cos(math.pi * ops.minimum(k / total, 1.0))
        return parameters.learning_rate * risen * fallen

    def get_config(self) -> dict[str, Any]:
        return {"parameters": self.parameters}


@dataclass(frozen=True, eq=False)
class _Batch:
    given: Any
    inside: Any
    seen: Any
    field: Any
    told: Any


class Segmentation:
    """What a step needs to know (see `sesctl.plugin.keras.tasks.Task`); everything comes with the draws.

    Parameters
    ----------
    dipoles : int
        Number of dipoles of the records.
    amplitude_weight : float
        Of the field's error.
    """

    data: tuple[Any, ...] = ()

    def __init__(self, dipoles: int, amplitude_weight: float) -> None:
        self._dipoles, self._weight = dipoles, amplitude_weight

    def batch(self, rows: Sequence[Any], draws: Any, *, training: bool) -> _Batch:
        """Return the examples of a table."""
        return _Batch(*unpacked(draws, self._dipoles))

    def loss(self, batch: _Batch, returned: Any) -> Any:
        """Return the loss of a batch, a scalar."""
        return ops.mean(self._losses(batch, returned))

    def penalty(self, paths: Sequence[str], values: Sequence[Any]) -> Any:
        """Return 0: weights decay in the optimiser."""
        return 0.0

    def told(self, batch: _Batch, returned: Any, loss: Any) -> Any:
        """Return the loss."""
        return loss

    def seen(self, batch: _Batch, returned: Any) -> tuple[Any, ...]:
        """Return the loss of each example."""
        return (self._losses(batch, returned),)

    def _losses(self, batch: _Batch, returned: Any) -> Any:
        logit, field = returned[:, 0], returned[:, 1 : 1 + self._dipoles]
        entropy = ops.maximum(logit, 0.0) - logit * batch.inside + ops.log1p(ops.exp(-ops.abs(logit)))
        error = ops.sum(ops.abs(field - batch.field) * batch.told, axis=(1, 2))
        each = error / (ops.sum(batch.told, axis=(1, 2)) + 10.0)
        return ops.mean(entropy * batch.seen, axis=1) + self._weight * each


@dataclass(frozen=True, eq=False)
class _Course:
    """Epochs of examples that are made while the ones before are learnt from."""

    stepper: Callable[[], Any]
    records: tuple[Sequence[StationRecord], Sequence[StationRecord]]
    parameters: SegmentParameters
    progress: Callable[[int, int], None]

    def epoch(self, stepper: Any, number: int, batch: int) -> dict[str, float]:
        """Do an epoch's steps, then look at the validation examples."""
        learnt, chosen = self.records
        parameters, start = self.parameters, time.monotonic()
        done, total = (number - 1) * parameters.steps, parameters.steps * parameters.epochs
        losses = []
        nothing = np.zeros(batch, dtype=np.int32)

        def made(step: int) -> Examples:
            return examples(learnt, replace(parameters, batch=batch), number, step)

        with ThreadPoolExecutor(1) as pool:
            waiting: list[Future[Examples]] = [
                pool.submit(made, step) for step in range(min(AHEAD, parameters.steps))
            ]
            for step in range(parameters.steps):
                table = waiting.pop(0).result().table()
                if step + AHEAD < parameters.steps:
                    waiting.append(pool.submit(made, step + AHEAD))
                losses.append(float(stepper.step(nothing, table)))
                self.progress(done + step + 1, total)
        step_s = (time.monotonic() - start) / parameters.steps
        loss = float(np.mean(losses))
        if not math.isfinite(loss):
            msg = f"the loss is {loss} in epoch {number}"
            raise ParameterError(msg, "Lower the learning rate, or clip the gradient.")
        looks, seed = [], parameters.seed + VALIDATION_SEED_OFFSET
        looked_at = replace(parameters, batch=batch, seed=seed, **AS_ALWAYS)
        for step in range(parameters.validation_steps):
            shown = examples(chosen, looked_at, 0, step)
            looks.append(stepper.look(nothing, shown.table())[0])
        return {"loss": loss, "validation_loss": float(np.mean(looks)), "step_s": step_s}

    def rank(self, figures: Mapping[str, Any]) -> tuple[float, ...]:
        """Rank the later epoch higher: the rate has fallen further."""
        return (float(figures["epoch"]),)


def learn(
    network: keras.Model,
    training: Sequence[StationRecord],
    validation: Sequence[StationRecord],
    parameters: SegmentParameters,
    *,
    checkpoint: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    after_epoch: Callable[[Mapping[str, Any]], None] = lambda figures: None,
    note: Callable[[str], None] = warned,
) -> tuple[Mapping[str, Any], ...]:
    """Train a network; afterwards it has the averaged weights.

    Parameters
    ----------
    network : keras.Model
        See `sesctl_plugins.ses_net.network.build`.
    training, validation : sequence of StationRecord
        Records without signals, all with one number of dipoles.
    parameters : SegmentParameters
        What training is set to.
    checkpoint, progress, after_epoch, note
        As for `sesctl.plugin.keras.train`.

    Returns
    -------
    tuple of mapping
        Every epoch's figures.

    Raises
    ------
    ParameterError
        If there is no record, the numbers of dipoles differ, or the loss is no number any more.
    """
    dipoles = {len(record.values) for record in (*training, *validation)}
    if len(dipoles) != 1 or not training or not validation:
        msg = (
            f"{len(training)} records to learn from and {len(validation)} to look at have "
            f"{sorted(dipoles)} dipoles"
        )
        raise ParameterError(msg, "Give records of one number of dipoles for both.")
    optimizer = keras.optimizers.AdamW(
        _Rate(parameters),
        weight_decay=parameters.weight_decay,
        global_clipnorm=parameters.clip_norm or None,
        use_ema=parameters.average > 0,
        ema_momentum=parameters.average or 0.99,
        ema_overwrite_frequency=None,
    )
    optimizer.build(network.trainable_variables)
    task = Segmentation(dipoles.pop(), parameters.amplitude_weight)
    course = _Course(
        lambda: stepper_of(network, optimizer, task), (training, validation), parameters, progress
    )
    state = run_epochs(
        network,
        course,
        parameters,
        optimizer=optimizer,
        checkpoint=checkpoint,
        after_epoch=after_epoch,
        note=note,
    )
    if parameters.average:
        optimizer.finalize_variable_values(network.trainable_variables)
    return tuple(state.history)
