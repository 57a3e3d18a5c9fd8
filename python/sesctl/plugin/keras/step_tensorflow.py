"""One step of training as one compiled function of TensorFlow."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from sesctl.plugin.keras.tasks import Task


class TensorFlowStepper:
    """Does what `JaxStepper` does (see there): data and draws are inside the compiled function."""

    def __init__(self, network: keras.Model, optimizer: keras.optimizers.Optimizer, task: Task) -> None:
        self._network, self._optimizer, self._task = network, optimizer, task
        self._data = tuple(tf.constant(each) for each in task.data)
        # A step and a look have one shape each: they are compiled once.
        self._step, self._look = tf.function(self._stepped), tf.function(self._looked)
        self.settle()

    def _batch(self, rows: Any, draws: Any, training: bool) -> Any:
        return self._task.batch([tf.gather(each, rows) for each in self._data], draws, training=training)

    def _stepped(self, rows: Any, draws: Any) -> Any:
        variables = self._network.trainable_variables
        paths = [variable.path for variable in variables]
        batch = self._batch(rows, draws, training=True)
        with tf.GradientTape() as tape:
            returned = self._network(batch.given, training=True)
            data = self._task.loss(batch, returned)
            loss = data + self._task.penalty(paths, variables)
        slopes = tape.gradient(loss, [variable.value for variable in variables])
        self._optimizer.apply(slopes, variables)
        return self._task.told(batch, returned, data)

    def _looked(self, rows: Any, draws: Any) -> tuple[Any, ...]:
        batch = self._batch(rows, draws, training=False)
        return self._task.seen(batch, tf.cast(self._network(batch.given, training=False), tf.float32))

    def step(self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]) -> Any:
        """Do a step; return what it tells, the penalty left out."""
        return self._step(tf.constant(rows), tf.constant(draws))

    def look(
        self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.float32], ...]:
        """Return what the task sees of each row, without learning."""
        return tuple(each.numpy() for each in self._look(tf.constant(rows), tf.constant(draws)))

    def _variables(self) -> list[Any]:
        return [*self._network.variables, *self._optimizer.variables]

    def settle(self) -> None:
        """Remember network and optimiser as they are now."""
        self._kept = [tf.identity(variable.value) for variable in self._variables()]

    def rewind(self) -> None:
        """Put network and optimiser back where the last `settle` found them."""
        for variable, value in zip(self._variables(), self._kept, strict=True):
            variable.assign(value)
