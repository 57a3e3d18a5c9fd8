"""One step of training with PyTorch, uncompiled."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import torch
from keras import ops

from sesctl.plugin.keras.backgrounds import Backgrounds
from sesctl.plugin.keras.input_map import InputMap
from sesctl.plugin.keras.pairs import Pairs, data_loss, losses, make_pairs, penalty
from sesctl.plugin.keras.parameters import TrainingParameters


class TorchStepper:
    """Does what `JaxStepper` does (see there), operation by operation."""

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
        self._days = tuple(ops.convert_to_tensor(x) for x in (backgrounds.observed, backgrounds.cleaned))
        self.settle()

    def _pairs(self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]) -> Pairs:
        which = ops.convert_to_tensor(rows)
        observed, cleaned = (ops.take(each, which, axis=0) for each in self._days)
        return make_pairs(observed, cleaned, ops.convert_to_tensor(draws), self._map, self._parameters.target)

    def step(self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]) -> Any:
        """Do a step; return the loss without the penalty."""
        variables = self._network.trainable_variables
        paths = [variable.path for variable in variables]
        pairs = self._pairs(rows, draws)
        self._network.zero_grad()
        returned = self._network(pairs.given, training=True)
        data = data_loss(pairs.wanted, returned, pairs.inside, self._parameters.signal_weight)
        (data + self._parameters.l2 * penalty(paths, variables)).backward()
        with torch.no_grad():
            self._optimizer.apply([variable.value.grad for variable in variables], variables)
        return data.detach()

    def look(
        self, rows: npt.NDArray[np.int32], draws: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.float32], ...]:
        """Return loss (pair,), trace and field (pair, sample) in mV/km, without learning."""
        with torch.no_grad():
            pairs = self._pairs(rows, draws)
            returned = ops.cast(self._network(pairs.given, training=False), "float32")
            loss = losses(pairs.wanted, returned, pairs.inside, self._parameters.signal_weight)
            traced = self._map.trace(returned, pairs.level, self._parameters.target)
        return tuple(np.asarray(ops.convert_to_numpy(each)) for each in (loss, traced, pairs.field))

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
