"""One step of training through Keras's own `train_on_batch`, for backends other than JAX."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from sesctl.plugin.keras.backgrounds import Backgrounds
from sesctl.plugin.keras.input_map import InputMap
from sesctl.plugin.keras.pairs import Pairs, data_loss, make_pairs, penalty, trace
from sesctl.plugin.keras.parameters import TrainingParameters


class _Learner(keras.Model):  # type: ignore[misc]  # Keras is untyped
    """A network with this package's loss: the sample weights say where the signals are."""

    def __init__(self, network: keras.Model, parameters: TrainingParameters) -> None:
        super().__init__(name="learner")
        self.network, self.parameters = network, parameters

    def call(self, given: Any, training: bool = False) -> Any:
        return self.network(given, training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        variables = self.network.trainable_variables
        paths = [variable.path for variable in variables]
        data = data_loss(y, y_pred, sample_weight, self.parameters.signal_weight)
        return data + self.parameters.l2 * penalty(paths, variables)


class KerasStepper:
    """Does what `JaxStepper` does (see there), on any backend."""

    def __init__(
        self,
        network: keras.Model,
        optimizer: keras.optimizers.Optimizer,
        backgrounds: Backgrounds,
        input_map: InputMap,
        parameters: TrainingParameters,
    ) -> None:
        self._network, self._map, self._parameters = network, input_map, parameters
        self._observed = ops.convert_to_tensor(backgrounds.observed)
        self._cleaned = ops.convert_to_tensor(backgrounds.cleaned)
        self._learner = _Learner(network, parameters)
        self._learner.compile(optimizer=optimizer)

    def _pairs(self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]) -> Pairs:
        observed, cleaned = (ops.take(each, rows, axis=0) for each in (self._observed, self._cleaned))
        return make_pairs(observed, cleaned, ops.convert_to_tensor(draws), self._map, self._parameters.target)

    def step(self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]) -> Any:
        """Do a step; return the loss without the penalty."""
        pairs = self._pairs(rows, draws)
        kernels = [each for each in self._network.trainable_variables if each.path.endswith("kernel")]
        before = penalty([each.path for each in kernels], kernels)
        self._learner.reset_metrics()
        loss = self._learner.train_on_batch(pairs.given, pairs.wanted, sample_weight=pairs.inside)
        return np.float32(loss) - np.float32(self._parameters.l2) * np.float32(before)

    def look(
        self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.float32], ...]:
        """Return loss (pair,), trace and field (pair, sample) in mV/km, without learning."""
        pairs = self._pairs(rows, draws)
        returned = ops.convert_to_tensor(self._network.predict_on_batch(pairs.given))
        weight = 1.0 + (self._parameters.signal_weight - 1.0) * pairs.inside
        squared = ops.square(pairs.wanted - ops.cast(returned, "float32"))
        loss = 0.5 * ops.sum(weight * squared, axis=1) / ops.sum(weight, axis=1)
        traced = trace(returned, pairs.level, self._map, self._parameters.target)
        return tuple(np.asarray(ops.convert_to_numpy(each)) for each in (loss, traced, pairs.field))

    def settle(self) -> None:
        """Do nothing: the state is in the network and the optimiser already."""
