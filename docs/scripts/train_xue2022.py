"""Train autoencoders as Xue et al. (2022) did, and on days they never saw; report how often they succeed.

    KERAS_BACKEND=jax python docs/scripts/train_xue2022.py --network lstm_ae --protocol both --seconds 150 \
        --out FOLDER

Everything is made from seeds. Protocol ``paper``: 709 days of station hkb, ten pairs of each of its three
dipoles' days, each with one boxcar that it keeps, shuffled and divided 9 : 1, so that test days were trained
on with other signals. Protocol ``honest``: trained on the same 709 days with new signals in every epoch, the
epoch chosen on 60 later days and tested on those after them, with a new timetable, 7 days left out between
blocks. Both networks are tested on both. Each run writes FOLDER/<network>-<protocol>/, a model folder in
float16, and all figures go into FOLDER/report.json.
"""

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sesctl.clean import DESPIKE, TARGET, clean
from sesctl.plugin import Days, Detector, Dipole, EdgeSearch, Scores, Station, propose_opposite_edges
from sesctl.segment import cut_days
from sesctl.synth import simulate

if TYPE_CHECKING:
    from sesctl.plugin.keras import Backgrounds, Block, Epoch, TrainingParameters

FIRST_DAY = dt.date(1999, 1, 1)
DAY_US = 86_400_000_000
EMBARGO, VALIDATION_DAYS, TEST_DAYS = 7, 60, 292
TEST_SEED = 2000
NETWORKS = ("lstm_ae", "lstm_ae_plain", "gru_ae", "fc_ae", "fct_ae", "lstm_ae_seq")
SHIPPED_BYTES = 15 << 20


@dataclass(frozen=True, eq=False)
class Data:
    """Backgrounds of all days, and the rows of each block."""

    backgrounds: "Backgrounds"
    training: npt.NDArray[np.int64]
    validation: npt.NDArray[np.int64]
    later: npt.NDArray[np.int64]


def make_data(options: argparse.Namespace) -> Data:
    """Simulate the station and return its days as backgrounds."""
    from sesctl.plugin.keras import Backgrounds

    validation = options.days + EMBARGO
    test = validation + options.validation_days + EMBARGO
    days = test + options.test_days
    if options.cache and options.cache.exists():
        with np.load(options.cache) as kept:
            backgrounds = Backgrounds(kept["observed"], kept["cleaned"], kept["day"], 10.0)
    else:
        record = simulate(
            options.station, days, options.data_seed, first_day=FIRST_DAY, workers=options.workers
        ).record.electric()
        backgrounds = Backgrounds.of(cut_days(clean(record, DESPIKE)), cut_days(clean(record, TARGET)))
        if options.cache:
            np.savez(
                options.cache,
                observed=backgrounds.observed,
                cleaned=backgrounds.cleaned,
                day=backgrounds.day,
            )
    rows = np.arange(len(backgrounds))
    block = np.searchsorted(
        [options.days, validation, validation + options.validation_days, test], backgrounds.day, side="right"
    )
    return Data(backgrounds, rows[block == 0], rows[block == 2], rows[block == 4])


def blocks(
    data: Data, protocol: str, parameters: "TrainingParameters", options: argparse.Namespace
) -> tuple["Block", "Block", dict[str, "Block"]]:
    """Return the pairs to train on, to choose the epoch by, and to test on."""
    from sesctl.plugin.keras import Block
    from sesctl.plugin.keras.embedding import generator

    def drawn(rows: npt.NDArray[np.int64], seed: int) -> Block:
        embedding = parameters.embedding
        draws = embedding.draw(len(rows), seed, 0, data.backgrounds.observed.shape[1], 10.0)
        return Block(rows=rows, draws=draws)

    def some(block: "Block", which: npt.NDArray[np.int64]) -> Block:
        return Block(rows=block.rows[which], draws=block.draws[which] if block.draws else None)

    pairs = drawn(np.tile(data.training, parameters.copies), options.seed)
    order = generator(options.seed, 3, 0).permutation(len(pairs.rows))
    tenth = len(order) // 10
    looked = min(options.validation_pairs, tenth)
    tests = {
        "shuffled_tenth": some(pairs, order[:tenth]),
        "later_days": drawn(np.tile(data.later, options.test_copies), TEST_SEED + options.seed),
    }
    if protocol == "paper":
        return some(pairs, order[tenth + looked :]), some(pairs, order[tenth : tenth + looked]), tests
    everything = Block(rows=np.tile(data.training, parameters.copies))
    return everything, drawn(data.validation, 1000 + options.seed), tests


def proposals(
    traces: npt.NDArray[np.float32], rows: npt.NDArray[np.float32], search: EdgeSearch
) -> list[tuple[int, float, float, float]]:
    """Return day, start and end in s of the day, and raw score of every candidate."""
    days = as_days(rows)
    found = propose_opposite_edges(Scores(values=traces[:, None], kind="denoised"), days, search)
    return [(c.day, (c.start % DAY_US) / 1e6, ((c.end - 1) % DAY_US + 1) / 1e6, c.raw_score) for c in found]


