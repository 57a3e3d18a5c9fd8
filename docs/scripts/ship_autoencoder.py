"""Make the model that comes with an autoencoder out of a trained one: half precision, a card, a calibration.

Run from the root of the repository, after docs/scripts/train_autoencoders.py and benchmark_xue2022.py:
    python docs/scripts/ship_autoencoder.py NETWORK FOLDER... [--beside FOLDER...] [--days 180]
    python docs/scripts/ship_autoencoder.py NETWORK --calibration-only   or   --card-only
NETWORK is `lstm_ae`, `lstm_ae_seq` or `fc_ae`. FOLDERs are those of the training and of its continuations,
in order; the last is shipped. Writes plugins/sesctl_plugins/models/NETWORK, and in docs/results/NETWORK
calibration.json and training.json, the latter with what was trained beside it too, and alone with
--history-only. The last two leave the weights: they are for when what is found is scored another way.
Thresholds come from quiet days of the three simulated stations: those hold no SES, so that everything found
is a false alarm.
"""

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import sesctl
from sesctl import registry
from sesctl.calibrate import save_calibration, threshold_for
from sesctl.models import open_model
from sesctl.models.description import read_description, write_description
from sesctl.pipeline import RecordSource, Scan, calibration_of, scan_sources
from sesctl.pipeline.loading import load_model, make_learner
from sesctl.report import Curves, write_curves
from sesctl.synth import simulate

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "plugins" / "sesctl_plugins" / "models"
STUDY = ROOT / "docs" / "results" / "xue2022"
RESULTS = ROOT / "docs" / "results"
PUBLISHED_PAIRS = 100 * 21_270 * 9 // 10
STATIONS = ("hkb", "mts", "ota")
SEED = 1000  # validation seeds are 1000 to 1999
FIRST_DAY = dt.date(2000, 1, 11)
BUDGETS = {"1/d": 1.0, "1/7d": 1 / 7, "1/30d": 1 / 30}


def processor() -> str:
    """Return the processor's name."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def score(name: str, scores: dict[str, Any], of: str) -> dict[str, Any]:
    """Return a line of the card."""
    interval = [round(100 * each, 1) for each in scores["intervals_95"]["success_top1"]]
    return {"name": name, "value": f"{100 * scores['success_top1']:.1f} %", "interval": interval, "of": of}


def results(part: str) -> dict[str, Any]:
    """Return what a part of the study came to."""
    found: dict[str, Any] = json.loads((STUDY / f"{part}.json").read_text(encoding="utf-8"))["results"]
    return found


def card_scores(network: str) -> list[dict[str, Any]]:
    """Return the card's lines of what the study measured."""
    strong, weak = (results(f"success-honest-hkb-{network}")[kind] for kind in ("strong", "weak"))
    name = "success of the day's best interval, 10–15 mV/km, 25–30 min"
    scores = [
        score(name, strong["dipole"]["top1"], "one dipole of hkb in 2001, not learnt from"),
        score(name, strong["station"]["top1"], "three dipoles of hkb merged, in 2001"),
        score("6–8 mV/km, 10–15 min", weak["dipole"]["top1"], "one dipole of hkb in 2001"),
    ]
    elsewhere = {
        f"success-honest-mts-{network}": "one dipole of mts, of which nothing was learnt",
        f"success-honest-ota-{network}": "one dipole of ota, of which nothing was learnt",
        f"unseen-honest-random-{network}": "one dipole of sixteen stations drawn at random",
    }
    there = {part: of for part, of in elsewhere.items() if (STUDY / f"{part}.json").exists()}
    return scores + [score(name, results(part)["strong"]["dipole"]["top1"], of) for part, of in there.items()]


def tell_again(network: str) -> None:
    """Put the study's scores of now into the shipped model's card."""
    content = read_description(MODELS / network)
    write_description(
        MODELS / network, {**content, "card": {**content["card"], "scores": card_scores(network)}}
    )


def leg(about: dict[str, Any]) -> str:
    """Return what one training was."""
    training = about["training"]
    (weakest, strongest), (shortest, longest) = (
        training["embedding"][key] for key in ("amplitude", "duration_s")
    )
    return (
        f"{len(about['history'])} epochs at rate {training['learning_rate']:g} with the signal weighted "
        f"{training['signal_weight']:g} times, of {weakest:g}–{strongest:g} mV/km and "
        f"{shortest / 60:g}–{longest / 60:g} min"
    )


