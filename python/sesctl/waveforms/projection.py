"""From one field vector at a station to what each of its dipoles shows."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError, ShapeError, StationError
from sesctl.types import Dipole


def dipole_azimuths(dipoles: Sequence[Dipole]) -> npt.NDArray[np.float64]:
    """Return the azimuths of dipoles, float64, shape (dipole,), degrees clockwise from north.

    Raises
    ------
    StationError
        If a dipole has none, so that no field can be projected on it.
    """
    azimuths = []
    for dipole in dipoles:
        if dipole.azimuth_deg is None:
            msg = f"dipole {dipole.name} has no azimuth, so a field cannot be projected on it"
            raise StationError(msg, "Give azimuth_deg in the station file.")
        azimuths.append(dipole.azimuth_deg)
    return np.asarray(azimuths, dtype=np.float64)


def project_field(
    field: npt.ArrayLike, azimuths_deg: npt.ArrayLike, distortion: npt.ArrayLike | None = None
) -> npt.NDArray[np.float64]:
    """Return the component of a regional field along each dipole.

    E_i = (cos αᵢ, sin αᵢ) · D · (E_N, E_E), D being the galvanic distortion that shallow structure imposes
    on every distant source alike (Groom and Bailey 1989, doi:10.1029/JB094iB02p01913).

    Parameters
    ----------
    field : array_like of float, shape (2, ...)
        North and east component in mV/km (or any one unit).
    azimuths_deg : array_like of float, shape (dipole,)
        Azimuths α in degrees clockwise from north.
    distortion : array_like of float, shape (2, 2), optional
        D, rows and columns north, east; the identity if left out.

    Returns
    -------
    ndarray of float64, shape (dipole, ...)
        Components in the unit of the field.

    Raises
    ------
    ShapeError
        If the field has not two components or the distortion is not 2 × 2.
    """
    components = np.asarray(field, dtype=np.float64)
    if components.ndim == 0 or components.shape[0] != 2:
        msg = f"a field of shape {components.shape} has not 2 components (north, east)"
        raise ShapeError(msg)
    matrix = np.eye(2) if distortion is None else np.asarray(distortion, dtype=np.float64)
    if matrix.shape != (2, 2):
        msg = f"a distortion matrix of shape {matrix.shape} is not (2, 2)"
        raise ShapeError(msg)
    azimuths = np.radians(np.asarray(azimuths_deg, dtype=np.float64))
    directions = np.stack([np.cos(azimuths), np.sin(azimuths)], axis=1)
    mix = directions @ matrix
    # Written out, so that a sample's value does not depend on how many samples are projected with it.
    north = np.multiply.outer(mix[:, 0], components[0])
    return np.asarray(north + np.multiply.outer(mix[:, 1], components[1]))


def dipole_weights(
    azimuth_deg: float, azimuths_deg: npt.ArrayLike, distortion: npt.ArrayLike | None = None
) -> npt.NDArray[np.float64]:
    """Return how strongly a field along one axis shows on each dipole, the strongest being +1.

    Parameters
    ----------
    azimuth_deg : float
        Axis of the regional field in degrees clockwise from north; 180° more is the same axis.
    azimuths_deg : array_like of float, shape (dipole,)
        Azimuths of the dipoles in degrees clockwise from north.
    distortion : array_like of float, shape (2, 2), optional
        Galvanic distortion, see `project_field`.

    Returns
    -------
    ndarray of float64, shape (dipole,)
        Weights in [−1, 1]; times the amplitude on the strongest dipole they give each dipole's amplitude.

    Raises
    ------
    ParameterError
        If no dipole shows a field along this axis.
    """
    angle = np.radians(azimuth_deg)
    shown = project_field([np.cos(angle), np.sin(angle)], azimuths_deg, distortion)
    strongest = shown[np.argmax(np.abs(shown))]
    if abs(strongest) < 1e-9:
        msg = f"no dipole shows a field at azimuth {azimuth_deg}°: theirs are {np.asarray(azimuths_deg)}"
        raise ParameterError(msg, "Choose another azimuth for the field.")
    return np.asarray(shown / strongest)


def dipole_amplitudes(
    amplitude: float,
    azimuth_deg: float,
    dipoles: Sequence[Dipole],
    distortion: npt.ArrayLike | None = None,
) -> npt.NDArray[np.float64]:
    """Return each dipole's signed amplitude, float64, shape (dipole,), mV/km.

    Parameters
    ----------
    amplitude : float
        Signed amplitude on the strongest dipole in mV/km.
    azimuth_deg : float
        Axis of the field, degrees clockwise from north.
    dipoles : sequence of Dipole
        The station's dipoles, with azimuths.
    distortion : array_like of float, shape (2, 2), optional
        Galvanic distortion, see `project_field`.

    Raises
    ------
    StationError
        If a dipole has no azimuth.
    ParameterError
        If no dipole shows a field along this axis.
    """
    return amplitude * dipole_weights(azimuth_deg, dipole_azimuths(dipoles), distortion)