def as_days(rows: npt.NDArray[np.float32]) -> Days:
    """Return rows, float32 (day, sample) in mV/km, as days of a station of one dipole."""
    return Days(
        station=Station(name="rows", channels=(Dipole(name="dipole", length_m=1000.0),)),
        values=rows[:, None],
        starts=np.arange(len(rows), dtype=np.int64) * DAY_US,
        interval=10.0,
        context=0,
    )


def look(
    detector: Detector, fields: npt.NDArray[np.float32], pool: ProcessPoolExecutor
) -> list[tuple[int, float, float, float]]:
    """Return the candidates of days of one dipole (see `proposals`), rows numbered throughout."""
    waiting = []
    for first in range(0, len(fields), 256):
        rows = fields[first : first + 256]
        traces = detector.score(as_days(rows)).values[:, 0]
        waiting.append((first, pool.submit(proposals, traces, rows, detector.search)))
    return [(first + c[0], *c[1:]) for first, future in waiting for c in future.result()]


def evaluate(detector: Detector, data: Data, block: "Block", pool: ProcessPoolExecutor) -> dict[str, Any]:
    """Return a detector's scores on days with signals, and its false alarms on the same days without."""
    draws = block.draws
    if draws is None:
        msg = "test days have no signals"
        raise ValueError(msg)
    quiet_rows = np.unique(block.rows)
    sample = np.arange(data.backgrounds.observed.shape[1], dtype=np.float32)
    inside = (sample >= draws.onset[:, None]) & (sample < draws.end[:, None])
    fields = data.backgrounds.observed[block.rows] + draws.amplitude[:, None] * inside
    began = time.monotonic()
    found = look(detector, fields.astype(np.float32), pool)
    took = time.monotonic() - began
    quiet = np.sort([c[3] for c in look(detector, data.backgrounds.observed[quiet_rows], pool)])[::-1]
    best: dict[int, tuple[float, float, float]] = {}
    for day, start, end, score in found:
        if day not in best or score > best[day][2]:
            best[day] = (start, end, score)
    count = len(block.rows)
    table = np.array([best.get(day, (np.nan,) * 3) for day in range(count)])
    start_s, end_s = draws.onset * 10.0, draws.end * 10.0
    error = np.stack([table[:, 0] - start_s, table[:, 1] - end_s], axis=1)
    worst, length = np.abs(error).max(axis=1), end_s - start_s
    success, near = worst < length / 2, (worst >= length / 2) & (worst < length)
    result = {
        "pairs": count,
        "background_days": len(np.unique(data.backgrounds.day[block.rows])),
        "success_top1": float(success.mean()),
        "success_top1_interval": bootstrap(success, data.backgrounds.day[block.rows]),
        "near_success_top1": float(near.mean()),
        "onset_error_s": spread(error[success, 0]),
        "end_error_s": spread(error[success, 1]),
        "seconds": round(took, 1),
    }
    exposure = len(quiet_rows)
    for name, per_day in (("1/d", 1.0), ("1/7d", 1 / 7), ("1/30d", 1 / 30)):
        alarms = int(per_day * exposure)
        if alarms >= len(quiet):
            continue
        result[f"success_at_{name}"] = float((success & (table[:, 2] > quiet[alarms])).mean())
        result[f"threshold_at_{name}"] = float(quiet[alarms])
    return result


def bootstrap(success: npt.NDArray[np.bool_], day: npt.NDArray[np.int64]) -> list[float]:
    """Return the 95 % interval of a mean over days drawn with all their pairs."""
    _, group = np.unique(day, return_inverse=True)
    hits, pairs = np.bincount(group, weights=success), np.bincount(group)
    drawn = np.random.default_rng(0).integers(0, len(hits), (2000, len(hits)))
    means = hits[drawn].sum(axis=1) / pairs[drawn].sum(axis=1)
    return [float(each) for each in np.percentile(means, [2.5, 97.5])]


def spread(errors: npt.NDArray[np.floating]) -> dict[str, float] | None:
    """Return mean, median and median absolute value of errors in s."""
    if not errors.size:
        return None
    return {
        "mean": float(errors.mean()),
        "median": float(np.median(errors)),
        "median_absolute": float(np.median(np.abs(errors))),
    }


