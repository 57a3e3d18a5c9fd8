"""The threshold, what it rests on, and who is told: own, shipped or given, by number or by budget."""

import json
from dataclasses import asdict

import pytest
from scipy.stats import chi2

from field_records import at, quiet_field, with_boxcar, write_csv
from program import refused, sesctl
from sesctl import pipeline, registry
from sesctl.calibrate import calibrate, load_calibration, save_calibration, threshold_for
from sesctl.clean import DESPIKE, FULL
from sesctl.errors import ParameterError, ReadError
from sesctl.plugin import Detector, DetectorInfo, Scores

BOXCAR = registry.find("boxcar")
SHIPPED = load_calibration(registry.make(BOXCAR).calibration_file)
QUIET = [round(2 + 0.07 * k, 2) for k in range(60)]  # ascending raw scores, all different


class Plain(Detector):
    """The record as it is; no calibration comes with it."""

    threshold = 3.5

    def score(self, days):
        """Return the record."""
        return Scores(values=days.values, kind="denoised")


PLAIN = DetectorInfo(name="plain", summary="the record as it is", make=Plain)


def written(folder, *, days=100, scores=QUIET, detector="boxcar", cleaning=DESPIKE, name="own.json"):
    """Write a calibration on so many quiet days and return its path."""
    made = calibrate(
        scores,
        station_days=days,
        live_hours=24 * days,
        data_hash="0f" * 32,
        cleaning=asdict(cleaning) if cleaning else {},
        detector=detector,
        version="0.1.0",
    )
    save_calibration(made, folder / name)
    return folder / name


def judged(**options):
    return pipeline.judge(BOXCAR, registry.make(BOXCAR), **options)


def alarms_allowed(days, budget):
    """Return the largest k whose upper 95 % bound keeps the budget, -1 for none."""
    k = -1
    while chi2.ppf(0.95, 2 * (k + 2)) / 2 <= days * budget:
        k += 1
    return k


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """Return a CSV file of a quiet day with one boxcar."""
    record = with_boxcar(quiet_field(24), at("2020-01-01T13:20"), 1500, {"Ex": 12.0})
    return write_csv(record, tmp_path_factory.mktemp("day") / "hkb.csv")


@pytest.mark.parametrize(("asked", "used"), [(None, 3.5), (9.0, 9.0), (0.0, 0.0), (-1.0, -1.0)])
def test_without_a_calibration_the_threshold_is_the_detector_s_own_or_the_one_asked_for(asked, used):
    judgement = pipeline.judge(PLAIN, Plain(), threshold=asked)
    assert judgement.threshold == used
    assert judgement.flags == ("uncalibrated",)
    assert judgement.notes == ()
    assert judgement.parameters == {}
    assert judgement.confidence(3.5) == Plain().confidence(3.5) == 0.5


def test_a_budget_without_a_calibration_is_refused_with_the_way_to_one():
    with pytest.raises(ParameterError, match="detector plain has no calibration") as caught:
        pipeline.judge(PLAIN, Plain(), budget=1.0)
    assert "sesctl calibrate" in caught.value.hint


def test_a_given_calibration_serves_a_detector_that_comes_without_one(tmp_path):
    path = written(tmp_path, detector="plain", cleaning=None)
    judgement = pipeline.judge(PLAIN, Plain(), budget=0.5, calibration=path)
    assert judgement.flags == ()
    assert judgement.threshold == threshold_for(load_calibration(path), 0.5).value


def test_the_calibration_that_comes_with_a_detector_is_used_named_and_flagged():
    judgement = judged()
    assert judgement.threshold == registry.make(BOXCAR).threshold
    assert judgement.flags == ("shipped-calibration",)
    assert judgement.notes == (
        f"boxcar is read by the calibration that comes with it: {SHIPPED.live_days:.0f} quiet station-days",
    )
    assert judgement.parameters["calibration"] == {
        "source": "shipped",
        "live_days": SHIPPED.live_days,
        "data_hash": SHIPPED.data_hash,
    }
    for raw in (-1.0, 2.5, 6.0, 12.345, 99.0):
        assert judgement.confidence(raw) == SHIPPED.score(raw)


