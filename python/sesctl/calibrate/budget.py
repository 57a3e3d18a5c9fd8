"""A budget of false alarms as a user writes it."""

import math
import re

from sesctl.errors import ParameterError

_BUDGET = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*/\s*(\d+(?:\.\d*)?|\.\d+)?\s*([hdw])\s*", re.ASCII)
_DAYS = {"h": 1 / 24, "d": 1.0, "w": 7.0}


def parse_budget(text: str) -> float:
    """Return the false alarms per station-day that a text allows.

    Parameters
    ----------
    text : str
        Alarms, a slash, and a length of time in hours, days or weeks: ``1/30d``, ``2/w``, ``0.5/d``.

    Returns
    -------
    float
        Alarms per station-day of live time, more than 0.

    Raises
    ------
    ParameterError
        If the text is no such rate.
    """
    match = _BUDGET.fullmatch(text)
    if match:
        alarms, count, unit = match.groups()
        days = float(count or 1) * _DAYS[unit]
        rate = float(alarms) / days if days > 0 else math.inf
        if 0 < rate < math.inf:
            return rate
    msg = f"{text!r} is no budget of false alarms"
    raise ParameterError(msg, "Write alarms per hours, days or weeks, for example 1/30d or 2/w.")
