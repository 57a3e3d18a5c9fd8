"""`gru_ae`: `lstm_ae` with gated recurrent units (Cho et al. 2014) in place of LSTM cells."""

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
    """Return the network of `lstm_ae` with GRU cells."""
    return lstm_ae.build(config, recurrent="GRU")


def make(config: Mapping[str, int] | None = None) -> "KerasDetector":
    """Return a new detector, untrained; `config` holds numbers that differ from `SHAPE`."""
    from sesctl_plugins.autoencoders.autoencoder import autoencoder

    return autoencoder("gru_ae", build, SHAPE, config)


@hookimpl
def sesctl_detectors() -> DetectorInfo:
    """Return the record of `gru_ae`."""
    return DetectorInfo(
        name="gru_ae",
        summary="GRU autoencoder with time-step attention, for comparison with lstm_ae",
        make=make,
        context=0.0,
        cleaning="despike",
        trainable=True,
        model=shipped("gru_ae"),
    )