def test_a_given_calibration_takes_the_place_of_the_shipped_one_and_is_named(tmp_path):
    path = written(tmp_path)
    judgement = judged(calibration=path)
    assert judgement.flags == ()
    assert judgement.notes == (f"boxcar is read by the calibration {path}: 100 quiet station-days",)
    assert judgement.parameters["calibration"]["source"] == str(path)
    assert judgement.parameters["calibration"]["data_hash"] == "0f" * 32
    assert judgement.confidence(5.0) == load_calibration(path).score(5.0) != SHIPPED.score(5.0)


def test_a_threshold_asked_for_is_kept_beside_a_calibration_that_only_maps_the_scores(tmp_path):
    judgement = judged(threshold=4.25, calibration=written(tmp_path))
    assert judgement.threshold == 4.25
    assert judgement.parameters["max_false_alarms_per_day"] is None
    assert judgement.parameters["budget"] is None


@pytest.mark.parametrize(
    ("days", "budget", "k"),
    [(90, 1 / 30, 0), (143, 1 / 30, 1), (356, 1 / 30, 6), (100, 1 / 7, 7), (20, 1, 12)],
)
def test_a_budget_gives_the_score_after_the_alarms_that_the_days_allow(tmp_path, days, budget, k):
    assert alarms_allowed(days, budget) == k
    judgement = judged(budget=budget, calibration=written(tmp_path, days=days))
    assert judgement.threshold == sorted(QUIET)[-1 - k]
    assert sum(score > judgement.threshold for score in QUIET) == k
    assert judgement.flags == ()
    assert judgement.parameters["max_false_alarms_per_day"] == budget
    kept = judgement.parameters["budget"]
    assert (kept["k"], kept["certified"], kept["value"]) == (k, True, judgement.threshold)
    assert kept["bound"] == pytest.approx(chi2.ppf(0.95, 2 * (k + 1)) / 2 / days)
    assert kept["bound"] <= budget


@pytest.mark.parametrize("days", [1, 30, 89])
def test_a_budget_that_the_days_cannot_certify_takes_the_largest_score_and_says_so(tmp_path, days):
    judgement = judged(budget=1 / 30, calibration=written(tmp_path, days=days))
    assert judgement.threshold == max(QUIET)
    assert judgement.flags == ("budget-not-certified",)
    assert f"not certifiable with {days:.1f} quiet days" in judgement.notes[-1]
    assert judgement.notes[-1].count("90") == 1  # the days that it would take
    assert judgement.parameters["budget"]["certified"] is False


def test_a_budget_beyond_the_shipped_days_carries_both_flags():
    judgement = judged(budget=1 / 3650)
    assert judgement.flags == ("shipped-calibration", "budget-not-certified")
    assert judgement.threshold == SHIPPED.scores[-1]


@pytest.mark.parametrize("given", [True, False])
def test_a_threshold_and_a_budget_together_are_refused(tmp_path, given):
    path = written(tmp_path) if given else None
    with pytest.raises(ParameterError, match="both a threshold and a budget"):
        judged(threshold=6.0, budget=1.0, calibration=path)


@pytest.mark.parametrize("changes", [{"detector": "plain"}, {"cleaning": FULL}, {"cleaning": None}])
def test_a_calibration_of_something_else_is_refused(tmp_path, changes):
    with pytest.raises(ParameterError, match=r"the calibration is for the (detector|cleaning)"):
        judged(calibration=written(tmp_path, **changes))


def test_the_program_says_on_what_its_scores_rest_and_flags_every_event(day, tmp_path):
    outcome = sesctl("detect", "--plugin", "boxcar", day, "--json", "-o", tmp_path / "events.csv")
    (event,) = outcome.json["events"]
    assert event["flags"] == "shipped-calibration"
    assert outcome.err.splitlines() == [f"note: {judged().notes[0]}"]
    assert outcome.json["meta"]["parameters"]["calibration"]["source"] == "shipped"
    assert json.loads((tmp_path / "events.meta.json").read_text())["threshold"] == 6.0
    assert sesctl("detect", "--plugin", "boxcar", day, "--quiet").err == ""


