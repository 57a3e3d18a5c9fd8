"""The labelled set, its images and its band power, made once for all parts that need the same."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from sesctl.benchmark.ding2021.scale import ImageScale
from sesctl.pairing import (
    Split,
    band_features,
    honest_split,
    paper_split,
    permuted_labels,
    usable_days,
)
from sesctl.spectrogram import labelled_images
from sesctl.synth import aeta_set
from sesctl.types import BeforeAfter, LabelledDays, LabelledImages, SpectrogramParameters

Protocol = Literal["paper", "honest"]
Truth = Literal["true", "permuted", "null"]


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageSet:
    """Images, what is known of them, and how they are divided.

    Parameters
    ----------
    images : LabelledImages
        Spectrograms in dB, with their labels.
    features : ndarray of float64, shape (image, band)
        Band power of the same days, dB.
    split : Split
        Which are for what.
    dropped : dict of str to int
        Days that were dropped, by reason.
    """

    images: LabelledImages
    features: npt.NDArray[np.float64]
    split: Split
    dropped: dict[str, int]

    @property
    def labels(self) -> BeforeAfter:
        """What is before and what after."""
        return self.images.labels


@lru_cache(maxsize=2)
def _days(events: int, stations: int, strength: float, seed: int) -> tuple[LabelledDays, dict[str, int]]:
    kept, dropped, _ = usable_days(aeta_set(events, stations=stations, strength=strength, seed=seed))
    return kept, {str(reason): count for reason, count in dropped.items()}


@lru_cache(maxsize=2)
def _images(
    events: int, stations: int, strength: float, seed: int, chirp: bool
) -> tuple[LabelledImages, npt.NDArray[np.float64], dict[str, int]]:
    days, dropped = _days(events, stations, strength, seed)
    images = labelled_images(days, SpectrogramParameters(chirp=chirp), workers=2)
    return images, band_features(days.values), dropped


def image_set(
    scale: ImageScale, protocol: Protocol, *, truth: Truth, strength: float, seed: int, chirp: bool = True
) -> ImageSet:
    """Return the labelled images of a part of the study.

    Parameters
    ----------
    scale : ImageScale
        How many.
    protocol : {"paper", "honest"}
        How they are divided.
    truth : {"true", "permuted", "null"}
        Whether before and after mean what they say; are exchanged in half of the events; or differ in
        nothing, since there is no disturbance.
    strength : float
        Of the disturbance.
    seed : int
        Of the set, the permutation and the split.
    chirp : bool
        Whether the transform's windows follow a changing frequency.
    """
    strength = 0.0 if truth == "null" else strength
    images, features, dropped = _images(scale.events, scale.stations, strength, seed, chirp)
    labels = images.labels
    if truth == "permuted":
        labels = replace(labels, before=permuted_labels(labels, seed=seed))
        images = replace(images, labels=labels)
    divide = paper_split if protocol == "paper" else honest_split
    return ImageSet(images=images, features=features, split=divide(labels, seed=seed), dropped=dropped)
