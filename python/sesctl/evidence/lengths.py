"""Whether short parallel dipoles show one field, so that voltages go with lengths (Uyeda et al. 2000)."""

import math

import numpy as np

from sesctl.evidence.judging import judged, untestable
from sesctl.evidence.measure import Measured
from sesctl.evidence.projections import night_blocks
from sesctl.evidence.surroundings import Surroundings
from sesctl.types import Dipole, Finding, Verdict

ITEM = "lengths"
SHORT_M = 1000.0
PARALLEL_DEG = 15.0
LEAST_LENGTH_RATIO = 1.2
VOLTAGE_ERROR_MV = 0.1
THRESHOLD = 3.0
POWER = 1.645


def judge_lengths(surroundings: Surroundings, measured: Measured) -> Finding:
    """Compare the fields of short dipoles of unequal lengths along one line.

    z = |E_i − ρ E_j| / σ, ρ their ratio in the night's magnetotelluric field, σ from the noise and from
    0.1 mV at either dipole's electrodes, which is 1 mV/km on 100 m. An electrode gives one voltage whatever
    the length; it is a pass only where that would have been seen.
    """
    if not measured.known_noise:
        return untestable(ITEM, "the noise around the event is not known")
    pairs = [
        (i, j)
        for i, one in enumerate(measured.dipoles)
        for j, other in enumerate(measured.dipoles)
        if i < j and comparable(one, other)
    ]
    if not pairs:
        return untestable(ITEM, "no two parallel dipoles shorter than 1 km have unequal lengths")
    largest, weakest, worst = 0.0, math.inf, ""
    for i, j in pairs:
        one, other = measured.dipoles[i], measured.dipoles[j]
        ratio = night_ratio(surroundings, one, other)
        weights = np.zeros(len(measured.dipoles))
        weights[i], weights[j] = 1.0, -ratio
        contact = sum(
            (weight * VOLTAGE_ERROR_MV / (float(dipole.length_m or 1.0) / 1000)) ** 2
            for weight, dipole in ((1.0, one), (ratio, other))
        )
        sigma = math.sqrt(float(weights @ measured.covariance @ weights) + contact)
        deviation = abs(float(weights @ measured.amplitude)) / sigma
        # One voltage on both: the shorter one's field is larger by the ratio of the lengths.
        lengths = sorted(float(dipole.length_m or 1.0) for dipole in (one, other))
        field = min(abs(measured.amplitude[i]), abs(ratio * measured.amplitude[j]))
        weakest = min(weakest, field * (lengths[1] / lengths[0] - 1) / sigma)
        if deviation >= largest:
            largest, worst = deviation, f"{one.name} and {other.name}"
    text = f"difference of {worst} as one field, in standard errors"
    if largest > THRESHOLD:
        return judged(ITEM, Verdict.FAIL, largest, THRESHOLD, f"{text}: their voltages do not go with length")
    if weakest < THRESHOLD + POWER:
        reason = f"{text}, but one voltage on both would differ by only {weakest:.1f}"
        return judged(ITEM, Verdict.NOT_TESTABLE, largest, THRESHOLD, reason)
    return judged(ITEM, Verdict.PASS, largest, THRESHOLD, f"{text}: their voltages go with length")


def comparable(one: Dipole, other: Dipole) -> bool:
    """Whether both dipoles are short, nearly parallel, and of unequal, known lengths."""
    if None in (one.length_m, other.length_m, one.azimuth_deg, other.azimuth_deg):
        return False
    shorter, longer = sorted((float(one.length_m or 0), float(other.length_m or 0)))
    apart = (float(one.azimuth_deg or 0) - float(other.azimuth_deg or 0)) % 180
    return (
        longer < SHORT_M
        and longer >= LEAST_LENGTH_RATIO * shorter
        and min(apart, 180 - apart) <= PARALLEL_DEG
    )


def night_ratio(surroundings: Surroundings, one: Dipole, other: Dipole) -> float:
    """Return what the first dipole shows of the second's field at night; ±1 by azimuth without nights."""
    blocks = [night_blocks(night, [one.name, other.name]) for night in surroundings.nights]
    changes = np.concatenate([*blocks, np.empty((2, 0))], axis=1)
    difference = math.radians(float(one.azimuth_deg or 0) - float(other.azimuth_deg or 0))
    if changes.shape[1] < 60:
        return math.copysign(1.0, math.cos(difference))
    # The direction of the larger variance: neither of the two is free of noise.
    weights = np.ones(changes.shape[1])
    direction = np.array([math.copysign(1.0, math.cos(difference)), 1.0])
    for _ in range(20):
        direction = np.linalg.eigh((changes * weights) @ changes.T)[1][:, 1]
        rest = np.abs(np.array([-direction[1], direction[0]]) @ changes)
        usual = max(float(np.median(rest)) / 0.6745, 1e-12)
        weights = 1.0 / np.maximum(rest / (2.0 * usual), 1.0) ** 2
    return float(direction[0] / direction[1]) if abs(direction[1]) > 0.1 else math.copysign(1.0, direction[0])
