"""Findings, made from what was measured."""

import math

from sesctl.types import Finding, Verdict


def untestable(item: str, reason: str) -> Finding:
    """Return the finding of a test that could not be made at all."""
    return Finding(item=item, verdict=Verdict.NOT_TESTABLE, reason=reason)


def judged(
    item: str, verdict: Verdict, value: float, threshold: float, reason: str, unit: str = ""
) -> Finding:
    """Return a finding with its number; one that is not finite makes it not testable."""
    if not math.isfinite(value):
        return untestable(item, "the number that decides is not finite")
    return Finding(
        item=item, verdict=verdict, value=float(value), unit=unit, threshold=float(threshold), reason=reason
    )
