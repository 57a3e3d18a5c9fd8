"""`ica`: independent components of a station's dipoles."""

import warnings
from pathlib import Path
from typing import ClassVar

import numpy as np

from sesctl.plugin import DetectorInfo, hookimpl
from sesctl_plugins.separation import SeparatingDetector
from sesctl_plugins.unmixing import Matrix, Unmixing, turned, whitening


class Ica(SeparatingDetector):
    """FastICA with g = tanh, five starts, and the components on which these agree."""

    threshold = 2.0
    restarts: ClassVar[int] = 5
    calibration_file = Path(__file__).with_name("ica_calibration.json")

    def unmix(self, values: Matrix, seed: int) -> Unmixing:
        """Return the independent components of deviations in mV/km, float64 (dipole, sample)."""
        return fast_ica(values, seed, self.restarts)


def fast_ica(values: Matrix, seed: int, restarts: int) -> Unmixing:
    """Separate by FastICA with g = tanh (Hyvärinen 1999), from several random starts.

    The start whose components the others reproduce best is kept. A component's stability is the mean, over
    the other starts, of its largest correlation with one of theirs.

    Parameters
    ----------
    values : ndarray of float64, shape (dipole, sample)
        Deviations in mV/km, all finite.
    seed : int
        Of the random starts.
    restarts : int
        How many, at least 2.

    Returns
    -------
    Unmixing
        As many components as the dipoles have rank.
    """
    from sklearn.decomposition import FastICA
    from sklearn.exceptions import ConvergenceWarning

    whiten, colour = whitening(values)
    rank = len(whiten)
    if rank < 2:
        return turned(np.eye(rank), whiten, colour, np.ones(rank))
    white = (whiten @ values).T
    rng = np.random.default_rng(seed)
    turns = []
    for _ in range(restarts):
        start, _ = np.linalg.qr(rng.normal(size=(rank, rank)))
        model = FastICA(
            algorithm="parallel", whiten=False, fun="logcosh", max_iter=200, tol=1e-4, w_init=start
        )
        with warnings.catch_warnings():
            # Near-Gaussian data make the iteration go in circles; the other starts tell whether that matters.
            warnings.simplefilter("ignore", ConvergenceWarning)
            turns.append(model.fit(white).components_)
    # Rotations of white data: the correlation of two components is the product of their rows.
    agreement = [[np.abs(one @ other.T).max(axis=1) for other in turns] for one in turns]
    best = int(np.argmax([sum(float(each.sum()) for each in row) for row in agreement]))
    stability = (np.sum(agreement[best], axis=0) - 1.0) / (restarts - 1)
    return turned(turns[best], whiten, colour, stability)


@hookimpl
def sesctl_detectors() -> DetectorInfo:
    """Return the record of `ica`."""
    return DetectorInfo(
        name="ica",
        summary="opposite edges in the independent components (FastICA) of a station's dipoles",
        make=Ica,
        dipoles="all",
        interval=10.0,
        context=21_600.0,
        cleaning="despike",
        least_dipoles=2,
    )
