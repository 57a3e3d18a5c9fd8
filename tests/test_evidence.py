"""What speaks for and against an event."""

import math
from dataclasses import replace

import numpy as np
import pytest

from evidence_cases import (
    event,
    finding,
    ground,
    site,
    study,
    surroundings,
    with_heights,
    without,
)
from sesctl.errors import ShapeError
from sesctl.evidence import ITEMS, Series, assess
from sesctl.evidence.contrast import level_contrast, winsorised_covariance
from sesctl.evidence.far_field import independent_dipoles, judge_far_field
from sesctl.evidence.measure import measure
from sesctl.evidence.projections import calibrate_projections
from sesctl.synth import preset
from sesctl.types import Finding, Verdict
from sesctl.types.instants import DAY, SECOND

PASS, FAIL, NOT_TESTABLE = Verdict.PASS, Verdict.FAIL, Verdict.NOT_TESTABLE
# One field vector of 10 mV/km north and 5 mV/km east on dipoles at 0°, 90° and 45°.
FAR = {"d1": 10.0, "d2": 5.0, "d3": 15.0 / math.sqrt(2)}


def verdicts(kind, cases, seed):
    draw = np.random.default_rng(seed)
    return [assess(study().case_of(ground(), kind, draw)) for _ in range(cases)]


def test_injected_ses_pass_the_far_field_test_and_pumps_on_one_dipole_fail_it():
    for kind, right in (("ses", PASS), ("pump", FAIL)):
        draw = np.random.default_rng(5)
        cases = [study().case_of(ground(), kind, draw) for _ in range(12)]
        found = [judge_far_field(case, measure(case)).verdict for case in cases]
        assert found.count(right) >= 11


def test_a_factory_that_switches_daily_is_caught_by_its_clock_and_an_ses_is_not():
    for kind, right in (("factory", FAIL), ("weekday_factory", FAIL), ("ses", PASS)):
        found = [finding(each, "clock_replica").verdict for each in verdicts(kind, 5, 6)]
        assert found.count(right) >= 4


def test_a_magnetic_bay_is_seen_to_be_induced_and_an_ses_is_not():
    bays, signals = ([finding(each, "induction") for each in verdicts(kind, 4, 7)] for kind in ("bay", "ses"))
    assert [each.verdict for each in bays] == [FAIL] * 4
    assert [each.verdict for each in signals] == [PASS] * 4
    assert max(each.value for each in bays) < 0.5 * min(each.value for each in signals)


def test_an_electrode_that_steps_changes_the_baseline():
    found = [finding(each, "baseline").verdict for each in verdicts("step", 4, 8)]
    assert found.count(FAIL) >= 3


def test_the_field_of_a_far_event_is_found_with_its_direction():
    evidence = assess(surroundings(heights=FAR))
    assert evidence.north == pytest.approx(10.0, abs=1.0)
    assert evidence.east == pytest.approx(5.0, abs=1.0)
    assert finding(evidence, "far_field").verdict is PASS
    assert finding(evidence, "simultaneity").verdict is PASS
    assert finding(evidence, "edges").verdict is PASS
    assert finding(evidence, "baseline").verdict is PASS


def test_a_distorted_site_is_calibrated_by_its_nights():
    # The ground turns and stretches what d3 shows; a model of azimuths alone would refuse every SES there.
    gain = 1.4
    around = surroundings(heights=FAR)
    row = around.near.station.index("d3")

    def distorted(record):
        values = record.values.copy()
        values[row] *= np.float32(gain)
        return replace(record, values=values)

    turned = replace(
        around,
        near=distorted(around.near),
        nights=tuple(map(distorted, around.nights)),
        replicas={days: distorted(each) for days, each in around.replicas.items()},
    )
    assert judge_far_field(turned, measure(turned)).verdict is PASS
    wrong = replace(turned, nights=around.nights)
    assert judge_far_field(wrong, measure(wrong)).verdict is FAIL


