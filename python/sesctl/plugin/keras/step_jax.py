"""One step of training as one compiled function of JAX."""

from typing import Any

import jax
import keras
import numpy as np
import numpy.typing as npt

from sesctl.plugin.keras.backgrounds import Backgrounds
from sesctl.plugin.keras.input_map import InputMap
from sesctl.plugin.keras.pairs import data_loss, make_pairs, penalty, trace
from sesctl.plugin.keras.parameters import TrainingParameters


class JaxStepper:
    """Backgrounds stay on the device; a step takes a batch's row numbers and signals, nothing else.

    Parameters
    ----------
    network : keras.Model
        The network, built.
    optimizer : keras.optimizers.Optimizer
        Its optimiser, built.
    backgrounds : Backgrounds
        Days of training and validation.
    input_map : InputMap
        The network's input map.
    parameters : TrainingParameters
        What training is set to.
    """

    def __init__(
        self,
        network: keras.Model,
        optimizer: keras.optimizers.Optimizer,
        backgrounds: Backgrounds,
        input_map: InputMap,
        parameters: TrainingParameters,
    ) -> None:
        self._network, self._optimizer = network, optimizer
        self._days = (jax.device_put(backgrounds.observed), jax.device_put(backgrounds.cleaned))
        self._state = tuple([jax.numpy.array(v.value) for v in group] for group in self._groups())
        paths = [variable.path for variable in network.trainable_variables]

        def loss_of(trainable: Any, fixed: Any, pairs: Any) -> tuple[Any, tuple[Any, Any]]:
            returned, fixed = network.stateless_call(trainable, fixed, pairs.given, training=True)
            data = data_loss(pairs.wanted, returned, pairs.inside, parameters.signal_weight)
            return data + parameters.l2 * penalty(paths, trainable), (data, fixed)

        def step(state: Any, days: Any, rows: Any, draws: Any) -> tuple[Any, Any]:
            trainable, fixed, moments = state
            pairs = make_pairs(days[0][rows], days[1][rows], draws, input_map, parameters.target)
            gradient = jax.value_and_grad(loss_of, has_aux=True)
            (_, (data, fixed)), slopes = gradient(trainable, fixed, pairs)
            trainable, moments = optimizer.stateless_apply(moments, slopes, trainable)
            return (trainable, fixed, moments), data

        def look(state: Any, days: Any, rows: Any, draws: Any) -> tuple[Any, Any, Any]:
            pairs = make_pairs(days[0][rows], days[1][rows], draws, input_map, parameters.target)
            returned, _ = network.stateless_call(state[0], state[1], pairs.given, training=False)
            squared = (pairs.wanted - returned.astype("float32")) ** 2
            weight = 1.0 + (parameters.signal_weight - 1.0) * pairs.inside
            loss = 0.5 * (weight * squared).sum(axis=1) / weight.sum(axis=1)
            return loss, trace(returned, pairs.level, input_map, parameters.target), pairs.field

        self._step = jax.jit(step, donate_argnums=0)
        self._look = jax.jit(look)

    def _groups(self) -> tuple[Any, Any, Any]:
        network = self._network
        return network.trainable_variables, network.non_trainable_variables, self._optimizer.variables

    def step(self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]) -> Any:
        """Do a step; return the loss as a number still to be computed."""
        self._state, loss = self._step(self._state, self._days, rows, draws)
        return loss

    def look(
        self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.float32], ...]:
        """Return loss (pair,), trace and field (pair, sample) in mV/km, without learning."""
        return tuple(np.asarray(each) for each in self._look(self._state, self._days, rows, draws))

    def settle(self) -> None:
        """Write the state into the network and the optimiser."""
        for group, values in zip(self._groups(), self._state, strict=True):
            for variable, value in zip(group, values, strict=True):
                # A copy: the next step gives the original's memory away.
                variable.assign(jax.numpy.array(value))
