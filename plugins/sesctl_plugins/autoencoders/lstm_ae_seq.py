"""`lstm_ae_seq`: an LSTM autoencoder that keeps its 24 hours apart to the end."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sesctl.plugin import DetectorInfo, hookimpl
from sesctl_plugins.models import shipped

if TYPE_CHECKING:
    import keras

    from sesctl.plugin.keras import KerasDetector

SHAPE = {"samples": 8640, "hours": 24, "stride": 10, "kernels": 16, "both_ways": 256, "hour": 256}


def build(config: Mapping[str, int]) -> "keras.Model":
    """Return the network: each hour is one step, and is returned from its own step's state.

    Nothing is squeezed through a single code of the whole day, so that an edge stays where it is.

    Parameters
    ----------
    config : mapping of str to int
        Numbers of the architecture (see `SHAPE`).
    """
    import keras

    from sesctl_plugins.autoencoders.layers import normalised

    samples, hours, stride = config["samples"], config["hours"], config["stride"]
    kernels = config["kernels"]

    given = keras.Input((samples,), name="given")
    x = normalised(given, "given")
    x = keras.layers.Reshape((samples, 1), name="day")(x)
    x = keras.layers.Conv1D(kernels, stride, strides=stride, activation="gelu", name="dilution")(x)
    x = keras.layers.Reshape((hours, samples // stride // hours * kernels), name="hours")(x)
    x = normalised(x, "hours")
    for k in (1, 2):
        x = keras.layers.Bidirectional(
            keras.layers.LSTM(config["both_ways"], return_sequences=True, name=f"one_way_{k}"),
            name=f"both_ways_{k}",
        )(x)
        x = normalised(x, f"both_ways_{k}")
    x = keras.layers.Dense(config["hour"], activation="gelu", name="hour")(x)
    x = normalised(x, "hour")
    x = keras.layers.Dense(samples // hours, dtype="float32", name="returned_hours")(x)
    returned = keras.layers.Reshape((samples,), name="returned")(x)
    return keras.Model(given, returned, name="lstm_ae_seq")


def make(config: Mapping[str, int] | None = None) -> "KerasDetector":
    """Return a new detector, untrained; `config` holds numbers that differ from `SHAPE`."""
    from sesctl_plugins.autoencoders.autoencoder import autoencoder

    return autoencoder("lstm_ae_seq", build, SHAPE, config)


@hookimpl
def sesctl_detectors() -> DetectorInfo:
    """Return the record of `lstm_ae_seq`."""
    return DetectorInfo(
        name="lstm_ae_seq",
        summary="LSTM autoencoder that keeps the hours of a day apart",
        make=make,
        context=0.0,
        cleaning="despike",
        trainable=True,
        model=shipped("lstm_ae_seq"),
    )
