"""Train `ses_net` from nothing on fewer stations and without augmentation, equally long, and score each.

Run from the root of the repository:
    python docs/scripts/ablate_ses_net.py --to models/ablations [--cache models/random-stations]
Writes docs/results/ses_net/ablations.json. Trainings are short: they tell what makes a difference, not what
the shipped network can do. Scored are ten days each of the stations of docs/scripts/study_ses_net.py, whose
thresholds come from twelve days each of its forty others, and the real magnetic field of
docs/scripts/study_real_field.py. A variant whose folder is there is not trained again, and one that was
stopped goes on from its checkpoint.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from study_real_field import SITES, site_scores
from study_ses_net import CALIBRATED, KINDS, RESULTS, TESTED, passes_of, scores
from train_ses_net import DAYS, VALIDATION, records

from sesctl import registry
from sesctl.benchmark.passes import Subject
from sesctl.benchmark.result_file import hardware, versions
from sesctl.models import describe
from sesctl.models.description import read_description
from sesctl.pipeline.loading import load_detector, make_learner
from sesctl.plugin import Progress
from sesctl_plugins.ses_net.parameters import SegmentParameters

VARIANTS: dict[str, tuple[int, dict[str, Any]]] = {
    "500 stations": (500, {}),
    "100 stations": (100, {}),
    "10 stations": (10, {}),
    "500 stations, no background drawn": (500, {"drawn": 0.0}),
    "500 stations, no augmentation": (500, {"drawn": 0.0, "varied": False}),
}
"""Number of stations, and what is set otherwise."""
POINTS = ("1/d", "1/7d")


def train(folder: Path, stations: int, parameters: SegmentParameters, cache: Path) -> None:
    """Train a variant and write its model folder."""
    learner: Any = make_learner(registry.find("ses_net"))
    learnt, _ = records(range(stations), DAYS, cache)
    looked, _ = records(VALIDATION, DAYS, cache)
    folder.parent.mkdir(parents=True, exist_ok=True)
    learner.learn(
        learnt,
        looked,
        parameters,
        Progress(epoch=lambda figures: print(json.dumps(figures), flush=True)),
        checkpoint=folder.with_name(folder.name + ".checkpoint.npz"),
    )
    folder.mkdir()
    learner.save(folder)
    describe(folder, "ses_net", {"history": learner.about["history"], "best_epoch": parameters.epochs})


def scored(folder: Path, replicates: int) -> dict[str, Any]:
    """Return what a variant finds on stations it never saw, and on the real field."""
    info = registry.find("ses_net")
    detector, model = load_detector(info, model=folder)
    subject = Subject(info=info, detector=detector, model=model.hash if model else "")
    calibrated, _ = passes_of(subject, CALIBRATED, 12, 3, ())
    quiet, noisy = passes_of(subject, range(TESTED, TESTED + 36), 10, 3, KINDS[:2])
    found = scores(subject, quiet, noisy, calibrated, replicates)
    for each in found.values():
        del each["curve"]
    points = found[KINDS[0].name]["thresholds"]
    thresholds = {name: points[name]["threshold"] for name in POINTS if name in points}
    sites = [site_scores(subject, thresholds, at) for at in SITES]
    return {"model": subject.model, "results": found, "real_field": sites}


def main() -> None:
    """Train and score every variant, and write what came of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("models/random-stations"))
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--replicates", type=int, default=1000)
    asked = parser.parse_args()
    began = time.monotonic()
    variants = {}
    for name, (stations, changed) in VARIANTS.items():
        folder = asked.to / name.replace(",", "").replace(" ", "-")
        if not folder.exists():
            parameters = SegmentParameters(epochs=asked.epochs, steps=asked.steps, warmup=100, **changed)
            train(folder, stations, parameters, asked.cache)
        told = read_description(folder)
        variants[name] = {
            "stations": stations,
            "training": told["training"],
            "history": told["history"],
            **scored(folder, asked.replicates),
        }
        print(name, json.dumps(variants[name]["results"][KINDS[0].name]["top1"]), flush=True)
    report = {
        "variants": variants,
        "tested": {"seeds": [TESTED, TESTED + 35], "days": 10},
        "calibrated_on": {"seeds": [CALIBRATED[0], CALIBRATED[-1]], "days": 12},
        "versions": versions(),
        "hardware": hardware(),
        "wall_s": round(time.monotonic() - began, 1),
    }
    text = json.dumps(report, indent=1, ensure_ascii=False) + "\n"
    (RESULTS / "ablations.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
