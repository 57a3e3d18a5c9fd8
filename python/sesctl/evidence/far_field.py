"""Whether one field explains what all dipoles show."""

import math

import numpy as np
import numpy.typing as npt

from sesctl.evidence.contrast import winsorised_covariance
from sesctl.evidence.judging import judged, untestable
from sesctl.evidence.measure import Measured, contrast_of
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
            ITEM, f"dipoles with values: {len(measured.dipoles)}, which always agree with some field"
        )
    if not measured.known_noise:
        return untestable(ITEM, "there is too little record around the event to know its noise")
    threshold = chi2_quantile(spare)
    left = projections.residual()
    rest, spread = residual_contrast(surroundings, measured)
    if not (np.isfinite(rest).all() and np.isfinite(spread).all()):
        return untestable(ITEM, "too few samples have values on all dipoles at once")
    value = chi2_of(rest, spread + projections.error_covariance(measured.amplitude))
    text = f"χ² of what one field leaves, {spare} degree{'s' if spare > 1 else ''} of freedom"
    if value > threshold:
        return judged(ITEM, Verdict.FAIL, value, threshold, f"{text}: no single field ({projections.source})")
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
    reach = math.sqrt(chi2_of(left.T @ alone, spread + projections.error_covariance(alone)))
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


def residual_contrast(
    surroundings: Surroundings, measured: Measured
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return what no far field can be of the event, and its covariance in noise.

    The contrast is taken of the combinations of dipoles in which a far field cancels sample by sample, so
    that trains far away are no noise, and medians stay robust.

    Returns
    -------
    ndarray of float64, shape (dipole − rank,)
        mV/km.
    ndarray of float64, shape (dipole − rank, dipole − rank)
        (mV/km)².
    """
    assert measured.projections is not None  # callers have looked
    left = measured.projections.residual()
    mix = np.zeros((left.shape[1], len(surroundings.dipoles)))
    mix[:, measured.rows] = left.T
    rest, noise = contrast_of(surroundings, mix)
    return rest, winsorised_covariance(noise)


def chi2_of(rest: npt.NDArray[np.float64], covariance: npt.NDArray[np.float64]) -> float:
    """Return χ² = ρᵀ C⁻¹ ρ."""
    return float(rest @ np.linalg.solve(covariance, rest))


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
