"""The loop of every training: epochs, the best one kept, checkpoints, batches halved if need be."""

import time
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sesctl.errors import ParameterError
from sesctl.plugin.keras.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from sesctl.plugin.keras.parameters import LoopParameters
from sesctl.plugin.keras.variables import values_of

if TYPE_CHECKING:
    import keras

    from sesctl.plugin.keras.tasks import Task

CHECKPOINT_EVERY_S = 120.0
STEPPERS = {
    "jax": ("step_jax", "JaxStepper"),
    "tensorflow": ("step_tensorflow", "TensorFlowStepper"),
    "torch": ("step_torch", "TorchStepper"),
}


class Course(Protocol):
    """What an epoch consists of."""

    def stepper(self) -> Any:
        """Return what does the steps (see `JaxStepper`), new."""

    def epoch(self, stepper: Any, number: int, batch: int) -> dict[str, float]:
        """Do the steps of an epoch and look at what came of it; return its figures by name."""

    def rank(self, figures: dict[str, Any]) -> tuple[float, ...]:
        """Return what makes an epoch better than another one."""


def warned(text: str) -> None:
    """Tell as a warning."""
    warnings.warn(text, stacklevel=3)


def run_epochs(
    network: "keras.Model",
    course: Course,
    parameters: LoopParameters,
    *,
    checkpoint: Path | None = None,
    after_epoch: Callable[[dict[str, Any]], None] = lambda figures: None,
    note: Callable[[str], None] = warned,
    optimizer: "keras.optimizers.Optimizer",
) -> Checkpoint:
    """Train a network; afterwards it has the weights of its best epoch.

    Parameters
    ----------
    network : keras.Model
        The network.
    course : Course
        What an epoch consists of.
    parameters : LoopParameters
        What training is set to.
    checkpoint : Path, optional
        File from which training goes on, and to which it is written now and then.
    after_epoch : callable
        Is given each epoch's figures: the course's, `epoch` and `wall_s`.
    note : callable
        Is told in a sentence where the device's memory is too small for a batch: the batch is halved and the
        epoch begun again.
    optimizer : keras.optimizers.Optimizer
        Built for the network.

    Returns
    -------
    Checkpoint
        Every epoch's figures, and the number of the best one.

    Raises
    ------
    PluginError
        If the checkpoint is of another run.
    """
    state = read_checkpoint(checkpoint, network, optimizer, parameters) if checkpoint else None
    state = state or Checkpoint(best=0, best_weights=[], history=[], batch=parameters.batch)
    before = state.history[-1]["wall_s"] if state.history else 0.0
    began = written = time.monotonic()
    kept = settled = len(state.history)
    stepper: Any = None
    try:
        while len(state.history) < parameters.epochs and not _stale(state, parameters):
            number = len(state.history) + 1
            stepper = stepper or course.stepper()
            try:
                told = course.epoch(stepper, number, state.batch)
            except Exception as error:
                if not out_of_memory(error) or state.batch == 1:
                    raise
                stepper.rewind()
                half = state.batch // 2
                note(f"the device's memory is too small for a batch of {state.batch}: {half} from now on")
                state.batch, stepper = half, None
                continue
            figures: dict[str, Any] = {
                "epoch": number,
                **told,
                "wall_s": before + time.monotonic() - began,
            }
            settled = 0  # until all of it is settled
            stepper.settle()
            settled = number
            _remember(state, figures, network, course)
            after_epoch(figures)
            over = figures["wall_s"] >= parameters.seconds
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
    return state


def out_of_memory(error: Exception) -> bool:
    """Whether an error of any backend says that the device's memory is too small."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {"ResourceExhaustedError", "OutOfMemoryError"}) or (
        "JaxRuntimeError" in names and "RESOURCE_EXHAUSTED" in str(error)
    )


def stepper_of(network: "keras.Model", optimizer: "keras.optimizers.Optimizer", task: "Task") -> Any:
    """Return what does the steps of a task on this backend (see `JaxStepper`)."""
    import keras

    backend = keras.backend.backend()
    if backend not in STEPPERS:
        msg = f"networks cannot be trained with {backend}"
        raise ParameterError(msg, "Set KERAS_BACKEND to jax, tensorflow or torch.")
    module, kind = STEPPERS[backend]
    return getattr(import_module(f"sesctl.plugin.keras.{module}"), kind)(network, optimizer, task)


def _remember(state: Checkpoint, figures: dict[str, Any], network: "keras.Model", course: Course) -> None:
    """Add an epoch, and keep its weights if it is the best so far."""
    best = state.history[state.best - 1] if state.history else None
    if best is None or course.rank(figures) > course.rank(best):
        state.best, state.best_weights = figures["epoch"], values_of(network.weights)
    state.history.append(figures)


def _stale(state: Checkpoint, parameters: LoopParameters) -> bool:
    return bool(parameters.patience) and len(state.history) - state.best >= parameters.patience
