"""Whether a fault of one electrode explains the event."""

import numpy as np

from sesctl.evidence.far_field import chi2_of, chi2_quantile, residual_contrast
from sesctl.evidence.judging import judged, untestable
from sesctl.evidence.measure import Measured
from sesctl.evidence.surroundings import Surroundings
from sesctl.types import Dipole, Finding, Verdict

ITEM = "electrode"
LENGTH_ERROR = 0.05


def judge_electrode(surroundings: Surroundings, measured: Measured) -> Finding:
    """Fit each electrode's potential alone to all dipoles, E_i = ± δV/L_i where it is used and 0 elsewhere.

    χ² of the best, with as many degrees of freedom as dipoles less one; lengths are taken to be known to 5 %.
    It fails where one electrode explains the event and a far field does not.
    """
    count = len(measured.dipoles)
    if count < 2:
        return untestable(ITEM, "with one dipole an electrode's fault and a field are the same")
    bare = [dipole.name for dipole in measured.dipoles if not dipole.electrodes or dipole.length_m is None]
    if bare:
        return untestable(ITEM, f"the electrodes or the length of {', '.join(bare)} are not known")
    if not measured.known_noise:
        return untestable(ITEM, "the noise around the event is not known")
    spread = measured.covariance + np.diag((LENGTH_ERROR * measured.amplitude) ** 2)
    threshold = chi2_quantile(count - 1)
    if chi2_of(measured.amplitude, spread) <= chi2_quantile(count):
        return untestable(ITEM, "the event is within the noise of its dipoles")
    values = {
        name: fault_misfit(measured.amplitude, fault_pattern(measured.dipoles, name), spread)
        for name in dict.fromkeys(name for dipole in measured.dipoles for name in dipole.electrodes)
    }
    best = min(values, key=lambda name: values[name])
    value = values[best]
    text = f"χ² of a fault of electrode {best} alone, {count - 1} degrees of freedom"
    if value > threshold:
        return judged(ITEM, Verdict.PASS, value, threshold, f"{text}: no electrode explains it")
    if far_field_fits(surroundings, measured):
        reason = f"{text}, which explains it, but so does a far field"
        return judged(ITEM, Verdict.NOT_TESTABLE, value, threshold, reason)
    return judged(ITEM, Verdict.FAIL, value, threshold, f"{text}: it explains the event")


def far_field_fits(surroundings: Surroundings, measured: Measured) -> bool:
    """Whether one field explains the event, or nobody knows."""
    projections = measured.projections
    if projections is None or len(measured.dipoles) <= projections.rank:
        return True
    rest, spread = residual_contrast(surroundings, measured)
    if not (np.isfinite(rest).all() and np.isfinite(spread).all()):
        return True
    chi2 = chi2_of(rest, spread + projections.error_covariance(measured.amplitude))
    return chi2 <= chi2_quantile(rest.size)


def fault_pattern(dipoles: tuple[Dipole, ...], electrode: str) -> np.ndarray:
    """Return what 1 mV at an electrode gives each dipole, mV/km, E = −(V₂ − V₁)/L."""
    shown = np.zeros(len(dipoles))
    for row, dipole in enumerate(dipoles):
        if electrode in dipole.electrodes:
            sign = 1.0 if dipole.electrodes[0] == electrode else -1.0
            shown[row] = sign / (float(dipole.length_m or 1.0) / 1000)
    return shown


def fault_misfit(amplitude: np.ndarray, pattern: np.ndarray, covariance: np.ndarray) -> float:
    """Return χ² of the amplitudes less the best multiple of a pattern."""
    weight = np.linalg.solve(covariance, pattern)
    size = float(weight @ amplitude) / float(weight @ pattern)
    return chi2_of(amplitude - size * pattern, covariance)
