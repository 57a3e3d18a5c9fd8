"""The boxcar detector: sharp edges survive its median, short pulses do not."""

import numpy as np
import pytest

from field_records import at, quiet_field, with_boxcar, with_gap
from sesctl import registry
from sesctl.segment import cut_days
from sesctl.types.instants import SECOND

INFO = registry.find("boxcar")
DETECTOR = registry.make(INFO)
ONSET = at("2020-01-01T12:00")


def days_with(seconds, heights, **field):
    return cut_days(with_boxcar(quiet_field(24, **field), ONSET, seconds, heights))


def candidates(days):
    return DETECTOR.propose(DETECTOR.score(days), days)


def test_it_wants_what_a_running_median_needs():
    assert (INFO.interval, INFO.cleaning, INFO.dipoles, INFO.trainable) == (10.0, "despike", "each", False)
    assert INFO.context >= DETECTOR.search.longest_s


def test_its_trace_is_the_running_median_of_61_samples():
    days = days_with(1500, {"Ex": 12.0})
    trace = DETECTOR.score(days).values[0, 0]
    for sample in (100, 4315, 4330, 8000):
        expected = np.median(days.values[0, 0, sample - 30 : sample + 31])
        assert trace[sample] == pytest.approx(expected)


@pytest.mark.parametrize("seconds", [100, 200])
def test_a_pulse_shorter_than_half_its_window_leaves_nothing(seconds):
    strong = [c for c in candidates(days_with(seconds, {"Ex": 50.0})) if c.raw_score > DETECTOR.threshold]
    assert strong == []


@pytest.mark.parametrize("minutes", [10, 25, 90, 170])
def test_the_edges_and_the_amplitude_of_a_boxcar_are_found(minutes):
    found = candidates(days_with(60 * minutes, {"Ey": -10.0}))
    best = max(found, key=lambda c: c.raw_score)
    assert abs(best.start - ONSET) <= 10 * SECOND
    assert abs(best.end - ONSET - 60 * minutes * SECOND) <= 10 * SECOND
    assert best.amplitudes == {"Ey": pytest.approx(-10.0, abs=0.5)}
    assert best.raw_score > DETECTOR.threshold


def test_longer_than_its_limit_is_not_one_event():
    found = candidates(days_with(4 * 3600, {"Ex": 10.0}))
    assert [c for c in found if c.raw_score > DETECTOR.threshold] == []


def test_several_events_of_a_day_are_all_found():
    record = quiet_field(24)
    onsets = [ONSET + hour * 3600 * SECOND for hour in (-9, -4, 0, 1, 6)]
    for onset in onsets:
        record = with_boxcar(record, onset, 1500, {"Ex": 12.0})
    found = [c for c in candidates(cut_days(record)) if c.raw_score > DETECTOR.threshold]
    assert sorted(round((c.start - ONSET) / SECOND / 10) for c in found) == pytest.approx(
        [round((onset - ONSET) / SECOND / 10) for onset in onsets], abs=2
    )


def test_the_raw_score_is_the_edge_in_units_of_the_days_noise():
    quiet = max(c.raw_score for c in candidates(days_with(1500, {"Ex": 12.0}, noise=1.0)))
    loud = max(c.raw_score for c in candidates(days_with(1500, {"Ex": 12.0}, noise=4.0)))
    assert 2.5 < quiet / loud < 6.0


def test_confidence_is_one_half_at_the_threshold_and_grows_within_0_and_1():
    raw = np.array([-5.0, 0.0, 1.0, 5.9, 6.0, 6.1, 100.0, 1e9])
    mapped = [DETECTOR.confidence(float(value)) for value in raw]
    assert DETECTOR.confidence(DETECTOR.threshold) == 0.5
    assert mapped == sorted(mapped)
    assert mapped[0] == mapped[1] == 0.0
    assert mapped[-1] <= 1.0


def test_a_gap_inside_an_event_does_not_hide_it():
    record = with_boxcar(quiet_field(24), ONSET, 3000, {"Ex": 12.0})
    gappy = with_gap(record, ONSET + 1000 * SECOND, 900)
    best = max(candidates(cut_days(gappy)), key=lambda c: c.raw_score)
    assert abs(best.start - ONSET) <= 10 * SECOND
    assert abs(best.end - ONSET - 3000 * SECOND) <= 10 * SECOND
