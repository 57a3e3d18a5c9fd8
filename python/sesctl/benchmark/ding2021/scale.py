"""How much of everything, and what is fixed beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from sesctl.errors import ParameterError

FIRST_SEED = 2000
"""Seed of the synthetic set; those below found the strength."""
LABELS = {
    "paper": "images shuffled and cut: neighbouring days of one event stand on both sides",
    "honest": "whole groups of connected stations and earthquakes apart, no day with two labels",
}
PROTOCOLS: tuple[Literal["paper", "honest"], ...] = ("paper", "honest")
NETWORKS = ("vgg", "vgg16")


@dataclass(frozen=True, kw_only=True)
class ImageScale:
    """The numbers that decide how long the study runs and how sure its results are.

    Parameters
    ----------
    name : str
        How users call it.
    events, stations : int
        Of the synthetic network; an event has 28 days.
    epochs : int
        Of each training.
    shown_epochs : tuple of int
        After which the accuracy is told, as in the paper's Table 1; those beyond `epochs` are the last one.
    batches : tuple of int
        Batch sizes; the first one is that of all other parts.
    networks : mapping of str to mapping of str to int
        Numbers of each network's architecture that differ from its own.
    learning_rates : mapping of str to float
        Of networks whose own rate is not meant for so small ones.
    strengths : tuple of float
        Of the disturbance, in multiples of the fixed one, for the curve.
    seeds : int
        Of the curve: as many sets and trainings.
    replicates : int
        Drawings of events for the intervals.

    Raises
    ------
    ParameterError
        If there is no batch size.
    """

    name: str
    events: int
    stations: int
    epochs: int
    shown_epochs: tuple[int, int]
    batches: tuple[int, ...]
    networks: Mapping[str, Mapping[str, int]]
    learning_rates: Mapping[str, float]
    strengths: tuple[float, ...]
    seeds: int
    replicates: int

    def __post_init__(self) -> None:
        if not self.batches or set(self.networks) - set(NETWORKS):
            msg = f"scale {self.name} has batch sizes {self.batches} and networks {sorted(self.networks)}"
            raise ParameterError(msg, f"Give a batch size, and networks among {', '.join(NETWORKS)}.")


SMALL = ImageScale(
    name="small",
    events=42,
    stations=24,
    epochs=6,
    shown_epochs=(3, 6),
    batches=(64, 128),
    networks={"vgg": {"kernels": 8}, "vgg16": {"kernels": 4, "dense": 64}},
    learning_rates={"vgg16": 1e-3},
    strengths=(1.0, 2.0),
    seeds=1,
    replicates=500,
)
REDUCED = ImageScale(
    name="reduced",
    events=84,
    stations=42,
    epochs=10,
    shown_epochs=(5, 10),
    batches=(64, 128, 256, 512),
    networks={"vgg": {"kernels": 8}, "vgg16": {"kernels": 4, "dense": 64}},
    learning_rates={"vgg16": 1e-3},
    strengths=(0.25, 0.5, 0.75, 1.0, 1.5, 2.0),
    seeds=5,
    replicates=2000,
)
EVENTS = ImageScale(
    name="events",
    events=1437,
    stations=165,
    epochs=10,
    shown_epochs=(5, 10),
    batches=(64, 128, 256, 512),
    networks={"vgg": {"kernels": 16}, "vgg16": {"kernels": 8, "dense": 256}},
    learning_rates={},
    strengths=(1.0,),
    seeds=1,
    replicates=2000,
)
"""The paper's events and its first ten epochs, with networks that a processor can train."""
EPOCHS = replace(EVENTS, name="epochs", epochs=100, shown_epochs=(10, 100), batches=(64,))
"""All hundred epochs of the same networks at the batch that was best in the paper."""
FULL = ImageScale(
    name="full",
    events=1437,
    stations=165,
    epochs=100,
    shown_epochs=(10, 100),
    batches=(64, 128, 256, 512),
    networks={"vgg": {}, "vgg16": {}},
    learning_rates={},
    strengths=(0.25, 0.5, 0.75, 1.0, 1.5, 2.0),
    seeds=5,
    replicates=2000,
)
SCALES: Mapping[str, ImageScale] = {scale.name: scale for scale in (SMALL, REDUCED, EVENTS, EPOCHS, FULL)}
"""From the smallest to the largest."""
