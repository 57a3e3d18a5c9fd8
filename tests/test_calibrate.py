"""Quiet days set thresholds that keep their budget, and scores that mean the same for every detector."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from sesctl.calibrate import (
    MAX_SCORES,
    Calibration,
    calibrate,
    days_needed,
    from_json,
    load_calibration,
    parse_budget,
    save_calibration,
    threshold_for,
    to_json,
)
from sesctl.errors import OutputError, ParameterError, ReadError

HASH = "0f" * 32


def quiet(scores, days=365.0, **changes):
    given_ = {
        "station_days": math.ceil(days),
        "live_hours": 24 * days,
        "data_hash": HASH,
        "cleaning": {"despike_s": 110.0, "savgol_order": 3, "off": None},
        "detector": "boxcar",
        "version": "0.1.0",
    }
    return calibrate(scores, **{**given_, **changes})


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("1/30d", 1 / 30),
        ("2/w", 2 / 7),
        ("0.5/d", 0.5),
        (" 3 / 12 h ", 6),
        ("1/1.5d", 1 / 1.5),
        (".5/2w", 1 / 28),
    ],
)
def test_a_budget_is_alarms_over_time(text, rate):
    assert parse_budget(text) == pytest.approx(rate)


@pytest.mark.parametrize(
    "text", ["", "1", "1/30", "1/30m", "-1/30d", "0/30d", "1/0d", "1e3/d", "1/d/d", "nan/d", "\u0661/d"]
)
def test_another_text_is_no_budget(text):
    with pytest.raises(ParameterError, match="no budget of false alarms"):
        parse_budget(text)


@pytest.mark.parametrize(("alarms", "days"), [(0, 90), (1, 143), (3, 233), (6, 356)])
def test_one_alarm_in_thirty_days_needs_the_days_of_the_table(alarms, days):
    assert days_needed(1 / 30, alarms) == days
    assert (
        chi2.ppf(0.95, 2 * (alarms + 1)) / 2 / days
        <= 1 / 30
        < chi2.ppf(0.95, 2 * (alarms + 1)) / 2 / (days - 1)
    )


@pytest.mark.parametrize(("days", "k"), [(90, 0), (142, 0), (143, 1), (233, 3), (355, 5), (356, 6)])
def test_the_threshold_is_the_score_after_the_alarms_that_the_days_allow(days, k):
    scores = np.arange(100.0)
    threshold = threshold_for(quiet(scores, days), 1 / 30)
    assert threshold.certified
    assert (threshold.k, threshold.value) == (k, 99.0 - k)
    assert np.count_nonzero(scores > threshold.value) == k
    assert threshold.bound == pytest.approx(chi2.ppf(0.95, 2 * (k + 1)) / 2 / days)
    assert threshold.bound <= 1 / 30


def test_too_few_days_certify_nothing_and_say_how_many_would():
    threshold = threshold_for(quiet([3.0, 9.0, 5.0], 89), 1 / 30)
    assert (threshold.value, threshold.certified, threshold.k) == (9.0, False, 0)
    assert threshold.bound == pytest.approx(-math.log(0.05) / 89)
    assert "not certifiable with 89.0 quiet days" in threshold.note
    assert "need 90" in threshold.note


def test_a_budget_that_the_days_meet_exactly_is_certified():
    exact = chi2.ppf(0.95, 2) / 2
    assert threshold_for(quiet([1.0], 1), exact + 1e-12).certified
    assert not threshold_for(quiet([1.0], 1), exact - 1e-12).certified
    reached = threshold_for(quiet([1.0], 1), 1e-9).bound
    assert threshold_for(quiet([1.0], 1), reached).certified


def test_only_live_hours_count_as_days():
    assert threshold_for(quiet([1.0], 90), 1 / 30).certified
    assert not threshold_for(quiet([1.0], live_hours=24 * 89.0), 1 / 30).certified


def test_equal_scores_leave_fewer_alarms_and_never_more():
    threshold = threshold_for(quiet([1.0, 5.0, 5.0, 5.0], 233), 1 / 30)
    assert (threshold.k, threshold.value) == (3, 1.0)
    threshold = threshold_for(quiet([1.0, 5.0, 5.0, 5.0], 143), 1 / 30)
    assert (threshold.k, threshold.value) == (1, 5.0)


def test_a_budget_that_allows_every_candidate_admits_them_and_nothing_lower():
    threshold = threshold_for(quiet([2.0, 3.0], 365), 10.0)
    assert threshold.k == 2
    assert threshold.value == np.nextafter(2.0, 0)
    assert threshold_for(quiet([2.0, 3.0], 365), 1e300).value == threshold.value


@pytest.mark.parametrize("budget", [0.0, -1.0, math.inf, math.nan])
def test_a_budget_that_is_no_positive_number_is_refused(budget):
    with pytest.raises(ParameterError, match="not a positive number"):
        threshold_for(quiet([1.0]), budget)


def test_days_without_a_candidate_set_no_threshold():
    silent = quiet([])
    with pytest.raises(ParameterError, match="no candidate on its 365"):
        threshold_for(silent, 1.0)
    assert silent.score(4.0) == pytest.approx(math.exp(-1 / 365))


def test_the_certificate_holds_at_its_rate_over_ten_thousand_stations():
    # Scores are exponential with a true rate of exp(-threshold) times 20 a day above any threshold.
    random = np.random.default_rng(1)
    days, rate, k, draws = 233, 20.0, 3, 10_000
    # The top of a Poisson process: its largest points are at the arrival times of a unit process.
    arrivals = random.exponential(size=(draws, k + 1)).cumsum(axis=1)
    tops = -np.log(arrivals / (rate * days))
    held = 0
    for top in tops[:500]:
        threshold = threshold_for(quiet(top, days), 1 / 30)
        held += rate * np.exp(-threshold.value) <= threshold.bound
    values = tops[:, k]
    covered = np.mean(rate * np.exp(-values) <= chi2.ppf(0.95, 2 * (k + 1)) / 2 / days)
    assert covered == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / draws))
    assert held / 500 == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 500))


def test_the_score_is_the_chance_of_a_day_as_quiet():
    calibration = quiet([1.0, 2.0, 2.0, 4.0], 10)
    assert calibration.score(4.0) == pytest.approx(math.exp(-2 / 10))
    assert calibration.score(2.0) == pytest.approx(math.exp(-4 / 10))
    assert calibration.score(1.0) == pytest.approx(math.exp(-5 / 10))
    assert calibration.score(3.0) == pytest.approx(math.exp(-3 / 10))
    assert calibration.score(7.0) == pytest.approx(math.exp(-1.5 / 10))
    assert calibration.score(-100.0) == calibration.score(1.0)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30),
    st.lists(st.floats(-1e7, 1e7), min_size=2, max_size=10),
)
def test_the_score_never_falls_and_never_understates_the_rate(scores, raws):
    calibration = quiet(scores, 50)
    ordered = [calibration.score(raw) for raw in sorted(raws)]
    assert ordered == sorted(ordered)
    assert all(0 <= score <= 1 for score in ordered)
    for raw in (*raws, *scores):
        steps = (1 + np.count_nonzero(np.asarray(scores) >= raw)) / 50
        assert calibration.exceedance(raw) >= steps * (1 - 1e-12)


def test_strong_events_keep_their_order_in_a_catalogue_of_six_digits():
    calibration = quiet(np.linspace(1, 20, 5000))
    written = [round(calibration.score(raw), 6) for raw in (18.0, 20.0, 21.0, 25.0, 40.0, 80.0)]
    assert written == sorted(set(written))


def test_many_candidates_keep_the_largest_scores_and_their_count():
    scores = np.random.default_rng(2).permutation(MAX_SCORES + 1000).astype(float)
    calibration = quiet(scores)
    assert len(calibration.scores) == MAX_SCORES
    assert calibration.scores[0] == 1000
    assert calibration.exceedance(1000.0) == pytest.approx((1 + MAX_SCORES) / 365)
    assert calibration.exceedance(1000.0) < calibration.exceedance(500.0) < (1 + MAX_SCORES + 1000) / 365
    assert len(to_json(quiet(-1 / (3e5 + scores)))) < 1 << 20
    with pytest.raises(ParameterError, match="only the 20000 largest"):
        threshold_for(calibration, 1000.0)


def test_a_calibration_is_read_back_as_it_was_written(tmp_path):
    calibration = quiet(np.random.default_rng(3).normal(size=50), model="ab" * 32)
    path = tmp_path / "calibration.json"
    save_calibration(calibration, path)
    again = load_calibration(path)
    assert to_json(again) == to_json(calibration) == path.read_bytes()
    np.testing.assert_array_equal(again.scores, calibration.scores)
    assert again.cleaning == calibration.cleaning
    assert [each.name for each in tmp_path.iterdir()] == ["calibration.json"]


@pytest.mark.parametrize(
    "change",
    [
        {"scores": [1.0, 2.5]},
        {"scores": [2.0, 1.0]},
        {"scores": [1, 2]},
        {"scores": "1 2"},
        {"n_candidates": 3},
        {"n_candidates": True},
        {"station_days": 0},
        {"live_hours": 1e9},
        {"data_hash": "x"},
        {"cleaning": {"despike_s": []}},
        {"model": 7},
        {"format": 2},
        {"extra": 1},
        {"sha256": "0" * 64},
    ],
)
def test_a_changed_calibration_is_refused(change):
    content = json.loads(to_json(quiet([1.0, 2.0])))
    with pytest.raises(ReadError, match=r"c\.json is no calibration"):
        from_json(json.dumps({**content, **change}).encode(), "c.json")


def signed(change):
    """Return a calibration changed by somebody who put its hash in order."""
    import hashlib

    content = {**json.loads(to_json(quiet([1.0, 2.0]))), **change}
    del content["sha256"]
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"))
    content["sha256"] = hashlib.sha256(plain.encode()).hexdigest()
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    "change",
    [
        {"scores": [2.0, 1.0]},
        {"scores": [1.0], "n_candidates": True},
        {"station_days": 0},
        {"data_hash": "x"},
        {"format": 2},
    ],
)
def test_a_wrong_calibration_with_its_hash_in_order_is_refused_too(change):
    with pytest.raises(ReadError, match=r"c\.json is no calibration"):
        from_json(signed(change), "c.json")


MANY = [float(score) for score in range(MAX_SCORES)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scores": MANY, "n_candidates": 10**400}, "counts 100000000000… candidates, not 0 to"),
        ({"scores": MANY, "n_candidates": 2**53 + 1}, "counts 9007199254740993 candidates, not 0 to"),
        ({"scores": [], "n_candidates": -1}, "counts -1 candidates, not 0 to"),
        ({"station_days": 10**400}, "counts 100000000000… station-days, not 0 to"),
        ({"station_days": -(10**400)}, "counts -10000000000… station-days, not 0 to"),
        ({"live_hours": 10**400}, "counts 100000000000… live hours in 365 station-days"),
        ({"live_hours": 1e-300}, "counts 1e-300 live hours in 365 station-days"),
        ({"live_hours": -24.0}, "counts -24.0 live hours in 365 station-days"),
        ({"scores": [-1.7e308, 1.7e308]}, r"scores reach 1\.7e\+308, more than 1e\+150"),
    ],
)
def test_numbers_that_nothing_could_be_computed_with_are_refused_when_they_are_read(change, words):
    with pytest.raises(ReadError, match=rf"c\.json is no calibration \(.*{words}") as caught:
        from_json(signed(change), "c.json")
    assert len(caught.value.message) < 200


@pytest.mark.parametrize("raw", [-1.7e308, -1e150, 0.0, 1e150, 1.7e308])
def test_the_largest_numbers_that_are_read_still_give_scores_and_thresholds(raw):
    widest = {"scores": [-1e150, *MANY[1:-1], 1e150], "n_candidates": 2**53}
    for change in (widest, {**widest, "live_hours": 1e-6}, {**widest, "station_days": 2**53}):
        calibration = from_json(signed(change), "c.json")
        assert 0 <= calibration.score(raw) <= 1
        assert 0 < threshold_for(calibration, 1 / 30).bound < math.inf


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b"\xff", b"null", b"[" * 100_000, b'{"format": NaN}', b" " * ((1 << 20) + 1)],
)
def test_other_files_are_refused_by_name(data, tmp_path):
    path = tmp_path / "calibration.json"
    path.write_bytes(data)
    with pytest.raises(ReadError, match=r"calibration\.json"):
        load_calibration(path)


def test_a_file_of_a_byte_too_many_is_refused_for_its_size(tmp_path):
    path = tmp_path / "calibration.json"
    whole = to_json(quiet([1.0]))
    path.write_bytes(whole + b" " * ((1 << 20) - len(whole)))
    assert load_calibration(path).scores.tolist() == [1.0]
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ReadError, match="more than the 1048576"):
        load_calibration(path)


def test_a_file_that_cannot_be_read_or_written_is_named(tmp_path):
    with pytest.raises(ReadError, match="cannot be read"):
        load_calibration(tmp_path / "none.json")
    with pytest.raises(OutputError, match="cannot be written"):
        save_calibration(quiet([1.0]), tmp_path / "none" / "c.json")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"detector": ""}, "which detector"),
        ({"station_days": 300}, "8760.0 live hours in 300 station-days"),
        ({"live_hours": 0.0}, "0.0 live hours"),
        ({"data_hash": HASH.upper()}, "64 hexadecimal digits"),
        ({"model": "abc"}, "64 hexadecimal digits"),
        ({"raw_scores": [1.0, math.nan]}, "not finite"),
    ],
)
def test_a_calibration_out_of_range_is_refused(changes, words):
    scores = changes.pop("raw_scores", [1.0])
    with pytest.raises(ParameterError, match=words):
        quiet(scores, **changes)


def test_scores_out_of_order_or_uncounted_are_refused():
    fields = {"station_days": 2, "live_hours": 48.0, "data_hash": HASH, "detector": "d", "version": "0"}
    with pytest.raises(ParameterError, match="not finite and ascending"):
        Calibration(scores=np.array([2.0, 1.0]), n_candidates=2, **fields)
    with pytest.raises(ParameterError, match="keeps 2 scores of 3 candidates"):
        Calibration(scores=np.array([1.0, 2.0]), n_candidates=3, **fields)


def test_a_calibration_serves_only_what_it_was_made_with():
    calibration = quiet([1.0])
    same = {"detector": "boxcar", "model": "", "cleaning": calibration.cleaning}
    calibration.check_for(**same)
    for change in ({"detector": "lstm_ae"}, {"model": HASH}, {"cleaning": {}}):
        with pytest.raises(ParameterError, match=f"the calibration is for the {next(iter(change))}"):
            calibration.check_for(**{**same, **change})


def test_the_scores_of_a_calibration_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        quiet([1.0]).scores[0] = 2.0
