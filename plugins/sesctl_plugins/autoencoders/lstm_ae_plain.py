"""`lstm_ae_plain`: `lstm_ae` without attention, for comparison."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sesctl.plugin import DetectorInfo, hookimpl
from sesctl_plugins.autoencoders import lstm_ae
from sesctl_plugins.autoencoders.lstm_ae import SHAPE
from sesctl_plugins.models import shipped

if TYPE_CHECKING:
    import keras

    from sesctl.plugin.keras import KerasDetector


def build(config: Mapping[str, int]) -> "keras.Model":
    """Return the network of `lstm_ae` with the plain mean over the steps in place of attention."""
    return lstm_ae.build(config, attention=False)


def make(config: Mapping[str, int] | None = None) -> "KerasDetector":
    """Return a new detector, untrained; `config` holds numbers that differ from `SHAPE`."""
    from sesctl_plugins.autoencoders.autoencoder import autoencoder

    return autoencoder("lstm_ae_plain", build, SHAPE, config)


@hookimpl
def sesctl_detectors() -> DetectorInfo:
    """Return the record of `lstm_ae_plain`."""
    return DetectorInfo(
        name="lstm_ae_plain",
        summary="LSTM autoencoder without attention, for comparison with lstm_ae",
        make=make,
        context=0.0,
        cleaning="despike",
        trainable=True,
        model=shipped("lstm_ae_plain"),
    )