def test_pumps_in_the_nights_hardly_turn_the_projections():
    around = surroundings()
    rng = np.random.default_rng(3)
    disturbed = []
    for night in around.nights:
        values = night.values.copy()
        first = int(rng.integers(0, 700))
        values[1, first : first + 300] += np.float32(10.0)
        disturbed.append(replace(night, values=values))
    clean = calibrate_projections(around.nights, around.dipoles).residual()[:, 0]
    moved = calibrate_projections(disturbed, around.dipoles).residual()[:, 0]
    assert abs(float(clean @ moved)) > 0.9995


@pytest.mark.parametrize(
    ("azimuths", "words"),
    [
        ({"d1": 0.0, "d2": 90.0}, "dipoles with values: 2, which always agree"),
        ({"d1": 0.0}, "dipoles with values: 1, which always agree"),
        ({"d1": 0.0, "d2": None, "d3": 45.0}, "the azimuth of d2 is not known"),
    ],
)
def test_too_few_dipoles_for_a_far_field_are_named(azimuths, words):
    station = site(azimuths)
    found = finding(assess(surroundings(station, dict.fromkeys(azimuths, 10.0))), "far_field")
    assert found.verdict is NOT_TESTABLE
    assert words in found.reason


def test_a_closed_loop_of_electrodes_counts_as_one_dipole_less():
    assert independent_dipoles(preset("ota").station().dipoles) == 2
    assert independent_dipoles(preset("mts").station().dipoles) == 3
    assert independent_dipoles(site().dipoles) == 3


def test_in_much_noise_the_far_field_test_says_it_has_no_power():
    found = finding(assess(surroundings(heights=FAR, noise=20.0)), "far_field")
    assert found.verdict is NOT_TESTABLE


ELECTRODES = {"d1": ("a", "b"), "d2": ("a", "c"), "d3": ("d", "e")}


def test_the_fault_of_a_shared_electrode_is_recognised_and_a_field_is_not_taken_for_one():
    station = site({"d1": 0.0, "d2": 20.0, "d3": 45.0}, electrodes=ELECTRODES)
    fault = finding(assess(surroundings(station, {"d1": 10.0, "d2": 10.0})), "electrode")
    assert fault.verdict is FAIL
    assert "electrode a" in fault.reason
    assert finding(assess(surroundings(station, FAR)), "electrode").verdict is PASS


def test_dipoles_without_known_electrodes_are_named():
    found = finding(assess(surroundings(heights=FAR)), "electrode")
    assert found.verdict is NOT_TESTABLE
    assert "d1, d2, d3" in found.reason


def test_voltages_of_short_dipoles_have_to_go_with_their_lengths():
    station = site({"d1": 0.0, "d2": 5.0, "d3": 90.0}, lengths={"d1": 100.0, "d2": 200.0, "d3": 100.0})
    one_field = finding(assess(surroundings(station, {"d1": 30.0, "d2": 30.0})), "lengths")
    one_voltage = finding(assess(surroundings(station, {"d1": 30.0, "d2": 15.0})), "lengths")
    weak = finding(assess(surroundings(station, {"d1": 2.0, "d2": 2.0})), "lengths")
    assert (one_field.verdict, one_voltage.verdict, weak.verdict) == (PASS, FAIL, NOT_TESTABLE)


def test_a_contact_voltage_of_a_tenth_of_a_millivolt_is_allowed_for():
    # 0.1 mV is 1 mV/km on 100 m: dipoles that differ by as much agree.
    station = site({"d1": 0.0, "d2": 0.0, "d3": 90.0}, lengths={"d1": 100.0, "d2": 200.0})
    found = finding(assess(surroundings(station, {"d1": 20.0, "d2": 18.5})), "lengths")
    assert found.verdict is PASS


def test_a_dipole_that_shows_the_edges_late_is_not_simultaneous():
    around = with_heights(surroundings(), FAR, late={"d2": 5})
    found = finding(assess(around), "simultaneity")
    assert found.verdict is FAIL
    assert found.value == pytest.approx(5.0, abs=1.0)
    assert finding(assess(with_heights(surroundings(), FAR, late={"d2": 2})), "simultaneity").verdict is PASS