def hardware() -> dict[str, Any]:
    """Return what computed."""
    names = [
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    try:
        asked = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        gpu = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        gpu = "none"
    return {"processor": names[0] if names else platform.processor(), "cores": os.cpu_count(), "gpu": gpu}


def versions() -> dict[str, str]:
    """Return the versions of what computed."""
    found = {"python": platform.python_version()}
    for name in ("sesctl", "keras", "jax", "tensorflow", "torch", "numpy", "scipy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def parse() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--network", nargs="+", choices=NETWORKS, default=["lstm_ae"])
    parser.add_argument("--protocol", choices=("paper", "honest", "both"), default="both")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=1e9, help="of training, each run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--target", choices=("cleaned", "ses"), default="cleaned")
    parser.add_argument("--signal-weight", type=float, default=1.0)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--warmup", type=int, default=0)
    parser.add_argument("--clip-norm", type=float, default=0.0)
    parser.add_argument("--patience", type=int, default=0)
    parser.add_argument("--station", default="hkb")
    parser.add_argument("--data-seed", type=int, default=0)
    parser.add_argument("--days", type=int, default=709)
    parser.add_argument("--validation-days", type=int, default=VALIDATION_DAYS)
    parser.add_argument("--test-days", type=int, default=TEST_DAYS)
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--test-copies", type=int, default=2)
    parser.add_argument("--validation-pairs", type=int, default=512, help="of protocol paper")
    parser.add_argument("--config", type=json.loads, default={}, help="numbers of the architecture, JSON")
    parser.add_argument("--cache", type=Path, help="NPZ file that keeps the data for the next call")
    parser.add_argument("--no-cudnn", dest="cudnn", action="store_false")
    parser.add_argument("--no-export", action="store_true", help="write no model folder")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def run(
    network: str, protocol: str, data: Data, options: argparse.Namespace, pool: ProcessPoolExecutor
) -> dict[str, Any]:
    """Train and test one network under one protocol."""
    import keras

    from sesctl.plugin.keras import TrainingParameters

    keras.backend.clear_session()
    plugin = import_module(f"sesctl_plugins.autoencoders.{network}")
    detector = plugin.make(options.config)
    parameters = TrainingParameters(
        fresh=protocol == "honest",
        **{
            name: getattr(options, name)
            for name in (
                "epochs", "seconds", "copies", "batch", "learning_rate", "warmup", "clip_norm",
                "signal_weight", "target", "precision", "cudnn", "patience", "seed",
            )
        },
    )  # fmt: skip
    training, validation, tests = blocks(data, protocol, parameters, options)

    def tell(epoch: "Epoch") -> None:
        if epoch.epoch <= 3 or epoch.epoch % 5 == 0:
            print(
                f"{network} {protocol} {epoch.epoch:3d}: loss {epoch.loss:.4f}, validation "
                f"{epoch.validation_loss:.4f}, success {epoch.validation_success:.3f}, onset "
                f"{epoch.onset_bias_s:+.0f} s, step {1e3 * epoch.step_s:.1f} ms, {epoch.wall_s:.0f} s",
                flush=True,
            )

    began = time.monotonic()
    result = detector.train(data.backgrounds, training, validation, parameters, after_epoch=tell)
    trained = time.monotonic() - began
    scores = {name: evaluate(detector, data, block, pool) for name, block in tests.items()}
    steps = sorted(epoch.step_s for epoch in result.history)
    report = {
        "network": network,
        "protocol": protocol,
        "weights": detector.network.count_params(),
        "train_s": round(trained, 1),
        "step_ms": round(1e3 * steps[len(steps) // 2], 3),
        "epochs": len(result.history),
        "best_epoch": result.best,
        "tests": scores,
        "history": [vars(epoch) for epoch in result.history],
    }
    detector.about["data"] = {
        "station": options.station, "seed": options.data_seed, "first_day": FIRST_DAY.isoformat(),
        "days": options.days, "protocol": protocol,
    }  # fmt: skip
    if not options.no_export:
        folder = options.out / f"{network}-{protocol}"
        detector.save(folder, dtype="float16", file_bytes=SHIPPED_BYTES)
    print(json.dumps({key: report[key] for key in report if key != "history"}, indent=1), flush=True)
    return report


def main() -> None:
    """Make the data, train, test, write."""
    options = parse()
    began = time.monotonic()
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        data = make_data(options)
        made = time.monotonic() - began
        print(f"{len(data.backgrounds)} background rows in {made:.0f} s", flush=True)
        protocols = ("paper", "honest") if options.protocol == "both" else (options.protocol,)
        report: dict[str, Any] = {
            "options": {key: str(value) for key, value in vars(options).items()},
            "hardware": hardware(),
            "versions": versions(),
            "data_s": round(made, 1),
            "runs": [],
        }
        options.out.mkdir(parents=True, exist_ok=True)
        path = options.out / "report.json"
        report["boxcar"] = compare_boxcar(data, options, pool)
        for network in options.network:
            for protocol in protocols:
                report["runs"].append(run(network, protocol, data, options, pool))
                report["wall_s"] = round(time.monotonic() - began, 1)
                path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def compare_boxcar(data: Data, options: argparse.Namespace, pool: ProcessPoolExecutor) -> dict[str, Any]:
    """Return the scores of `boxcar` on the same tests."""
    from sesctl.plugin.keras import TrainingParameters

    parameters = TrainingParameters(copies=options.copies, seed=options.seed)
    detector = import_module("sesctl_plugins.boxcar").sesctl_detectors().make()
    tests = blocks(data, "paper", parameters, options)[2]
    return {name: evaluate(detector, data, block, pool) for name, block in tests.items()}


if __name__ == "__main__":
    main()
