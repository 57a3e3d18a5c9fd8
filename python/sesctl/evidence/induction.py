"""What is left of the event once the field that magnetic variations induce is taken away."""

import numpy as np

from sesctl.evidence.contrast import level_contrast
from sesctl.evidence.impedance import bridged, estimate_impedance
from sesctl.evidence.judging import judged, untestable
from sesctl.evidence.measure import Measured
from sesctl.evidence.surroundings import Surroundings, named_rows
from sesctl.types import Finding, Verdict

ITEM = "induction"
THRESHOLD = 0.5
LEAST_COHERENCE = 0.5
SLOW_HZ = 1 / 600


def judge_induction(surroundings: Surroundings, measured: Measured) -> Finding:
    """Remove E = Z·B and compare the amplitudes, |a − a_Z|/|a| over all dipoles.

    Z comes from the nights. It fails below a half: the larger part of the event is induced.
    """
    names = surroundings.magnetic
    if not names:
        return untestable(ITEM, "the station has no magnetic channel")
    if not measured.rows:
        return untestable(ITEM, measured.missing)
    magnetic = bridged(named_rows(surroundings.near, names), surroundings.near.interval)
    if magnetic is None:
        return untestable(ITEM, "the magnetic channels have gaps around the event")
    dipoles = [dipole.name for dipole in measured.dipoles]
    impedance = estimate_impedance(surroundings.nights, dipoles, names)
    if impedance is None:
        return untestable(ITEM, "fewer than three nights around the event have both fields without gaps")
    slow = impedance.frequencies <= SLOW_HZ
    coherence = float(impedance.coherence[slow][:, measured.strongest].mean()) if slow.any() else 0.0
    if coherence < LEAST_COHERENCE:
        name = dipoles[measured.strongest]
        reason = f"magnetic variations explain only {100 * coherence:.0f} % of {name} at night"
        return untestable(ITEM, reason)
    here = np.array([surroundings.first], dtype=np.int64)
    induced = impedance.predict(magnetic, surroundings.near.interval)
    predicted = level_contrast(induced, here, surroundings.length, surroundings.flank)[:, 0]
    size = float(np.linalg.norm(measured.amplitude))
    value = float(np.linalg.norm(measured.amplitude - predicted)) / max(size, 1e-12)
    text = "share of the amplitude that is left without what magnetic variations induce"
    if value < THRESHOLD:
        return judged(ITEM, Verdict.FAIL, value, THRESHOLD, f"{text}: it is induced")
    return judged(ITEM, Verdict.PASS, value, THRESHOLD, f"{text}: it is not induced")
