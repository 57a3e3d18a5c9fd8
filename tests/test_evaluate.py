"""Scores by construction: catalogues made so that every score can be computed by hand."""

import json
import math
import time
from dataclasses import replace

import numpy as np
import pytest

from sesctl.errors import ParameterError
from sesctl.evaluate import Classes, State, evaluate, join, judge, poisson_bound, summarise
from sesctl.types import Catalogue, Event, Exposure
from sesctl.types.instants import DAY, SECOND
from sesctl.waveforms import SES

MIN = 60 * SECOND
TAU = 30 * MIN


def ses(day=0, hour=12.0, *, minutes=30.0, amplitude=12.0, activity="", dipole="", station="hkb"):
    start = day * DAY + round(hour * 60 * MIN)
    return SES(
        station=station,
        start=start,
        end=start + round(minutes * MIN),
        amplitude=amplitude,
        shape="boxcar",
        activity_id=activity or f"{station}-{start}-{dipole}",
        dipole=dipole,
    )


def event(start, end, *, raw=10.0, amplitude=12.0, dipoles=("D1", "D2"), station="hkb"):
    return Event(
        station=station,
        start=start,
        end=end,
        amplitude=amplitude,
        score=0.5,
        raw_score=raw,
        dipoles=dipoles,
    )


def seen(truth, shift=0, **changes):
    """Return the event that finds a truth, late by a shift in µs."""
    return event(truth.start + shift, truth.end + shift, amplitude=truth.amplitude, **changes)


def catalogue(*events, days=100, stations=("hkb",), **changes):
    exposure = tuple(
        Exposure(station=name, live_hours=24.0 * days, skipped_hours=0.0, days=days) for name in stations
    )
    ordered = tuple(sorted(events, key=lambda each: each.start))
    return Catalogue(
        **{"events": ordered, "exposure": exposure, "detector": "test", "threshold": 1.0, **changes}
    )


def score(events, truth, *, replicates=0, **changes):
    return evaluate(catalogue(*events, **changes), truth, replicates=replicates)


TRUTH = tuple(ses(day, hour) for day, hour in enumerate((1, 5, 9, 13, 17, 21)))


def test_a_perfect_catalogue_scores_one_everywhere():
    result = score([seen(each) for each in TRUTH], TRUTH)
    tally = result.overall
    for name in ("success", "success_top1", "success_iou", "recall", "precision", "f1", "mean_iou"):
        assert getattr(tally, name) == 1, name
    for name in ("near_success", "near_success_literal", "failure", "false_alarms_per_station_day"):
        assert getattr(tally, name) == 0, name
    for name in ("onset_bias_s", "onset_spread_s", "end_bias_s", "end_spread_s", "amplitude_bias_mv_km"):
        assert getattr(tally, name) == 0, name
    assert (tally.n_truth, tally.n_events, tally.hits, tally.duplicates) == (6, 6, 6, 0)
    assert tally.live_station_days == 100
    assert result.bound.value == pytest.approx(-math.log(0.05) / 100)