def test_one_dipole_is_not_simultaneous_with_anything():
    found = finding(assess(surroundings(heights={"d1": 10.0})), "simultaneity")
    assert found.verdict is NOT_TESTABLE


def test_a_slow_swell_is_not_like_a_rectangle():
    around = surroundings()
    values = around.near.values.copy()
    swell = np.sin(np.linspace(0, np.pi, around.length)) * 12.0
    for name, share in FAR.items():
        row = around.near.station.index(name)
        values[row, around.first : around.stop] += (swell * share / 10).astype(np.float32)
    found = finding(assess(replace(around, near=replace(around.near, values=values))), "edges")
    assert found.verdict is FAIL
    assert 0.25 < found.value < 0.5


def test_a_magnetic_jump_at_both_edges_is_seen():
    around = surroundings(heights=FAR)
    jump = finding(assess(with_heights(around, {"bx": 40.0})), "magnetic_edges")
    assert jump.verdict is FAIL
    assert finding(assess(around), "magnetic_edges").verdict is PASS


def test_trains_have_a_direction_that_an_event_along_it_shares():
    around = surroundings(heights=FAR)
    azimuth = math.degrees(math.atan2(5.0, 10.0))
    rng = np.random.default_rng(4)
    for turn, right in ((5.0, FAIL), (70.0, PASS)):
        axis = math.radians(azimuth + turn)
        day = around.nights[0]
        values = np.tile(day.values, (1, 3))
        noise = np.repeat(rng.normal(0, 15, values.shape[1] // 60), 60)
        for dipole in around.dipoles:
            share = math.cos(math.radians(dipole.azimuth_deg) - axis)
            values[around.near.station.index(dipole.name)] += (share * noise).astype(np.float32)
        found = finding(
            assess(replace(around, daytime=replace(day, values=values, quality=None))), "train_azimuth"
        )
        assert found.verdict is right
        assert found.value == pytest.approx(turn, abs=8.0)


def test_a_day_as_quiet_as_the_night_shows_no_trains():
    around = surroundings(heights=FAR)
    found = finding(assess(replace(around, daytime=around.nights[0])), "train_azimuth")
    assert found.verdict is NOT_TESTABLE
    assert "no noisier" in found.reason


def test_the_rank_is_among_detections_at_this_hour_of_any_day():
    of = event(raw_score=7.0)
    at_this_hour = [event(of.start + day * DAY + 1800 * SECOND, raw_score=5.0) for day in range(1, 12)]
    at_others = [event(of.start + day * DAY + DAY // 2, raw_score=99.0) for day in range(30)]
    around = replace(surroundings(of=of), peers=(of, *at_this_hour, *at_others))
    first = finding(assess(around), "hour_rank")
    assert (first.verdict, first.value) == (PASS, pytest.approx(1 / 12))
    stronger = [event(each.start, raw_score=8.0) for each in at_this_hour]
    last = finding(assess(replace(around, peers=(of, *stronger))), "hour_rank")
    assert (last.verdict, last.value) == (FAIL, 1.0)
    few = finding(assess(replace(around, peers=(of, *at_others))), "hour_rank")
    assert few.verdict is NOT_TESTABLE


def test_other_stations_count_that_show_something_at_the_time():
    around = surroundings()
    of = around.event
    alone = finding(assess(replace(around, others={"far": ()})), "other_stations")
    assert alone.verdict is PASS
    shared = {"far": (event(of.start + 300 * SECOND, station="far"),), "farther": ()}
    both = finding(assess(replace(around, others=shared)), "other_stations")
    assert (both.verdict, both.value) == (FAIL, 1.0)
    later = {"far": (event(of.end, station="far"),)}
    assert finding(assess(replace(around, others=later)), "other_stations").verdict is PASS


def series(name, start, values, step=3 * 3600 * SECOND):
    return Series(
        name=name,
        times=start + np.arange(len(values), dtype=np.int64) * step,
        values=np.array(values, dtype=np.float64),
    )


def test_kp_is_the_largest_that_holds_during_the_event():
    around = surroundings()
    start = around.event.start // DAY * DAY
    calm, disturbed = [1.0] * 8, [1.0, 1.0, 1.0, 1.0, 5.0, 1.0, 1.0, 1.0]
    for values, right in ((calm, PASS), (disturbed, FAIL)):
        found = finding(assess(replace(around, kp=series("kp", start, values))), "kp")
        assert (found.verdict, found.value) == (right, max(values))
    elsewhere = finding(assess(replace(around, kp=series("kp", start + DAY, calm))), "kp")
    assert elsewhere.verdict is NOT_TESTABLE


def test_rain_is_summed_over_the_day_before():
    around = surroundings()
    hours = series("rain", around.event.start - 2 * DAY, [0.0] * 72, 3600 * SECOND)
    dry = finding(assess(replace(around, rain=hours)), "rain")
    assert (dry.verdict, dry.value) == (PASS, 0.0)
    hours.values[26] = 4.0
    assert finding(assess(replace(around, rain=hours)), "rain").verdict is FAIL
    hours.values[26], hours.values[20] = 0.0, 4.0
    assert finding(assess(replace(around, rain=hours)), "rain").verdict is PASS


def dead(around):
    return replace(around, near=without(around.near, "d2"))


def blank(around):
    return replace(around, near=without(around.near, *(each.name for each in around.near.station.channels)))


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        (lambda around: replace(around, nights=()), {"induction", "train_azimuth"}),
        (lambda around: replace(around, replicas={}), {"clock_replica"}),
        (dead, {"far_field"}),
        (blank, set(ITEMS) - {"other_stations"}),
        (lambda around: replace(around, nights=tuple(map(blank_record, around.nights))), {"induction"}),
        (
            lambda around: replace(around, replicas={1: blank_record(around.near)}),
            {"clock_replica"},
        ),
    ],
)
def test_what_is_missing_makes_tests_not_testable_and_never_an_error(change, lost):
    evidence = assess(change(surroundings(heights=FAR)))
    assert [each.item for each in evidence.findings] == list(ITEMS)
    by_item = {each.item: each for each in evidence.findings}
    assert {by_item[item].verdict for item in lost} == {NOT_TESTABLE}
    assert all(each.reason for each in evidence.findings)


def blank_record(record):
    return without(record, *(each.name for each in record.station.channels))


def test_a_station_without_a_magnetometer_is_told_so():
    station = site(magnetic=False)
    evidence = assess(surroundings(station, FAR))
    for item in ("induction", "magnetic_edges"):
        assert finding(evidence, item).reason == "the station has no magnetic channel"
    assert finding(evidence, "far_field").verdict is PASS


def test_a_dead_dipole_leaves_the_others_their_field():
    evidence = assess(dead(surroundings(heights=FAR)))
    assert evidence.north == pytest.approx(10.0, abs=1.0)
    assert evidence.east == pytest.approx(5.0, abs=1.5)


def test_the_contrast_ignores_offset_and_drift_and_short_pulses():
    line = 5.0 + 0.1 * np.arange(100.0)
    line[40:60] += 3.0
    line[45:50] += 100.0
    found = level_contrast(line[None], np.array([40]), 20, 10)
    assert found[0, 0] == pytest.approx(3.0, abs=0.6)
    line[30:40] = np.nan
    assert np.isnan(level_contrast(line[None], np.array([40]), 20, 10)).all()


def test_a_few_outliers_hardly_change_the_covariance():
    rng = np.random.default_rng(0)
    noise = rng.normal(0, [[1.0], [2.0]], (2, 2000))
    clean = winsorised_covariance(noise)
    noise[:, :5] = 500.0
    assert winsorised_covariance(noise) == pytest.approx(clean, abs=0.4)
    assert np.diag(clean) == pytest.approx([1.0, 4.0], rel=0.1)


def test_a_finding_needs_a_number_for_a_verdict():
    with pytest.raises(ShapeError, match="without a value"):
        Finding(item="far_field", verdict=PASS, reason="so")
    with pytest.raises(ShapeError, match="nan"):
        Finding(item="far_field", verdict=PASS, value=math.nan, threshold=1.0, reason="so")
