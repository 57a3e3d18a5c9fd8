"""Whatever a stranger's detector does, the program answers in one line that names it."""

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from field_records import at, quiet_field, with_boxcar, write_csv
from program import refused, sesctl
from sesctl import registry
from sesctl.detect import scan
from sesctl.errors import ParameterError, PluginError
from sesctl.plugin import Candidate, Detector, DetectorInfo, Scores
from sesctl.plugin.guard import guarded
from sesctl.testing import run_checks, sample_days


class Plain(Detector):
    """Edges of the record as it is."""

    threshold = 6.0

    def score(self, days):
        """Return the record."""
        return Scores(values=days.values, kind="denoised")


def info_of(make):
    return DetectorInfo(name="stranger", summary="a test's own", make=make)


@pytest.fixture
def use(monkeypatch):
    """Return a function that makes the program use a detector with some methods of its own."""

    def put(**methods):
        made = type("Stranger", (Plain,), methods)
        monkeypatch.setattr(registry, "find", lambda name: info_of(made))

    return put


@pytest.fixture
def day(tmp_path):
    """Return a CSV file with an event."""
    record = with_boxcar(quiet_field(6), at("2020-01-01T03:00"), 1500, {"Ex": 12.0})
    return write_csv(record, tmp_path / "day.csv")


def fail(*_arguments):
    msg = "two\nlines"
    raise ValueError(msg)


def end(*_arguments):
    raise SystemExit(0)


def blank(_self, days):
    days.values[:] = 0
    return Scores(values=days.values, kind="denoised")


@pytest.mark.parametrize(
    ("methods", "reason"),
    [
        ({"score": fail}, "fails to score: ValueError: two lines ("),
        ({"propose": fail}, "fails to propose intervals: ValueError: two lines ("),
        ({"score": end}, "fails to score: it ends the program"),
        ({"score": blank}, "fails to score: ValueError: assignment destination is read-only"),
        ({"score": lambda self, days: None}, "scores with a NoneType, not Scores"),
        (
            {"score": lambda self, days: Scores(values=days.values.astype(float), kind="denoised")},
            "fails to score: scores are float64",
        ),
        (
            {"score": lambda self, days: Scores(values=days.values, kind="loud")},
            "fails to score: scores are of kind 'loud', not of probability, denoised, window",
        ),
        ({"propose": lambda self, scores, days: None}, "proposes a NoneType, not a list of Candidate"),
        ({"propose": lambda self, scores, days: ["event"]}, "proposes a str, not a Candidate"),
        ({"confidence": fail}, "to 0..1: ValueError: two lines ("),
        ({"confidence": lambda self, raw_score: 7.0}, "to 7, outside 0..1"),
        ({"threshold": None}, "has the threshold None, which is no positive finite number"),
        ({"threshold": 0.0}, "has the threshold 0.0, which is no positive finite number"),
        ({"threshold": float("nan")}, "has the threshold nan, which is no positive finite number"),
        ({"calibration_file": "scores.json"}, "has the calibration_file 'scores.json', which is no Path"),
    ],
)
def test_what_a_detector_does_wrong_is_one_line_that_names_it(use, day, tmp_path, methods, reason):
    use(**methods)
    line = refused("detect", day, "-o", tmp_path / "events.csv")
    assert line.startswith("detector stranger ")
    assert reason in line
    assert list(tmp_path.iterdir()) == [day]


def test_an_error_names_the_line_of_the_plugin_that_raised_it():
    with pytest.raises(PluginError) as caught, guarded("detector stranger fails"):
        fail()
    line = next(
        k for k, text in enumerate(Path(__file__).read_text().splitlines(), 1) if "ValueError(msg)" in text
    )
    assert caught.value.message.endswith(f"({__file__}, line {line})")


def test_an_error_of_ours_keeps_its_hint_and_an_interruption_is_none():
    with pytest.raises(PluginError, match="stranger: too long") as caught, guarded("stranger"):
        raise ParameterError("too long", "Shorten it.")
    assert caught.value.hint == "Shorten it."
    with pytest.raises(KeyboardInterrupt), guarded("stranger"):
        raise KeyboardInterrupt


def test_what_a_detector_prints_stays_out_of_the_results(use, day):
    def score(self, days):
        print("loading weights")
        return Scores(values=days.values, kind="denoised")

    use(score=score)
    outcome = sesctl("detect", "--plugin", "boxcar", day, "--json")
    assert len(outcome.json["events"]) == 1
    assert "loading weights" in outcome.err


def test_candidates_may_come_one_by_one():
    days = sample_days(info_of(Plain))
    start = int(days.starts[0])
    candidate = Candidate(day=0, start=start, end=start + 600_000_000, raw_score=1.0)
    made = type("Stranger", (Plain,), {"propose": lambda self, scores, days: iter([candidate])})
    assert scan(days, made(), info_of(made))[0] == [candidate]


def test_the_contract_reports_a_detector_that_fails_or_ends_the_program():
    for method, reason in ((fail, "ValueError: two lines"), (end, "it ends the program")):
        made = type("Stranger", (Plain,), {"score": method})
        problems = [check.problem for check in run_checks(info_of(made))]
        assert sum(reason in problem for problem in problems) >= 5
        assert not any("\n" in problem for problem in problems)


def test_a_warning_of_a_detector_is_no_failure():
    def score(self, days):
        warnings.warn("slow", UserWarning, stacklevel=1)
        return Scores(values=days.values, kind="denoised")

    made = type("Stranger", (Plain,), {"score": score})
    with pytest.warns(UserWarning, match="slow"):
        scan(sample_days(info_of(made)), made(), info_of(made))


def test_a_scan_changes_no_sample():
    days = sample_days(info_of(Plain))
    kept = replace(days, values=days.values.copy())
    scan(days, Plain(), info_of(Plain))
    np.testing.assert_array_equal(days.values, kept.values)
