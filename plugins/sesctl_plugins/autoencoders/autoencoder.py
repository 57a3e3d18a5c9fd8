"""From an architecture to a detector."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING

from sesctl.plugin import Candidate, Days, EdgeSearch, Scores, propose_opposite_edges
from sesctl.plugin.keras import Graph, KerasDetector, TrainingParameters, read_graph
from sesctl_plugins.autoencoders.confirmation import confirmed

if TYPE_CHECKING:
    import keras

Build = Callable[[Mapping[str, int]], "keras.Model"]
RECIPE = TrainingParameters(
    clip_norm=1.0, signal_weight=10.0, quiet_steps=1500, mix=0.5, target="ses", batch=64, copies=3
)
"""What makes these networks learn signals early: docs/methods.md, section 13."""
SEARCH = EdgeSearch(refit_s=300.0, smallest=1.5)
"""Edges of what a network returns are less sharp and lower than those of the record: they may move further,
and count from less on. Chosen on days of validation, where twice as far costs successes and less leaves
intervals too wide."""

THRESHOLD = 4.0
"""Confirmed amplitude in mV/km above which an interval is an event where no budget is asked for: about one
false alarm in eleven days of a simulated station (validation)."""


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
        threshold = THRESHOLD

        def build(self, config: Mapping[str, int]) -> "keras.Model":
            """Return the network, untrained."""
            return build(config)

        def known_graph(self, config: Mapping[str, int]) -> Graph | None:
            """Return the network as operations; None for other numbers than the paper's.

            docs/scripts/translate_networks.py writes it.
            """
            if dict(config) != dict(shape):
                return None
            graphs = files("sesctl_plugins.autoencoders").joinpath("graphs")
            return read_graph(graphs.joinpath(f"{name}.json").read_text(encoding="utf-8"))

        def propose(self, scores: Scores, days: Days) -> list[Candidate]:
            """Propose the edges of what the network returns, scored by what the record confirms of them.

            Networks return much the same height for whatever they take for a signal, so that it says little
            of how sure they may be of it.
            """
            return confirmed(propose_opposite_edges(scores, days, self.search), days)

    Autoencoder.name = name
    return Autoencoder(config)
