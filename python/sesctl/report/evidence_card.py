"""A card with the evidence on an event: one line a test."""

import textwrap
from typing import TYPE_CHECKING

from sesctl.types import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = {Verdict.PASS: "#1b7837", Verdict.FAIL: "#b2182b", Verdict.NOT_TESTABLE: "0.55"}
WORD = {Verdict.PASS: "pass", Verdict.FAIL: "fail", Verdict.NOT_TESTABLE: "–"}
REASON_WIDTH = 100
LINE = 1.0
BETWEEN = 0.45


def card_height(evidence: Evidence) -> float:
    """Return the height in inches that a card needs."""
    return 0.15 * _lines(evidence) + 0.2


def draw_card(axis: "Axes", evidence: Evidence) -> None:
    """Write the evidence into axes, which lose their frame.

    Each test has its verdict, its name, its number against the threshold, and the reason below.
    """
    axis.axis("off")
    total = _lines(evidence)
    axis.set(xlim=(0, 1), ylim=(total, 0))
    axis.text(0, LINE, _headline(evidence), fontsize=8.5, va="center")
    line = 2.2 * LINE
    for finding in evidence.findings:
        ink = INK[finding.verdict]
        axis.text(0.0, line, WORD[finding.verdict], color=ink, fontsize=8, weight="bold", va="center")
        axis.text(0.085, line, title_of(finding), fontsize=8, weight="bold", va="center")
        axis.text(1.0, line, number_of(finding), fontsize=8, va="center", ha="right")
        for text in textwrap.wrap(finding.reason, REASON_WIDTH):
            line += LINE
            axis.text(0.085, line, text, fontsize=6.8, color="0.3", va="center")
        line += LINE + BETWEEN


def title_of(finding: Finding) -> str:
    """Return what a test is called on a card."""
    return "Kp" if finding.item == "kp" else finding.item.replace("_", " ")


def number_of(finding: Finding) -> str:
    """Return a finding's number and the threshold it was held against, in words."""
    if finding.value is None:
        return ""
    unit = f" {finding.unit}" if finding.unit and finding.unit != "°" else finding.unit
    limit = f"  (threshold {finding.threshold:.3g}{unit})" if finding.threshold is not None else ""
    return f"{finding.value:.3g}{unit}{limit}"


def _headline(evidence: Evidence) -> str:
    counts = ", ".join(f"{evidence.count(verdict)} {verdict}" for verdict in Verdict)
    if evidence.north is None or evidence.east is None:
        return f"Evidence: {counts}"
    return f"Evidence: {counts}.  E north {evidence.north:+.1f}, east {evidence.east:+.1f} mV/km"


def _lines(evidence: Evidence) -> float:
    wrapped = sum(len(textwrap.wrap(finding.reason, REASON_WIDTH)) for finding in evidence.findings)
    return 2 * LINE + len(evidence.findings) * (LINE + BETWEEN) + wrapped * LINE
