"""One step of training with PyTorch, uncompiled."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import torch
from keras import ops

from sesctl.plugin.keras.tasks import Task


class TorchStepper:
    """Does what `JaxStepper` does (see there), operation by operation."""

    def __init__(self, network: keras.Model, optimizer: keras.optimizers.Optimizer, task: Task) -> None:
        self._network, self._optimizer, self._task = network, optimizer, task
        self._data = tuple(ops.convert_to_tensor(each) for each in task.data)
        self.settle()

    def _batch(self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32], training: bool) -> Any:
        which = ops.convert_to_tensor(rows)
        taken = [ops.take(each, which, axis=0) for each in self._data]
        return self._task.batch(taken, ops.convert_to_tensor(draws), training=training)

    def step(self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]) -> Any:
        """Do a step; return what it tells, the penalty left out."""
        variables = self._network.trainable_variables
        paths = [variable.path for variable in variables]
        batch = self._batch(rows, draws, training=True)
        self._network.zero_grad()
        returned = self._network(batch.given, training=True)
        data = self._task.loss(batch, returned)
        (data + self._task.penalty(paths, variables)).backward()
        with torch.no_grad():
            self._optimizer.apply([variable.value.grad for variable in variables], variables)
            return self._task.told(batch, returned, data).detach()

    def look(
        self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.float32], ...]:
        """Return what the task sees of each row, without learning."""
        with torch.no_grad():
            batch = self._batch(rows, draws, training=False)
            returned = ops.cast(self._network(batch.given, training=False), "float32")
            seen = self._task.seen(batch, returned)
        return tuple(np.asarray(ops.convert_to_numpy(each)) for each in seen)

    def _variables(self) -> list[Any]:
        return [*self._network.variables, *self._optimizer.variables]

    def settle(self) -> None:
        """Remember network and optimiser as they are now."""
        self._kept = [variable.value.detach().clone() for variable in self._variables()]

    def rewind(self) -> None:
        """Put network and optimiser back where the last `settle` found them."""
        with torch.no_grad():
            for variable, value in zip(self._variables(), self._kept, strict=True):
                variable.assign(value)
