"""Train `ses_net` on simulated stations drawn at random.

Run from the root of the repository:
    python docs/scripts/train_ses_net.py --to models/ses_net [--epochs 60] [--start FOLDER]
Learnt from are the stations of seeds 0 to 479, eight days of each at a random time of a year, despiked as
`sesctl detect` does; looked at after each epoch are those of seeds 1000 to 1039. Records are kept in --cache,
so that they are made once. Stopped in between, the same command goes on from the last checkpoint.
"""

import argparse
import datetime as dt
import json
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import sesctl
from sesctl import registry
from sesctl.clean import DESPIKE, clean
from sesctl.models import describe, open_model, write_origins
from sesctl.pipeline.loading import load_model, make_learner
from sesctl.plugin import Progress
from sesctl.report import Curves, write_curves
from sesctl.synth import preset, simulate_days
from sesctl.types import Dipole, Origin
from sesctl.waveforms.projection import dipole_azimuths, project_field
from sesctl_plugins.ses_net.lessons import StationRecord
from sesctl_plugins.ses_net.parameters import SegmentParameters

VALIDATION = range(1000, 1040)
DAYS = 8
YEAR = dt.date(1999, 1, 1)
AXES = 64


def first_day(seed: int) -> dt.date:
    """Return the first day of a station's record: any of a year, from its seed."""
    return YEAR + dt.timedelta(days=int(np.random.default_rng([seed, 77]).integers(0, 360)))


def record(seed: int, days: int) -> tuple[np.ndarray, np.ndarray, list[Origin]]:
    """Return the despiked dipoles of a station, what distant fields show on them, and the days' origins."""
    parameters = preset("random", seed)
    made = clean(simulate_days(parameters, seed, first_day(seed), days), DESPIKE)
    dipoles = [channel for channel in made.station.channels if isinstance(channel, Dipole)]
    axes = np.linspace(0, np.pi, AXES, endpoint=False)
    field = np.stack([np.cos(axes), np.sin(axes)])
    shown = project_field(field, dipole_azimuths(dipoles), parameters.soil.distortion).T
    largest = np.abs(shown).max(axis=1, keepdims=True)
    return made.values[: len(dipoles)], (shown / largest)[largest[:, 0] > 1e-3], list(made.origins)


def records(seeds: range, days: int, cache: Path) -> tuple[list[Any], set[Origin]]:
    """Return the records of stations, from the cache where they are."""
    found, origins = [], set()
    cache.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        path = cache / f"random-{seed}-{days}.npz"
        if not path.exists():
            values, directions, made = record(seed, days)
            told = json.dumps([[each.station, each.day, each.source] for each in made])
            np.savez(path.with_suffix(".part.npz"), values=values, directions=directions, origins=told)
            path.with_suffix(".part.npz").rename(path)
        with np.load(path) as kept:
            found.append(StationRecord(kept["values"], kept["directions"]))
            origins |= {Origin(*each) for each in json.loads(str(kept["origins"]))}
    return found, origins


def options() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("models/random-stations"))
    parser.add_argument("--start", type=Path, help="model folder to go on from")
    parser.add_argument("--stations", type=int, default=480)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--warmup", type=int, default=200)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """Simulate, train, write the model folder."""
    asked = options()
    info = registry.find("ses_net")
    learner: Any = make_learner(info)
    if asked.start:
        load_model(info, learner, open_model(asked.start))
    learnt, origins = records(range(asked.stations), asked.days, asked.cache)
    looked, _ = records(VALIDATION, asked.days, asked.cache)
    parameters = SegmentParameters(
        epochs=asked.epochs,
        learning_rate=asked.rate,
        warmup=asked.warmup,
        batch=asked.batch,
        seed=asked.seed,
    )
    epochs: list[dict[str, Any]] = []
    began = time.monotonic()

    def tell(figures: dict[str, float]) -> None:
        epochs.append({"epoch": len(epochs) + 1, **figures})
        print(json.dumps(epochs[-1]), flush=True)

    asked.to.mkdir(parents=True, exist_ok=True)
    learner.learn(
        learnt,
        looked,
        parameters,
        Progress(epoch=tell),
        checkpoint=asked.to.with_name(asked.to.name + ".checkpoint.npz"),
    )
    learner.about["data"] = {
        "stations": f"random, seeds 0 to {asked.stations - 1}",
        "looked at": f"random, seeds {VALIDATION[0]} to {VALIDATION[-1]}",
        "days": asked.days,
        "start": open_model(asked.start).hash if asked.start else None,
        "wall_s": round(time.monotonic() - began, 1),
        "hardware": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
        "versions": {name: version(name) for name in ("numpy", "keras")} | {"sesctl": sesctl.__version__},
    }
    learner.save(asked.to)
    describe(asked.to, info.name, {"history": learner.about["history"], "best_epoch": asked.epochs})
    write_origins(frozenset(origins), asked.to)
    write_curves(Curves(detector=info.name, epochs=learner.about["history"], best=asked.epochs), asked.to)


if __name__ == "__main__":
    main()
