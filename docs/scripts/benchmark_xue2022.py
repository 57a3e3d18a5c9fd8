"""Run the study of Xue et al. (2022) for detectors that need no training, and fill docs/results/xue2022.md.

Run from the root of the repository: python docs/scripts/benchmark_xue2022.py [--draw-only]
Parts whose files are in docs/results/xue2022 are not run again.
"""

import sys
from dataclasses import replace
from pathlib import Path

from sesctl.benchmark.pictures import draw_pictures
from sesctl.benchmark.result_file import read_results
from sesctl.benchmark.run import STATIONS, parts_of, run_study
from sesctl.benchmark.scale import FULL
from sesctl.benchmark.study import find_detector
from sesctl.benchmark.tables import fill_markers, render_tables

DOCS = Path(__file__).parents[1]
RESULTS = DOCS / "results/xue2022"
DETECTORS = ("boxcar", "boxcar_ref")
# False alarms need the whole year; of the rest a part says enough about detectors that do not learn.
REDUCED = replace(
    FULL,
    name="reduced",
    most_pairs=300,
    figure_days=100,
    test_stations=16,
    validation_stations=8,
    days_a_station=5,
)


def main() -> None:
    """Run what is missing, then draw."""
    infos = [find_detector(name) for name in DETECTORS]
    if "--draw-only" not in sys.argv[1:]:
        for scale, protocols, experiments in (
            (FULL, ("honest",), ("success",)),
            (REDUCED, ("paper", "honest"), ("strengths", "recorded")),
            (REDUCED, ("paper",), ("success",)),
            (REDUCED, ("honest",), ("unseen",)),
        ):
            parts = parts_of(infos, STATIONS, protocols, experiments)
            run_study(parts, scale, RESULTS, lambda done, total: print(f"{done} of {total}", flush=True))
    results = read_results(RESULTS)
    page = DOCS / "results/xue2022.md"
    page.write_text(fill_markers(page.read_text(encoding="utf-8"), render_tables(results)), encoding="utf-8")
    draw_pictures(results, DOCS / "pictures")


if __name__ == "__main__":
    main()
