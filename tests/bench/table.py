"""Time the kernels beside their peers, all interleaved in one process, and print the table of ratios.

python tests/bench/table.py [--json] [--threads N] [--dtype float32|float64] [--repeats N] [--days N]
                            [--only NAME,...] [--cpu]
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description="The kernels beside their peers; the best of all repeats.")
    parser.add_argument("--json", action="store_true", help="one object, workload to figures")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--dtype", choices=["float32", "float64"], default="float32")
    parser.add_argument("--repeats", type=int, default=30, help="rounds, each of which runs everything once")
    parser.add_argument("--days", type=int, default=200, help="days of 8640 samples")
    parser.add_argument("--only", default="", help="names of workloads, with commas between")
    parser.add_argument(
        "--cpu", action="store_true", help="the process's time, not the wall's: one thread on a busy machine"
    )
    options = parser.parse_args()
    if options.cpu and options.threads != 1:
        parser.error(f"--cpu adds the times of --threads {options.threads} up")
    # Before any of the libraries is imported: they read it once.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"):
        os.environ[variable] = str(options.threads)
    figures = measure(options)
    if options.json:
        json.dump({name: row["figures"] for name, row in figures.items()}, sys.stdout, indent=1)
        print()
        return
    print("| workload | ours, ms | fastest peer, ms | ratio | copy, ms |\n|---|---|---|---|---|")
    for name, row in figures.items():
        figure = row["figures"]
        peers = sorted(figure["peers"].items(), key=lambda peer: peer[1])
        fastest = f"{peers[0][0]} {peers[0][1]:.2f}" if peers else "none installed"
        ratio = f"{figure['ratio']:.1f}" if peers else ""
        times = f"{figure['ours_ms']:.2f} | {fastest} | {ratio} | {figure['copy_ms']:.2f}"
        print(f"| `{name}`: {row['what']} | {times} |")


def measure(options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Return what each workload is, and its figures."""
    import numpy as np

    sys.path.insert(0, str(Path(__file__).parent))
    from workloads import all_workloads

    from sesctl.kernels import active_isa

    only = set(filter(None, options.only.split(",")))
    rows = {}
    for workload in all_workloads(np.dtype(options.dtype), options.threads, options.days):
        if only and workload.name not in only:
            continue
        peers = {name: prepare() for name, prepare in workload.peers.items()}
        calls = {"ours": workload.ours, "copy": workload.array.copy, **peers}
        best = interleaved(calls, options.repeats, process_time if options.cpu else perf_counter)
        ours, copy = best.pop("ours"), best.pop("copy")
        rows[workload.name] = {
            "what": workload.what,
            "figures": {
                "ours_ms": ours,
                "peers": best,
                "copy_ms": copy,
                "ratio": min(best.values()) / ours if best else None,
                "isa": active_isa(),
            },
        }
    return rows


def interleaved(
    calls: dict[str, Callable[[], Any]], repeats: int, clock: Callable[[], float]
) -> dict[str, float]:
    """Return the least time of each call in ms, over rounds in which each runs once after the other."""
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(repeats + 1):
        for name, call in calls.items():
            start = clock()
            call()
            best[name] = min(best[name], clock() - start)
    return {name: 1e3 * seconds for name, seconds in best.items()}


if __name__ == "__main__":
    main()
