"""Run the study of Xue et al. (2022), and fill docs/results/xue2022.md.

Run from the root of the repository:
    python docs/scripts/benchmark_xue2022.py [--models DIR] [--shipped] [--draw-only] [--only PATTERN ...]
DIR holds what docs/scripts/train_autoencoders.py trained, a folder a network, with lstm_ae-weak and
lstm_ae-transfer and the same of lstm_ae_seq and fc_ae beside; without it only detectors that need no
training are run, and with --shipped `ses_net` as it is shipped, which learnt from none of these stations.
Parts whose files are in docs/results/xue2022 are not run again; with --only just those whose files match one
of the patterns are run ('success-honest-mts-*').
"""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from sesctl.benchmark.pictures import draw_pictures
from sesctl.benchmark.result_file import read_results
from sesctl.benchmark.run import STATIONS, Part, parts_of, run_study
from sesctl.benchmark.scale import FULL, Scale
from sesctl.benchmark.splits import Protocol
from sesctl.benchmark.study import find_detector
from sesctl.benchmark.tables import fill_markers, render_tables
from sesctl_plugins.models import shipped

DOCS = Path(__file__).parents[1]
RESULTS = DOCS / "results/xue2022"
DETECTORS = ("boxcar", "boxcar_ref")
NETWORKS = ("lstm_ae", "lstm_ae_plain", "gru_ae", "fc_ae", "fct_ae", "lstm_ae_seq")
WHOLE = ("lstm_ae", "lstm_ae_seq", "fc_ae")
RETRAINED = tuple(f"{name}/{leg}" for name in WHOLE for leg in ("weak", "transfer"))
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

Task = tuple[tuple[str, ...], Scale, tuple[Protocol, ...], tuple[str, ...]]


def learnt_parts(name: str, models: Mapping[str, Path]) -> list[Task]:
    """Return what a trained network is scored on: on its own station, the whole ones on everything."""
    parts: list[Task] = [
        (("hkb",), FULL, ("honest",), ("success",)),
        (("hkb",), REDUCED, ("paper",), ("success",)),
    ]
    if f"{name}/transfer" in models:
        parts.append((("hkb",), FULL, ("honest",), ("transfer",)))
    if name in WHOLE:
        if f"{name}/weak" in models:
            parts.append((("hkb",), FULL, ("honest",), ("strengths",)))
        parts += [
            (("hkb",), REDUCED, ("paper", "honest"), ("recorded",)),
            (("mts", "ota"), REDUCED, ("honest",), ("recorded",)),
            (("mts", "ota"), FULL, ("honest",), ("success",)),
            (("mts", "ota"), REDUCED, ("paper",), ("success", "recorded")),
            ((), REDUCED, ("honest",), ("unseen",)),
        ]
    return parts


def run(
    parts: Iterable[Part], scale: Scale, only: Sequence[str], models: Mapping[str, Path] | None = None
) -> None:
    """Run the parts that are asked for."""
    asked = [part for part in parts if any(fnmatch(part.name, pattern) for pattern in only)]
    run_study(asked, scale, RESULTS, lambda done, total: print(f"{done} of {total}", flush=True), models)


def run_learnt(folder: Path, only: Sequence[str]) -> None:
    """Score the trained networks there are."""
    models = {name: folder / name.replace("/", "-") for name in (*NETWORKS, *RETRAINED)}
    models = {name: model for name, model in models.items() if model.is_dir()}
    for name in (name for name in NETWORKS if name in models):
        legs = {each: model for each, model in models.items() if each.split("/")[0] == name}
        for stations, scale, protocols, experiments in learnt_parts(name, models):
            # What was trained further is for the parts that are about that; the others are of one model.
            mine = legs if experiments in (("strengths",), ("transfer",)) else {name: models[name]}
            parts = parts_of([find_detector(name)], stations, protocols, experiments)
            run((part for part in parts if part.experiment in experiments), scale, only, mine)


def run_untrained(only: Sequence[str]) -> None:
    """Score the detectors that do not learn."""
    infos = [find_detector(name) for name in DETECTORS]
    for scale, protocols, experiments in (
        (FULL, ("honest",), ("success",)),
        (REDUCED, ("paper", "honest"), ("strengths", "recorded")),
        (REDUCED, ("paper",), ("success",)),
        (REDUCED, ("honest",), ("unseen",)),
    ):
        run(parts_of(infos, STATIONS, protocols, experiments), scale, only)


def run_shipped(only: Sequence[str]) -> None:
    """Score the detector that comes trained for stations it never saw, as it is."""
    info = find_detector("ses_net")
    for scale, protocols, experiments in (
        (FULL, ("honest",), ("success",)),
        (REDUCED, ("paper",), ("success",)),
        (REDUCED, ("honest",), ("strengths", "recorded")),
    ):
        parts = parts_of([info], STATIONS, protocols, experiments)
        run(parts, scale, only, {info.name: shipped(info.name)})


def main() -> None:
    """Run what is missing, then draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=Path, metavar="DIR")
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--draw-only", action="store_true")
    parser.add_argument("--only", nargs="+", default=["*"], metavar="PATTERN")
    asked = parser.parse_args()
    if asked.models:
        run_learnt(asked.models, asked.only)
    elif asked.shipped:
        run_shipped(asked.only)
    elif not asked.draw_only:
        run_untrained(asked.only)
    results = read_results(RESULTS)
    page = DOCS / "results/xue2022.md"
    page.write_text(fill_markers(page.read_text(encoding="utf-8"), render_tables(results)), encoding="utf-8")
    draw_pictures(results, DOCS / "pictures")


if __name__ == "__main__":
    main()
