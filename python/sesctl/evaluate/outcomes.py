"""What became of every truth and every event: the table from which all scores follow."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.evaluate.overlap import Floats, Ints, Pairs
from sesctl.evaluate.timing import Flags

Names = npt.NDArray[np.str_]


class State(enum.IntEnum):
    """What an event turned out to be."""

    HIT = 0
    """Matched to a truth."""
    DUPLICATE = 1
    """Shares time with truths that other events are matched to: false for precision."""
    ACTIVITY = 2
    """The same, but spans several pulses of one activity, found one by one: neither true nor false."""
    FALSE = 3
    """Shares time with no truth: a false alarm."""


class _Table:
    """Columns of equal length that can be put one below the other."""

    @classmethod
    def stack(cls, tables: Sequence[Self]) -> Self:
        """Return the rows of all tables, in their order."""
        names = [column.name for column in fields(cls)]  # type: ignore[arg-type]  # subclasses are dataclasses
        return cls(**{name: np.concatenate([getattr(table, name) for table in tables]) for name in names})


@dataclass(frozen=True, kw_only=True, eq=False)
class Truths(_Table):
    """The truth, row by row, with what was found of it.

    Parameters
    ----------
    station, dipole : ndarray of str, shape (truth,)
        Where it was embedded; the dipole is ``all`` where it is not a single one.
    start, end : ndarray of int64, shape (truth,)
        Half-open interval, µs UTC.
    amplitude : ndarray of float64, shape (truth,)
        Signed amplitude in mV/km.
    day : ndarray of int64, shape (truth,)
        Day of the onset, counted from 1970-01-01.
    hour : ndarray of float64, shape (truth,)
        Time of day of the onset in h.
    success, success_top1, success_iou, near_success, near_success_literal : ndarray of bool, shape (truth,)
        Some event meets equation (3); the best event of the day does; some event does with IoU of at least
        one half; no event succeeds, but one nearly does, by the rule and by the paper's wording.
    event : ndarray of int64, shape (truth,)
        Index of the event matched to it, -1 for none.
    iou, onset_s, end_s, amplitude_error, same_sign : ndarray of float64, shape (truth,)
        Of the matched event: intersection over union; start and end minus the truth's in s, negative for
        early; difference of the absolute amplitudes in mV/km; 1 where the signs agree, else 0. NaN for none.
    first_pulse, activity_found : ndarray of bool, shape (truth,)
        First row of its activity; the same where any pulse of that activity is matched.
    """

    station: Names
    dipole: Names
    start: Ints
    end: Ints
    amplitude: Floats
    day: Ints
    hour: Floats
    success: Flags
    success_top1: Flags
    success_iou: Flags
    near_success: Flags
    near_success_literal: Flags
    event: Ints
    iou: Floats
    onset_s: Floats
    end_s: Floats
    amplitude_error: Floats
    same_sign: Floats
    first_pulse: Flags
    activity_found: Flags

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, kw_only=True, eq=False)
class Events(_Table):
    """The events, row by row, with what they turned out to be.

    Parameters
    ----------
    station, dipoles : ndarray of str, shape (event,)
        Where, and the sorted set of dipoles that show it, joined by semicolons; ``all`` for none named.
    start, end : ndarray of int64, shape (event,)
        Half-open interval, µs UTC.
    amplitude, score : ndarray of float64, shape (event,)
        Signed amplitude in mV/km, which may be NaN, and raw score.
    day, hour : ndarray of int64 and float64, shape (event,)
        Day of the onset counted from 1970-01-01, and its time of day in h.
    state : ndarray of int8, shape (event,)
        A `State`.
    """

    station: Names
    dipoles: Names
    start: Ints
    end: Ints
    amplitude: Floats
    score: Floats
    day: Ints
    hour: Floats
    state: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, kw_only=True)
class LiveTime:
    """How long a station was looked at.

    Parameters
    ----------
    station : str
        Name of the station.
    live_days : float
        Live time in station-days of 24 h, all passes together.
    days : int
        Number of background days.
    passes : int
        How often each background day was scanned: more than once where copies of it carry different signals.
    """

    station: str
    live_days: float
    days: int
    passes: int = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcomes:
    """A catalogue held against the truth.

    Parameters
    ----------
    truths, events : Truths, Events
        Row by row.
    pairs : Pairs
        Which of them share time.
    pair_success : ndarray of bool, shape (pair,)
        Whether the pair meets equation (3).
    live : tuple of LiveTime
        One a station, in order of name.
    detector, model : str
        Who made the catalogue.
    threshold : float
        The raw score that its events exceed.
    """

    truths: Truths
    events: Events
    pairs: Pairs
    pair_success: Flags
    live: tuple[LiveTime, ...]
    detector: str
    model: str
    threshold: float


def join(outcomes: Sequence[Outcomes]) -> Outcomes:
    """Put together what one detector found in several passes over records.

    Passes over the same background days, each with its own signals, are judged one by one and joined here:
    all copies of a day then stay together in the bootstrap, and the days of the false-alarm bound are counted
    once.

    Parameters
    ----------
    outcomes : sequence of Outcomes
        At least one, of the same detector, model and threshold.

    Returns
    -------
    Outcomes
        All rows; live times are added, and the passes over each station counted.

    Raises
    ------
    ParameterError
        If there is none, or they were not made alike.
    """
    if not outcomes:
        msg = "there are no outcomes to join"
        raise ParameterError(msg)
    first = outcomes[0]
    for other in outcomes[1:]:
        for what in ("detector", "model", "threshold"):
            mine, theirs = getattr(first, what), getattr(other, what)
            if mine != theirs:
                msg = f"outcomes of {what} {mine!r} cannot be joined with those of {theirs!r}"
                raise ParameterError(msg, "Join only what was found in the same way.")
    truth_base = np.cumsum([0, *(len(each.truths) for each in outcomes[:-1])])
    event_base = np.cumsum([0, *(len(each.events) for each in outcomes[:-1])])
    truths = Truths.stack([each.truths for each in outcomes])
    shift = np.repeat(event_base, [len(each.truths) for each in outcomes])
    truths.event[truths.event >= 0] += shift[truths.event >= 0]
    return Outcomes(
        truths=truths,
        events=Events.stack([each.events for each in outcomes]),
        pairs=Pairs(
            truth=np.concatenate(
                [each.pairs.truth + k for each, k in zip(outcomes, truth_base, strict=True)]
            ),
            event=np.concatenate(
                [each.pairs.event + k for each, k in zip(outcomes, event_base, strict=True)]
            ),
        ),
        pair_success=np.concatenate([each.pair_success for each in outcomes]),
        live=_add([time for each in outcomes for time in each.live]),
        detector=first.detector,
        model=first.model,
        threshold=first.threshold,
    )


def _add(times: Sequence[LiveTime]) -> tuple[LiveTime, ...]:
    by_station: dict[str, list[LiveTime]] = {}
    for time in times:
        by_station.setdefault(time.station, []).append(time)
    return tuple(
        LiveTime(
            station=station,
            live_days=sum(time.live_days for time in passes),
            days=max(time.days for time in passes),
            passes=sum(time.passes for time in passes),
        )
        for station, passes in sorted(by_station.items())
    )
