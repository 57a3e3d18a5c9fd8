"""Make the model that comes with `ses_net` out of trained ones: half precision, a card, a calibration.

Run from the root of the repository, after docs/scripts/train_ses_net.py:
    python docs/scripts/ship_ses_net.py FOLDER... [--after] [--calibration-days 24] [--card-only]
FOLDERs are those of the training and of its continuations, in order; the last is shipped. With --after they
continue what docs/results/ses_net/training.json tells, whose folders are needed no more. Writes
plugins/sesctl_plugins/models/ses_net, and in docs/results/ses_net calibration.json and training.json.
Thresholds come from quiet days of random stations, seeds 1100 to 1139, on which nothing was learnt. Run it
with --card-only after docs/scripts/study_ses_net.py, whose scores the card quotes.
"""

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import sesctl
from sesctl import registry
from sesctl.benchmark.backgrounds import Ground, lay
from sesctl.benchmark.splits import FIRST_DAY
from sesctl.calibrate import save_calibration, threshold_for
from sesctl.models import open_model
from sesctl.models.description import read_description, write_description
from sesctl.pipeline import RecordSource, Scan, calibration_of, scan_sources
from sesctl.pipeline.loading import load_model, make_learner
from sesctl.report import Curves, write_curves

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "plugins" / "sesctl_plugins" / "models" / "ses_net"
RESULTS = ROOT / "docs" / "results" / "ses_net"
SEEDS = range(1100, 1140)
BUDGETS = {"1/d": 1.0, "1/7d": 1 / 7, "1/30d": 1 / 30}


def processor() -> str:
    """Return the processor's name."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def environment() -> dict[str, Any]:
    """Return what a result depends on besides its seeds."""
    return {
        "versions": {
            "sesctl": sesctl.__version__,
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "scipy", "keras")},
        },
        "hardware": {"processor": processor(), "cores": os.cpu_count()},
    }


def joined(about: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the epochs of all trainings on one axis."""
    history: list[dict[str, Any]] = []
    for each in about:
        before = history[-1]["wall_s"] if history else 0.0
        history += [
            {**epoch, "epoch": len(history) + k + 1, "wall_s": before + epoch["wall_s"]}
            for k, epoch in enumerate(each["history"])
        ]
    return history


def scores() -> Iterator[dict[str, Any]]:
    """Return the lines of the card that say how well it does, from the stored study."""
    path = RESULTS / "stations-ses_net-3.json"
    if not path.exists():
        return
    study = json.loads(path.read_text(encoding="utf-8"))
    stations = study["stations"]["seeds"][1] - study["stations"]["seeds"][0] + 1
    for kind, found in study["results"].items():
        name = "10–15 mV/km, 25–30 min" if kind == "strong" else kind
        for budget in ("own", "1/30d"):
            point = found["thresholds"][budget]
            quiet = point["quiet_days_alone"]
            yield {
                "name": f"{name}, success above the threshold {budget}",
                "value": f"{100 * point['success']:.1f} %",
                "interval": [round(100 * each, 1) for each in point["intervals_95"]["success"]],
                "of": f"{stations} random stations never seen, three dipoles; {quiet['false_alarms']} false "
                f"alarms in {quiet['live_days']:.0f} quiet station-days",
            }


