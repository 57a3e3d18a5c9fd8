"""`lstm_ae`: the LSTM autoencoder with time-step attention of Xue et al. (2022), Fig. 4."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sesctl.plugin import DetectorInfo, hookimpl
from sesctl_plugins.models import shipped

if TYPE_CHECKING:
    import keras

    from sesctl.plugin.keras import KerasDetector

SHAPE = {
    "samples": 8640,
    "stride": 10,
    "hours": 24,
    "both_ways": 512,
    "squeezed": 4,
    "narrow": 256,
    "middle": 512,
    "wide": 864,
}


def build(config: Mapping[str, int], recurrent: str = "LSTM", attention: bool = True) -> "keras.Model":
    """Return the network of 14.2 million weights.

    Parameters
    ----------
    config : mapping of str to int
        Numbers of the architecture (see `SHAPE`).
    recurrent : {"LSTM", "GRU"}
        Kind of the recurrent cells.
    attention : bool
        Whether the steps are summed by attention; else their plain mean is taken.
    """
    import keras

    from sesctl_plugins.autoencoders.layers import attended, diluted, normalised

    cells: Any = getattr(keras.layers, recurrent)
    samples, hours = config["samples"], config["hours"]

    given = keras.Input((samples,), name="given")
    x = diluted(given, samples, config["stride"], hours)
    x = keras.layers.Bidirectional(
        cells(config["both_ways"], return_sequences=True, name="one_way"), merge_mode="ave", name="both_ways"
    )(x)
    x = normalised(x, "both_ways")
    if attention:
        x = attended(x, hours, config["squeezed"])
    else:
        x = keras.layers.GlobalAveragePooling1D(name="mean_step")(x)
    x = normalised(x, "steps")
    for name in ("narrow", "middle", "wide"):  # 16 steps each, the last one's state goes on
        x = keras.layers.Reshape((16, x.shape[-1] // 16), name=f"{name}_steps")(x)
        x = cells(config[name], name=name)(x)
        x = normalised(x, name)
    returned = keras.layers.Dense(samples, dtype="float32", name="returned")(x)
    return keras.Model(given, returned, name="lstm_ae")


def make(config: Mapping[str, int] | None = None) -> "KerasDetector":
    """Return a new detector, untrained; `config` holds numbers that differ from `SHAPE`."""
    from sesctl_plugins.autoencoders.autoencoder import autoencoder

    return autoencoder("lstm_ae", build, SHAPE, config)


@hookimpl
def sesctl_detectors() -> DetectorInfo:
    """Return the record of `lstm_ae`."""
    return DetectorInfo(
        name="lstm_ae",
        summary="LSTM autoencoder with time-step attention, after Xue et al. (2022)",
        make=make,
        context=0.0,
        cleaning="despike",
        trainable=True,
        model=shipped("lstm_ae"),
    )
