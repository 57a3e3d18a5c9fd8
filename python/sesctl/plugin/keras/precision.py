"""Build a network in a precision, and leave Keras as it was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import keras


@contextmanager
def precise(
    precision: Literal["float32", "bfloat16"], cudnn: bool = True
) -> Iterator[Callable[["keras.Model"], None]]:
    """Build networks in float32, or in bfloat16 with weights and normalisation in float32.

    Yields
    ------
    callable
        To be given each network built: cuDNN's recurrent layers know no bfloat16, and are then
        replaced by Keras's own, as they are without `cudnn`.
    """
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32" if precision == "float32" else "mixed_bfloat16")

    def settle(network: "keras.Model") -> None:
        if precision == "float32" and cudnn:
            return
        for layer in network._flatten_layers():
            if isinstance(layer, keras.layers.LSTM | keras.layers.GRU):
                layer.use_cudnn = False

    try:
        yield settle
    finally:
        keras.config.set_dtype_policy(before)