def card(about: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the model is, from what was trained and measured."""
    legs = [
        f"{len(each['history'])} epochs of {each['training']['steps']} steps of {each['training']['batch']} "
        f"windows of 32 h, rate {each['training']['learning_rate']:g}"
        for each in about
    ]
    minutes = sum(each["history"][-1]["wall_s"] for each in about) / 60
    start = about[0].get("data", {}).get("start") or "nothing"
    return {
        "what": registry.find("ses_net").summary,
        "data": [
            "learnt from "
            + "; then from ".join(
                f"{each['data']['days']} days of each of the simulated stations {each['data']['stations']}"
                for each in about
            ),
            "signals: of every shape, 3–40 mV/km and 5–120 min, none to six in 32 h, new ones in every step",
            "looked at after each epoch: stations of seeds 1000 to 1039; the raw score was chosen on them",
        ],
        "protocol": f"begun from {start}; {'; then '.join(legs)}; {minutes:.0f} min on two shared cores",
        "scores": list(scores()),
        "limits": [
            "learnt from simulated stations alone",
            "at a quiet station a boxcar that one dipole alone shows, as of a pump, scores like an SES",
            "with the days before and after missing, what a factory switches every day looks like an SES",
            "signals far below the noise of a station are missed; calibrate it on quiet days of yours",
        ],
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "hardware": f"{processor()}, {os.cpu_count()} cores",
    }


def trainings(folders: list[Path], after: bool) -> list[dict[str, Any]]:
    """Return what is told of each training, those continued included."""
    about = [read_description(folder) for folder in folders]
    if not after:
        return about
    stored = json.loads((RESULTS / "training.json").read_text(encoding="utf-8"))["trainings"]
    own = [each["history"] for each in about]
    return [each for each in stored if each["history"] not in own] + about


def ship(folder: Path, about: list[dict[str, Any]]) -> None:
    """Write the folder: weights in half precision, a card, curves of all trainings on one axis."""
    info = registry.find("ses_net")
    learner = make_learner(info)
    load_model(info, learner, open_model(folder))
    shutil.rmtree(SHIPPED, ignore_errors=True)
    SHIPPED.mkdir(parents=True)
    learner.export(SHIPPED, dtype="float16")
    history = joined(about)
    told = {"card": card(about), "data": about[-1].get("data"), "history": history}
    write_description(SHIPPED, {**read_description(SHIPPED), **told, "best_epoch": len(history)})
    write_curves(Curves(detector="ses_net", epochs=history, best=len(history)), SHIPPED)
    shutil.copyfile(folder / "origins.json", SHIPPED / "origins.json")
    write_history(about)


def write_history(about: list[dict[str, Any]]) -> None:
    """Write what each training was set to, on what data, and every epoch's figures."""
    report = {
        "trainings": [
            {key: each.get(key) for key in ("data", "training", "versions", "history")} for each in about
        ],
        "hardware": {"processor": processor(), "cores": os.cpu_count()},
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "training.json").write_text(json.dumps(report, ensure_ascii=False) + "\n", encoding="utf-8")


def calibrate(days: int) -> None:
    """Scan quiet days of stations with the shipped model and put the calibration beside it."""
    began = time.monotonic()
    info = registry.find("ses_net")
    learner, model = make_learner(info), open_model(SHIPPED)
    load_model(info, learner, model)
    scanned = []
    for seed in SEEDS:
        ground = lay(Ground(station="random", seed=seed, first_day=FIRST_DAY, days=days))
        scanned += scan_sources([RecordSource(ground.record)], info, learner, Scan())
    made = calibration_of(scanned, info, model.hash)
    save_calibration(made, SHIPPED / "calibration.json")
    alarms = [sum(c.raw_score > learner.threshold for c in each.candidates) for each in scanned]
    report = {
        "detector": "ses_net",
        "model": model.hash,
        "stations": {"random": [SEEDS[0], SEEDS[-1]], "days": days + 2},
        "live_days": made.live_days,
        "thresholds": {text: vars(threshold_for(made, budget)) for text, budget in BUDGETS.items()},
        "own_threshold": learner.threshold,
        "alarms_per_day_at_own_threshold": sum(alarms) / made.live_days,
        **environment(),
        "wall_s": round(time.monotonic() - began, 1),
    }
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    (RESULTS / "calibration.json").write_text(text, encoding="utf-8")


def main() -> None:
    """Ship, calibrate."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--after", action="store_true")
    parser.add_argument("--calibration-days", type=int, default=24)
    parser.add_argument("--card-only", action="store_true")
    asked = parser.parse_args()
    about = trainings(asked.folders, asked.after)
    if asked.card_only:
        told = {"card": card(about), "data": about[-1].get("data")}
        write_description(SHIPPED, {**read_description(SHIPPED), **told})
        write_history(about)
    else:
        ship(asked.folders[-1], about)
        calibrate(asked.calibration_days)


if __name__ == "__main__":
    main()
