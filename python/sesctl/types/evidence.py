"""What speaks for and against an event."""

import enum
import math
from dataclasses import dataclass

from sesctl.errors import ShapeError


class Verdict(enum.StrEnum):
    """What a test of an event came to."""

    PASS = "pass"
    FAIL = "fail"
    NOT_TESTABLE = "not testable"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One test of one event.

    Parameters
    ----------
    item : str
        Name of the test, a plain word that can name a column.
    verdict : Verdict
        ``pass``: as expected of an SES; ``fail``: as expected of something else; ``not testable``.
    value : float or None
        What was measured; None where nothing could be.
    unit : str
        Unit of the value and of the threshold, empty where they have none.
    threshold : float or None
        What the value was held against.
    reason : str
        In words, what the number says, or why there is none.

    Raises
    ------
    ShapeError
        If a number is not finite, or a verdict rests on none.
    """

    item: str
    verdict: Verdict
    value: float | None = None
    unit: str = ""
    threshold: float | None = None
    reason: str

    def __post_init__(self) -> None:
        for name, number in (("value", self.value), ("threshold", self.threshold)):
            if number is not None and not math.isfinite(number):
                msg = f"the {name} of {self.item} is {number}"
                raise ShapeError(msg)
        if self.verdict is not Verdict.NOT_TESTABLE and (self.value is None or self.threshold is None):
            msg = f"{self.item} is said to {self.verdict} without a value and a threshold"
            raise ShapeError(msg)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Every test of one event, and the field it would be if it came from afar.

    Parameters
    ----------
    findings : tuple of Finding
        One a test, in the order they are shown in.
    north, east : float or None
        The event's field (E_N, E_E) in mV/km; None where the dipoles do not give it.
    """

    findings: tuple[Finding, ...]
    north: float | None = None
    east: float | None = None

    def count(self, verdict: Verdict) -> int:
        """Return how many tests came to a verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)
