"""Training pairs, made in the network's graph: days with signals, and what is to be returned for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keras import ops

from sesctl.plugin.keras.embedding import boxcars
from sesctl.plugin.keras.input_map import InputMap, Target


@dataclass(frozen=True, eq=False)
class Pairs:
    """A batch, all tensors of float32, shape (pair, sample).

    Parameters
    ----------
    given : tensor
        What the network is given.
    wanted : tensor
        What it is to return.
    inside : tensor
        1 inside the signal, 0 outside.
    field : tensor
        The observed day with its signal, mV/km.
    level : tensor
        Its level m(t) (see `InputMap`), mV/km.
    """

    given: Any
    wanted: Any
    inside: Any
    field: Any
    level: Any


def make_pairs(observed: Any, cleaned: Any, draws: Any, input_map: InputMap, target: Target) -> Pairs:
    """Add signals to days.

    Parameters
    ----------
    observed, cleaned : tensor of float32, shape (pair, sample) or (pair, 2, sample)
        Background days in mV/km; of two, the sum is taken, each times its share.
    draws : tensor of float32, shape (pair, 3) or (pair, 5)
        Signals (see `Draws.table`), then the shares of the two days.
    input_map : InputMap
        The network's input map.
    target : {"cleaned", "ses"}
        Whether the cleaned day with the signal or the signal alone is wanted.
    """
    if len(observed.shape) == 3:
        shares = draws[:, 3:5, None]
        observed, cleaned = (ops.sum(days * shares, axis=1) for days in (observed, cleaned))
    signal, inside = boxcars(draws, int(observed.shape[1]))
    field = observed + signal
    level = input_map.level(field)
    wanted = cleaned + signal if target == "cleaned" else level + signal
    return Pairs(input_map.given(field, level), input_map.bend(wanted, level), inside, field, level)


def data_loss(wanted: Any, returned: Any, inside: Any, signal_weight: float) -> Any:
    """Return half the mean squared error, samples inside a signal counted `signal_weight` times."""
    weight = 1.0 + (signal_weight - 1.0) * inside
    squared = ops.square(wanted - ops.cast(returned, "float32"))
    return 0.5 * ops.sum(weight * squared) / ops.sum(weight)


def losses(wanted: Any, returned: Any, inside: Any, signal_weight: float) -> Any:
    """Return the loss of each pair as `data_loss` has it of all together, tensor of float32 (pair,)."""
    weight = 1.0 + (signal_weight - 1.0) * inside
    squared = ops.square(wanted - ops.cast(returned, "float32"))
    return 0.5 * ops.sum(weight * squared, axis=1) / ops.sum(weight, axis=1)


def penalty(paths: Sequence[str], values: Sequence[Any]) -> Any:
    """Return the sum of the squares of all kernels, biases and gains of normalisation left out."""
    kernels = [value for path, value in zip(paths, values, strict=True) if path.endswith("kernel")]
    return sum(ops.sum(ops.square(ops.cast(value, "float32"))) for value in kernels)
