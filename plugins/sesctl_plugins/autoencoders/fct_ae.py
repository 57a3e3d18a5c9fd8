"""`fct_ae`: a fully connected denoising autoencoder."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sesctl.plugin import DetectorInfo, hookimpl
from sesctl_plugins.models import shipped

if TYPE_CHECKING:
    import keras

    from sesctl.plugin.keras import KerasDetector

SHAPE = {"samples": 8640, "outer": 1024, "inner": 512, "code": 256}


def build(config: Mapping[str, int]) -> "keras.Model":
    """Return the network: 8640, 1024, 512, 256, 512, 1024, 8640.

    Parameters
    ----------
    config : mapping of str to int
        Numbers of the architecture (see `SHAPE`).
    """
    import keras

    from sesctl_plugins.autoencoders.layers import normalised

    given = keras.Input((config["samples"],), name="given")
    x = normalised(given, "given")
    widths = (("encode_outer", "outer"), ("encode_inner", "inner"), ("code", "code"))
    for name, width in (*widths, ("decode_inner", "inner"), ("decode_outer", "outer")):
        x = keras.layers.Dense(config[width], activation="relu", name=name)(x)
        x = normalised(x, name)
    returned = keras.layers.Dense(config["samples"], dtype="float32", name="returned")(x)
    return keras.Model(given, returned, name="fct_ae")


def make(config: Mapping[str, int] | None = None) -> "KerasDetector":
    """Return a new detector, untrained; `config` holds numbers that differ from `SHAPE`."""
    from sesctl_plugins.autoencoders.autoencoder import autoencoder

    return autoencoder("fct_ae", build, SHAPE, config)


@hookimpl
def sesctl_detectors() -> DetectorInfo:
    """Return the record of `fct_ae`."""
    return DetectorInfo(
        name="fct_ae",
        summary="fully connected autoencoder, for comparison with lstm_ae",
        make=make,
        context=0.0,
        cleaning="despike",
        trainable=True,
        model=shipped("fct_ae"),
    )
