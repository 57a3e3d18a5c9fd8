"""The page on separation says what the stored runs hold; the station detectors keep their budgets."""

import importlib.util
import json
from pathlib import Path

import pytest

from sesctl import registry
from sesctl.benchmark.tables import fill_markers
from sesctl.calibrate import load_calibration, parse_budget, threshold_for
from sesctl.pipeline import judge

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "results" / "separation"
PAGE = (ROOT / "docs" / "separation.md").read_text(encoding="utf-8")
DETECTORS = ("ica", "sobi", "pmd", "boxcar_station")
BUDGETS = ("1/d", "1/7d", "1/30d")


def stored(name):
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def test_the_tables_are_drawn_from_the_stored_runs():
    path = ROOT / "docs" / "scripts" / "separation_tables.py"
    spec = importlib.util.spec_from_file_location("separation_tables", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert fill_markers(PAGE, module.separation_tables()) == PAGE


@pytest.mark.parametrize("name", DETECTORS)
def test_a_station_detector_comes_with_a_calibration_that_certifies_every_budget(name):
    info = registry.find(name)
    detector = registry.make(info)
    calibration = load_calibration(detector.calibration_file)
    assert calibration.live_days == pytest.approx(360, abs=1)
    for budget in BUDGETS:
        chosen = threshold_for(calibration, parse_budget(budget))
        assert chosen.certified
        assert chosen.value == stored(f"calibration-{name}")["pooled"]["thresholds"][budget]["value"]
    assert judge(info, detector, budget=1 / 30).flags == ("shipped-calibration",)


@pytest.mark.parametrize("record", ["mts", "one_over_f"])
@pytest.mark.parametrize("name", ["ica", "boxcar_station"])
def test_budgets_are_kept_on_a_quiet_year_of_other_days(name, record):
    found = stored(f"alarms-{name}")
    assert found["seed"] >= 2000
    assert found[record]["live_days"] == pytest.approx(365, abs=1.5)
    calibration = load_calibration(registry.make(registry.find(name)).calibration_file)
    for text, point in found[record]["budgets"].items():
        assert point["threshold"] == threshold_for(calibration, parse_budget(text)).value
        assert point["bound_95"] <= parse_budget(text)


def share(station, name, *path):
    each = stored(f"success-{station}")["found"][name]
    for word in path:
        each = each[word]
    return each


def test_separation_is_at_least_as_good_as_one_dipole_within_its_interval():
    for station in ("mts", "ota", "hkb"):
        single = share(station, "boxcar, dipole", "top1", "success_top1")
        assert share(station, "ica, station", "top1", "intervals_95", "success_top1")[1] >= single
        at = ("budgets", "1/30d", "success")
        assert share(station, "ica, station", *at) > share(station, "boxcar, dipole", *at)


def test_ica_finds_least_where_the_dipoles_cross_the_track():
    found = {s: share(s, "ica, station", "top1", "success_top1") for s in ("hkb", "mts", "ota")}
    assert min(found, key=found.get) == "hkb"


def test_the_numbers_in_its_sentences_are_those_of_its_tables():
    text = " ".join(PAGE.split())
    for station, budget in (("mts", "1/30d"), ("ota", "1/30d"), ("hkb", "1/30d")):
        best = [share(station, n, "top1", "success_top1") for n in ("ica, station", "boxcar, dipole")]
        kept = [share(station, n, "budgets", budget, "success") for n in ("ica, station", "boxcar, dipole")]
        for one, other in (best, kept):
            assert f"{100 * one:.1f} against {100 * other:.1f} %" in text
    for station in ("mts", "ota", "hkb"):
        within = share(station, "ica, station", "amplitude", "within_15_percent")
        assert f"{100 * within:.0f} %" in text.split("15 % is kept by", 1)[1].split("where 15 %", 1)[0]
    assert f"{100 * sum(stored('directions')['stations']['hkb']['shares'][:2]):.0f} % of the variance" in text
