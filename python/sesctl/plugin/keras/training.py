"""The training loop: epochs of steps, a look at the validation block, the best epoch kept."""

import math
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.plugin.keras.backgrounds import Backgrounds
from sesctl.plugin.keras.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from sesctl.plugin.keras.curriculum import shares_of
from sesctl.plugin.keras.embedding import STREAM_ORDER, Draws, generator
from sesctl.plugin.keras.epoch import Block, Epoch, TrainingResult
from sesctl.plugin.keras.input_map import InputMap
from sesctl.plugin.keras.parameters import TrainingParameters
from sesctl.plugin.keras.validation import look, percentage_error
from sesctl.plugin.keras.variables import values_of
from sesctl.plugin.propose import EdgeSearch

if TYPE_CHECKING:
    import keras

__all__ = ["Block", "Epoch", "TrainingResult", "percentage_error", "train"]

CHECKPOINT_EVERY_S = 120.0
VALIDATION_SEED_OFFSET = 1000
_WAIT_EVERY = 16
STEPPERS = {
    "jax": ("step_jax", "JaxStepper"),
    "tensorflow": ("step_tensorflow", "TensorFlowStepper"),
    "torch": ("step_torch", "TorchStepper"),
}


def warned(text: str) -> None:
    """Tell as a warning."""
    warnings.warn(text, stacklevel=3)


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

    samples, interval = backgrounds.observed.shape[1], backgrounds.interval
    optimizer = make_optimizer(parameters)
    optimizer.build(network.trainable_variables)
    state = read_checkpoint(checkpoint, network, optimizer, parameters) if checkpoint else None
    state = state or Checkpoint(best=0, best_weights=[], history=[], batch=parameters.batch)
    shown = validation.draws or parameters.embedding.draw(
        len(validation.rows), parameters.seed + VALIDATION_SEED_OFFSET, 0, samples, interval
    )
    search = search or EdgeSearch()
    before = state.history[-1]["wall_s"] if state.history else 0.0
    began = written = time.monotonic()
    kept = settled = len(state.history)
    stepper: Any = None
    try:
        while len(state.history) < parameters.epochs and not _stale(state, parameters):
            number = len(state.history) + 1
            draws = training.draws or parameters.embedding.draw(
                len(training.rows), parameters.seed, number if parameters.fresh else 0, samples, interval
            )
            stepper = stepper or make_stepper(network, optimizer, backgrounds, input_map, parameters)
            try:
                loss, step_s = _epoch(
                    stepper, training.rows, draws, number, parameters, state.batch, progress
                )
                seen = look(
                    stepper, validation.rows, shown, backgrounds, search, parameters.target, state.batch
                )
            except Exception as error:
                if not out_of_memory(error) or state.batch == 1:
                    raise
                stepper.rewind()
                half = state.batch // 2
                note(f"the device's memory is too small for a batch of {state.batch}: {half} from now on")
                state.batch, stepper = half, None
                continue
            epoch = Epoch(
                epoch=number,
                loss=loss,
                validation_loss=seen[0],
                validation_success=seen[1],
                onset_bias_s=seen[2],
                validation_rmspe=seen[3],
                step_s=step_s,
                wall_s=before + time.monotonic() - began,
            )
            settled = 0  # until all of it is settled
            stepper.settle()
            settled = number
            _remember(state, epoch, network, parameters)
            after_epoch(epoch)
            over = epoch.wall_s >= parameters.seconds
            last = over or number == parameters.epochs or _stale(state, parameters)
            if checkpoint and (last or time.monotonic() - written > CHECKPOINT_EVERY_S):
                write_checkpoint(checkpoint, network, optimizer, parameters, state)
                written, kept = time.monotonic(), number
            if over:
                break
    except KeyboardInterrupt:
        if checkpoint and stepper and kept < len(state.history) == settled:
            stepper.rewind()
            write_checkpoint(checkpoint, network, optimizer, parameters, state)
        raise
    network.set_weights(state.best_weights)
    return TrainingResult(history=tuple(Epoch(**each) for each in state.history), best=state.best)


def out_of_memory(error: Exception) -> bool:
    """Whether an error of any backend says that the device's memory is too small."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {"ResourceExhaustedError", "OutOfMemoryError"}) or (
        "JaxRuntimeError" in names and "RESOURCE_EXHAUSTED" in str(error)
    )


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
    import keras

    backend = keras.backend.backend()
    if backend not in STEPPERS:
        msg = f"networks cannot be trained with {backend}"
        raise ParameterError(msg, "Set KERAS_BACKEND to jax, tensorflow or torch.")
    module, kind = STEPPERS[backend]
    stepper = getattr(import_module(f"sesctl.plugin.keras.{module}"), kind)
    return stepper(network, optimizer, backgrounds, input_map, parameters)


def _remember(
    state: Checkpoint, epoch: Epoch, network: "keras.Model", parameters: TrainingParameters
) -> None:
    """Add an epoch, and keep its weights if it is the best so far."""
    best = state.history[state.best - 1] if state.history else None
    if best is None or _rank(vars(epoch), parameters) > _rank(best, parameters):
        state.best, state.best_weights = epoch.epoch, values_of(network.weights)
    state.history.append(dict(vars(epoch)))


def _rank(epoch: dict[str, Any], parameters: TrainingParameters) -> tuple[float, float]:
    """Return what makes an epoch better; of two with the same success the one of smaller loss is."""
    success = float(epoch["validation_success"]) if parameters.best == "success" else 0.0
    return success, -float(epoch["validation_loss"])


def _stale(state: Checkpoint, parameters: TrainingParameters) -> bool:
    return bool(parameters.patience) and len(state.history) - state.best >= parameters.patience
