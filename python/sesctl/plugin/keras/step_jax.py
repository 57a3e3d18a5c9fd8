"""One step of training as one compiled function of JAX."""

from typing import Any

import jax
import keras
import numpy as np
import numpy.typing as npt

from sesctl.plugin.keras.backgrounds import Backgrounds
from sesctl.plugin.keras.input_map import InputMap
from sesctl.plugin.keras.pairs import Pairs, data_loss, losses, make_pairs, penalty
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
        self._map, self._parameters = input_map, parameters
        self._days = (jax.device_put(backgrounds.observed), jax.device_put(backgrounds.cleaned))
        self._state = tuple([jax.numpy.array(v.value) for v in group] for group in self._groups())
        paths = [variable.path for variable in network.trainable_variables]

        def loss_of(trainable: Any, fixed: Any, pairs: Any) -> tuple[Any, tuple[Any, Any]]:
            returned, fixed = network.stateless_call(trainable, fixed, pairs.given, training=True)
            data = data_loss(pairs.wanted, returned, pairs.inside, parameters.signal_weight)
            return data + parameters.l2 * penalty(paths, trainable), (data, fixed)

        def step(state: Any, days: Any, rows: Any, draws: Any) -> tuple[Any, Any]:
            trainable, fixed, moments = state
            pairs = self._pairs(days, rows, draws)
            gradient = jax.value_and_grad(loss_of, has_aux=True)
            (_, (data, fixed)), slopes = gradient(trainable, fixed, pairs)
            trainable, moments = optimizer.stateless_apply(moments, slopes, trainable)
            return (trainable, fixed, moments), data

        def look(state: Any, days: Any, rows: Any, draws: Any) -> tuple[Any, Any, Any]:
            pairs = self._pairs(days, rows, draws)
            returned, _ = network.stateless_call(state[0], state[1], pairs.given, training=False)
            returned = returned.astype("float32")
            loss = losses(pairs.wanted, returned, pairs.inside, parameters.signal_weight)
            return loss, input_map.trace(returned, pairs.level, parameters.target), pairs.field

        self._step = jax.jit(step, donate_argnums=0)
        self._look = jax.jit(look)

    def _pairs(self, days: Any, rows: Any, draws: Any) -> Pairs:
        return make_pairs(days[0][rows], days[1][rows], draws, self._map, self._parameters.target)

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

    def rewind(self) -> None:
        """Put network and optimiser back where the last `settle` found them, which is where they are."""