def card(network: str, about: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the model is, from what was trained and measured."""
    minutes = sum(each["history"][-1]["wall_s"] for each in about) / 60
    pairs = sum(len(each["history"]) * 3 * 709 * each["training"]["copies"] for each in about)
    share = round(100 * pairs / PUBLISHED_PAIRS)
    return {
        "what": registry.find(network).summary,
        "data": [
            "learnt from 709 days of the simulated station hkb, its three dipoles, seed 0, from 1999-01-04",
            "epoch chosen on 180 days of hkb, seed 1000, from 2000-01-11",
            "signals: boxcars, new ones in every epoch",
        ],
        "protocol": f"{'; '.join(map(leg, about))}; {minutes:.0f} min in all; the network returns the "
        "signal alone; backgrounds rise from quiet ones over the first 1 500 steps, half of them are two "
        "days together",
        "scores": card_scores(network),
        "limits": [
            "learnt from one simulated station: fine-tune it on yours, and calibrate it there",
            "signals much weaker or shorter than those it learnt are missed",
            f"trained on a processor, on {share} % of the published number of pairs",
            "scores on hkb are of weights in single precision; those that come along are rounded to half",
        ],
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "hardware": f"{processor()}, {os.cpu_count()} cores",
    }


def ship(network: str, folders: list[Path]) -> None:
    """Write the folder: weights in half precision, a card, curves of both trainings on one axis."""
    about = [read_description(folder) for folder in folders]
    model, info, target = open_model(folders[-1]), registry.find(network), MODELS / network
    learner = make_learner(info)
    load_model(info, learner, model)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    learner.export(target, dtype="float16")
    history: list[dict[str, Any]] = []
    for each in about:
        before = history[-1]["wall_s"] if history else 0.0
        history += [
            {**epoch, "epoch": len(history) + k + 1, "wall_s": before + epoch["wall_s"]}
            for k, epoch in enumerate(each["history"])
        ]
    best = sum(len(each["history"]) for each in about[:-1]) + about[-1]["best_epoch"]
    content = read_description(target)
    told = {"card": card(network, about), "data": about[-1]["data"], "history": history, "best_epoch": best}
    write_description(target, {**content, **told})
    write_curves(Curves(detector=network, epochs=history, best=best), target)
    shutil.copyfile(folders[-1] / "origins.json", target / "origins.json")


def write_history(network: str, folders: list[Path]) -> None:
    """Write what each training was set to, on what data, and every epoch's figures."""
    report = {
        "trainings": {
            folder.name: {
                key: about.get(key) for key in ("data", "training", "best_epoch", "versions", "history")
            }
            for folder in folders
            for about in (read_description(folder),)
        },
        "hardware": {"processor": processor(), "cores": os.cpu_count()},
    }
    (RESULTS / network).mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, ensure_ascii=False) + "\n"
    (RESULTS / network / "training.json").write_text(text, encoding="utf-8")


def calibrate(network: str, days: int) -> None:
    """Scan quiet days of the stations with the shipped model and put the calibration beside it."""
    began = time.monotonic()
    info = registry.find(network)
    learner, model = make_learner(info), open_model(MODELS / network)
    load_model(info, learner, model)
    sources = [
        RecordSource(simulate(station, days, SEED, first_day=FIRST_DAY).record.electric())
        for station in STATIONS
    ]
    scanned = scan_sources(sources, info, learner, Scan())
    made = calibration_of(scanned, info, model.hash)
    save_calibration(made, MODELS / network / "calibration.json")
    report = {
        "detector": network,
        "model": model.hash,
        "stations": {
            each.station: {
                "days": each.days,
                "live_hours": each.live_hours,
                "candidates": len(each.candidates),
                "alarms_per_day_at_own_threshold": sum(
                    c.raw_score > learner.threshold for c in each.candidates
                )
                / (each.live_hours / 24),
                "thresholds": {
                    text: vars(threshold_for(calibration_of([each], info), budget))
                    for text, budget in BUDGETS.items()
                },
            }
            for each in scanned
        },
        "pooled": {
            "live_days": made.live_days,
            "thresholds": {text: vars(threshold_for(made, budget)) for text, budget in BUDGETS.items()},
        },
        "own_threshold": learner.threshold,
        "seed": SEED,
        "first_day": FIRST_DAY.isoformat(),
        "versions": {
            "sesctl": sesctl.__version__,
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "scipy", "keras")},
        },
        "hardware": {"processor": processor(), "cores": os.cpu_count()},
        "wall_s": round(time.monotonic() - began, 1),
    }
    (RESULTS / network).mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    (RESULTS / network / "calibration.json").write_text(text, encoding="utf-8")


def main() -> None:
    """Ship, calibrate."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", choices=("lstm_ae", "lstm_ae_seq", "fc_ae"))
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--beside", type=Path, nargs="+", default=[], help="other trainings to tell of")
    parser.add_argument("--history-only", action="store_true", help="write training.json alone")
    parser.add_argument("--calibration-only", action="store_true", help="calibrate the model as it is")
    parser.add_argument("--card-only", action="store_true", help="put new scores into the card")
    asked = parser.parse_args()
    if asked.calibration_only or asked.card_only:
        if asked.calibration_only:
            calibrate(asked.network, asked.days)
        if asked.card_only:
            tell_again(asked.network)
        return
    if not asked.folders:
        parser.error("name the folders of the training, or --calibration-only or --card-only")
    write_history(asked.network, [*asked.folders, *asked.beside])
    if not asked.history_only:
        ship(asked.network, asked.folders)
        calibrate(asked.network, asked.days)


if __name__ == "__main__":
    main()
