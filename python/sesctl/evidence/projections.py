"""What a far source's field shows on each dipole, learnt from the night's magnetotelluric field."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.evidence.surroundings import electric_rows
from sesctl.types import Dipole, Record

Array = npt.NDArray[np.float64]

BLOCK_S = 300.0
LEAST_BLOCKS = 60
LEAST_SIGNAL = 10.0
GEOMETRY_ERROR = 0.1
LEAST_SECOND_AXIS = 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class Projections:
    """How a far source's field, of which there are at most two dimensions, shows on the dipoles.

    Parameters
    ----------
    basis : ndarray of float64, shape (dipole, rank)
        Orthonormal columns that span what a far source can show.
    resampled : tuple of ndarray of float64, shape (dipole, rank)
        The same with one night left out each; empty where the azimuths alone give the basis.
    matrix : ndarray of float64, shape (dipole, 2)
        Field on each dipole per unit of (E_N, E_E): of all matrices within the basis the one nearest to the
        azimuths'.
    signal : float
        Power of the weakest dimension of the night's field over that of what it leaves; 0 without nights.
    """

    basis: Array
    resampled: tuple[Array, ...]
    matrix: Array
    signal: float

    @property
    def rank(self) -> int:
        """Dimensions of a far field on these dipoles."""
        return int(self.basis.shape[1])

    @property
    def source(self) -> str:
        """Where the projections come from, in words."""
        if self.resampled:
            return f"projections from {len(self.resampled)} nights"
        return "projections from the azimuths, the nights being too few or too calm"

    def residual(self) -> Array:
        """Return the directions no far field takes, orthonormal columns, shape (dipole, dipole − rank)."""
        full = np.linalg.svd(self.basis, full_matrices=True)[0]
        return np.asarray(full[:, self.rank :])

    def error_covariance(self, amplitude: Array) -> Array:
        """Return the covariance of what an event leaves along `residual`, from errors of the projections.

        A jackknife over the nights [Efron 1982], or a tenth of each dipole's amplitude where there are none.

        Parameters
        ----------
        amplitude : ndarray of float64, shape (dipole,)
            The event in mV/km.
        """
        left = self.residual()
        if not self.resampled:
            fitted = self.basis @ (self.basis.T @ amplitude)
            return np.asarray(left.T @ np.diag((GEOMETRY_ERROR * fitted) ** 2) @ left)
        far = self.basis @ (self.basis.T @ amplitude)
        moved = np.stack([left.T @ (far - each @ (each.T @ far)) for each in self.resampled])
        moved -= moved.mean(axis=0)
        return np.asarray((len(moved) - 1) / len(moved) * moved.T @ moved)


def azimuth_matrix(dipoles: Sequence[Dipole]) -> Array:
    """Return (cos α, sin α) of each dipole, float64, shape (dipole, 2), all azimuths being known."""
    angles = np.radians([float(dipole.azimuth_deg or 0.0) for dipole in dipoles])
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def calibrate_projections(nights: Sequence[Record], dipoles: Sequence[Dipole]) -> Projections:
    """Learn what far sources show on the dipoles from the natural field at night.

    The changes from one 5-min mean of a night to the next are vectors with a value a dipole; the two
    dimensions in which they are largest are those of a far field, whatever the local distortion. Changes,
    since a pump then shows at its two edges alone, and these are weighed down: one whose rest is beyond twice
    the usual counts less by the square of the ratio, until nothing changes. Where the weaker dimension has
    less than ten times the power of the rest, or fewer than 60 changes are there, the azimuths are taken as
    they are.

    Parameters
    ----------
    nights : sequence of Record
        Quiet hours, with these dipoles.
    dipoles : sequence of Dipole
        At least one, all with azimuths.

    Returns
    -------
    Projections
        Rank 1 if all dipoles are nearly parallel, else 2.
    """
    plain = azimuth_matrix(dipoles)
    axes, sizes, _ = np.linalg.svd(plain, full_matrices=False)
    rank = 2 if len(sizes) > 1 and sizes[1] > LEAST_SECOND_AXIS * sizes[0] else 1
    axes = axes[:, :rank]
    by_azimuth = Projections(basis=axes, resampled=(), matrix=axes @ axes.T @ plain, signal=0.0)
    if len(dipoles) <= rank:
        return by_azimuth
    names = [dipole.name for dipole in dipoles]
    blocks = [night_blocks(night, names) for night in nights]
    blocks = [each for each in blocks if each.shape[1]]
    if len(blocks) < 3 or sum(each.shape[1] for each in blocks) < LEAST_BLOCKS:
        return by_azimuth
    basis, signal = _subspace(np.concatenate(blocks, axis=1), rank)
    if signal < LEAST_SIGNAL:
        return by_azimuth
    left_out = tuple(
        _subspace(np.concatenate(blocks[:k] + blocks[k + 1 :], axis=1), rank)[0] for k in range(len(blocks))
    )
    return Projections(basis=basis, resampled=left_out, matrix=basis @ basis.T @ plain, signal=signal)


def night_blocks(night: Record, names: Sequence[str], seconds: float = BLOCK_S) -> Array:
    """Return a night's changes from block mean to block mean, float64, shape (dipole, change), mV/km.

    Blocks in which a dipole has less than half of its samples are left out; all, if fewer than six remain.
    """
    values = electric_rows(night.select(names))
    size = max(1, round(seconds / night.interval))
    count = values.shape[1] // size
    folded = values[:, : count * size].reshape(len(names), count, size)
    finite = np.isfinite(folded)
    present = finite.sum(axis=2)
    kept = np.flatnonzero((2 * present >= size).all(axis=0))
    if kept.size < 6:
        return np.empty((len(names), 0))
    means = np.where(finite, folded, 0.0).sum(axis=2)[:, kept] / present[:, kept]
    return np.asarray(np.diff(means, axis=1))


def _subspace(vectors: Array, rank: int) -> tuple[Array, float]:
    """Return the leading directions, and the power of the last of them over that of the rest."""
    weights = np.ones(vectors.shape[1])
    for _ in range(30):
        powers, directions = np.linalg.eigh((vectors * weights) @ vectors.T / weights.sum())
        rest = np.sqrt(((directions[:, :-rank].T @ vectors) ** 2).sum(axis=0))
        usual = max(float(np.median(rest)) / 0.6745, 1e-12)
        changed = 1.0 / np.maximum(rest / (2.0 * usual), 1.0) ** 2
        if np.abs(changed - weights).max() < 1e-3:
            break
        weights = changed
    return directions[:, -rank:], float(powers[-rank] / max(powers[-rank - 1], 1e-12))
