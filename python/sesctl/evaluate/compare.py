"""Two detectors on the same signals: the difference of their scores, day by day."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sesctl.errors import ParameterError
from sesctl.evaluate.bootstrap import CONFIDENCE, Unit, drawn, replicated
from sesctl.evaluate.groups import Classes, groupings
from sesctl.evaluate.ledger import COLUMNS, background_days, ledger
from sesctl.evaluate.outcomes import Outcomes
from sesctl.evaluate.tally import number_or_none, scores_of


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How much one detector scores above another.

    Parameters
    ----------
    value : float
        The first minus the second.
    low, high : float
        95 % interval.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two detectors side by side.

    Parameters
    ----------
    first, second : str
        Their names.
    differences : mapping of str to Difference
        By name of the score in `Tally`.
    """

    first: str
    second: str
    differences: Mapping[str, Difference]

    def as_object(self) -> dict[str, Any]:
        """Return one object for JSON; null where there is nothing to score."""
        return {
            "first": self.first,
            "second": self.second,
            "differences": {
                name: {
                    "value": number_or_none(each.value),
                    "interval_95": [number_or_none(each.low), number_or_none(each.high)],
                }
                for name, each in self.differences.items()
            },
        }


def compare(
    first: Outcomes, second: Outcomes, *, replicates: int = 1000, seed: int = 0, unit: Unit = "day"
) -> Comparison:
    """Return the differences of all scores, with intervals from the same days drawn for both.

    Most of what makes one day harder than another is common to both detectors, and drops out of the
    difference.

    Parameters
    ----------
    first, second : Outcomes
        Two catalogues judged against the same truth on the same days.
    replicates, seed, unit
        As in `summarise`.

    Returns
    -------
    Comparison
        First minus second.

    Raises
    ------
    ParameterError
        If truths, stations or live times are not the same, or a parameter is out of its range.
    """
    _check_same(first, second)
    rows = background_days([first, second])
    one, two = (ledger(each, groupings(each, Classes())[:1], rows) for each in (first, second))
    whole = [
        scores_of(
            np.asarray(each.sums.sum(axis=0)).reshape(1, len(COLUMNS)),
            each.live_days.sum(axis=0),
            each.centre,
        )
        for each in (one, two)
    ]
    parts: dict[str, list[float]] = {name: [] for name in whole[0]}
    for weights, times in drawn(one, replicates, seed, unit):
        ours, theirs = replicated(one, weights, times), replicated(two, weights, times)
        for name, values in parts.items():
            values.extend((ours[name] - theirs[name])[:, 0].tolist())
    tail = (1 - CONFIDENCE) / 2
    differences = {}
    for name, values in parts.items():
        known = np.array(values)[~np.isnan(values)]
        low, high = np.quantile(known, [tail, 1 - tail]).tolist() if known.size else (np.nan, np.nan)
        value = float((whole[0][name] - whole[1][name])[0])
        differences[name] = Difference(value=value, low=low, high=high)
    return Comparison(first=first.detector, second=second.detector, differences=differences)


def _check_same(first: Outcomes, second: Outcomes) -> None:
    names = ("station", "dipole", "start", "end")
    same = len(first.truths) == len(second.truths) and all(
        np.array_equal(getattr(first.truths, name), getattr(second.truths, name)) for name in names
    )
    if not same:
        msg = (
            f"{first.detector} was judged against {len(first.truths)} truths, {second.detector} against "
            f"{len(second.truths)} others"
        )
        raise ParameterError(msg, "Compare detectors on the same signals.")
    for one, two in zip(first.live, second.live, strict=False):
        if one != two:
            msg = (
                f"{first.detector} scanned {one.live_days:.2f} live days at {one.station}, "
                f"{second.detector} {two.live_days:.2f} at {two.station}"
            )
            raise ParameterError(msg, "Compare detectors on the same days.")
    if len(first.live) != len(second.live):
        msg = f"{first.detector} scanned {len(first.live)} stations, {second.detector} {len(second.live)}"
        raise ParameterError(msg, "Compare detectors on the same stations.")
