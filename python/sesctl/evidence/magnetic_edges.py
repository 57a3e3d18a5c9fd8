"""Whether the magnetic field jumps where the event begins and ends."""

import numpy as np

from sesctl.evidence.judging import judged, untestable
from sesctl.evidence.measure import Measured
from sesctl.evidence.surroundings import Surroundings, named_rows
from sesctl.kernels import edge_contrast
from sesctl.types import Finding, Verdict

ITEM = "magnetic_edges"
THRESHOLD = 4.0
EDGE_S = 180.0


def judge_magnetic_edges(surroundings: Surroundings, measured: Measured) -> Finding:
    """Compare the change of either magnetic component at both edges with its usual size.

    z = |ΔB|/σ over 3 min, σ = 1.4826 times the median of |ΔB| in the hours around, the larger of the two
    components; the number is the smaller of the two edges'. It fails beyond 4: a magnetic disturbance.
    (Strong SES have been reported with magnetic changes too, so a fail alone does not make it none.)
    """
    names = surroundings.magnetic
    if not names:
        return untestable(ITEM, "the station has no magnetic channel")
    half = max(1, round(EDGE_S / surroundings.near.interval))
    contrast = np.abs(edge_contrast(named_rows(surroundings.near, names), half))
    away = np.ones(contrast.shape[1], dtype=bool)
    away[max(0, surroundings.first - half) : surroundings.stop + half] = False
    at_edges = contrast[:, [surroundings.first, min(surroundings.stop, contrast.shape[1] - 1)]]
    known = [row for row in range(len(names)) if np.isfinite(at_edges[row]).all()]
    known = [row for row in known if np.isfinite(contrast[row, away]).sum() >= 10 * half]
    if not known:
        return untestable(ITEM, "the magnetic channels have too few values around the event")
    usual = np.array([1.4826 * np.nanmedian(contrast[row, away]) for row in known])
    ratios = at_edges[known] / np.maximum(usual, 1e-9)[:, None]
    value = float(ratios.max(axis=0).min())
    text = "magnetic change at the smaller of the two edges, over its usual size"
    if value > THRESHOLD:
        return judged(ITEM, Verdict.FAIL, value, THRESHOLD, f"{text}: the magnetic field jumps with it")
    return judged(ITEM, Verdict.PASS, value, THRESHOLD, f"{text}: nothing out of the usual")
