"""How sure the scores are: background days drawn anew, nested in stations."""

from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np

from sesctl.errors import ParameterError
from sesctl.evaluate.ledger import COLUMNS, Ledger
from sesctl.evaluate.overlap import Floats, Ints
from sesctl.evaluate.tally import SHARES_OF_TRUTHS, scores_of

Unit = Literal["day", "station"]
CONFIDENCE = 0.95
BATCH = 100
_DAYS_OF = {
    **dict.fromkeys((*SHARES_OF_TRUTHS, "failure", "recall", "activity_recall"), "truth"),
    "precision": "event",
    "f1": "truth",
}
"""Shares, and the column whose days they rest on."""


def drawn(ledger: Ledger, replicates: int, seed: int, unit: Unit) -> Iterator[tuple[Floats, Ints]]:
    """Draw background days with replacement, as many from each station as it has.

    All copies and all signals of a background day stay together. Days on which nothing happened are all
    alike, so that only the number of them is drawn.

    Parameters
    ----------
    ledger : Ledger
        Rows and number of days of each station.
    replicates : int
        How often.
    seed : int
        Seed of the generator.
    unit : {"day", "station"}
        Whether the stations are these and no others, or were themselves drawn from many: then stations are
        drawn first, and days within them.

    Yields
    ------
    ndarray of float64, shape (replicate, row)
        How often each row was drawn.
    ndarray of int64, shape (replicate, station)
        How often each station was.

    Raises
    ------
    ParameterError
        If there are no replicates, or fewer than two stations to draw from.
    """
    stations = len(ledger.days)
    if replicates < 1:
        msg = f"the bootstrap has {replicates} replicates, not at least one"
        raise ParameterError(msg)
    if unit == "station" and stations < 2:
        msg = f"stations cannot be drawn anew from {stations} of them"
        raise ParameterError(msg, "Draw days instead, or evaluate on more stations.")
    random = np.random.default_rng(seed)
    order = [np.flatnonzero(ledger.station == station) for station in range(stations)]
    for first in range(0, replicates, BATCH):
        count = min(BATCH, replicates - first)
        if unit == "station":
            times = random.multinomial(stations, np.full(stations, 1 / stations), size=count)
        else:
            times = np.ones((count, stations), dtype=np.int64)
        weights = np.zeros((count, len(ledger.station)))
        for station, rows in enumerate(order):
            if len(rows):
                days = int(ledger.days[station])
                chances = np.append(np.full(len(rows), 1 / days), max(0.0, 1 - len(rows) / days))
                weights[:, rows] = random.multinomial(days * times[:, station], chances / chances.sum())[
                    :, :-1
                ]
        yield weights, times


def replicated(ledger: Ledger, weights: Floats, times: Ints) -> dict[str, Floats]:
    """Return the scores of drawn days.

    Parameters
    ----------
    ledger : Ledger
        The sums.
    weights : ndarray of float64, shape (replicate, row)
        How often each row was drawn.
    times : ndarray of int64, shape (replicate, station)
        How often each station was.

    Returns
    -------
    dict of str to ndarray of float64, shape (replicate, group)
        Scores by name.
    """
    sums = (ledger.sums.T @ weights.T).T.reshape(len(weights), len(ledger.groups), len(COLUMNS))
    return scores_of(sums, times @ ledger.live_days, ledger.centre)


def intervals(
    ledger: Ledger, scores: Mapping[str, Floats], replicates: int, seed: int, unit: Unit
) -> list[dict[str, tuple[float, float]]]:
    """Return the 95 % interval of every score in every group.

    It lies between the percentiles of the bootstrap. Where a share is exactly 0 or 1 on every day, drawing
    the same days again teaches nothing, and its open end is the exact binomial limit over the n background
    days (or stations) that it rests on, 1 - 0.025^(1/n) away; where there was no false alarm at all, the
    Poisson limit over the live time, that of several passes counted once.

    Parameters
    ----------
    ledger : Ledger
        The sums.
    scores : mapping of str to ndarray of float64, shape (group,)
        The scores themselves.
    replicates, seed, unit
        As in `drawn`.

    Returns
    -------
    list of dict of str to (float, float)
        One a group; NaN where there is nothing to score.
    """
    parts = [replicated(ledger, *each) for each in drawn(ledger, replicates, seed, unit)]
    tail = (1 - CONFIDENCE) / 2
    found: list[dict[str, tuple[float, float]]] = [{} for _ in ledger.groups]
    cluster = ledger.station if unit == "station" else np.arange(len(ledger.station))
    resting = {column: _clusters(ledger, column, cluster) for column in set(_DAYS_OF.values())}
    for name, values in scores.items():
        drawn_scores = np.concatenate([part[name] for part in parts])
        for group, value in enumerate(values.tolist()):
            column = drawn_scores[:, group]
            column = column[~np.isnan(column)]
            low, high = np.quantile(column, [tail, 1 - tail]).tolist() if column.size else (np.nan, np.nan)
            if name in _DAYS_OF and value in (0.0, 1.0):
                reach = 1 - tail ** (1 / max(resting[_DAYS_OF[name]][group], 1))
                low, high = (0.0, reach) if value == 0 else (1 - reach, 1.0)
            elif name == "false_alarms_per_station_day" and value == 0:
                high = float(-np.log(tail) / (ledger.live_days[:, group] / ledger.passes).sum())
            found[group][name] = (low, high)
    return found


def _clusters(ledger: Ledger, column: str, cluster: Ints) -> list[int]:
    """Return for each group how many days, or stations, have any of a column."""
    table = ledger.sums[:, COLUMNS.index(column) :: len(COLUMNS)].tocoo()
    rows, groups = table.coords
    pairs = np.unique(np.stack([cluster[rows], groups]), axis=1)
    counts: list[int] = np.bincount(pairs[1].astype(np.int64), minlength=len(ledger.groups)).tolist()
    return counts
