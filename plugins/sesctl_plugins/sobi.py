"""`sobi`: components of a station's dipoles that differ in spectrum."""

from pathlib import Path
from typing import ClassVar

import numpy as np

from sesctl.plugin import DetectorInfo, hookimpl
from sesctl_plugins.separation import SeparatingDetector
from sesctl_plugins.unmixing import Matrix, Unmixing, turned, whitening


class Sobi(SeparatingDetector):
    """Second-order blind identification with lags of 1 min to 2 h."""

    threshold = 2.0
    lags: ClassVar[tuple[int, ...]] = (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120)
    calibration_file = Path(__file__).with_name("sobi_calibration.json")

    def unmix(self, values: Matrix, seed: int) -> Unmixing:
        """Return the components of deviations in mV/km, float64 (dipole, sample); there is no seed to use."""
        return second_order(values, self.lags)


def second_order(values: Matrix, lags: tuple[int, ...]) -> Unmixing:
    """Separate by SOBI (Belouchrani et al. 1997): the rotation that makes lagged covariances most diagonal.

    It needs sources of different spectra, not of non-Gaussian values. It has one solution and no random
    start, so that every component counts as stable; sources of the same spectrum come out mixed all the same.

    Parameters
    ----------
    values : ndarray of float64, shape (dipole, sample)
        Deviations in mV/km, all finite.
    lags : tuple of int
        In samples.

    Returns
    -------
    Unmixing
        As many components as the dipoles have rank.
    """
    whiten, colour = whitening(values)
    rank = len(whiten)
    white = whiten @ values
    lagged = np.empty((len(lags), rank, rank))
    for k, lag in enumerate(lags):
        product = white[:, lag:] @ white[:, :-lag].T / (white.shape[1] - lag)
        lagged[k] = (product + product.T) / 2
    return turned(joint_diagonal(lagged)[0], whiten, colour, np.ones(rank))


def joint_diagonal(matrices: Matrix, tolerance: float = 1e-10, sweeps: int = 100) -> tuple[Matrix, Matrix]:
    """Return the rotation that makes symmetric matrices most nearly diagonal together.

    Jacobi rotations, each by the angle that maximises the sum of squares of the two diagonals in closed
    form (Cardoso and Souloumiac 1996).

    Parameters
    ----------
    matrices : ndarray of float64, shape (matrix, n, n)
        Symmetric.
    tolerance : float
        Sine of the largest rotation of a sweep at which to stop.
    sweeps : int
        Most sweeps over all pairs.

    Returns
    -------
    turn : ndarray of float64, shape (n, n)
        Rotation V with V M Vᵀ nearly diagonal.
    diagonal : ndarray of float64, shape (matrix, n)
        The diagonals.
    """
    turned, size = matrices.copy(), matrices.shape[1]
    turn = np.eye(size)
    for _ in range(sweeps):
        largest = 0.0
        for p in range(size):
            for q in range(p + 1, size):
                unlike = turned[:, p, p] - turned[:, q, q]
                beside = 2.0 * turned[:, p, q]
                along, across = unlike @ unlike - beside @ beside, 2.0 * unlike @ beside
                angle = 0.25 * np.arctan2(across, along)
                cos, sin = np.cos(angle), np.sin(angle)
                largest = max(largest, abs(float(sin)))
                plane = np.array([[cos, sin], [-sin, cos]])
                turned[:, [p, q], :] = plane @ turned[:, [p, q], :]
                turned[:, :, [p, q]] = turned[:, :, [p, q]] @ plane.T
                turn[[p, q]] = plane @ turn[[p, q]]
        if largest < tolerance:
            break
    return turn, np.diagonal(turned, axis1=1, axis2=2)


@hookimpl
def sesctl_detectors() -> DetectorInfo:
    """Return the record of `sobi`."""
    return DetectorInfo(
        name="sobi",
        summary="as `ica`, components told apart by their spectra (SOBI)",
        make=Sobi,
        dipoles="all",
        interval=10.0,
        context=21_600.0,
        cleaning="despike",
        least_dipoles=2,
    )
