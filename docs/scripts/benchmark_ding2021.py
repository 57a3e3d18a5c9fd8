"""Run the study of Ding et al. (2021), and fill docs/results/ding2021.md.

Run from the root of the repository: python docs/scripts/benchmark_ding2021.py [--scale NAME]
[--part NAME ...] [--device gpu:0] [--seconds S] [--draw-only]. Scales are reduced, events and epochs (run
with --part batches) and full: the full table, with networks of the paper's size and 1437 events, is meant
for a GPU. `KERAS_BACKEND=jax python docs/scripts/benchmark_ding2021.py --scale full --device gpu:0` does all
of it in one call, and goes on where it was interrupted. On a processor set KERAS_BACKEND=tensorflow, which
is quicker than JAX with these networks there. Parts whose files are there are not run again, one that was
cut off goes on from its checkpoint; with --seconds no further part begins after that time.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from sesctl.benchmark.ding2021.pictures import draw_pictures
from sesctl.benchmark.ding2021.run import EXPERIMENTS, PROTOCOLS, parts_of, run_part
from sesctl.benchmark.ding2021.scale import SCALES
from sesctl.benchmark.ding2021.tables import percent, render_tables
from sesctl.benchmark.result_file import read_results
from sesctl.benchmark.tables import fill_markers

DOCS = Path(__file__).parents[1]
RESULTS = DOCS / "results/ding2021"
PAGE = DOCS / "results/ding2021.md"


def shown() -> list[dict[str, Any]]:
    """Return networks and batches of every scale, the largest first; of other parts those of the largest."""
    found: list[dict[str, Any]] = []
    for name in reversed(SCALES):
        there = read_results(RESULTS / name)
        found += [
            each
            for each in there
            if each["part"] == "batches" or each["part"] not in {other["part"] for other in found}
        ]
    return found


def search_table(path: Path) -> str:
    """Return what the trials of docs/scripts/search_vgg.py came to, best first; empty without any."""
    if not path.is_file():
        return ""
    trials = json.loads(path.read_text(encoding="utf-8"))["trials"]
    rows = [
        f"| {', '.join(f'{name} {value:g}' for name, value in each['trial'].items()) or 'its own settings'} "
        f"| {each['weights']} | {percent(each['validation_accuracy'])} | {each['validation_loss']:.3f} "
        f"| {each['best_epoch']} of {each['epochs']} |"
        for each in sorted(trials, key=lambda each: -each["validation_accuracy"])
    ]
    head = "| changed | weights | accuracy, images that chose (%) | their loss | epoch |"
    return "\n".join([head, "| --- | --- | --- | --- | --- |", *rows])


def main() -> None:
    """Run what is asked for, then draw all that is there."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--scale", choices=SCALES, default="reduced")
    asked.add_argument("--part", choices=EXPERIMENTS, nargs="+", default=EXPERIMENTS)
    asked.add_argument("--device")
    asked.add_argument("--seconds", type=float, default=float("inf"))
    asked.add_argument("--draw-only", action="store_true")
    options = asked.parse_args()
    began, scale = time.monotonic(), SCALES[options.scale]
    parts = parts_of(scale, PROTOCOLS, options.part)
    for number, part in enumerate(parts, 1):
        if options.draw_only or time.monotonic() - began > options.seconds:
            break
        ran = run_part(part, scale, RESULTS / scale.name, options.device)
        print(f"{number} of {len(parts)}: {part.name} {'done' if ran else 'was there'}", flush=True)
    results = shown()
    tables = {**render_tables(results), "search": search_table(RESULTS / "search.json")}
    PAGE.write_text(fill_markers(PAGE.read_text(encoding="utf-8"), tables), encoding="utf-8")
    draw_pictures(results, DOCS / "pictures", prefix="ding2021-")


if __name__ == "__main__":
    main()
