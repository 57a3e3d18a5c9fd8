"""What the figures of several networks share. Every layer is named, and normalised after [Ba 2016]."""

from typing import Any

import keras
from keras import ops


def normalised(x: Any, after: str) -> Any:
    """Return x normalised over all of its last axis, named after the layer it follows."""
    return keras.layers.LayerNormalization(name=f"{after}_norm")(x)


def diluted(day: Any, samples: int, stride: int, hours: int) -> Any:
    """Return the day thinned by one kernel of `stride` samples, then cut into `hours` steps.

    The kernel starts as the mean of its samples, which are above 0: one random kernel before a ReLU is
    dead from the start in about a third of all cases. Normalisation is over the whole day, before it is
    cut: over a single hour it would erase how much stronger one hour is than another.

    Parameters
    ----------
    day : tensor, shape (row, sample)
        Days above 0.
    samples, stride, hours : int
        Samples a day, those a kernel takes and moves by, and steps.

    Returns
    -------
    tensor, shape (row, hours, samples / stride / hours)
        The steps.
    """
    x = keras.layers.Reshape((samples, 1), name="day")(day)
    x = keras.layers.Conv1D(
        1,
        stride,
        strides=stride,
        activation="relu",
        kernel_initializer=keras.initializers.Constant(1 / stride),
        name="dilution",
    )(x)
    x = keras.layers.Reshape((samples // stride,), name="diluted")(x)
    x = normalised(x, "dilution")
    return keras.layers.Reshape((hours, samples // stride // hours), name="hours")(x)


def attended(steps: Any, hours: int, squeezed: int) -> Any:
    """Return the sum of the steps, each weighted by its own attention in 0..1.

    The largest and the mean of each step's features pass through the same two layers, over the steps; the
    sigmoid of their sum is the weight of a step (Xue et al. 2022, eq. C1 and Fig. 14).

    Parameters
    ----------
    steps : tensor, shape (row, hours, feature)
        The steps.
    hours, squeezed : int
        Number of steps, and kernels of the first layer.

    Returns
    -------
    tensor, shape (row, feature)
        The weighted sum.
    """
    first = keras.layers.Conv1D(squeezed, 1, activation="relu", name="attention_squeeze")
    second = keras.layers.Conv1D(hours, 1, name="attention_expand")
    largest, mean = ops.max(steps, axis=2), ops.mean(steps, axis=2)
    logits = [second(first(ops.expand_dims(each, 1))) for each in (largest, mean)]
    weights = ops.sigmoid(keras.layers.Add(name="attention_sum")(logits))
    return ops.sum(steps * ops.transpose(weights, (0, 2, 1)), axis=1)
