"""A text as a number, for the few files that the fast parser refuses."""

import math
import re

MISSING = ("", "NaN", "nan", "NAN", "NA", "null", "NULL")
"""Texts that stand for no value."""
_NUMBER = re.compile(
    r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity|nan)", re.ASCII | re.IGNORECASE
)


def number_of(text: str) -> float | None:
    """Return the number that a text holds between blanks, NaN for a missing value, None for no number."""
    plain = text.strip()
    if plain in MISSING:
        return math.nan
    return float(plain) if _NUMBER.fullmatch(plain) else None
