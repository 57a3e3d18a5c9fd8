"""How right answers are counted, and how sure the count is: events are drawn anew, not images.

Days of one event share an instrument and a season, and stand or fall together: intervals from images drawn
one by one would be too narrow by as much.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LEVELS = (0.025, 0.975)
POINTS = 101


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """How well images are told apart.

    Parameters
    ----------
    images, events : int
        How many were judged.
    accuracy : float
        Share of right answers at a probability of one half.
    interval : tuple of float
        95 % interval of the accuracy, from events drawn anew.
    auc : float
        Probability that an image from before has the higher score than one from after.
    majority : float
        Accuracy of the same answer for all images.
    """

    images: int
    events: int
    accuracy: float
    interval: tuple[float, float]
    auc: float
    majority: float

    @property
    def at_chance(self) -> bool:
        """Whether chance, one half, lies in the interval."""
        return self.interval[0] <= 0.5 <= self.interval[1]


def judge_images(
    probability: npt.NDArray[np.floating],
    before: npt.NDArray[np.bool_],
    event: npt.NDArray[np.int64],
    *,
    replicates: int,
    seed: int,
) -> Judgement:
    """Judge probabilities.

    Parameters
    ----------
    probability : ndarray of float, shape (image,)
        That an image is of a day before an earthquake.
    before : ndarray of bool, shape (image,)
        Whether it is.
    event : ndarray of int64, shape (image,)
        The event of each image.
    replicates, seed : int
        Of the drawings of events.

    Returns
    -------
    Judgement
        Accuracy, its interval, and the area under the curve.
    """
    right = (probability > 0.5) == before
    events, which = np.unique(event, return_inverse=True)
    good = np.bincount(which, weights=right)
    counts = np.bincount(which)
    random = np.random.default_rng(seed)
    drawn = random.multinomial(len(events), np.full(len(events), 1 / len(events)), replicates)
    low, high = np.quantile(drawn @ good / (drawn @ counts), LEVELS)
    share = float(before.mean())
    return Judgement(
        images=len(before),
        events=len(events),
        accuracy=float(right.mean()),
        interval=(float(low), float(high)),
        auc=area_under_curve(probability, before),
        majority=max(share, 1 - share),
    )


def area_under_curve(probability: npt.NDArray[np.floating], before: npt.NDArray[np.bool_]) -> float:
    """Return the area under the receiver operating curve, ties counted half; NaN of one class alone."""
    from scipy.stats import rankdata

    positive = int(before.sum())
    negative = len(before) - positive
    if not positive or not negative:
        return float("nan")
    ranks = float(rankdata(probability)[before].sum())
    return (ranks - positive * (positive + 1) / 2) / (positive * negative)


@dataclass(frozen=True, kw_only=True)
class OperatingCurve:
    """What a classifier does as its threshold falls.

    Parameters
    ----------
    false_positive : tuple of float
        Share of the images from after that are taken for ones from before.
    true_positive : tuple of float
        Share of the images from before that are found; their recall.
    precision : tuple of float
        Share of the images found that are from before; 1 where none is.
    """

    false_positive: tuple[float, ...]
    true_positive: tuple[float, ...]
    precision: tuple[float, ...]


def operating_curve(probability: npt.NDArray[np.floating], before: npt.NDArray[np.bool_]) -> OperatingCurve:
    """Return the curve at up to 101 thresholds, the strictest first.

    Parameters
    ----------
    probability : ndarray of float, shape (image,)
        That an image is of a day before an earthquake.
    before : ndarray of bool, shape (image,)
        Whether it is.
    """
    order = np.argsort(-probability, kind="stable")
    hits = np.concatenate([[0], np.cumsum(before[order])])
    misses = np.arange(len(order) + 1) - hits
    at = np.unique(np.linspace(0, len(order), POINTS).round().astype(np.int64))
    precision = np.where(at > 0, hits[at] / np.maximum(at, 1), 1.0)
    return OperatingCurve(
        false_positive=tuple((misses[at] / max(misses[-1], 1)).round(4).tolist()),
        true_positive=tuple((hits[at] / max(hits[-1], 1)).round(4).tolist()),
        precision=tuple(precision.round(4).tolist()),
    )
