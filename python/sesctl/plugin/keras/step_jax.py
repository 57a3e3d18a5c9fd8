"""One step of training as one compiled function of JAX."""

from typing import Any

import jax
import keras
import numpy as np
import numpy.typing as npt

from sesctl.plugin.keras.tasks import Task


class JaxStepper:
    """The task's data stay on the device; a step takes a batch's row numbers and draws, nothing else.

    Parameters
    ----------
    network : keras.Model
        The network, built.
    optimizer : keras.optimizers.Optimizer
        Its optimiser, built.
    task : Task
        What is learnt.
    """

    def __init__(self, network: keras.Model, optimizer: keras.optimizers.Optimizer, task: Task) -> None:
        self._network, self._optimizer = network, optimizer
        self._data = tuple(jax.device_put(each) for each in task.data)
        self._state = tuple([jax.numpy.array(v.value) for v in group] for group in self._groups())
        paths = [variable.path for variable in network.trainable_variables]

        def loss_of(trainable: Any, fixed: Any, batch: Any) -> tuple[Any, tuple[Any, Any]]:
            returned, fixed = network.stateless_call(trainable, fixed, batch.given, training=True)
            loss = task.loss(batch, returned)
            return loss + task.penalty(paths, trainable), (task.told(batch, returned, loss), fixed)

        def step(state: Any, data: Any, rows: Any, draws: Any) -> tuple[Any, Any]:
            trainable, fixed, moments = state
            batch = task.batch([each[rows] for each in data], draws, training=True)
            gradient = jax.value_and_grad(loss_of, has_aux=True)
            (_, (told, fixed)), slopes = gradient(trainable, fixed, batch)
            trainable, moments = optimizer.stateless_apply(moments, slopes, trainable)
            return (trainable, fixed, moments), told

        def look(state: Any, data: Any, rows: Any, draws: Any) -> tuple[Any, ...]:
            batch = task.batch([each[rows] for each in data], draws, training=False)
            returned, _ = network.stateless_call(state[0], state[1], batch.given, training=False)
            return task.seen(batch, returned.astype("float32"))

        self._step = jax.jit(step, donate_argnums=0)
        self._look = jax.jit(look)

    def _groups(self) -> tuple[Any, Any, Any]:
        network = self._network
        return network.trainable_variables, network.non_trainable_variables, self._optimizer.variables

    def step(self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]) -> Any:
        """Do a step; return what it tells as numbers still to be computed."""
        self._state, told = self._step(self._state, self._data, rows, draws)
        return told

    def look(
        self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.float32], ...]:
        """Return what the task sees of each row, without learning."""
        return tuple(np.asarray(each) for each in self._look(self._state, self._data, rows, draws))

    def settle(self) -> None:
        """Write the state into the network and the optimiser."""
        for group, values in zip(self._groups(), self._state, strict=True):
            for variable, value in zip(group, values, strict=True):
                # A copy: the next step gives the original's memory away.
                variable.assign(jax.numpy.array(value))

    def rewind(self) -> None:
        """Put network and optimiser back where the last `settle` found them, which is where they are."""
