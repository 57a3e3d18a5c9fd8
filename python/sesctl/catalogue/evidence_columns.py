"""Evidence as columns of a table: five a test, and the event's field."""

from collections.abc import Iterable, Mapping
from typing import Any

from sesctl.types import Evidence, Finding, Verdict

FIELD = ("e_north_mv_km", "e_east_mv_km")
PARTS = ("verdict", "value", "threshold", "unit", "reason")


def columns_of(evidence: Evidence) -> dict[str, Any]:
    """Return an event's evidence keyed by column: ``far_field_verdict``, ``far_field_value`` and so on."""
    row: dict[str, Any] = {FIELD[0]: evidence.north, FIELD[1]: evidence.east}
    for finding in evidence.findings:
        parts = (str(finding.verdict), finding.value, finding.threshold, finding.unit, finding.reason)
        row |= {f"{finding.item}_{part}": value for part, value in zip(PARTS, parts, strict=True)}
    return row


def number_columns(columns: Iterable[str]) -> set[str]:
    """Return those of the columns of evidence that hold numbers."""
    return {name for name in columns if name in FIELD or name.endswith(("_value", "_threshold"))}


def evidence_of(row: Mapping[str, Any]) -> Evidence | None:
    """Return the evidence in a row, or None where there is none.

    Raises
    ------
    ValueError, KeyError, ShapeError
        If the columns are not what `columns_of` makes.
    """
    items = [name.removesuffix("_verdict") for name in row if name.endswith("_verdict")]
    findings = tuple(
        Finding(
            item=item,
            verdict=Verdict(row[f"{item}_verdict"]),
            value=row[f"{item}_value"],
            threshold=row[f"{item}_threshold"],
            unit=row[f"{item}_unit"],
            reason=row[f"{item}_reason"],
        )
        for item in items
        if row[f"{item}_verdict"] is not None
    )
    if not findings:
        return None
    return Evidence(findings=findings, north=row[FIELD[0]], east=row[FIELD[1]])
