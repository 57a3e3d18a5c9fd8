"""A catalogue held against the truth, signal by signal."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.evaluate.matching import match
from sesctl.evaluate.outcomes import Events, LiveTime, Names, Outcomes, State, Truths
from sesctl.evaluate.overlap import Floats, Ints, Pairs, intersection_over_union, overlapping_pairs
from sesctl.evaluate.timing import Flags, nearly_succeeds, nearly_succeeds_literally, succeeds
from sesctl.types import Catalogue, Event
from sesctl.types.instants import DAY, SECOND
from sesctl.waveforms import SES

ALL = "all"


def judge(catalogue: Catalogue, truth: Sequence[SES], *, day_offset: int | None = None) -> Outcomes:
    """Decide what became of every truth and every event.

    An event can only be the detection of a truth that shares time with it on the same station, and, where
    the truth is on a single dipole, that is shown by this dipole. Truths and events are matched one to one,
    as many as possible, and among all such ways with the largest sum of IoU: one event over two truths is a
    hit and a miss. An event that shares time with a truth but is left over is a duplicate, unless it spans
    several pulses of one activity, which is then reported as a whole and pulse by pulse.

    Parameters
    ----------
    catalogue : Catalogue
        Events with the exposure of their stations.
    truth : sequence of SES
        All signals in the record that was scanned.
    day_offset : int, optional
        Offset from UTC, in µs east of it, at which days and hours of the day begin; by default that of the
        scan, or UTC.

    Returns
    -------
    Outcomes
        Row by row.

    Raises
    ------
    ParameterError
        If an event or a truth lies on a station that the catalogue did not scan.
    """
    live = _live_time(catalogue)
    _check_stations(live, catalogue.events, truth)
    offset = _scan_offset(catalogue) if day_offset is None else day_offset
    station = {time.station: number for number, time in enumerate(live)}
    truth_station = _ints(station[ses.station] for ses in truth)
    event_station = _ints(station[event.station] for event in catalogue.events)
    truth_times = _ints(ses.start for ses in truth), _ints(ses.end for ses in truth)
    event_times = _ints(event.start for event in catalogue.events), _ints(e.end for e in catalogue.events)
    score = np.array([event.raw_score for event in catalogue.events], dtype=np.float64)
    pairs = overlapping_pairs(truth_station, *truth_times, event_station, *event_times)
    pairs = _on_its_dipole(pairs, truth, catalogue.events)

    edges = _at(truth_times, pairs.truth), _at(event_times, pairs.event)
    iou = intersection_over_union(*edges)
    good = succeeds(*edges)
    matched = match(pairs, iou, len(truth), len(catalogue.events))
    success = _any(pairs, good, len(truth))
    best = _best_of_day(truth, truth_station, catalogue.events, event_station, score, offset)
    errors = _errors(truth, truth_times, catalogue.events, event_times, matched)
    activity = _activity_numbers(truth)
    first_pulse = np.zeros(len(truth), dtype=np.bool_)
    first_pulse[np.unique(activity, return_index=True)[1]] = True
    truths = Truths(
        station=_names(ses.station for ses in truth),
        dipole=_names(ses.dipole or ALL for ses in truth),
        start=truth_times[0],
        end=truth_times[1],
        amplitude=np.array([ses.amplitude for ses in truth], dtype=np.float64),
        day=(truth_times[0] + offset) // DAY,
        hour=(truth_times[0] + offset) % DAY / (3600 * SECOND),
        success=success,
        success_top1=(best >= 0) & succeeds(truth_times, _at(event_times, best)),
        success_iou=_any(pairs, good & (iou >= 0.5), len(truth)),
        near_success=_any(pairs, nearly_succeeds(*edges), len(truth)) & ~success,
        near_success_literal=_any(pairs, nearly_succeeds_literally(*edges), len(truth)) & ~success,
        event=matched,
        iou=errors["iou"],
        onset_s=errors["onset_s"],
        end_s=errors["end_s"],
        amplitude_error=errors["amplitude_error"],
        same_sign=errors["same_sign"],
        first_pulse=first_pulse,
        activity_found=first_pulse & np.isin(activity, activity[matched >= 0]),
    )
    events = Events(
        station=_names(event.station for event in catalogue.events),
        dipoles=_names(";".join(sorted(event.dipoles)) or ALL for event in catalogue.events),
        start=event_times[0],
        end=event_times[1],
        amplitude=np.array([event.amplitude for event in catalogue.events], dtype=np.float64),
        score=score,
        day=(event_times[0] + offset) // DAY,
        hour=(event_times[0] + offset) % DAY / (3600 * SECOND),
        state=_states(activity, pairs, matched, len(catalogue.events)),
    )
    return Outcomes(
        truths=truths,
        events=events,
        pairs=pairs,
        pair_success=good,
        live=live,
        detector=catalogue.detector,
        model=catalogue.model,
        threshold=catalogue.threshold,
    )


def _scan_offset(catalogue: Catalogue) -> int:
    seconds = catalogue.parameters.get("day_offset_s", 0)
    if not isinstance(seconds, (int, float)) or not abs(seconds) < 86_400:
        msg = f"the catalogue's days begin {seconds!r} s from those of UTC, which is not within a day"
        raise ParameterError(msg)
    return round(seconds * SECOND)


def _live_time(catalogue: Catalogue) -> tuple[LiveTime, ...]:
    stations = sorted(each.station for each in catalogue.exposure)
    for one, other in pairwise(stations):
        if one == other:
            msg = f"the catalogue counts the exposure of station {one} twice"
            raise ParameterError(msg)
    return tuple(
        LiveTime(station=each.station, live_days=each.live_hours / 24, days=each.days)
        for each in sorted(catalogue.exposure, key=lambda each: each.station)
    )


def _check_stations(live: Sequence[LiveTime], events: Sequence[Event], truth: Sequence[SES]) -> None:
    scanned = {time.station for time in live}
    rows: tuple[tuple[str, set[str]], ...] = (
        ("the truth has a signal", {ses.station for ses in truth}),
        ("the catalogue has an event", {event.station for event in events}),
    )
    for what, stations in rows:
        for station in sorted(stations - scanned):
            names = ", ".join(sorted(scanned)) or "none"
            msg = f"{what} at station {station}, the scanned stations are {names}"
            raise ParameterError(msg, "Leave out the rows of stations that were not scanned.")


def _on_its_dipole(pairs: Pairs, truth: Sequence[SES], events: Sequence[Event]) -> Pairs:
    """Drop the pairs whose event is not shown by the only dipole that has the truth."""
    keep = np.ones(len(pairs), dtype=np.bool_)
    single = np.array([bool(ses.dipole) for ses in truth], dtype=np.bool_)
    for place in np.flatnonzero(single[pairs.truth]).tolist():
        keep[place] = _shows(events[pairs.event[place]], truth[pairs.truth[place]].dipole)
    return Pairs(truth=pairs.truth[keep], event=pairs.event[keep])


def _shows(event: Event, dipole: str) -> bool:
    return not dipole or not event.dipoles or dipole in event.dipoles


def _best_of_day(
    truth: Sequence[SES],
    truth_station: Ints,
    events: Sequence[Event],
    event_station: Ints,
    score: Floats,
    offset: int,
) -> Ints:
    """Return for each truth the event of highest score whose onset is on the same day, -1 for none."""
    best = np.full(len(truth), -1, dtype=np.int64)
    start = _ints(event.start for event in events)
    event_day = (start + offset) // DAY
    truth_day = (_ints(ses.start for ses in truth) + offset) // DAY
    for dipole in {ses.dipole for ses in truth}:
        shown = np.flatnonzero([_shows(event, dipole) for event in events])
        order = shown[np.lexsort((start[shown], -score[shown], event_day[shown], event_station[shown]))]
        days = list(zip(event_station[order].tolist(), event_day[order].tolist(), strict=True))
        # Written backwards, so that the first, the best, is what stays.
        first = dict(zip(reversed(days), reversed(order.tolist()), strict=True))
        for row, ses in enumerate(truth):
            if ses.dipole == dipole:
                best[row] = first.get((int(truth_station[row]), int(truth_day[row])), -1)
    return best


def _errors(
    truth: Sequence[SES],
    truth_times: tuple[Ints, Ints],
    events: Sequence[Event],
    event_times: tuple[Ints, Ints],
    matched: Ints,
) -> dict[str, Floats]:
    """Return how the matched events differ from their truths, NaN for a miss."""
    hit = np.flatnonzero(matched >= 0)
    mine, theirs = _at(truth_times, hit), _at(event_times, matched[hit])
    amplitude = np.array([ses.amplitude for ses in truth], dtype=np.float64)[hit]
    found = np.array([event.amplitude for event in events], dtype=np.float64)[matched[hit]]
    columns = {
        "iou": intersection_over_union(mine, theirs),
        "onset_s": (theirs[0] - mine[0]) / SECOND,
        "end_s": (theirs[1] - mine[1]) / SECOND,
        "amplitude_error": np.abs(found) - np.abs(amplitude),
        "same_sign": np.where(np.isnan(found), np.nan, np.sign(found) == np.sign(amplitude)),
    }
    full = {name: np.full(len(truth), np.nan) for name in columns}
    for name, values in columns.items():
        full[name][hit] = values
    return full


def _activity_numbers(truth: Sequence[SES]) -> Ints:
    number: dict[tuple[str, str], int] = {}
    return _ints(number.setdefault((ses.station, ses.activity_id), len(number)) for ses in truth)


def _states(activity: Ints, pairs: Pairs, matched: Ints, n_event: int) -> npt.NDArray[np.int8]:
    state = np.full(n_event, State.FALSE, dtype=np.int8)
    state[pairs.event] = State.DUPLICATE
    spans, pulses = np.unique(np.stack([pairs.event, activity[pairs.truth]]), axis=1, return_counts=True)
    state[spans[0][pulses > 1]] = State.ACTIVITY
    state[matched[matched >= 0]] = State.HIT
    return state


def _any(pairs: Pairs, which: Flags, n_truth: int) -> Flags:
    """Return for each truth whether any of its pairs is marked."""
    result = np.zeros(n_truth, dtype=np.bool_)
    result[pairs.truth[which]] = True
    return result


def _at(times: tuple[Ints, Ints], rows: Ints) -> tuple[Ints, Ints]:
    """Return some of the intervals; where there is none at all, an empty one for each row."""
    if not len(times[0]):
        return np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    return times[0][rows], times[1][rows]


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _names(values: Iterable[str]) -> Names:
    return np.array(list(values), dtype=np.str_)
