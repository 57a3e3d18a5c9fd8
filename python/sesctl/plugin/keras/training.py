"""The training loop: epochs of steps, a look at the validation block, the best epoch kept."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.plugin.keras.backgrounds import Backgrounds
from sesctl.plugin.keras.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from sesctl.plugin.keras.curriculum import shares_of
from sesctl.plugin.keras.embedding import STREAM_ORDER, Draws, generator
from sesctl.plugin.keras.input_map import InputMap
from sesctl.plugin.keras.optimizer import make_optimizer
from sesctl.plugin.keras.parameters import TrainingParameters
from sesctl.plugin.keras.success import top1_success
from sesctl.plugin.propose import EdgeSearch

CHECKPOINT_EVERY_S = 120.0
VALIDATION_SEED_OFFSET = 1000
_WAIT_EVERY = 16


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """What is known after an epoch.

    Parameters
    ----------
    epoch : int
        Its number, from 1.
    loss, validation_loss : float
        Half the mean squared error in the units of the input map, the penalty left out.
    validation_success : float
        Fraction of the validation days whose best interval is the signal.
    validation_rmspe : float
        Median over the validation days of the root-mean-square percentage error, %, of the denoised day
        against the cleaned one with its signal, or against the signal where that alone is wanted.
    onset_bias_s : float
        Median error of the onset on the successes, s.
    step_s : float
        Mean wall time of a step in s, data included.
    wall_s : float
        Wall time of training so far, in s.
    """

    epoch: int
    loss: float
    validation_loss: float
    validation_success: float
    validation_rmspe: float
    onset_bias_s: float
    step_s: float
    wall_s: float


@dataclass(frozen=True, kw_only=True)
class TrainingResult:
    """What came of training; the network holds the weights of the best epoch.

    Parameters
    ----------
    history : tuple of Epoch
        Every epoch.
    best : int
        Number of the epoch kept.
    """

    history: tuple[Epoch, ...]
    best: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """Rows of the backgrounds, each with the signal it is given.

    Parameters
    ----------
    rows : ndarray of int64, shape (pair,)
        Which background.
    draws : Draws or None
        The signals; None if every epoch draws its own.
    """

    rows: npt.NDArray[np.int64]
    draws: Draws | None = None


def train(
    network: keras.Model,
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
    steps = len(training.rows) // parameters.batch
    if steps < 1 or not len(validation.rows):
        msg = (
            f"training has {len(training.rows)} pairs for a batch of {parameters.batch}, "
            f"validation {len(validation.rows)}"
        )
        raise ParameterError(msg, "Give more days, or a smaller --batch.")
    samples, interval = backgrounds.observed.shape[1], backgrounds.interval
    optimizer = make_optimizer(parameters)
    optimizer.build(network.trainable_variables)
    state = read_checkpoint(checkpoint, network, optimizer, parameters) if checkpoint else None
    state = state or Checkpoint(best=0, best_weights=[], history=[])
    stepper = _stepper(network, optimizer, backgrounds, input_map, parameters)
    shown = validation.draws or parameters.embedding.draw(
        len(validation.rows), parameters.seed + VALIDATION_SEED_OFFSET, 0, samples, interval
    )
    search = search or EdgeSearch()
    before = state.history[-1]["wall_s"] if state.history else 0.0
    began = written = time.monotonic()
    while len(state.history) < parameters.epochs and not _stale(state, parameters):
        number = len(state.history) + 1
        fixed = training.draws
        draws = fixed or parameters.embedding.draw(
            len(training.rows), parameters.seed, number if parameters.fresh else 0, samples, interval
        )
        start, done = time.monotonic(), (number - 1) * steps
        order = generator(parameters.seed, STREAM_ORDER, number).permutation(len(training.rows))
        order = order[: steps * parameters.batch]
        partners, shares = shares_of(training.rows, parameters, number, steps)
        losses = []
        for step, chosen in enumerate(np.split(order, steps)):
            now = slice(step * parameters.batch, (step + 1) * parameters.batch)
            rows = np.stack([training.rows[chosen], partners[now]], axis=1).astype(np.int32)
            losses.append(stepper.step(rows, np.concatenate([draws[chosen].table(), shares[now]], axis=1)))
            # Steps are queued on the device: wait for one now and then, so that the queue stays short.
            if step >= _WAIT_EVERY:
                losses[step - _WAIT_EVERY] = float(losses[step - _WAIT_EVERY])
            progress(done + step + 1, steps * parameters.epochs)
        loss = float(np.mean([float(each) for each in losses]))
        if not math.isfinite(loss):
            msg = f"the loss is {loss} in epoch {number}"
            raise ParameterError(msg, "Lower the learning rate, or clip the gradient.")
        step_s = (time.monotonic() - start) / steps
        seen = _look(stepper, validation.rows, shown, backgrounds, search, parameters)
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
        stepper.settle()
        if not state.history or _rank(vars(epoch), parameters) > _rank(
            state.history[state.best - 1], parameters
        ):
            state.best, state.best_weights = number, [np.array(each) for each in network.get_weights()]
        state.history.append(dict(vars(epoch)))
        after_epoch(epoch)
        over = epoch.wall_s >= parameters.seconds
        last = over or number == parameters.epochs
        if checkpoint and (last or time.monotonic() - written > CHECKPOINT_EVERY_S):
            write_checkpoint(checkpoint, network, optimizer, parameters, state)
            written = time.monotonic()
        if over:
            break
    network.set_weights(state.best_weights)
    return TrainingResult(history=tuple(Epoch(**each) for each in state.history), best=state.best)


def _stepper(
    network: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    backgrounds: Backgrounds,
    input_map: InputMap,
    parameters: TrainingParameters,
) -> Any:
    if keras.backend.backend() == "jax":
        from sesctl.plugin.keras.step_jax import JaxStepper

        return JaxStepper(network, optimizer, backgrounds, input_map, parameters)
    from sesctl.plugin.keras.step_keras import KerasStepper

    return KerasStepper(network, optimizer, backgrounds, input_map, parameters)


def _rank(epoch: dict[str, Any], parameters: TrainingParameters) -> tuple[float, float]:
    """Return what makes an epoch better; of two with the same success the one of smaller loss is."""
    success = float(epoch["validation_success"]) if parameters.best == "success" else 0.0
    return success, -float(epoch["validation_loss"])


def _stale(state: Checkpoint, parameters: TrainingParameters) -> bool:
    return bool(parameters.patience) and len(state.history) - state.best >= parameters.patience


def _look(
    stepper: Any,
    rows: npt.NDArray[np.int64],
    draws: Draws,
    backgrounds: Backgrounds,
    search: EdgeSearch,
    parameters: TrainingParameters,
) -> tuple[float, float, float, float]:
    """Return loss, success, median onset error (s) and median RMSPE (%) of a block."""
    loss, success, onset, percent = [], [], [], []
    for which in batches(len(rows), parameters.batch):
        count = len(np.unique(which))
        some = draws[which]
        each, traces, field = stepper.look(rows[which].astype(np.int32), some.table())
        good, error = top1_success(traces, field, some, search, backgrounds.interval)
        wanted = field - backgrounds.observed[rows[which]]
        if parameters.target == "cleaned":
            wanted = wanted + backgrounds.cleaned[rows[which]]
        loss.append(each[:count])
        success.append(good[:count])
        onset.append(error[:count][good[:count], 0])
        percent.append(percentage_error(wanted[:count], traces[:count]))
    errors = np.concatenate(onset)
    bias = float(np.median(errors)) if errors.size else 0.0
    means = [float(np.mean(np.concatenate(each))) for each in (loss, success)]
    return means[0], means[1], bias, float(np.median(np.concatenate(percent)))


def percentage_error(
    wanted: npt.NDArray[np.float32], traces: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    r"""Return each day's root-mean-square percentage error, float64 (day,).

    .. math:: \sqrt{\frac1N \sum_{n=1}^N \left(\frac{x^o_n - x^p_n}{x^o_n}\right)^2} \times 100\,\%

    over the samples whose label is not zero. It explodes where a label comes near zero, and is there to be
    set beside published figures.

    Parameters
    ----------
    wanted, traces : ndarray of float32, shape (day, sample)
        Label x° and denoised day xᵖ in mV/km; every day has a label that is not zero.

    References
    ----------
    Xue et al. (2022), equation (2).
    """
    truth, found = wanted.astype(np.float64), traces.astype(np.float64)
    told = truth != 0.0
    ratio = (truth - found) / np.where(told, truth, 1.0)
    total = np.sum(np.where(told, ratio**2, 0.0), axis=1)
    return np.asarray(100.0 * np.sqrt(total / np.maximum(told.sum(axis=1), 1)))


def batches(count: int, size: int) -> list[npt.NDArray[np.int64]]:
    """Return row numbers in batches of one size; the last one is filled up with its last row."""
    starts = range(0, count, size)
    return [np.minimum(np.arange(first, first + size), count - 1) for first in starts]
