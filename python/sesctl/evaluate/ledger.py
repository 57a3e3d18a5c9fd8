"""Sums by background day and group, from which every score and every resampling of it follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sesctl.evaluate.groups import Grouping
from sesctl.evaluate.outcomes import Outcomes, State
from sesctl.evaluate.overlap import Floats, Ints

COLUMNS = (
    "truth",
    "success",
    "success_top1",
    "success_iou",
    "near_success",
    "near_success_literal",
    "hit",
    "iou",
    "onset",
    "onset_square",
    "end",
    "end_square",
    "amplitude",
    "amplitude_square",
    "amplitudes",
    "same_sign",
    "activity",
    "activity_found",
    "event",
    "event_hit",
    "duplicate",
    "activity_event",
    "false_alarm",
)
"""What is summed: truths first, then events."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Ledger:
    """Sums of every column for each background day on which anything happened, and each group.

    Parameters
    ----------
    station, day : ndarray of int64, shape (row,)
        Number of the station and day, counted from 1970-01-01, of each row.
    sums : sparse array of float64, shape (row, group × column)
        Sums of `COLUMNS`, the columns of one group side by side.
    groups : tuple of (str, str)
        Kind and label of each group.
    live_days : ndarray of float64, shape (station, group)
        Live time in station-days.
    days, passes : ndarray of int64, shape (station,)
        Number of background days, those without a row included, and how often each was scanned.
    centre : mapping of str to float
        What was taken off onset, end and amplitude errors before they were summed, so that their spread
        does not drown in rounding.
    """

    station: Ints
    day: Ints
    sums: Any
    groups: tuple[tuple[str, str], ...]
    live_days: Floats
    days: Ints
    passes: Ints
    centre: dict[str, float]


def background_days(outcomes: Sequence[Outcomes]) -> tuple[Ints, Ints]:
    """Return station and day of every background day on which any of the outcomes has a truth or an event."""
    stations, days = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for each in outcomes:
        names = np.array([time.station for time in each.live], dtype=np.str_)
        for table in (each.truths, each.events):
            stations.append(np.searchsorted(names, table.station))
            days.append(table.day)
    keys = np.unique(np.stack([np.concatenate(stations), np.concatenate(days)]), axis=1)
    return keys[0], keys[1]


def ledger(outcomes: Outcomes, kinds: Sequence[Grouping], rows: tuple[Ints, Ints] | None = None) -> Ledger:
    """Sum outcomes by background day and group.

    Parameters
    ----------
    outcomes : Outcomes
        What to sum.
    kinds : sequence of Grouping
        The ways to sort them.
    rows : pair of ndarray of int64, shape (row,), optional
        Stations and days of the rows, as `background_days` gives them for several outcomes.

    Returns
    -------
    Ledger
        The sums.
    """
    from scipy.sparse import coo_array

    station, day = background_days([outcomes]) if rows is None else rows
    columns, centre = _truth_columns(outcomes)
    truth_row, event_row = _row_of(outcomes, station, day)
    parts = [(truth_row, 0, columns, [kind.truth for kind in kinds])]
    parts.append((event_row, len(columns), _event_columns(outcomes), [kind.event for kind in kinds]))
    width = len(COLUMNS)
    values, places, wheres = [], [], []
    for row, first, table, groups in parts:
        base = 0
        for kind, group in zip(kinds, groups, strict=True):
            for number, column in enumerate(table, first):
                used = np.flatnonzero(column)
                values.append(column[used])
                wheres.append(row[used])
                places.append((base + group[used]) * width + number)
            base += len(kind.labels)
    groups_ = tuple((kind.kind, label) for kind in kinds for label in kind.labels)
    counts = np.bincount(station, minlength=len(outcomes.live))
    sums = coo_array(
        (np.concatenate(values), (np.concatenate(wheres), np.concatenate(places))),
        shape=(len(station), len(groups_) * width),
    ).tocsr()
    return Ledger(
        station=station,
        day=day,
        sums=sums,
        groups=groups_,
        live_days=np.concatenate([kind.live_days for kind in kinds], axis=1),
        days=np.maximum([time.days for time in outcomes.live], counts).astype(np.int64),
        passes=np.array([time.passes for time in outcomes.live], dtype=np.int64),
        centre=centre,
    )


def _row_of(outcomes: Outcomes, station: Ints, day: Ints) -> tuple[Ints, Ints]:
    """Return the row of each truth and each event."""
    names = np.array([time.station for time in outcomes.live], dtype=np.str_)
    first = int(day.min(initial=0))
    span = int(day.max(initial=0)) - first + 1
    keys = station * span + day - first
    truth, event = (
        np.searchsorted(keys, np.searchsorted(names, table.station) * span + table.day - first)
        for table in (outcomes.truths, outcomes.events)
    )
    return truth, event


def _truth_columns(outcomes: Outcomes) -> tuple[list[Floats], dict[str, float]]:
    truths = outcomes.truths
    hit = truths.event >= 0
    errors = {"onset": truths.onset_s, "end": truths.end_s, "amplitude": truths.amplitude_error}
    known = {name: ~np.isnan(values) for name, values in errors.items()}
    centre = {
        name: float(values[known[name]].mean()) if known[name].any() else 0.0
        for name, values in errors.items()
    }
    off = {name: np.where(known[name], values - centre[name], 0.0) for name, values in errors.items()}
    columns = [
        np.ones(len(truths)),
        truths.success,
        truths.success_top1,
        truths.success_iou,
        truths.near_success,
        truths.near_success_literal,
        hit,
        np.where(hit, truths.iou, 0.0),
        off["onset"],
        off["onset"] ** 2,
        off["end"],
        off["end"] ** 2,
        off["amplitude"],
        off["amplitude"] ** 2,
        known["amplitude"],
        truths.same_sign == 1,
        truths.first_pulse,
        truths.activity_found,
    ]
    return [np.asarray(column, dtype=np.float64) for column in columns], centre


def _event_columns(outcomes: Outcomes) -> list[Floats]:
    state = outcomes.events.state
    states = [State.HIT, State.DUPLICATE, State.ACTIVITY, State.FALSE]
    return [np.ones(len(state)), *((state == each).astype(np.float64) for each in states)]
