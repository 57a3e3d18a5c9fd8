"""What an event is on each dipole, with its error, and the one field that explains it best."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.evidence.contrast import level_contrast, quiet_starts, winsorised_covariance
from sesctl.evidence.projections import Projections, calibrate_projections
from sesctl.evidence.surroundings import Surroundings, electric_rows
from sesctl.types import Dipole, Record

Array = npt.NDArray[np.float64]

NULL_S = 10_800.0
NULL_STEP_S = 120.0


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
    each = [contrast_of(surroundings, row[None]) for row in np.eye(len(surroundings.dipoles))]
    contrast = np.concatenate([event for event, _ in each])
    rows = np.flatnonzero(np.isfinite(contrast))
    dipoles = tuple(surroundings.dipoles[row] for row in rows)
    amplitude = contrast[rows]
    covariance = winsorised_covariance(np.concatenate([each[row][1] for row in rows] or [np.empty((0, 0))]))
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
            error = np.asarray(
                np.linalg.inv(projections.matrix.T @ weight @ projections.matrix), dtype=np.float64
            )
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


def contrast_of(surroundings: Surroundings, mix: Array) -> tuple[Array, Array]:
    """Return the event's contrast on combinations of its dipoles, and the noise's.

    Parameters
    ----------
    surroundings : Surroundings
        The event.
    mix : ndarray of float64, shape (combination, dipole)
        Weights of all the station's dipoles.

    Returns
    -------
    ndarray of float64, shape (combination,)
        Of the event, in the unit of mV/km times the weights; NaN where too few samples have values.
    ndarray of float64, shape (combination, window)
        In windows of the same length without it.
    """
    first, stop, flank = surroundings.first, surroundings.stop, surroundings.flank
    reach = round(NULL_S / surroundings.near.interval)
    step = max(1, round(NULL_STEP_S / surroundings.near.interval))
    starts = quiet_starts(surroundings.near.samples, first, stop, flank, step)
    starts = starts[(starts >= first - reach) & (starts <= stop + reach)]
    used = np.flatnonzero(mix.any(axis=0))  # a dead dipole of no weight has no say

    def combined(record: Record, at: npt.NDArray[np.int64]) -> Array:
        return level_contrast(mix[:, used] @ electric_rows(record)[used], at, stop - first, flank)

    event = combined(surroundings.near, np.array([first], dtype=np.int64))[:, 0]
    parts = [combined(surroundings.near, starts)]
    # The clock is what noise of people follows, so the same hours of other days tell most of it.
    around = np.arange(first - reach, first + reach + 1, step, dtype=np.int64)
    parts += [combined(replica, around) for replica in surroundings.replicas.values()]
    return event, np.concatenate(parts, axis=1)
