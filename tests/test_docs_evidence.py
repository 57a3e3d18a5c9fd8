"""What the page on evidence says is what the code does and what was measured."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

from sesctl.evidence import (
    ITEMS,
    clock_replica,
    hour_rank,
    induction,
    lengths,
    magnetic_edges,
    other_stations,
    shape,
    simultaneity,
    train_azimuth,
    weather,
)

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
STORED = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in (ROOT / "docs" / "results" / "evidence").glob("*.json")
}
THRESHOLDS = {
    "lengths": lengths.THRESHOLD,
    "simultaneity": simultaneity.THRESHOLD,
    "clock_replica": clock_replica.THRESHOLD,
    "train_azimuth": train_azimuth.THRESHOLD,
    "magnetic_edges": magnetic_edges.THRESHOLD,
    "induction": induction.THRESHOLD,
    "hour_rank": hour_rank.THRESHOLD,
    "edges": shape.EDGES_THRESHOLD,
    "baseline": shape.BASELINE_THRESHOLD,
    "other_stations": other_stations.THRESHOLD,
    "kp": weather.KP_THRESHOLD,
    "rain": weather.RAIN_THRESHOLD,
}


def pictures():
    """Return the script that draws the page's tables."""
    path = ROOT / "docs" / "scripts" / "evidence_pictures.py"
    spec = importlib.util.spec_from_file_location("evidence_pictures", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_test_stands_in_the_table_in_order():
    listed = PAGE.split("## The tests", 1)[1].split("**far_field.**", 1)[0]
    assert re.findall(r"^\| `(\w+)` \|", listed, re.MULTILINE) == list(ITEMS)


@pytest.mark.parametrize("item", THRESHOLDS)
def test_a_threshold_is_the_one_of_the_code(item):
    (written,) = re.findall(rf"^\| `{item}` \|[^|]+\| [a-z ]+([\d.]+) \|", PAGE, re.MULTILINE)
    assert float(written) == THRESHOLDS[item]


def test_the_tables_are_those_of_the_stored_figures():
    script = pictures()
    assert script.far_field_table(STORED) in PAGE
    assert script.tests_table(STORED) in PAGE


def test_ses_that_can_be_tested_pass_the_far_field_test_and_pumps_fail_it_in_95_of_100_cases():
    found = STORED["far_field-mts"]
    assert found["cases"] == 500
    assert found["ses"]["pass_of_testable"][0] >= 95
    assert found["pump"]["fail_of_all"][0] >= 95


def test_the_page_says_what_is_lost_to_cases_that_cannot_be_tested():
    ses, pump = STORED["far_field-mts"]["ses"], STORED["far_field-mts"]["pump"]
    said = " ".join(PAGE.split())
    assert f"{ses['pass_of_all'][0]} % of all 500 SES pass" in said
    assert f"{ses['verdicts']['not testable'] / 5} % cannot be tested" in said
    assert f"{ses['verdicts']['fail'] / 5} % fail" in said
    assert f"those that can be tested {ses['pass_of_testable'][0]} % pass" in said
    assert f"Of all 500 pumps {pump['fail_of_all'][0]} % fail" in said
    assert "pass" not in pump["verdicts"]


@pytest.mark.parametrize(("kind", "least"), [("factory", 0.95), ("weekday_factory", 0.85)])
def test_the_clock_catches_factories(kind, least):
    part = STORED[f"tests-{kind}"]
    assert part["verdicts"]["clock_replica"]["fail"] >= least * part["cases"]
