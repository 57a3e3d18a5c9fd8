"""From scores to intervals: edges of a trace, runs of a probability, merged windows."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from field_records import HOUR, at, quiet_field, with_boxcar
from sesctl.errors import ShapeError
from sesctl.plugin import EdgeSearch, Scores, propose_opposite_edges, propose_runs, propose_windows
from sesctl.plugin.propose import day_noise
from sesctl.segment import cut_days
from sesctl.types.instants import SECOND

NOON = at("2020-01-01T12:00")
SEARCH = EdgeSearch()


def day_of(*boxcars, noise=0.3, seed=0):
    record = quiet_field(24, noise=noise, seed=seed)
    for onset, seconds, height in boxcars:
        record = with_boxcar(record, onset, seconds, {"Ex": height})
    return cut_days(record)


def edges(days, search=SEARCH, least=6.0):
    scores = Scores(values=days.values, kind="denoised")
    found = propose_opposite_edges(scores, days, search)
    return sorted((c for c in found if c.raw_score > least), key=lambda c: c.start)


def in_samples(candidates):
    return [
        (round((c.start - NOON) / (10 * SECOND)), round((c.end - NOON) / (10 * SECOND))) for c in candidates
    ]


def probability(days, *runs):
    values = np.zeros((1, 1, days.values.shape[2]), dtype=np.float32)
    for first, last, height in runs:
        values[0, 0, first:last] = height
    return Scores(values=values, kind="probability")


@pytest.mark.parametrize("quiet_min", [12, 35, 100, 170])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_two_events_in_a_row_are_two_and_the_quiet_between_them_is_none(quiet_min, sign):
    second = NOON + (1500 + 60 * quiet_min) * SECOND
    for seed in range(4):
        found = edges(day_of((NOON, 1500, 12.0 * sign), (second, 1500, 10.0 * sign), seed=seed))
        gap = 6 * quiet_min
        assert in_samples(found) == [(0, 150), (150 + gap, 300 + gap)]
        assert [np.sign(c.amplitudes["Ex"]) for c in found] == [sign, sign]


def test_a_train_of_pulses_is_as_many_events():
    onsets = [NOON + k * HOUR for k in range(5)]
    found = edges(day_of(*[(onset, 1200, 12.0) for onset in onsets]))
    assert in_samples(found) == [(360 * k, 360 * k + 120) for k in range(5)]


def test_a_dent_in_an_event_does_not_split_it():
    days = day_of((NOON, 3600, 12.0), (NOON + 1500 * SECOND, 600, -5.0))
    assert (0, 360) in in_samples(edges(days))


def test_an_event_beside_a_step_keeps_its_edges():
    days = day_of((NOON, 1500, 12.0), (NOON + 6000 * SECOND, 60_000, 9.0))
    assert in_samples(edges(days)) == [(0, 150)]


def test_the_limits_of_duration_hold():
    assert edges(day_of((NOON, 200, 12.0))) == []
    assert edges(day_of((NOON, 11_000, 12.0))) == []
    assert in_samples(edges(day_of((NOON, 10_700, 12.0)))) == [(0, 1070)]


def test_what_is_smaller_than_the_smallest_is_not_proposed():
    days = day_of((NOON, 1500, 1.5), noise=0.02)
    assert edges(days, least=0.0) == []
    assert in_samples(edges(days, EdgeSearch(smallest=1.0), least=0.0)) == [(0, 150)]


def test_edges_are_refitted_on_the_record_and_not_on_the_trace():
    days = day_of((NOON, 1500, 12.0))
    late = np.roll(days.values, 7, axis=2)
    (found,) = propose_opposite_edges(Scores(values=late, kind="denoised"), days, SEARCH)
    assert in_samples([found]) == [(0, 150)]


def test_traces_of_another_shape_are_refused():
    days = day_of()
    with pytest.raises(
        ShapeError, match=r"denoised traces have shape \(1, 1, 8640\), the days \(1, 2, 8640\)"
    ):
        propose_opposite_edges(Scores(values=days.values[:, :1], kind="denoised"), days, SEARCH)


def test_the_noise_of_a_day_is_the_scaled_median_of_its_contrast():
    contrast = np.array([[1.0, -2.0, 3.0, np.nan], [np.nan] * 4])
    np.testing.assert_allclose(day_noise(contrast), [1.4826 * 2.0, 0.0])


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    levels=st.lists(st.tuples(st.integers(31, 400), st.floats(-20, 20)), max_size=12),
)
def test_intervals_share_no_edge_and_do_not_overlap_whatever_the_record(seed, levels):
    days = day_of(noise=0.5, seed=seed)
    values, at_sample = days.values.copy(), 200
    for length, height in levels:
        values[0, 0, at_sample : at_sample + length] += np.float32(height)
        at_sample += length
    scores = Scores(values=values, kind="denoised")
    limits = EdgeSearch(refit_s=0.0)
    found = [c for c in propose_opposite_edges(scores, days, limits) if "Ex" in c.amplitudes]
    found.sort(key=lambda c: c.start)
    assert all(one.end < other.start for one, other in itertools.pairwise(found))
    for each in found:
        assert limits.shortest_s <= (each.end - each.start) / SECOND <= limits.longest_s
        assert each.raw_score > 0


def test_runs_are_where_a_probability_stays_above_half_the_threshold():
    days = day_of((NOON, 1500, 12.0))
    found = propose_runs(
        probability(days, (4320, 4470, 0.9), (6000, 6100, 0.3), (7000, 7050, 0.2)), days, 0.5
    )
    assert in_samples(sorted(found, key=lambda c: c.start)) == [(0, 150), (1680, 1780)]
    best = max(found, key=lambda c: c.raw_score)
    assert best.raw_score == pytest.approx(0.9)
    assert best.amplitudes["Ex"] == pytest.approx(12.0, abs=0.3)
    assert best.amplitudes["Ey"] == pytest.approx(0.0, abs=0.3)


def test_windows_that_touch_are_one_interval_with_the_largest_score():
    days = day_of()
    starts = np.arange(0, 8640, 360, dtype=np.int64)
    values = np.zeros((1, 1, len(starts)), dtype=np.float32)
    values[0, 0, [3, 4, 8]] = 0.6, 0.9, 0.7
    values[0, 0, 20] = np.nan
    scores = Scores(values=values, kind="window", bounds=np.stack([starts, starts + 360], axis=1))
    found = propose_windows(scores, days, 0.5)
    assert [((c.start - days.starts[0]) / HOUR, (c.end - days.starts[0]) / HOUR) for c in found] == [
        (3.0, 5.0),
        (8.0, 9.0),
    ]
    assert [c.raw_score for c in found] == pytest.approx([0.9, 0.7])


def test_windows_of_each_dipole_are_apart():
    days = day_of()
    bounds = np.array([[0, 360], [360, 720]], dtype=np.int64)
    values = np.array([[[0.9, 0.0], [0.0, 0.8]]], dtype=np.float32)
    found = propose_windows(Scores(values=values, kind="window", bounds=bounds), days, 0.5)
    assert [tuple(c.amplitudes) for c in found] == [("Ex",), ("Ey",)]
