"""What overlaps is one event: of dipoles, of catalogues, of stations; and what chance makes of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesctl.coincidence import (
    chance_coincidences,
    merge_dipoles,
    merge_station_events,
    merge_stations,
    seen_once,
)
from sesctl.errors import ShapeError
from sesctl.types import Candidate, Coincidence, Event
from sesctl.types.instants import DAY, SECOND

MINUTE, WEEK = 60 * SECOND, 7 * DAY


def candidate(start, end, score, **amplitudes):
    return Candidate(day=0, start=start, end=end, raw_score=score, amplitudes=amplitudes)


def test_the_same_signal_on_three_dipoles_is_one_event_with_the_best_ones_edges():
    merged = merge_dipoles(
        [candidate(100, 200, 5, a=1.0), candidate(110, 205, 9, b=-3.0), candidate(90, 190, 7, c=2.0)]
    )
    assert merged == [candidate(110, 205, 9, b=-3.0, c=2.0, a=1.0)]


def test_a_signal_about_midnight_is_the_surer_day_s_alone():
    eve = candidate(5 * DAY - 2 * MINUTE, 5 * DAY + 30 * MINUTE, 0.7, a=1.0)
    morrow = candidate(5 * DAY + MINUTE, 5 * DAY + 30 * MINUTE, 0.8, a=1.0)
    surer = candidate(5 * DAY - MINUTE, 5 * DAY + 30 * MINUTE, 0.9, a=1.0)
    assert seen_once([morrow, eve]) == [morrow]
    assert seen_once([morrow, surer]) == [surer]
    # An hour east of UTC both are of one day, which may well tell two.
    assert seen_once([eve, morrow], 60 * MINUTE) == [eve, morrow]


def test_signals_on_either_side_of_midnight_are_two():
    eve = candidate(DAY - 40 * MINUTE, DAY + 10 * MINUTE, 0.7, a=1.0)
    morrow = candidate(DAY + MINUTE, DAY + 40 * MINUTE, 0.8, a=1.0)
    assert seen_once([eve, morrow]) == [eve, morrow]


def test_signals_that_only_touch_stay_apart():
    pair = [candidate(0, 100, 5, a=1.0), candidate(100, 200, 6, b=1.0)]
    assert merge_dipoles(pair) == pair


def test_a_long_candidate_does_not_chain_two_short_ones_into_one():
    short, late = candidate(0, 100, 9, a=1.0), candidate(150, 250, 8, a=2.0)
    long = candidate(80, 170, 3, b=1.0)
    merged = merge_dipoles([short, late, long])
    assert [(each.start, each.end) for each in merged] == [(0, 100), (80, 170), (150, 250)]


@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(1, 100), st.integers(0, 5), st.sampled_from("abc")),
        max_size=25,
    ),
    st.randoms(),
)
def test_merging_keeps_every_dipole_and_does_not_depend_on_order(rows, random):
    candidates = [candidate(s, s + n, float(score), **{name: 1.0}) for s, n, score, name in rows]
    merged = merge_dipoles(candidates)
    shuffled = list(candidates)
    random.shuffle(shuffled)
    assert merge_dipoles(shuffled) == merged
    assert {name for each in merged for name in each.amplitudes} == {row[3] for row in rows}
    assert len(merged) <= len(candidates)


def event(station, start, end, score, *dipoles, flags=()):
    return Event(
        station=station,
        start=start,
        end=end,
        amplitude=5.0,
        score=score,
        raw_score=score,
        dipoles=dipoles or ("a",),
        flags=flags,
    )


def test_events_of_one_station_from_several_catalogues_are_one_with_all_their_dipoles_and_flags():
    (found,) = merge_station_events(
        [
            event("hkb", 100, 200, 0.6, "a", flags=("uncalibrated",)),
            event("hkb", 105, 210, 0.9, "b", flags=("shipped-calibration",)),
            event("hkb", 90, 190, 0.7, "a", "c"),
        ]
    )
    assert (found.start, found.end, found.score) == (105, 210, 0.9)
    assert found.dipoles == ("b", "a", "c")
    assert found.flags == ("shipped-calibration", "uncalibrated")


def test_events_of_two_stations_that_overlap_are_a_coincidence_and_others_are_not():
    events = [
        event("hkb", 0, 100, 0.9, "a", "b"),
        event("mts", 40, 140, 0.8, "c"),
        event("ota", 60, 160, 0.7, "d"),  # 40 of 100 of the best one
        event("ota", 500, 600, 0.9, "d"),
    ]
    (found,) = merge_stations(events)
    assert found.stations == ("hkb", "mts")
    assert found.dipoles == ("hkb:a", "hkb:b", "mts:c")
    assert (found.start, found.end, found.score) == (0, 100, 0.9)
    assert [each.stations for each in merge_stations(events, least_overlap=0.4)] == [("hkb", "mts", "ota")]
    assert merge_stations(events, least_stations=3) == []


def test_two_events_of_one_station_are_no_coincidence():
    pair = [event("hkb", 0, 100, 0.9, "a"), event("hkb", 80, 180, 0.8, "b")]
    assert merge_stations(pair, least_overlap=0.2) == []
    with pytest.raises(ShapeError, match="hkb, hkb"):
        Coincidence(events=tuple(pair))


def test_chance_is_the_mean_over_shifts_that_keep_weekday_and_hour():
    # Both stations hear a factory every Monday: every shift by weeks brings it together again.
    factory = [
        event(station, week * WEEK + 100 * MINUTE, week * WEEK + 130 * MINUTE, 0.5)
        for week in range(8)
        for station in ("hkb", "mts")
    ]
    spans = {"hkb": (0, 8 * WEEK), "mts": (0, 8 * WEEK)}
    chance = chance_coincidences(factory, spans)
    assert (chance.days, chance.observed, chance.shifted) == (56, 8, (8,) * 7)
    assert (chance.mean, chance.as_many) == (8.0, 1.0)
    # One event that both show on one day of one week is left alone by every shift.
    both = [event("hkb", 3 * DAY, 3 * DAY + MINUTE, 0.9), event("mts", 3 * DAY, 3 * DAY + MINUTE, 0.9)]
    chance = chance_coincidences(both, spans)
    assert (chance.observed, chance.mean, chance.as_many) == (1, 0.0, 1 / 8)


def test_chance_of_events_at_random_is_what_their_rates_say():
    rng = np.random.default_rng(0)
    weeks, count, length = 52, 400, 30 * MINUTE
    events = [
        event(station, start, start + length, 0.5)
        for station in ("hkb", "mts")
        for start in rng.integers(0, weeks * WEEK - length, count).tolist()
    ]
    spans = {"hkb": (0, weeks * WEEK), "mts": (0, weeks * WEEK)}
    expected = count * count * length / (weeks * WEEK)  # onsets within half a length, either way
    assert chance_coincidences(events, spans).mean == pytest.approx(expected, rel=0.15)


def test_three_stations_are_shifted_against_each_other():
    same = [event(station, 3 * DAY, 3 * DAY + MINUTE, 0.9) for station in ("hkb", "mts", "ota")]
    spans = dict.fromkeys(("hkb", "mts", "ota"), (0, 4 * WEEK))
    chance = chance_coincidences(same, spans)
    assert (chance.observed, chance.shifted) == (1, (0, 0)), (
        "2 of 4 weeks would bring two stations back together"
    )


def test_chance_cannot_be_told_without_weeks_in_common():
    spans = {"hkb": (0, 3 * WEEK), "mts": (2 * WEEK, 5 * WEEK)}
    assert chance_coincidences([], spans) is None
    assert chance_coincidences([], {"hkb": (0, 9 * WEEK)}) is None


@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(1, 100), st.integers(0, 5), st.sampled_from("xyz")),
        max_size=25,
    ),
    st.randoms(),
)
def test_coincidences_do_not_depend_on_the_order_of_events(rows, random):
    events = [event(name, s, s + n, score / 10) for s, n, score, name in rows]
    found = merge_stations(events)
    random.shuffle(events)
    assert merge_stations(events) == found
