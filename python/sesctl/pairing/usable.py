"""Which labelled days are used, and why the others are not."""

from collections import Counter
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.types.labelled import LabelledDays

Reason = Literal["no sample", "incomplete", "full range"]
REASONS: Final[tuple[Reason, ...]] = ("no sample", "incomplete", "full range")


@dataclass(frozen=True, kw_only=True)
class UsableRule:
    """What a day needs to be used.

    Parameters
    ----------
    longest_gap : int
        Minutes in a row that may lack a value; they are bridged by a straight line. The default of 2 is what
        an instrument of every third minute leaves out.
    full_range : bool
        Whether days with a sample at the end of the instrument's range are used.

    Raises
    ------
    ParameterError
        If the gap is negative.
    """

    longest_gap: int = 2
    full_range: bool = False

    def __post_init__(self) -> None:
        if self.longest_gap < 0:
            msg = f"the longest gap to bridge is {self.longest_gap} minutes"
            raise ParameterError(msg, "Give 0 for none.")


def usable_days(
    days: LabelledDays, rule: UsableRule | None = None
) -> tuple[LabelledDays, dict[Reason, int], npt.NDArray[np.bool_]]:
    """Drop days by rule, and bridge the short gaps of the others.

    A day is dropped if it has no sample, else if it lacks more minutes in a row than the rule allows (those
    from midnight and those to it included), else if a sample stands at full range.

    Parameters
    ----------
    days : LabelledDays
        The days, NaN where there is no value.
    rule : UsableRule, optional
        The rule; its defaults if not given.

    Returns
    -------
    kept : LabelledDays
        Days without a gap. A gap that is left at either end of a day repeats its first or last value.
    dropped : dict of str to int
        How many days were dropped for each reason; together with those kept, all of them.
    mask : ndarray of bool, shape (day,)
        Which days were kept.
    """
    rule = rule or UsableRule()
    missing = np.isnan(days.values)
    gaps = missing.any(axis=1)
    reasons: list[Reason | None] = [None] * len(days)
    values = days.values.copy()
    minutes = np.arange(days.values.shape[1])
    for row in np.flatnonzero(gaps):
        have = minutes[~missing[row]]
        if not have.size:
            reasons[row] = "no sample"
        elif np.diff(have, prepend=-1, append=minutes.size).max() - 1 > rule.longest_gap:
            reasons[row] = "incomplete"
        else:
            values[row] = np.interp(minutes, have, days.values[row, have])
    if not rule.full_range:
        for row in np.flatnonzero(days.full_range):
            reasons[row] = reasons[row] or "full range"
    mask = np.asarray([reason is None for reason in reasons], dtype=np.bool_)
    counted = Counter(reasons)
    kept = LabelledDays(values=values[mask], full_range=days.full_range[mask], labels=days.labels[mask])
    return kept, {reason: counted[reason] for reason in REASONS}, mask
