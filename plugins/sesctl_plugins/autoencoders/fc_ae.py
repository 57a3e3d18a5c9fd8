"""`fc_ae`: a fully convolutional denoising autoencoder."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sesctl.plugin import DetectorInfo, hookimpl
from sesctl_plugins.models import shipped

if TYPE_CHECKING:
    import keras

    from sesctl.plugin.keras import KerasDetector

SHAPE = {"samples": 8640, "kernels": 32, "width": 9}
STRIDES = (4, 3, 3, 2, 2, 2)


def build(config: Mapping[str, int]) -> "keras.Model":
    """Return the network: 8640 samples, thinned by 4, 3, 3, 2, 2, 2 to 30 steps, and back.

    Kernels double with every layer up to eight times `kernels`; a step of the code sees six hours.

    Parameters
    ----------
    config : mapping of str to int
        Numbers of the architecture (see `SHAPE`).
    """
    import keras

    from sesctl_plugins.autoencoders.layers import normalised

    samples, kernels, width = config["samples"], config["kernels"], config["width"]
    counts = [kernels * min(8, 2**k) for k in range(len(STRIDES))]

    given = keras.Input((samples,), name="given")
    x = normalised(given, "given")
    x = keras.layers.Reshape((samples, 1), name="day")(x)
    for k, (stride, count) in enumerate(zip(STRIDES, counts, strict=True)):
        name = f"encode_{k}"
        x = keras.layers.Conv1D(count, width, strides=stride, padding="same", activation="relu", name=name)(x)
        x = normalised(x, name)
    for k, (stride, count) in reversed(list(enumerate(zip(STRIDES, counts, strict=True)))):
        name = f"decode_{k}"
        x = keras.layers.Conv1DTranspose(
            count, width, strides=stride, padding="same", activation="relu", name=name
        )(x)
        x = normalised(x, name)
    x = keras.layers.Conv1D(1, width, padding="same", dtype="float32", name="returned_day")(x)
    returned = keras.layers.Reshape((samples,), name="returned")(x)
    return keras.Model(given, returned, name="fc_ae")


def make(config: Mapping[str, int] | None = None) -> "KerasDetector":
    """Return a new detector, untrained; `config` holds numbers that differ from `SHAPE`."""
    from sesctl_plugins.autoencoders.autoencoder import autoencoder

    return autoencoder("fc_ae", build, SHAPE, config)


@hookimpl
def sesctl_detectors() -> DetectorInfo:
    """Return the record of `fc_ae`."""
    return DetectorInfo(
        name="fc_ae",
        summary="fully convolutional autoencoder, for comparison with lstm_ae",
        make=make,
        context=0.0,
        cleaning="despike",
        trainable=True,
        model=shipped("fc_ae"),
    )
