"""One step of training as one compiled function of TensorFlow."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from sesctl.plugin.keras.backgrounds import Backgrounds
from sesctl.plugin.keras.input_map import InputMap
from sesctl.plugin.keras.pairs import Pairs, data_loss, losses, make_pairs, penalty
from sesctl.plugin.keras.parameters import TrainingParameters


class TensorFlowStepper:
    """Does what `JaxStepper` does (see there): backgrounds and signals are inside the compiled function."""

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
        self._days = tf.constant(backgrounds.observed), tf.constant(backgrounds.cleaned)
        # A step and a look have one shape each: they are compiled once.
        self._step, self._look = tf.function(self._stepped), tf.function(self._looked)
        self.settle()

    def _pairs(self, rows: Any, draws: Any) -> Pairs:
        observed, cleaned = (tf.gather(each, rows) for each in self._days)
        return make_pairs(observed, cleaned, draws, self._map, self._parameters.target)

    def _stepped(self, rows: Any, draws: Any) -> Any:
        variables = self._network.trainable_variables
        paths = [variable.path for variable in variables]
        pairs = self._pairs(rows, draws)
        with tf.GradientTape() as tape:
            returned = self._network(pairs.given, training=True)
            data = data_loss(pairs.wanted, returned, pairs.inside, self._parameters.signal_weight)
            loss = data + self._parameters.l2 * penalty(paths, variables)
        slopes = tape.gradient(loss, [variable.value for variable in variables])
        self._optimizer.apply(slopes, variables)
        return data

    def _looked(self, rows: Any, draws: Any) -> tuple[Any, Any, Any]:
        pairs = self._pairs(rows, draws)
        returned = tf.cast(self._network(pairs.given, training=False), tf.float32)
        loss = losses(pairs.wanted, returned, pairs.inside, self._parameters.signal_weight)
        return loss, self._map.trace(returned, pairs.level, self._parameters.target), pairs.field

    def step(self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]) -> Any:
        """Do a step; return the loss without the penalty."""
        return self._step(tf.constant(rows), tf.constant(draws))

    def look(
        self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.float32], ...]:
        """Return loss (pair,), trace and field (pair, sample) in mV/km, without learning."""
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