def test_the_program_s_budget_sets_the_threshold_of_the_catalogue_and_its_scores(day, tmp_path):
    path = written(tmp_path, days=90)
    outcome = sesctl(
        "detect", "--plugin", "boxcar", day, "--calibration", path, "--max-false-alarms", "1/30d", "--json"
    )
    meta = outcome.json["meta"]
    assert meta["threshold"] == max(QUIET)
    assert meta["parameters"]["max_false_alarms_per_day"] == pytest.approx(1 / 30)
    (event,) = outcome.json["events"]
    assert event["flags"] == ""
    # Nothing as strong in 90 quiet days: e^(-1/90) is what no alarm at all leaves, e^(-2/90) one alarm.
    assert 0.978 < event["score"] < 0.989
    assert [line.split(": ")[0] for line in outcome.err.splitlines()] == ["note", "note"]
    assert "at most 0.03329 false alarms per station-day at 95 %: 0 allowed on 90.0 quiet days" in outcome.err


def test_the_program_says_when_a_budget_is_not_certified_and_flags_every_event(day, tmp_path):
    outcome = sesctl(
        "detect",
        "--plugin",
        "boxcar",
        day,
        "--calibration",
        written(tmp_path, days=9),
        "--max-false-alarms",
        "1/30d",
        "--json",
    )
    (event,) = outcome.json["events"]
    assert event["flags"] == "budget-not-certified"
    assert "note: not certifiable with 9.0 quiet days" in outcome.err


def spoilt(folder, how):
    """Write what is no calibration of boxcar, and return its path."""
    path = folder / "bad.json"
    if how == "other detector":
        return written(folder, detector="plain", name=path.name)
    if how == "other cleaning":
        return written(folder, cleaning=FULL, name=path.name)
    if how == "folder":
        path.mkdir()
    elif how != "missing":
        whole = written(folder, name=path.name).read_bytes()
        path.write_bytes(
            {
                "tampered": whole.replace(b'"n_candidates": 60', b'"n_candidates": 61'),
                "tampered score": whole.replace(b"[2.0,", b"[1.0,"),
                "truncated": whole[: len(whole) // 2],
                "oversized": whole + b" " * (1 << 20),
                "empty": b"",
                "two lines": b'{"a":\n\n1}',
            }[how]
        )
        assert path.read_bytes() != whole
    return path


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("other detector", "the calibration is for the detector plain, not boxcar"),
        ("other cleaning", "the calibration is for the cleaning"),
        ("tampered", "its SHA-256 is"),
        ("tampered score", "its SHA-256 is"),
        ("truncated", "is no calibration"),
        ("oversized", "bytes, more than the 1048576 of a calibration"),
        ("empty", "is no calibration"),
        ("two lines", "is no calibration"),
        ("missing", "cannot be read (No such file or directory)"),
        ("folder", "cannot be read (Is a directory)"),
    ],
)
def test_a_calibration_that_is_not_what_it_has_to_be_is_refused_in_a_line_and_leaves_nothing(
    day, tmp_path, how, reason
):
    (tmp_path / "out").mkdir()
    path = spoilt(tmp_path, how)
    for budget in ((), ("--max-false-alarms", "1/d")):
        line = refused(
            *("detect", day, "--plugin", "boxcar", "--calibration", path, *budget),
            *("-o", tmp_path / "out" / "events.csv", "--plot", tmp_path / "out" / "pictures"),
        )
        assert reason in line
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--threshold", 6, "--max-false-alarms", "1/30d"), "both a threshold and a budget"),
        (("--max-false-alarms", "often"), "'often' is no budget of false alarms"),
        (("--max-false-alarms", "0/d"), "'0/d' is no budget of false alarms"),
    ],
)
def test_the_program_refuses_options_that_contradict_each_other_or_say_nothing(
    day, tmp_path, options, reason
):
    assert reason in refused("detect", day, *options, "-o", tmp_path / "events.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_plugin_without_a_calibration_takes_no_budget(day, install):
    install("careless_plugin")
    line = refused("detect", day, "--plugin", "careless", "--max-false-alarms", "1/d")
    assert line.startswith("detector careless has no calibration, from which a budget would give a threshold")


def test_a_calibration_that_ships_broken_is_named(tmp_path):
    class Broken(Plain):
        calibration_file = tmp_path / "gone.json"

    with pytest.raises(ReadError, match=r"gone\.json cannot be read"):
        pipeline.judge(PLAIN, Broken())