def test_a_shift_of_exactly_half_the_duration_is_no_success():
    tally = score([seen(each, TAU // 2) for each in TRUTH], TRUTH).overall
    assert (tally.success, tally.success_top1, tally.near_success, tally.failure) == (0, 0, 1, 0)
    assert tally.near_success_literal == 1
    assert (tally.recall, tally.precision) == (1, 1)
    assert tally.mean_iou == pytest.approx(900 / 2700)
    assert (tally.onset_bias_s, tally.end_bias_s) == (900, 900)
    assert (tally.onset_spread_s, tally.end_spread_s) == (0, 0)


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_shift_of_a_microsecond_less_is_a_success_but_not_by_iou(sign):
    tally = score([seen(each, sign * (TAU // 2 - 1)) for each in TRUTH], TRUTH).overall
    assert (tally.success, tally.success_top1, tally.success_iou, tally.near_success) == (1, 1, 0, 0)
    assert tally.onset_bias_s == pytest.approx(sign * 900, abs=1e-5)


def test_success_by_iou_begins_at_one_half():
    # Shifted by a third of the duration, two thirds are shared and four thirds covered: IoU is one half.
    assert score([seen(TRUTH[0], TAU // 3)], TRUTH[:1]).overall.success_iou == 1
    assert score([seen(TRUTH[0], TAU // 3 + 1)], TRUTH[:1]).overall.success_iou == 0


def test_a_shift_of_the_whole_duration_finds_nothing():
    tally = score([seen(each, TAU) for each in TRUTH], TRUTH).overall
    assert (tally.success, tally.near_success, tally.failure) == (0, 0, 1)
    assert (tally.recall, tally.false_alarms) == (0, 6)
    assert math.isnan(tally.mean_iou)


def test_one_bad_edge_is_near_success_by_the_rule_and_failure_by_the_paper_s_wording():
    truth = TRUTH[0]
    tally = score([event(truth.start, truth.end + 20 * MIN)], [truth]).overall
    assert (tally.success, tally.near_success, tally.near_success_literal) == (0, 1, 0)


@pytest.mark.parametrize("edges", [(TAU // 2, 0), (-TAU // 2, 0), (0, TAU // 2), (0, -TAU // 2)])
def test_either_edge_alone_at_half_the_duration_is_no_success(edges):
    truth = TRUTH[0]
    tally = score([event(truth.start + edges[0], truth.end + edges[1])], [truth]).overall
    assert (tally.success, tally.near_success, tally.near_success_literal) == (0, 1, 0)


def test_equation_3_takes_absolute_values():
    truth = TRUTH[2]
    tally = score([event(truth.start - 300 * MIN, truth.end)], [truth]).overall
    assert (tally.success, tally.near_success, tally.failure, tally.recall) == (0, 0, 1, 1)


def test_an_empty_catalogue_recalls_nothing_and_has_no_precision():
    tally = score([], TRUTH, replicates=50).overall
    assert (tally.recall, tally.success, tally.f1, tally.failure) == (0, 0, 0, 1)
    assert math.isnan(tally.precision)
    assert tally.as_object()["precision"] is None
    assert tally.intervals["recall"] == (0.0, pytest.approx(1 - 0.025 ** (1 / 6)))
    assert tally.intervals["false_alarms_per_station_day"] == (0.0, pytest.approx(-math.log(0.025) / 100))


def test_a_truth_of_nothing_leaves_false_alarms_and_their_bound():
    result = score([seen(each) for each in TRUTH[:3]], (), days=233)
    assert (result.overall.false_alarms, result.overall.precision) == (3, 0)
    assert result.overall.false_alarms_per_station_day == 3 / 233
    assert result.bound.poisson <= 1 / 30
    assert math.isnan(result.overall.recall)
    assert np.isnan(result.curve.recall).all()


def test_every_event_doubled_halves_the_precision():
    tally = score([seen(each) for each in TRUTH for _ in range(2)], TRUTH).overall
    assert (tally.recall, tally.precision, tally.duplicates, tally.false_alarms) == (1, 0.5, 6, 0)
    assert tally.f1 == pytest.approx(2 / 3)
    assert tally.success == 1


def test_an_event_over_two_truths_is_one_hit_and_one_miss():
    pair = ses(0, 12), ses(0, 13)
    tally = score([event(pair[0].start, pair[1].end)], pair).overall
    assert (tally.hits, tally.recall, tally.precision, tally.success) == (1, 0.5, 1, 0)
    assert tally.f1 == pytest.approx(2 / 3)
    assert tally.mean_iou == pytest.approx(30 / 90)
    assert tally.activity_recall == 0.5


def test_merged_events_give_way_to_each_other_so_that_most_truths_are_matched():
    # The long event alone could take either truth; the short one only the first, and with a better IoU.
    pair = ses(0, 12), ses(0, 13)
    outcomes = judge(catalogue(seen(pair[0]), event(pair[0].start, pair[1].end)), pair)
    assert outcomes.truths.iou.tolist() == [1.0, pytest.approx(1 / 3)]
    assert (outcomes.events.state == State.HIT).all()


def test_the_better_of_two_events_is_the_match():
    truth = TRUTH[0]
    outcomes = judge(catalogue(seen(truth, -10 * MIN), seen(truth, 2 * MIN)), [truth])
    assert outcomes.truths.event.tolist() == [1]
    assert outcomes.events.state.tolist() == [State.DUPLICATE, State.HIT]
    assert outcomes.truths.onset_s.tolist() == [120]


PULSES = tuple(ses(3, hour, minutes=20, activity="train") for hour in (10.0, 10.5, 11.0))


def test_pulses_of_one_activity_found_one_by_one_are_all_hits():
    tally = score([seen(each) for each in PULSES], PULSES).overall
    assert (tally.recall, tally.precision, tally.duplicates, tally.n_activities) == (1, 1, 0, 1)


def test_an_activity_reported_whole_beside_its_pulses_is_neither_true_nor_false():
    whole = event(PULSES[0].start, PULSES[-1].end)
    tally = score([whole, *(seen(each) for each in PULSES)], PULSES).overall
    assert (tally.hits, tally.duplicates, tally.activity_events, tally.false_alarms) == (3, 0, 1, 0)
    assert (tally.recall, tally.precision, tally.f1) == (1, 1, 1)


def test_an_activity_reported_only_as_a_whole_is_one_hit_and_found():
    tally = score([event(PULSES[0].start, PULSES[-1].end)], PULSES).overall
    assert (tally.recall, tally.precision, tally.activity_recall) == (pytest.approx(1 / 3), 1, 1)


def test_a_second_event_on_one_pulse_is_a_duplicate_like_any_other():
    tally = score([seen(PULSES[0]), seen(PULSES[0], MIN)], PULSES).overall
    assert (tally.hits, tally.duplicates, tally.activity_events, tally.precision) == (1, 1, 0, 0.5)


def test_the_same_activity_name_at_two_stations_is_two_activities():
    truth = (ses(activity="a"), ses(activity="a", station="mts"))
    tally = score([seen(truth[0])], truth, stations=("hkb", "mts")).overall
    assert (tally.n_activities, tally.activity_recall) == (2, 0.5)


def test_top_1_takes_the_best_event_of_the_day_of_onset():
    truth = TRUTH[2]
    false = event(truth.start - 300 * MIN, truth.start - 200 * MIN, raw=20.0)
    elsewhere = event(truth.start + DAY, truth.end + DAY, raw=30.0)
    tally = score([false, seen(truth), elsewhere], [truth]).overall
    assert (tally.success, tally.success_top1) == (1, 0)
    tally = score([replace(false, raw_score=9.0), seen(truth), elsewhere], [truth]).overall
    assert (tally.success, tally.success_top1) == (1, 1)


def test_days_begin_where_the_scan_began_them():
    # 14:50 and 15:10 UTC are two days in Japan.
    truth = ses(0, 15 + 1 / 6)
    rival = event(14 * 60 * MIN, 14 * 60 * MIN + TAU, raw=99.0)
    cases = {"parameters": {}}, {"parameters": {"day_offset_s": 9 * 3600}}
    utc, japan = (score([rival, seen(truth)], [truth], **case) for case in cases)
    assert (utc.overall.success_top1, japan.overall.success_top1) == (0, 1)
    assert utc.groups["hour"]["15"].n_truth == japan.groups["hour"]["00"].n_truth == 1
    explicit = evaluate(catalogue(rival, seen(truth)), [truth], day_offset=9 * 3600 * SECOND, replicates=0)
    assert explicit.overall.success_top1 == 1


def test_a_signal_on_one_dipole_is_found_only_by_events_that_show_it():
    truth = ses(dipole="D1")
    for dipoles, found in ((("D2", "D1"), 1), (("D2",), 0), ((), 1)):
        tally = score([seen(truth, dipoles=dipoles)], [truth]).overall
        assert (tally.recall, tally.success, tally.success_top1) == (found, found, found)
        assert tally.false_alarms == 1 - found
    rival = event(truth.start - 300 * MIN, truth.start - 200 * MIN, raw=99.0, dipoles=("D2",))
    assert score([rival, seen(truth)], [truth]).overall.success_top1 == 1


def test_an_event_at_another_station_finds_nothing():
    truth = ses(station="hkb")
    tally = score([seen(truth, station="mts")], [truth], stations=("mts", "hkb")).overall
    assert (tally.recall, tally.false_alarms, tally.live_station_days) == (0, 1, 200)


def test_amplitude_errors_are_of_the_absolute_values_and_the_sign_is_apart():
    truth = ses(amplitude=-10.0), ses(1, amplitude=10.0), ses(2, amplitude=10.0)
    events = [
        replace(seen(truth[0]), amplitude=-12.0),
        replace(seen(truth[1]), amplitude=-8.0),
        replace(seen(truth[2]), amplitude=math.nan),
    ]
    tally = score(events, truth).overall
    assert tally.amplitude_bias_mv_km == 0
    assert tally.amplitude_spread_mv_km == pytest.approx(math.sqrt(8))
    assert tally.amplitude_sign_agreement == 0.5


def test_bias_and_spread_are_mean_and_standard_deviation():
    events = [event(each.start + k * MIN, each.end - 2 * k * MIN) for k, each in enumerate(TRUTH[:3])]
    tally = score(events, TRUTH[:3]).overall
    assert (tally.onset_bias_s, tally.onset_spread_s) == (60, pytest.approx(60))
    assert (tally.end_bias_s, tally.end_spread_s) == (-120, pytest.approx(120))


def test_groups_add_up_and_hold_their_own_scores():
    truth = (
        ses(0, 3.5, amplitude=7.0),
        ses(1, 3.6, amplitude=-12.0),
        ses(2, 8.0, minutes=12, amplitude=12.0, dipole="D1", station="mts"),
    )
    events = [
        seen(truth[0]),
        seen(truth[2], station="mts", dipoles=("D3", "D1")),
        event(5 * DAY, 5 * DAY + TAU),
    ]
    result = score(events, truth, stations=("mts", "hkb"), days=30)
    for kind, groups in result.groups.items():
        for name in ("n_truth", "n_events", "hits", "false_alarms"):
            total = sum(getattr(tally, name) for tally in groups.values())
            assert total == getattr(result.overall, name), (kind, name)
    stations = result.groups["station"]
    assert list(stations) == ["hkb", "mts"]
    assert (stations["hkb"].recall, stations["mts"].recall) == (0.5, 1)
    assert (stations["hkb"].precision, stations["mts"].precision) == (0.5, 1)
    assert stations["hkb"].false_alarms_per_station_day == 1 / 30
    hours = result.groups["hour"]
    assert len(hours) == 24
    assert (hours["03"].recall, hours["08"].recall) == (0.5, 1)
    assert hours["00"].false_alarms_per_station_day == pytest.approx(1 / (60 / 24))
    assert {label: each.recall for label, each in result.groups["amplitude_mv_km"].items()} == {
        "6-8": 1,
        "12-15": 0.5,
    }
    assert {label: each.n_truth for label, each in result.groups["duration_min"].items()} == {
        "10-15": 1,
        "30-40": 2,
    }
    dipoles = result.groups["dipoles"]
    assert (dipoles["all"].n_truth, dipoles["D1"].n_truth) == (2, 1)
    assert (dipoles["D1;D2"].n_events, dipoles["D1;D3"].n_events) == (2, 1)


def test_the_curve_is_what_each_higher_threshold_would_give():
    random = np.random.default_rng(4)
    truth = [ses(day, hour) for day in range(40) for hour in (4.0, 4.75, 15.0)]
    events = []
    for each in truth:
        for _ in range(random.integers(0, 3)):
            start = each.start + int(random.normal(0, 900)) * SECOND
            length = int(random.uniform(600, 6000)) * SECOND
            events.append(event(start, start + length, raw=float(random.integers(1, 12))))
    events += [event(day * DAY, day * DAY + TAU, raw=float(day % 7)) for day in range(40)]
    curve = score(events, truth).curve
    assert curve.score.tolist() == sorted({each.raw_score for each in events}, reverse=True)
    for point, least in enumerate(curve.score):
        tally = score([each for each in events if each.raw_score >= least], truth).overall
        assert curve.recall[point] == pytest.approx(tally.recall)
        assert curve.success[point] == pytest.approx(tally.success)
        assert curve.false_alarms_per_station_day[point] == tally.false_alarms_per_station_day


def test_timing_errors_beyond_the_histogram_stand_in_its_outer_bins():
    events = [seen(TRUTH[0], 90 * SECOND), event(TRUTH[1].start - 240 * MIN, TRUTH[1].end)]
    timing = score(events, TRUTH[:2]).timing
    assert timing.onset.sum() == timing.end.sum() == 2
    bin_of_90 = np.searchsorted(timing.edges_s, 90, side="right") - 1
    assert (timing.onset[0], timing.onset[bin_of_90]) == (1, 1)


def test_blind_time_is_the_share_of_hours_in_which_most_are_missed():
    weak = [ses(day, hour, amplitude=7.0) for day in range(4) for hour in range(24)]
    strong = [ses(day, hour, amplitude=-25.0) for day in range(4, 8) for hour in range(12)]
    # The weak ones are found by night, and once in each hour of the day; the strong ones half the time.
    night = [each for each in weak if each.start % DAY < 6 * 60 * MIN or each.start < DAY]
    half = [each for each in strong if each.start // DAY % 2]
    blind = score([seen(each) for each in night + half], weak + strong).blind
    assert blind.labels == ("6-8", "20-30")
    assert blind.share.tolist() == [0.75, 0]
    assert blind.n_truth.tolist() == [[4] * 24, [4] * 12 + [0] * 12]
    assert blind.success[0].tolist() == [1.0] * 6 + [0.25] * 18
    assert blind.success[1, :12].tolist() == [0.5] * 12
    assert np.isnan(blind.success[1, 12:]).all()


def test_ten_thousand_days_are_scored_in_seconds():
    random = np.random.default_rng(9)
    truth = [ses(day, hour, station=f"s{day % 3}") for day, hour in enumerate(random.uniform(0, 23, 10_000))]
    late = random.normal(0, 600, (10_000, 3)).round().astype(int).tolist()
    events = [
        seen(each, shift * SECOND, raw=float(shift), station=each.station)
        for each, shifts in zip(truth, late, strict=True)
        for shift in shifts
    ]
    scanned = catalogue(*events, days=3334, stations=("s0", "s1", "s2"))
    began = time.process_time()
    tally = evaluate(scanned, truth, replicates=0).overall
    assert time.process_time() - began < 10
    assert (tally.n_truth, tally.n_events) == (10_000, 30_000)
    assert tally.hits + tally.duplicates + tally.false_alarms == 30_000


def test_the_object_has_every_key_and_is_json_without_nan():
    for events, truth in (([seen(each) for each in TRUTH], TRUTH), ([], ()), ([], TRUTH)):
        result = evaluate(catalogue(*events), truth, replicates=20)
        plain = json.loads(json.dumps(result.as_object(), allow_nan=False))
        assert {
            "success",
            "success_top1",
            "success_iou",
            "near_success",
            "precision",
            "recall",
            "false_alarms_per_station_day",
            "false_alarms_bound_95",
            "mean_iou",
            "onset_bias_s",
            "end_bias_s",
            "n_events",
            "n_truth",
            "duplicates",
            "live_station_days",
        } <= plain.keys()
        assert plain["n_truth"] == len(truth)
        assert len(plain["intervals_95"]["success"]) == 2
        assert set(plain["groups"]) == {"station", "dipoles", "hour", "amplitude_mv_km", "duration_min"}


def test_the_object_s_curve_is_thinned_and_keeps_its_ends():
    truth = [ses(day) for day in range(300)]
    result = score([seen(each, raw=float(k)) for k, each in enumerate(truth)], truth, days=300)
    curve = result.as_object()["curve"]
    assert len(curve["recall"]) == 100
    assert (curve["recall"][0], curve["recall"][-1]) == (pytest.approx(1 / 300), 1)


def test_no_live_time_leaves_rates_without_a_value():
    empty = catalogue(exposure=(Exposure(station="hkb", live_hours=0.0, skipped_hours=24.0, days=1),))
    plain = evaluate(empty, (), replicates=20).as_object()
    assert plain["false_alarms_per_station_day"] is None
    assert plain["false_alarms_bound_95"] is None


def test_passes_over_the_same_days_count_them_once_in_the_bound():
    passes = []
    for number in range(5):
        truth = [ses(day, 2.0 + number) for day in range(0, 90, 3)]
        false = event(7 * DAY, 7 * DAY + TAU)
        passes.append(judge(catalogue(false, *(seen(each) for each in truth[number:]), days=90), truth))
    joined = join(passes)
    assert (joined.live[0].days, joined.live[0].passes) == (90, 5)
    result = summarise(joined, replicates=200)
    assert result.overall.n_truth == 150
    assert result.overall.recall == 140 / 150
    assert result.overall.live_station_days == 450
    # The same false alarm in every pass is one in ninety days, and as uncertain as one.
    assert (result.bound.days, result.bound.alarms) == (90, 1)
    assert result.bound.fano == pytest.approx(1)
    assert result.bound.poisson == poisson_bound(1, 90)
    assert result.overall.false_alarms_per_station_day == 1 / 90
    low, high = result.overall.intervals["false_alarms_per_station_day"]
    assert (low, high) == (0, pytest.approx(3 / 90, abs=1.01 / 90))


def test_joined_outcomes_keep_their_matches():
    one = judge(catalogue(seen(TRUTH[0], MIN), event(50 * DAY, 50 * DAY + TAU)), TRUTH[:2])
    two = judge(catalogue(seen(TRUTH[3]), stations=("hkb",)), TRUTH[2:4])
    both = join([one, two])
    assert both.truths.event.tolist() == [0, -1, -1, 2]
    assert two.truths.event.tolist() == [-1, 0]
    assert both.pairs.truth.tolist() == [0, 3]
    assert both.pairs.event.tolist() == [0, 2]
    assert summarise(both, replicates=0).curve.recall[-1] == 0.5


def test_what_does_not_belong_together_is_not_joined():
    one = judge(catalogue(), ())
    with pytest.raises(ParameterError, match=r"threshold 1\.0 cannot be joined with those of 2\.0"):
        join([one, judge(catalogue(threshold=2.0), ())])
    with pytest.raises(ParameterError, match="no outcomes"):
        join([])


@pytest.mark.parametrize(
    ("changes", "truth", "words"),
    [
        ({}, (ses(station="ota"),), "the truth has a signal at station ota, the scanned stations are hkb"),
        ({"exposure": ()}, (), "the catalogue has an event at station hkb, the scanned stations are none"),
        ({"stations": ("hkb", "hkb")}, (), "the exposure of station hkb twice"),
        ({"parameters": {"day_offset_s": "9 h"}}, (), "'9 h' s from those of UTC"),
    ],
)
def test_a_catalogue_that_does_not_fit_its_truth_is_refused(changes, truth, words):
    with pytest.raises(ParameterError, match=words):
        score([seen(TRUTH[0])], truth, **changes)


@pytest.mark.parametrize("edges", [(), (0.0, 1.0), (2.0, 1.0), (1.0, math.inf), (math.nan,)])
def test_classes_begin_at_positive_ascending_values(edges):
    with pytest.raises(ParameterError, match="not positive and ascending"):
        Classes(amplitude_mv_km=edges)


def test_own_classes_sort_by_their_edges():
    truth = [ses(day, amplitude=a) for day, a in enumerate((4.999, 5.0, -9.0, 50.0))]
    result = evaluate(catalogue(), truth, classes=Classes(amplitude_mv_km=(5.0, 10.0)), replicates=0)
    assert {name: each.n_truth for name, each in result.groups["amplitude_mv_km"].items()} == {
        "0-5": 1,
        "5-10": 2,
        ">=10": 1,
    }
