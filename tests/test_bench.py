"""The table of timings has the shape that its readers expect. What it says is not tested: no time is."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "tests" / "bench" / "table.py"


def run(*options):
    done = subprocess.run(
        [sys.executable, str(TABLE), "--days", "5", "--repeats", "1", *options],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout


def test_as_json_every_workload_has_our_time_the_peers_and_that_of_a_copy():
    figures = json.loads(run("--json", "--only", "savgol61,intervals"))
    assert list(figures) == ["savgol61", "intervals"]
    for figure in figures.values():
        assert list(figure) == ["ours_ms", "peers", "copy_ms", "ratio", "isa"]
        assert figure["ratio"] == min(figure["peers"].values()) / figure["ours_ms"]
        assert figure["isa"] in {"baseline", "avx2"}
        assert figure["copy_ms"] > 0
    assert "scipy" in figures["savgol61"]["peers"]
    assert "numpy" in figures["intervals"]["peers"]


def test_as_a_table_every_workload_has_a_row():
    lines = run("--only", "savgol61").splitlines()
    assert lines[0].count("|") == lines[2].count("|") == 6
    assert lines[2].startswith("| `savgol61`: ")


def test_the_page_s_tables_are_drawn_from_the_stored_figures():
    script = runpy.run_path(str(ROOT / "docs" / "scripts" / "time_kernels.py"))
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert script["drawn"](page, script["stored"]()) == page
