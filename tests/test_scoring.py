"""From files to scores, and from scores to what their pictures show."""

import math
from dataclasses import replace

import numpy as np
import pytest

from field_records import HOUR, at
from sesctl.catalogue import write_events, write_truth
from sesctl.errors import ParameterError, ReadError
from sesctl.evaluate import evaluate
from sesctl.pipeline import evaluate_files, scores_view
from sesctl.types import Catalogue, Event, Exposure
from sesctl.types.instants import SECOND
from sesctl.waveforms import SES

MINUTE = 60 * SECOND
START = at("2020-01-01")


def ses(hours, amplitude=12.0, minutes=30):
    start = START + round(hours * HOUR)
    return SES(
        station="hkb",
        start=start,
        end=start + minutes * MINUTE,
        amplitude=amplitude,
        shape="boxcar",
        activity_id=f"a{start}",
    )


def event(hours, score, *, minutes=30):
    start = START + round(hours * HOUR)
    return Event(
        station="hkb",
        start=start,
        end=start + minutes * MINUTE,
        amplitude=12.0,
        score=score,
        raw_score=100 * score,
        dipoles=("Ex",),
    )


# Two signals found, one missed; one event where nothing is.
TRUTH = (ses(2, 7.0), ses(14, -11.0), ses(20, 11.0, minutes=50))
EVENTS = (event(2, 0.7), event(6, 0.8), event(14.1, 0.9))
FOUND = Catalogue(
    events=EVENTS,
    exposure=(Exposure(station="hkb", live_hours=96.0, skipped_hours=0.0, days=4),),
    detector="boxcar",
    model="ab" * 32,
    threshold=6.0,
    parameters={"day_offset_s": 9 * 3600},
)


def filed(folder, catalogue=FOUND, truth=TRUTH):
    write_events(catalogue, folder / "events.csv")
    write_truth(truth, folder / "truth.csv")
    return folder / "events.csv", folder / "truth.csv"


def scored(folder, catalogue=FOUND, truth=TRUTH, **changes):
    options = {"day_offset": None, "replicates": 0, "seed": 0, **changes}
    return evaluate_files(*filed(folder, catalogue, truth), **options)


def test_files_give_the_scores_of_what_was_written_into_them(tmp_path):
    kept = replace(FOUND, events=tuple(replace(each, raw_score=each.score) for each in EVENTS))
    assert scored(tmp_path).as_object() == evaluate(kept, TRUTH, replicates=0).as_object()
    assert scored(tmp_path).model == "ab" * 32


def test_the_score_of_a_file_stands_for_the_raw_score_in_the_curve(tmp_path):
    curve = scored(tmp_path).curve
    assert curve.score.tolist() == [0.9, 0.8, 0.7]
    assert curve.recall.tolist() == pytest.approx([1 / 3, 1 / 3, 2 / 3])
    assert curve.false_alarms_per_station_day.tolist() == [0.0, 0.25, 0.25]


def test_days_begin_as_in_the_scan_unless_asked_otherwise(tmp_path):
    def hours(**options):
        groups = scored(tmp_path, **options).groups["hour"]
        return [hour for hour, tally in groups.items() if tally.n_truth]

    assert hours() == ["05", "11", "23"]  # 14, 2 and 20 h UTC in Japan
    assert hours(day_offset=0) == ["02", "14", "20"]


def test_replicates_and_seed_are_those_asked_for(tmp_path):
    assert scored(tmp_path).overall.intervals == {}
    drawn = [scored(tmp_path, replicates=3, seed=seed).overall.intervals for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_file_that_is_missing_or_does_not_fit_is_refused(tmp_path):
    events, truth = filed(tmp_path)
    options = {"day_offset": None, "replicates": 0, "seed": 0}
    with pytest.raises(ReadError, match=r"gone\.csv cannot be read"):
        evaluate_files(tmp_path / "gone.csv", truth, **options)
    with pytest.raises(ReadError, match=r"gone\.csv cannot be read"):
        evaluate_files(events, tmp_path / "gone.csv", **options)
    alone = tmp_path / "alone.csv"
    alone.write_bytes(events.read_bytes())
    with pytest.raises(ReadError, match=r"alone\.meta\.json cannot be read"):
        evaluate_files(alone, truth, **options)
    with pytest.raises(ParameterError, match="at station mts, the scanned stations are hkb"):
        scored(tmp_path, truth=(replace(TRUTH[0], station="mts"),))


def test_the_pictures_are_given_the_curve_the_catalogue_s_own_point_and_its_bound(tmp_path):
    result = scored(tmp_path)
    shown = scores_view(result)
    assert shown.detector == "boxcar"
    assert shown.operating == (0.25, pytest.approx(2 / 3))
    assert shown.bound == result.bound.value
    for name in ("recall", "success"):
        np.testing.assert_array_equal(getattr(shown, name), getattr(result.curve, name))
    np.testing.assert_array_equal(shown.false_alarms, result.curve.false_alarms_per_station_day)


def test_the_pictures_are_given_the_classes_that_hold_a_signal_and_all_hours(tmp_path):
    shown = scores_view(scored(tmp_path, replicates=20)).classes
    strength = shown["amplitude (mV/km)"]
    # The false alarm is of 12 mV/km, a class without a signal.
    assert list(strength.labels) == ["6-8", "10-12"]
    assert list(strength.n_truth) == [1, 2]
    assert list(strength.success) == [1.0, 0.5]
    assert list(shown["duration (min)"].labels) == ["30-40", ">=50"]
    hours = shown["hour of the day"]
    assert list(hours.labels) == [f"{hour:02d}" for hour in range(24)]
    assert [count for count in hours.n_truth if count] == [1, 1, 1]
    assert sum(map(math.isnan, hours.success)) == 21
    for each in shown.values():
        assert len(each.labels) == len(each.n_truth) == len(each.success) == len(each.intervals)


def test_the_pictures_are_given_timing_errors_and_blind_time(tmp_path):
    shown = scores_view(scored(tmp_path))
    # One event is on time, the other 6 min late at both ends, in bins of 1 min from -30 min on.
    assert np.flatnonzero(shown.onset).tolist() == np.flatnonzero(shown.end).tolist() == [30, 36]
    assert list(shown.blind_labels) == ["6-8", "10-12"]
    assert shown.blind.shape == (2, 24)
    assert (shown.blind[0, 11], shown.blind[1, 23], shown.blind[1, 5]) == (1.0, 1.0, 0.0)


def test_without_a_bootstrap_no_interval_is_shown(tmp_path):
    for each in scores_view(scored(tmp_path)).classes.values():
        assert all(map(math.isnan, np.ravel(each.intervals)))
