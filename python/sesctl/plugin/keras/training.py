"""Training of networks that denoise: epochs of steps, a look at the validation block, the best epoch kept."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.plugin.keras.backgrounds import Backgrounds
from sesctl.plugin.keras.curriculum import shares_of
from sesctl.plugin.keras.embedding import STREAM_ORDER, Draws, generator
from sesctl.plugin.keras.epoch import Block, Epoch, TrainingResult
from sesctl.plugin.keras.input_map import InputMap
from sesctl.plugin.keras.loop import out_of_memory, run_epochs, stepper_of, warned
from sesctl.plugin.keras.parameters import TrainingParameters
from sesctl.plugin.keras.validation import look, percentage_error
from sesctl.plugin.propose import EdgeSearch

if TYPE_CHECKING:
    import keras

__all__ = ["Block", "Epoch", "TrainingResult", "out_of_memory", "percentage_error", "train", "warned"]

VALIDATION_SEED_OFFSET = 1000
_WAIT_EVERY = 16


def train(
    network: "keras.Model",
    backgrounds: Backgrounds,
    training: Block,
    validation: Block,
    input_map: InputMap,
    parameters: TrainingParameters,
    *,
    search: EdgeSearch | None = None,
    checkpoint: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    after_epoch: Callable[[Epoch], None] = lambda epoch: None,
    note: Callable[[str], None] = warned,
) -> TrainingResult:
    """Train a network; afterwards it has the weights of its best epoch.

    Parameters
    ----------
    network : keras.Model
        Takes and returns float32 (pair, sample), a day each.
    backgrounds : Backgrounds
        Days of both blocks.
    training, validation : Block
        Pairs of an epoch, and those that choose the epoch. Validation without draws gets its own once.
    input_map : InputMap
        The network's input map.
    parameters : TrainingParameters
        What training is set to.
    search : EdgeSearch, optional
        How intervals are sought for the validation success.
    checkpoint : Path, optional
        File from which training goes on, and to which it is written now and then.
    progress : callable
        Is told the steps done and their number.
    after_epoch : callable
        Is given each epoch's figures.
    note : callable
        Is told in a sentence what had to be done otherwise than asked for: where the device's memory is too
        small for a batch, the batch is halved and the epoch begun again. By default a warning.

    Returns
    -------
    TrainingResult
        The same for a run in one piece and one that was cut off and resumed, wall times aside.

    Raises
    ------
    ParameterError
        If a block is smaller than a batch or empty, or the loss is no number any more.
    PluginError
        If the checkpoint is of another run.
    """
    _check_size(training, validation, parameters.batch)
    from sesctl.plugin.keras.optimizer import make_optimizer

    optimizer = make_optimizer(parameters)
    optimizer.build(network.trainable_variables)
    course = _Course(
        stepper=lambda: make_stepper(network, optimizer, backgrounds, input_map, parameters),
        backgrounds=backgrounds,
        blocks=(training, validation),
        parameters=parameters,
        search=search or EdgeSearch(),
        progress=progress,
    )
    state = run_epochs(
        network,
        course,
        parameters,
        optimizer=optimizer,
        checkpoint=checkpoint,
        after_epoch=lambda figures: after_epoch(Epoch(**figures)),
        note=note,
    )
    return TrainingResult(history=tuple(Epoch(**each) for each in state.history), best=state.best)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Course:
    """Epochs of pairs, each with its own signals."""

    stepper: Callable[[], Any]
    backgrounds: Backgrounds
    blocks: tuple[Block, Block]
    parameters: TrainingParameters
    search: EdgeSearch
    progress: Callable[[int, int], None]

    def epoch(self, stepper: Any, number: int, batch: int) -> dict[str, float]:
        """Do an epoch's steps, then look at the validation block."""
        training, validation = self.blocks
        parameters, backgrounds = self.parameters, self.backgrounds
        samples, interval = backgrounds.observed.shape[1], backgrounds.interval
        draws = training.draws or parameters.embedding.draw(
            len(training.rows), parameters.seed, number if parameters.fresh else 0, samples, interval
        )
        shown = validation.draws or parameters.embedding.draw(
            len(validation.rows), parameters.seed + VALIDATION_SEED_OFFSET, 0, samples, interval
        )
        loss, step_s = _epoch(stepper, training.rows, draws, number, parameters, batch, self.progress)
        seen = look(stepper, validation.rows, shown, backgrounds, self.search, parameters.target, batch)
        return {
            "loss": loss,
            "validation_loss": seen[0],
            "validation_success": seen[1],
            "onset_bias_s": seen[2],
            "validation_rmspe": seen[3],
            "step_s": step_s,
        }

    def rank(self, figures: dict[str, Any]) -> tuple[float, ...]:
        """Rank by success, of two with the same by the smaller loss."""
        success = float(figures["validation_success"]) if self.parameters.best == "success" else 0.0
        return success, -float(figures["validation_loss"])


def _check_size(training: Block, validation: Block, batch: int) -> None:
    if len(training.rows) < batch or not len(validation.rows):
        pairs = len(training.rows)
        msg = f"training has {pairs} pairs for a batch of {batch}, validation {len(validation.rows)}"
        raise ParameterError(msg, "Give more days, or a smaller --batch.")


def _epoch(
    stepper: Any,
    rows: npt.NDArray[np.int64],
    draws: Draws,
    number: int,
    parameters: TrainingParameters,
    batch: int,
    progress: Callable[[int, int], None],
) -> tuple[float, float]:
    """Do the steps of an epoch; return their mean loss, and a step's wall time in s."""
    steps, start = len(rows) // batch, time.monotonic()
    done, total = (number - 1) * steps, steps * parameters.epochs
    order = generator(parameters.seed, STREAM_ORDER, number).permutation(len(rows))
    partners, shares = shares_of(rows, parameters, number, steps, batch)
    losses: list[Any] = []
    for step, chosen in enumerate(np.split(order[: steps * batch], steps)):
        now = slice(step * batch, (step + 1) * batch)
        both = np.stack([rows[chosen], partners[now]], axis=1).astype(np.int32)
        losses.append(stepper.step(both, np.concatenate([draws[chosen].table(), shares[now]], axis=1)))
        # Steps are queued on the device: wait for one now and then, so that the queue stays short.
        if step >= _WAIT_EVERY:
            losses[step - _WAIT_EVERY] = float(losses[step - _WAIT_EVERY])
        progress(done + step + 1, total)
    loss = float(np.mean([float(each) for each in losses]))
    if not math.isfinite(loss):
        msg = f"the loss is {loss} in epoch {number}"
        raise ParameterError(msg, "Lower the learning rate, or clip the gradient.")
    return loss, (time.monotonic() - start) / steps


def make_stepper(
    network: "keras.Model",
    optimizer: "keras.optimizers.Optimizer",
    backgrounds: Backgrounds,
    input_map: InputMap,
    parameters: TrainingParameters,
) -> Any:
    """Return what does the steps on this backend (see `JaxStepper`)."""
    from sesctl.plugin.keras.tasks import Denoising

    return stepper_of(network, optimizer, Denoising(backgrounds, input_map, parameters))
