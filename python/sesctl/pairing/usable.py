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
    reasons = dropped_for(days, rule)
    mask = np.asarray([reason is None for reason in reasons], dtype=np.bool_)
    kept = days[mask]
    minutes, missing = np.arange(days.values.shape[1]), np.isnan(kept.values)
    # Rows taken by a mask are a copy: filling them leaves the caller's days alone.
    for row in np.flatnonzero(missing.any(axis=1)):
        have = minutes[~missing[row]]
        kept.values[row] = np.interp(minutes, have, kept.values[row, have])
    counted = Counter(reasons)
    return kept, {reason: counted[reason] for reason in REASONS}, mask


def dropped_for(days: LabelledDays, rule: UsableRule | None = None) -> list[Reason | None]:
    """Return why each day is dropped, None for one that is used.

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
    list of str or None
        One a day.
    """
    rule = rule or UsableRule()
    missing = np.isnan(days.values)
    gaps = np.asarray(missing.any(axis=1))
    end = days.values.shape[1]
    reasons: list[Reason | None] = []
    for row in range(len(days)):
        have = np.flatnonzero(~missing[row]) if gaps[row] else None
        if have is not None and not have.size:
            reasons.append("no sample")
        elif have is not None and np.diff(have, prepend=-1, append=end).max() - 1 > rule.longest_gap:
            reasons.append("incomplete")
        elif days.full_range[row] and not rule.full_range:
            reasons.append("full range")
        else:
            reasons.append(None)
    return reasons
