"""Run the study of Xue et al. (2022), and fill docs/results/xue2022.md.

Run from the root of the repository:
    python docs/scripts/benchmark_xue2022.py [--models DIR] [--shipped] [--draw-only]
DIR holds what docs/scripts/train_autoencoders.py trained, a folder a network, with lstm_ae-weak and
lstm_ae-transfer beside; without it only detectors that need no training are run, and with
--shipped `ses_net` as it is shipped, which learnt from none of these stations. Parts whose files are in
docs/results/xue2022 are not run again.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from sesctl.benchmark.pictures import draw_pictures
from sesctl.benchmark.result_file import read_results
from sesctl.benchmark.run import STATIONS, parts_of, run_study
from sesctl.benchmark.scale import FULL
from sesctl.benchmark.study import find_detector
from sesctl.benchmark.tables import fill_markers, render_tables
from sesctl_plugins.models import shipped

DOCS = Path(__file__).parents[1]
RESULTS = DOCS / "results/xue2022"
DETECTORS = ("boxcar", "boxcar_ref")
NETWORKS = ("lstm_ae", "lstm_ae_plain", "gru_ae", "fc_ae", "fct_ae", "lstm_ae_seq")
RETRAINED = ("lstm_ae/weak", "lstm_ae/transfer")
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


def run_learnt(folder: Path) -> None:
    """Score the trained networks: `lstm_ae` on everything, the others beside it on its own station."""
    models = {name: folder / name for name in NETWORKS}
    models |= {name: folder / name.replace("/", "-") for name in RETRAINED}
    models = {name: model for name, model in models.items() if model.is_dir()}
    for networks, stations, scale, protocols, experiments in (
        (("lstm_ae",), ("hkb",), FULL, ("honest",), ("success",)),
        (("lstm_ae",), ("hkb",), FULL, ("honest",), ("transfer",) if "lstm_ae/transfer" in models else ()),
        (("lstm_ae",), ("hkb",), REDUCED, ("paper",), ("success",)),
        (("lstm_ae",), ("hkb",), REDUCED, ("paper", "honest"), ("recorded",)),
        (("lstm_ae",), ("hkb",), REDUCED, ("honest",), ("strengths",) if "lstm_ae/weak" in models else ()),
        (("lstm_ae",), ("mts", "ota"), REDUCED, ("honest",), ("recorded",)),
        (NETWORKS[1:], ("hkb",), FULL, ("honest",), ("success",)),
        (NETWORKS[1:], ("hkb",), REDUCED, ("paper",), ("success",)),
        (("lstm_ae",), ("mts", "ota"), FULL, ("honest",), ("success",)),
        (("lstm_ae",), ("mts", "ota"), REDUCED, ("paper",), ("success", "recorded")),
        (("lstm_ae",), (), REDUCED, ("honest",), ("unseen",)),
    ):
        there = [name for name in networks if name in models]
        if not there:
            continue
        parts = parts_of([find_detector(name) for name in there], stations, protocols, experiments)
        parts = [part for part in parts if part.experiment != "unseen" or "unseen" in experiments]
        mine = {name: model for name, model in models.items() if name.split("/")[0] in there}
        run_study(parts, scale, RESULTS, lambda done, total: print(f"{done} of {total}", flush=True), mine)


def run_untrained() -> None:
    """Score the detectors that do not learn."""
    infos = [find_detector(name) for name in DETECTORS]
    for scale, protocols, experiments in (
        (FULL, ("honest",), ("success",)),
        (REDUCED, ("paper", "honest"), ("strengths", "recorded")),
        (REDUCED, ("paper",), ("success",)),
        (REDUCED, ("honest",), ("unseen",)),
    ):
        parts = parts_of(infos, STATIONS, protocols, experiments)
        run_study(parts, scale, RESULTS, lambda done, total: print(f"{done} of {total}", flush=True))


def run_shipped() -> None:
    """Score the detector that comes trained for stations it never saw, as it is."""
    info = find_detector("ses_net")
    for scale, protocols, experiments in (
        (FULL, ("honest",), ("success",)),
        (REDUCED, ("paper",), ("success",)),
        (REDUCED, ("honest",), ("strengths", "recorded")),
    ):
        parts = parts_of([info], STATIONS, protocols, experiments)
        told = {info.name: shipped(info.name)}
        run_study(parts, scale, RESULTS, lambda done, total: print(f"{done} of {total}", flush=True), told)


def main() -> None:
    """Run what is missing, then draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=Path, metavar="DIR")
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--draw-only", action="store_true")
    asked = parser.parse_args()
    if asked.models:
        run_learnt(asked.models)
    elif asked.shipped:
        run_shipped()
    elif not asked.draw_only:
        run_untrained()
    results = read_results(RESULTS)
    page = DOCS / "results/xue2022.md"
    page.write_text(fill_markers(page.read_text(encoding="utf-8"), render_tables(results)), encoding="utf-8")
    draw_pictures(results, DOCS / "pictures")


if __name__ == "__main__":
    main()
