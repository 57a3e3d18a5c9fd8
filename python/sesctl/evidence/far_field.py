"""Whether one field explains what all dipoles show."""

import math

import numpy as np

from sesctl.evidence.judging import judged, untestable
from sesctl.evidence.measure import Measured
from sesctl.evidence.surroundings import Surroundings
from sesctl.types import Dipole, Finding, Verdict

ITEM = "far_field"
CONFIDENCE = 0.99
POWER = 1.645


def judge_far_field(surroundings: Surroundings, measured: Measured) -> Finding:
    """Fit one (E_N, E_E) to all dipoles and test what is left by χ².

    χ² = ρᵀ(Σ + Σ_P)⁻¹ρ, ρ the part of the amplitudes that no far field has, Σ its noise, Σ_P what errors
    of the projections leave. The threshold is the 99 % quantile. It is a pass only where a disturbance of
    the same size on the strongest dipole alone would have failed in 95 cases of 100.
    """
    projections = measured.projections
    if projections is None:
        return untestable(ITEM, measured.missing)
    spare = len(measured.dipoles) - projections.rank
    if spare < 1:
        return untestable(
            ITEM, f"{len(measured.dipoles)} dipoles with values always agree with some field"
        )
    if not measured.known_noise:
        return untestable(ITEM, "there is too little record around the event to know its noise")
    threshold = chi2_quantile(spare)
    left = projections.residual()
    value = misfit(measured, measured.amplitude)
    text = f"χ² of what one field leaves, {spare} degree{'s' if spare > 1 else ''} of freedom"
    if value > threshold:
        return judged(
            ITEM, Verdict.FAIL, value, threshold, f"{text}: no single field ({projections.source})"
        )
    if independent_dipoles(measured.dipoles) <= projections.rank:
        return judged(
            ITEM,
            Verdict.NOT_TESTABLE,
            value,
            threshold,
            f"{text}, but the dipoles close a loop of shared electrodes, and any source agrees on it",
        )
    alone = np.zeros(len(measured.dipoles))
    alone[measured.strongest] = measured.amplitude[measured.strongest]
    reach = math.sqrt(misfit(measured, alone)) if np.abs(left[measured.strongest]).max() > 1e-6 else 0.0
    if reach < math.sqrt(threshold) + POWER:
        name = measured.dipoles[measured.strongest].name
        return judged(
            ITEM,
            Verdict.NOT_TESTABLE,
            value,
            threshold,
            f"{text}, but in this noise a disturbance of {name} alone would pass too",
        )
    return judged(ITEM, Verdict.PASS, value, threshold, f"{text}: one field fits ({projections.source})")


def misfit(measured: Measured, amplitude: np.ndarray) -> float:
    """Return χ² of what no far field can be of amplitudes (mV/km), the projections being known."""
    projections = measured.projections
    assert projections is not None  # callers have looked
    left = projections.residual()
    rest = left.T @ amplitude
    spread = left.T @ measured.covariance @ left + projections.error_covariance(amplitude)
    return float(rest @ np.linalg.solve(spread, rest))


def chi2_quantile(degrees: int) -> float:
    """Return the 99 % quantile of χ²."""
    from scipy.stats import chi2

    return float(chi2.ppf(CONFIDENCE, degrees))


def independent_dipoles(dipoles: tuple[Dipole, ...]) -> int:
    """Return how many of the dipoles' voltages are free: a closed loop of shared electrodes has one less.

    Dipoles whose electrodes are not known are taken to share none.
    """
    nodes = {name: None for dipole in dipoles for name in dipole.electrodes}
    column = {name: number for number, name in enumerate(nodes)}
    incidence = np.zeros((len(dipoles), len(nodes)))
    unknown = 0
    for row, dipole in enumerate(dipoles):
        if dipole.electrodes:
            incidence[row, column[dipole.electrodes[0]]] = -1.0
            incidence[row, column[dipole.electrodes[1]]] = 1.0
        else:
            unknown += 1
    return unknown + (int(np.linalg.matrix_rank(incidence)) if nodes else 0)
