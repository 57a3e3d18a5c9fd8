"""Training of networks that classify images."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.plugin.keras.embedding import STREAM_ORDER, generator
from sesctl.plugin.keras.image_lessons import ImageLessons, ImageTrainingParameters
from sesctl.plugin.keras.loop import run_epochs, stepper_of, warned
from sesctl.plugin.keras.validation import batches

if TYPE_CHECKING:
    import keras

_WAIT_EVERY = 16


@dataclass(frozen=True, kw_only=True)
class ImageTrainingResult:
    """What came of training; the network holds the weights of the best epoch.

    Parameters
    ----------
    history : tuple of mapping of str to float
        Of every epoch: `epoch`, `loss` and `accuracy` over its steps, `validation_loss` and
        `validation_accuracy`, the same of the test where there is one, `step_s` and `wall_s`.
    best : int
        Number of the epoch kept.
    """

    history: tuple[Mapping[str, float], ...]
    best: int


def train_images(
    network: "keras.Model",
    pixels: npt.NDArray[np.uint8],
    lessons: ImageLessons,
    parameters: ImageTrainingParameters,
    *,
    checkpoint: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    after_epoch: Callable[[Mapping[str, float]], None] = lambda figures: None,
    note: Callable[[str], None] = warned,
) -> ImageTrainingResult:
    """Train a network; afterwards it has the weights of its best epoch.

    Parameters
    ----------
    network : keras.Model
        Takes float32 (image, height, width, channel) in 0..1, returns probabilities float32 (image, 2).
    pixels : ndarray of uint8, shape (image, height, width, channel)
        The lessons' spectrograms, painted.
    lessons : ImageLessons
        Their labels, and which are for what.
    parameters : ImageTrainingParameters
        What training is set to.
    checkpoint, progress, after_epoch, note
        As for `sesctl.plugin.keras.train`.

    Returns
    -------
    ImageTrainingResult
        The same for a run in one piece and one that was cut off and resumed, wall times aside.

    Raises
    ------
    ParameterError
        If a block is smaller than a batch, empty or all of one class, or the loss is no number any more.
    PluginError
        If the checkpoint is of another run.
    """
    _check_blocks(lessons, parameters)
    from sesctl.plugin.keras.classification import Classification
    from sesctl.plugin.keras.optimizer import make_optimizer

    optimizer = make_optimizer(parameters)
    optimizer.build(network.trainable_variables)
    task = Classification(pixels, lessons.positive, parameters)
    course = _Course(lambda: stepper_of(network, optimizer, task), lessons, parameters, progress)
    state = run_epochs(
        network,
        course,
        parameters,
        optimizer=optimizer,
        checkpoint=checkpoint,
        after_epoch=after_epoch,
        note=note,
    )
    return ImageTrainingResult(history=tuple(state.history), best=state.best)


def _check_blocks(lessons: ImageLessons, parameters: ImageTrainingParameters) -> None:
    learnt, chosen = len(lessons.training), len(lessons.validation)
    if learnt < parameters.batch or not chosen:
        msg = f"training has {learnt} images for a batch of {parameters.batch}, validation {chosen}"
        raise ParameterError(msg, "Give more images, or a smaller --batch.")
    positive = int(lessons.positive[lessons.training].sum())
    if positive in (0, learnt):
        msg = f"{positive} of {learnt} images to learn from are of the kind that is sought"
        raise ParameterError(msg, "Give images of both kinds.")


@dataclass(frozen=True, eq=False)
class _Course:
    """Epochs of images, each moved anew."""

    stepper: Callable[[], Any]
    lessons: ImageLessons
    parameters: ImageTrainingParameters
    progress: Callable[[int, int], None]

    def epoch(self, stepper: Any, number: int, batch: int) -> dict[str, float]:
        """Do an epoch's steps, then look at validation and test."""
        from sesctl.plugin.keras.classification import draw_moves

        rows, width = self.lessons.training, self.lessons.parameters.width
        steps, start = len(rows) // batch, time.monotonic()
        order = generator(self.parameters.seed, STREAM_ORDER, number).permutation(len(rows))
        moves = draw_moves(len(rows), width, self.parameters, number)
        done, total = (number - 1) * steps, steps * self.parameters.epochs
        told: list[Any] = []
        for step, chosen in enumerate(np.split(order[: steps * batch], steps)):
            told.append(stepper.step(rows[chosen].astype(np.int32), moves[chosen]))
            # Steps are queued on the device: wait for one now and then, so that the queue stays short.
            if step >= _WAIT_EVERY:
                told[step - _WAIT_EVERY] = _numbers(told[step - _WAIT_EVERY])
            self.progress(done + step + 1, total)
        loss, accuracy = np.mean([_numbers(each) for each in told], axis=0).tolist()
        step_s = (time.monotonic() - start) / steps
        if not math.isfinite(loss):
            msg = f"the loss is {loss} in epoch {number}"
            raise ParameterError(msg, "Lower the learning rate, or clip the gradient.")
        figures = {"loss": loss, "accuracy": accuracy}
        for name, block in (("validation", self.lessons.validation), ("test", self.lessons.test)):
            if len(block):
                figures |= self._look(stepper, name, block, batch)
        return {**figures, "step_s": step_s}

    def rank(self, figures: Mapping[str, Any]) -> tuple[float, ...]:
        """Rank by accuracy, of two with the same by the smaller loss."""
        accuracy = float(figures["validation_accuracy"]) if self.parameters.best == "accuracy" else 0.0
        return accuracy, -float(figures["validation_loss"])

    def _look(self, stepper: Any, name: str, rows: npt.NDArray[np.int64], batch: int) -> dict[str, float]:
        loss, right = np.empty(len(rows)), np.empty(len(rows))
        for which in batches(len(rows), batch):
            still = np.zeros((len(which), 3), dtype=np.float32)
            loss[which], probability = stepper.look(rows[which].astype(np.int32), still)
            right[which] = (probability > 0.5) == self.lessons.positive[rows[which]]
        return {f"{name}_loss": float(loss.mean()), f"{name}_accuracy": float(right.mean())}


def _numbers(told: Any) -> npt.NDArray[np.float64]:
    from keras import ops

    return np.asarray(ops.convert_to_numpy(told), dtype=np.float64)
