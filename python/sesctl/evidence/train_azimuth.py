"""Whether the event's field points where the trains' does."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sesctl.evidence.judging import judged, untestable
from sesctl.evidence.measure import Measured
from sesctl.evidence.projections import night_blocks
from sesctl.evidence.surroundings import Surroundings
from sesctl.types import Finding, Record, Verdict

ITEM = "train_azimuth"
THRESHOLD = 20.0
LEAST_EXCESS = 2.0
LEAST_RECTILINEARITY = 0.5
BLOCK_S = 60.0

Array = npt.NDArray[np.float64]


def judge_train_azimuth(surroundings: Surroundings, measured: Measured) -> Finding:
    """Compare the event's axis with the main direction of what the day adds to the night's noise.

    That is the first eigenvector of C_day − C_night, C the covariance of the changes of (E_N, E_E) from
    minute to minute; it is a direction if the second eigenvalue is less than half of the first.
    """
    if measured.field is None or measured.projections is None:
        return untestable(ITEM, measured.missing or "the field of the event is not known")
    if surroundings.daytime is None or not surroundings.nights:
        missing = "the day of the event" if surroundings.daytime is None else "any night around it"
        return untestable(ITEM, f"there is no record of {missing}")
    to_field = np.asarray(np.linalg.pinv(measured.projections.matrix), dtype=np.float64)
    names = [dipole.name for dipole in measured.dipoles]
    day = covariance_of([surroundings.daytime], names, to_field)
    night = covariance_of(surroundings.nights, names, to_field)
    if day is None or night is None:
        return untestable(ITEM, "the dipoles have too few values at once by day or at night")
    if np.trace(day) < LEAST_EXCESS * np.trace(night):
        return untestable(ITEM, "the day is no noisier than the night: there are no trains to be seen")
    powers, directions = np.linalg.eigh(day - night)
    if powers[0] > (1 - LEAST_RECTILINEARITY) * powers[1]:
        return untestable(ITEM, "the daytime noise has no main direction")
    noise = axis_of(directions[:, 1])
    event = axis_of(measured.field)
    angle = abs((event - noise + 90) % 180 - 90)
    if measured.field_covariance is not None:
        size = float(measured.field @ measured.field)
        across = np.array([-measured.field[1], measured.field[0]])
        error = math.degrees(math.sqrt(float(across @ measured.field_covariance @ across)) / size)
    else:
        error = 0.0
    text = f"angle between the event's axis, {event:.0f}°, and the trains', {noise:.0f}°"
    if angle > THRESHOLD:
        return judged(ITEM, Verdict.PASS, angle, THRESHOLD, f"{text}: not along them", "°")
    if error > THRESHOLD:
        reason = f"{text}, but the event's is known to ± {error:.0f}° only"
        return judged(ITEM, Verdict.NOT_TESTABLE, angle, THRESHOLD, reason, "°")
    return judged(ITEM, Verdict.FAIL, angle, THRESHOLD, f"{text}: along them", "°")


def covariance_of(records: Sequence[Record], names: Sequence[str], to_field: Array) -> Array | None:
    """Return the covariance of a field's changes from minute to minute, (mV/km)², or None with under 60."""
    changes = np.concatenate([night_blocks(record, names, BLOCK_S) for record in records], axis=1)
    if changes.shape[1] < 60:
        return None
    field = to_field @ changes
    return np.asarray(field @ field.T / field.shape[1])


def axis_of(field: Array) -> float:
    """Return the axis of a field, degrees clockwise from north, in [0, 180)."""
    return math.degrees(math.atan2(float(field[1]), float(field[0]))) % 180
