"""The page on ingest quotes what was measured, and what was measured keeps what is promised."""

import importlib.util
import json
from pathlib import Path

ROOT = Path(__file__).parent.parent


def stored():
    return json.loads((ROOT / "docs" / "results" / "ingest.json").read_text(encoding="utf-8"))["runs"]


def test_the_table_is_drawn_from_the_stored_results():
    spec = importlib.util.spec_from_file_location("timing", ROOT / "docs" / "scripts" / "time_ingest.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = script.PAGE.read_text(encoding="utf-8")
    assert script.with_table(page) == page


def test_a_year_takes_at_most_four_times_as_long_as_parsing_and_ten_years_no_more_memory():
    runs = {(run["days"], run["cores"]): run for run in stored()}
    assert runs[365, 2]["rows"] > 3_150_000
    assert all(run["ratio"] <= 4 for run in stored() if "ratio" in run)
    assert all(run["ingest_peak_mb"] < 700 for run in stored())
    one, ten = runs[365, 1], runs[3650, 1]
    assert abs(ten["ingest_peak_mb"] / one["ingest_peak_mb"] - 1) <= 0.1
