"""What an event is on each dipole, with its error, and the one field that explains it best."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.evidence.contrast import level_contrast, quiet_starts, winsorised_covariance
from sesctl.evidence.projections import Projections, calibrate_projections
from sesctl.evidence.surroundings import Surroundings, electric_rows
from sesctl.types import Dipole

Array = npt.NDArray[np.float64]

NULL_S = 10_800.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """An event on the dipoles that show anything at all during it.

    Parameters
    ----------
    dipoles : tuple of Dipole
        Those with values within the event and on its flanks.
    rows : tuple of int
        Their rows among all dipoles.
    amplitude : ndarray of float64, shape (dipole,)
        Level within the event minus that of its flanks, mV/km.
    covariance : ndarray of float64, shape (dipole, dipole)
        Of the same in noise, (mV/km)²; NaN where there is too little record around to say.
    projections : Projections or None
        How a far field shows; None where an azimuth is not known or no dipole is left.
    field : ndarray of float64, shape (2,), or None
        (E_N, E_E) in mV/km by generalised least squares; None where the dipoles do not give it.
    field_covariance : ndarray of float64, shape (2, 2), or None
        Its error.
    missing : str
        Why there are no projections, or no field.
    """

    dipoles: tuple[Dipole, ...]
    rows: tuple[int, ...]
    amplitude: Array
    covariance: Array
    projections: Projections | None
    field: Array | None
    field_covariance: Array | None
    missing: str = ""

    @property
    def known_noise(self) -> bool:
        """Whether the noise could be measured."""
        return bool(self.rows) and bool(np.isfinite(self.covariance).all())

    @property
    def strongest(self) -> int:
        """The row, among these dipoles, with the largest amplitude."""
        return int(np.argmax(np.abs(self.amplitude)))


def measure(surroundings: Surroundings) -> Measured:
    """Measure an event.

    The noise is that of the same contrast in windows of the same length within 3 h of the event, and within
    3 h of its clock time on the days of the replicas.
    """
    here = np.array([surroundings.first], dtype=np.int64)
    length, flank = surroundings.length, surroundings.flank
    contrast = level_contrast(surroundings.electric, here, length, flank)[:, 0]
    rows = np.flatnonzero(np.isfinite(contrast))
    dipoles = tuple(surroundings.dipoles[row] for row in rows)
    amplitude = contrast[rows]
    covariance = winsorised_covariance(noise_contrasts(surroundings)[rows])
    projections, field, error = None, None, None
    nameless = [dipole.name for dipole in dipoles if dipole.azimuth_deg is None]
    if not dipoles:
        missing = "no dipole has values within the event and beside it"
    elif nameless:
        missing = f"the azimuth of {', '.join(nameless)} is not known"
    else:
        projections = calibrate_projections(surroundings.nights, dipoles)
        missing = "all dipoles with values are nearly parallel" if projections.rank < 2 else ""
        if not missing and np.isfinite(covariance).all():
            weight = np.linalg.pinv(covariance)
            error = np.linalg.inv(projections.matrix.T @ weight @ projections.matrix)
            field = error @ projections.matrix.T @ weight @ amplitude
        elif not missing:
            field = np.linalg.pinv(projections.matrix) @ amplitude
    return Measured(
        dipoles=dipoles,
        rows=tuple(rows.tolist()),
        amplitude=amplitude,
        covariance=covariance,
        projections=projections,
        field=field,
        field_covariance=error,
        missing=missing,
    )


def noise_contrasts(surroundings: Surroundings) -> Array:
    """Return the event's contrast in windows without it, float64, shape (dipole, window), mV/km."""
    first, stop, flank = surroundings.first, surroundings.stop, surroundings.flank
    reach = round(NULL_S / surroundings.near.interval)
    starts = quiet_starts(surroundings.near.samples, first, stop, flank)
    starts = starts[(starts >= first - reach) & (starts <= stop + reach)]
    parts = [level_contrast(surroundings.electric, starts, stop - first, flank)]
    # The clock is what noise of people follows, so the same hours of other days tell most of it.
    around = np.arange(first - reach, first + reach + 1, dtype=np.int64)
    parts += [
        level_contrast(electric_rows(replica), around, stop - first, flank)
        for replica in surroundings.replicas.values()
    ]
    return np.concatenate(parts, axis=1)
