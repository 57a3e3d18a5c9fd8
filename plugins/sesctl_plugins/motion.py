"""The horizontal field of a station out of its dipoles, and the particle motion of windows of it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

LEAST_SPREAD = 0.1
"""Smallest singular value of the dipoles' directions, as a share of the largest, that gives a field."""


def spans_plane(directions: Values) -> bool:
    """Return whether dipoles of these directions, float64 (dipole, 2), show both components of a field."""
    if len(directions) < 2:
        return False
    largest, smallest = np.linalg.svd(directions, compute_uv=False)
    return bool(smallest >= LEAST_SPREAD * largest)


def horizontal_field(values: Values, directions: Values) -> Values:
    """Return the least-squares field of each instant: E = G⁺ e over the dipoles that have a value.

    Parameters
    ----------
    values : ndarray of float64, shape (dipole, sample)
        Deviations e in mV/km, NaN where missing.
    directions : ndarray of float64, shape (dipole, 2)
        G, rows (cos α, sin α) of azimuths α.

    Returns
    -------
    ndarray of float64, shape (2, sample)
        North and east component in mV/km; NaN where the dipoles with a value do not span the plane.
    """
    known = np.isfinite(values)
    field = np.full((2, values.shape[1]), np.nan)
    for pattern in np.unique(known, axis=1).T:
        if spans_plane(directions[pattern]):
            at = (known == pattern[:, None]).all(axis=0)
            field[:, at] = np.linalg.pinv(directions[pattern]) @ values[np.ix_(pattern, at)]
    return field


@dataclass(frozen=True, kw_only=True, eq=False)
class Motion:
    """Particle motion of windows.

    Parameters
    ----------
    azimuth : ndarray of float64, shape (window,)
        Axis of the motion, radians clockwise from north, in (-π/2, π/2].
    rectilinearity : ndarray of float64, shape (window,)
        1 for motion along a line, 0 for none that is preferred.
    unusual : ndarray of float64, shape (window,)
        Root of the energy along the axis over the median, among all windows, of the energy along that axis.
    """

    azimuth: Values
    rectilinearity: Values
    unusual: Values


def particle_motion(field: Values, length: int, hop: int) -> Motion:
    """Return the particle motion of overlapping windows.

    With C the second moments of (E_N, E_E) in a window, about zero: azimuth ½ atan2(2 C_NE, C_NN - C_EE),
    rectilinearity 1 - λ₂/λ₁, λ₁ ≥ λ₂ the eigenvalues of C.

    Parameters
    ----------
    field : ndarray of float64, shape (2, sample)
        Deviations of the field in mV/km, NaN where missing.
    length, hop : int
        Of windows, in samples.

    Returns
    -------
    Motion
        NaN for a window of which fewer than half of the samples are there.
    """
    windows = np.lib.stride_tricks.sliding_window_view(field, length, axis=1)[:, ::hop]
    known = np.isfinite(windows).all(axis=0)
    count = known.sum(axis=1)
    north, east = np.where(known, windows, 0.0)
    enough = np.where(2 * count >= length, np.maximum(count, 1), np.nan)
    nn, ee, ne = (np.sum(a * b, axis=1) / enough for a, b in ((north, north), (east, east), (north, east)))
    azimuth = 0.5 * np.arctan2(2.0 * ne, nn - ee)
    half_sum, half_difference = (nn + ee) / 2.0, np.hypot((nn - ee) / 2.0, ne)
    largest, smallest = half_sum + half_difference, np.maximum(half_sum - half_difference, 0.0)
    cos, sin = np.cos(azimuth)[:, None], np.sin(azimuth)[:, None]
    along = cos**2 * nn + 2.0 * cos * sin * ne + sin**2 * ee  # of axis, of window
    judged = np.isfinite(nn)
    usual = np.full(len(nn), np.nan)
    if judged.any():
        usual[judged] = np.median(along[np.ix_(judged, judged)], axis=1)
    moving = judged & (largest > 0.0) & (usual > 0.0)
    return Motion(
        azimuth=azimuth,
        rectilinearity=1.0 - np.divide(smallest, largest, out=np.full(len(nn), np.nan), where=moving),
        unusual=np.sqrt(np.divide(largest, usual, out=np.full(len(nn), np.nan), where=moving)),
    )
