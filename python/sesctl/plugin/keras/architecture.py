"""The numbers of a network's architecture, and the network made of them."""

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sesctl.errors import ParameterError, PluginError
from sesctl.plugin.keras import backend
from sesctl.plugin.keras.precision import precise
from sesctl.plugin.plain_file import AGAIN

if TYPE_CHECKING:
    import keras

Config = Mapping[str, int]
Shape = tuple[int | None, ...]
LARGEST_NUMBER = 16_384  # of an architecture: what a folder asks for has to fit into memory


def numbers_of(name: str, defaults: Config, changed: Config) -> dict[str, int]:
    """Return all numbers of a detector's architecture, those that differ from its defaults among them.

    Raises
    ------
    ParameterError
        If it has no such number, or one is not whole or out of range.
    """
    for key, value in changed.items():
        if key not in defaults:
            msg = f"{name} has no number {key!r}; it has {', '.join(defaults)}"
            raise ParameterError(msg)
        if type(value) is not int or not 1 <= value <= LARGEST_NUMBER:
            msg = f"{name}: {key} is {value!r}, not a whole number in 1..{LARGEST_NUMBER}"
            raise ParameterError(msg)
    return {**defaults, **changed}


def check_size(folder: Path, numbers: Config, defaults: Config, weights: Mapping[str, Any]) -> None:
    """Refuse an architecture larger than the weights that come with it, before it is built.

    Raises
    ------
    PluginError
        Naming the number that no weight is as long as.
    """
    longest = max((max(value.shape, default=1) for value in weights.values()), default=1)
    for key, value in numbers.items():
        if value > max(defaults[key], longest):
            msg = f"{folder}: {key} is {value}, and no weight is as long"
            raise PluginError(msg, AGAIN)


def made_network(
    name: str,
    build: Callable[[], "keras.Model"],
    shapes: Sequence[Shape],
    *,
    seed: int,
    precision: Literal["float32", "bfloat16"] = "float32",
    cudnn: bool = True,
) -> "keras.Model":
    """Return a network, untrained, its initial weights from a seed.

    Parameters
    ----------
    name : str
        Of the detector.
    build : callable
        Builds it.
    shapes : sequence of tuple
        Of a row that it takes and of one that it returns, None for any length.
    seed : int
        Of the initial weights.
    precision : {"float32", "bfloat16"}
        What its layers compute with.
    cudnn : bool
        Whether recurrent layers may be computed by cuDNN.

    Raises
    ------
    ParameterError
        If Keras or what it computes with is not installed.
    PluginError
        If the network takes or returns other shapes.
    """
    chosen = backend.installed()
    if chosen is None:
        msg = f"{name} needs Keras with JAX, TensorFlow or PyTorch, and none of them is installed"
        raise ParameterError(msg, "Install one of them, for instance `python -m pip install jax`.")
    if find_spec(chosen) is None:
        msg = f"KERAS_BACKEND is {chosen!r}, which is no library that Keras finds here"
        raise ParameterError(msg, f"Unset it, or name one of {', '.join(backend.PREFERENCE)}.")
    with backend.without_notes():
        backend.seed_weights(seed)
        with precise(precision, cudnn) as settle:
            network = build()
            settle(network)
    wanted = tuple((None, *shape) for shape in shapes)
    found = tuple(network.input_shape), tuple(network.output_shape)
    if found != wanted:
        msg = f"{name}: its network makes {found[1]} of {found[0]}"
        raise PluginError(msg, f"It has to make {wanted[1]} of {wanted[0]}.")
    return network
