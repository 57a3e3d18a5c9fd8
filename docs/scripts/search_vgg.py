"""Search over layers, units, L1, L2 and learning rate of `vgg`, one at a time around its own settings.

Run from the root of the repository: python docs/scripts/search_vgg.py [--epochs N] [--events N] [--seconds
S]. Each trial is trained on one synthetic set under protocol `honest` and judged on its validation images
alone; what each came to is kept in docs/results/ding2021/search.json, and a trial that is there is not run
again.
"""

import argparse
import json
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from sesctl.pairing import honest_split, usable_days
from sesctl.plugin.keras import ImageLessons
from sesctl.spectrogram import labelled_images
from sesctl.synth import aeta_set
from sesctl.types import SpectrogramParameters
from sesctl_plugins import vgg

RESULT = Path(__file__).parents[1] / "results/ding2021/search.json"
SEED = 12
BASE: dict[str, Any] = {"kernels": 8}
TRIALS: tuple[dict[str, Any], ...] = (
    {},
    {"learning_rate": 1e-3},
    {"learning_rate": 1e-2},
    {"dropout_percent": 50},
    {"kernels": 4},
    {"kernels": 16},
    {"blocks": 2},
    {"l2": 1e-3},
    {"l2": 1e-5},
    {"l1": 0.0},
    {"l1": 1e-5},
    {"shift": 0.0},
)
SHAPE_NUMBERS = ("kernels", "dropout_percent", "blocks")


def lessons(events: int) -> ImageLessons:
    """Return images of the search's own set."""
    days, _, _ = usable_days(aeta_set(events, stations=events // 2, seed=SEED))
    images = labelled_images(days, SpectrogramParameters())
    split = honest_split(images.labels, seed=SEED, validation=0.3, test=0.1)
    return ImageLessons(
        decibels=images.decibels,
        positive=images.labels.before,
        training=split.training,
        validation=split.validation,
        group=images.labels.event,
        parameters=images.parameters,
    )


def run(trial: dict[str, Any], data: ImageLessons, epochs: int) -> dict[str, Any]:
    """Train a trial and return what it came to."""
    asked = {**BASE, **trial}
    detector = vgg.make({name: asked.pop(name) for name in SHAPE_NUMBERS if name in asked})
    parameters = replace(detector.recipe, epochs=epochs, seed=SEED, **asked)
    began = time.perf_counter()
    result = detector.train(data, parameters)
    kept = result.history[result.best - 1]
    return {
        "trial": trial,
        "validation_accuracy": round(kept["validation_accuracy"], 4),
        "validation_loss": round(kept["validation_loss"], 4),
        "training_accuracy": round(kept["accuracy"], 4),
        "best_epoch": result.best,
        "epochs": epochs,
        "weights": detector.network.count_params(),
        "training": {**asdict(parameters), "seconds": None},
        "wall_s": round(time.perf_counter() - began, 1),
    }


def main() -> None:
    """Run what is not there yet."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--epochs", type=int, default=8)
    asked.add_argument("--events", type=int, default=84)
    asked.add_argument("--seconds", type=float, default=float("inf"))
    options = asked.parse_args()
    began = time.monotonic()
    there = json.loads(RESULT.read_text(encoding="utf-8"))["trials"] if RESULT.is_file() else []
    data = lessons(options.events)
    for trial in TRIALS:
        if any(each["trial"] == trial and each["epochs"] == options.epochs for each in there):
            continue
        if time.monotonic() - began > options.seconds:
            break
        there.append(run(trial, data, options.epochs))
        print(there[-1]["trial"], there[-1]["validation_accuracy"], flush=True)
        content = {
            "seed": SEED,
            "events": options.events,
            "base": BASE,
            "images": [len(data.training), len(data.validation)],
            "trials": there,
        }
        RESULT.parent.mkdir(parents=True, exist_ok=True)
        RESULT.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
