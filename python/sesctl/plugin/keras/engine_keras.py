"""Run a network with the library Keras computes with."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from sesctl.plugin.keras.device import on_device
from sesctl.plugin.keras.input_map import InputMap, Target


class _Denoiser(keras.Model):  # type: ignore[misc]  # Keras is untyped
    """A network between its input map and the way back, compiled as one."""

    def __init__(self, network: keras.Model, input_map: InputMap, target: Target) -> None:
        super().__init__(name="denoiser")
        self.network, self.input_map, self.target = network, input_map, target

    def call(self, field: Any) -> Any:
        """Return the denoised field, both tensors of float32 (row, sample) in mV/km."""
        level = self.input_map.level(field)
        returned = ops.cast(self.network(self.input_map.given(field, level)), "float32")
        return self.input_map.trace(returned, level, self.target)


class KerasEngine:
    """A network on a device.

    Parameters
    ----------
    network : keras.Model
        The network.
    input_map : InputMap
        Its input map.
    target : {"cleaned", "ses"}
        What it returns.
    device : str or None
        Where it computes (see `on_device`).
    """

    def __init__(self, network: keras.Model, input_map: InputMap, target: Target, device: str | None) -> None:
        self._denoiser, self._device = _Denoiser(network, input_map, target), device

    def __call__(self, field: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return denoised days, both float32 (row, sample) in mV/km, without gaps."""
        with on_device(self._device):
            return np.asarray(ops.convert_to_numpy(self._denoiser.predict_on_batch(field)))
