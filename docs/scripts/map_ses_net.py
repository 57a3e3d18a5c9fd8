"""Map what `ses_net` finds by amplitude, duration and hour, on random stations it never saw.

Run from the root of the repository:
    python docs/scripts/map_ses_net.py [--days 6] [--draw]
Writes docs/results/ses_net/map.json and docs/pictures/ses_net_map.png (--draw: the picture alone). The
stations are those of docs/scripts/study_ses_net.py; every day holds one signal of each pair in turn;
what counts is success above the detector's own threshold.
"""

import argparse
import json
import os
import time
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import matplotlib as mpl
import numpy as np

import sesctl
from sesctl import registry
from sesctl.benchmark.backgrounds import Ground, lay
from sesctl.benchmark.passes import Pass, Subject, outcomes, run_pass, trial
from sesctl.benchmark.signals import Strength, whole_station
from sesctl.benchmark.splits import FIRST_DAY
from sesctl.evaluate import summarise
from sesctl.pipeline.loading import load_detector

mpl.use("Agg")
from matplotlib import pyplot as plt  # after the backend is chosen

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "docs" / "results" / "ses_net" / "map.json"
PICTURE = ROOT / "docs" / "pictures" / "ses_net_map.png"
AMPLITUDES = ((3.0, 5.0), (5.0, 8.0), (8.0, 12.0), (12.0, 20.0), (20.0, 40.0))
MINUTES = ((5.0, 10.0), (10.0, 20.0), (20.0, 40.0), (40.0, 80.0), (80.0, 120.0))
SEEDS = range(2000, 2036)


def measure(days: int) -> None:
    """Pass the detector over all stations with all pairs of ranges."""
    began = time.monotonic()
    info = registry.find("ses_net")
    detector, model = load_detector(info)
    subject = Subject(info=info, detector=detector, model=model.hash if model else "")
    pairs = [(amplitude, minutes) for amplitude in AMPLITUDES for minutes in MINUTES]
    passes: dict[tuple[tuple[float, float], tuple[float, float]], list[Pass]] = {pair: [] for pair in pairs}
    (unit,) = whole_station()
    for seed in SEEDS:
        background = lay(Ground(station="random", seed=seed, first_day=FIRST_DAY, days=days))
        for amplitude, minutes in pairs:
            strength = Strength(name=f"{amplitude} {minutes}", amplitude=amplitude, minutes=minutes)
            passes[amplitude, minutes].append(run_pass(subject, trial(background, unit, strength, seed)))
        print(seed, flush=True)
    cells = []
    for (amplitude, minutes), found in passes.items():
        tally = summarise(outcomes(subject, found, detector.threshold), replicates=0).overall
        cells.append(
            {"mv_km": amplitude, "minutes": minutes, "n": tally.n_truth, "success": round(tally.success, 4)}
        )
    strong = [one for (amplitude, _), found in passes.items() if amplitude[0] >= 8 for one in found]
    hours = summarise(outcomes(subject, strong, detector.threshold), replicates=0).groups["hour"]
    report = {
        "detector": "ses_net",
        "model": subject.model,
        "threshold": detector.threshold,
        "stations": [SEEDS[0], SEEDS[-1]],
        "days": days,
        "cells": cells,
        "hours": {
            hour: {"n": tally.n_truth, "success": round(tally.success, 4)}
            for hour, tally in hours.items()
            if tally.n_truth
        },
        "versions": {"sesctl": sesctl.__version__, "python": python_version()}
        | {name: version(name) for name in ("numpy", "keras")},
        "hardware": {"cores": os.cpu_count()},
        "wall_s": round(time.monotonic() - began, 1),
    }
    RESULT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def draw() -> None:
    """Draw the map and the course of a day."""
    found = json.loads(RESULT.read_text(encoding="utf-8"))
    shares = np.array([cell["success"] for cell in found["cells"]]).reshape(len(AMPLITUDES), len(MINUTES))
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    left.imshow(shares, origin="lower", cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), share in np.ndenumerate(shares):
        colour = "white" if share > 0.55 else "black"
        left.text(column, row, f"{100 * share:.0f}", ha="center", va="center", color=colour)
    left.set_xticks(range(len(MINUTES)), [f"{low:g}–{high:g}" for low, high in MINUTES])
    left.set_yticks(range(len(AMPLITUDES)), [f"{low:g}–{high:g}" for low, high in AMPLITUDES])
    left.set(xlabel="duration (min)", ylabel="amplitude (mV/km)", title="success above the own threshold (%)")
    hours = found["hours"]
    right.bar([int(hour) for hour in hours], [100 * each["success"] for each in hours.values()], color="C0")
    right.set(xlabel="local hour of the onset", ylabel="success (%)", ylim=(0, 100), xlim=(-0.6, 23.6))
    right.set_title("by hour, 8–40 mV/km")
    figure.savefig(PICTURE, dpi=110)


def main() -> None:
    """Measure, draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=6)
    parser.add_argument("--draw", action="store_true")
    asked = parser.parse_args()
    if not asked.draw:
        measure(asked.days)
    draw()


if __name__ == "__main__":
    main()
