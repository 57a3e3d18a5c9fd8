"""The dipoles of a station as principal components, and a rotation of these."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

LEAST_RATIO = 1e-3
"""Smallest standard deviation of a principal component, as a share of the largest, that is no rounding."""
LEAST_SD = 0.01
"""The same in mV/km: less is below what an electrode can tell."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Unmixing:
    """Components of a station's field, and how to go to and fro.

    Parameters
    ----------
    unmixing : ndarray of float64, shape (component, dipole)
        W of s = W x, x in mV/km, s of unit variance.
    mixing : ndarray of float64, shape (dipole, component)
        A of x = A s, in mV/km: what each dipole shows of a component of height 1.
    stability : ndarray of float64, shape (component,)
        How nearly the restarts agree on the component, 0..1.
    """

    unmixing: Matrix
    mixing: Matrix
    stability: Matrix


def whitening(values: Matrix) -> tuple[Matrix, Matrix]:
    """Return the matrices to and from principal components of unit variance.

    Directions in which the dipoles do not vary are left out: identical dipoles, and a closed polygon of
    dipoles, have fewer principal components than channels.

    Parameters
    ----------
    values : ndarray of float64, shape (dipole, sample)
        Deviations in mV/km, all finite, of mean near zero.

    Returns
    -------
    whiten : ndarray of float64, shape (rank, dipole)
    colour : ndarray of float64, shape (dipole, rank)
        Its pseudo-inverse.
    """
    variance, axes = np.linalg.eigh(np.cov(values).reshape(len(values), len(values)))
    spread = np.sqrt(np.maximum(variance[::-1], 0.0))
    axes = axes[:, ::-1]
    rank = int(np.sum(spread > max(LEAST_SD, LEAST_RATIO * spread[0])))
    return (axes[:, :rank] / spread[:rank]).T, axes[:, :rank] * spread[:rank]


def turned(turn: Matrix, whiten: Matrix, colour: Matrix, stability: Matrix) -> Unmixing:
    """Return the unmixing of a rotation of white data, each component with its largest share positive."""
    mixing = colour @ turn.T
    peak = np.argmax(np.abs(mixing), axis=0)
    sign = np.where(mixing[peak, np.arange(mixing.shape[1])] < 0, -1.0, 1.0)
    return Unmixing(unmixing=sign[:, None] * (turn @ whiten), mixing=mixing * sign, stability=stability)
