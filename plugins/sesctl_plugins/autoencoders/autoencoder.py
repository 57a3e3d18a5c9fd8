"""From an architecture to a detector."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sesctl.plugin import EdgeSearch
from sesctl.plugin.keras import KerasDetector, TrainingParameters

if TYPE_CHECKING:
    import keras

Build = Callable[[Mapping[str, int]], "keras.Model"]
RECIPE = TrainingParameters(
    clip_norm=1.0, signal_weight=10.0, quiet_steps=1500, mix=0.5, target="ses", batch=64, copies=3
)
"""What makes these networks learn signals early: docs/methods.md, section 13."""
SEARCH = EdgeSearch(refit_s=300.0)
"""Edges of what a network returns are less sharp than those of the record: they may move further. Chosen on
days of validation, where twice as far costs successes and less leaves intervals too wide."""


def autoencoder(
    name: str, build: Build, shape: Mapping[str, int], config: Mapping[str, int] | None = None
) -> KerasDetector:
    """Return a new detector, untrained.

    Parameters
    ----------
    name : str
        The detector's name.
    build : callable
        Makes the network from the numbers of its architecture.
    shape : mapping of str to int
        These numbers; ``samples`` is the number of samples in a day.
    config : mapping of str to int, optional
        Those that are to be others.
    """

    class Autoencoder(KerasDetector):
        """A denoising autoencoder."""

        defaults = shape
        samples = shape["samples"]
        recipe = RECIPE
        search = SEARCH

        def build(self, config: Mapping[str, int]) -> "keras.Model":
            """Return the network, untrained."""
            return build(config)

    Autoencoder.name = name
    return Autoencoder(config)
