"""Score detectors on random stations that nothing was learnt from.

Run from the root of the repository, once a detector:
    python docs/scripts/study_ses_net.py ses_net [--model FOLDER] [--dipoles 3]
Writes docs/results/ses_net/stations-NAME-DIPOLES.json. Scored are the stations of seeds 2000 to 2035, 30 days
of each, without signals and with four kinds of them; thresholds come from the quiet days of other stations,
seeds 1100 to 1139, on which nothing was learnt or chosen either. Intervals draw stations first.
"""

import argparse
import json
import os
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

import numpy as np

import sesctl
from sesctl import registry
from sesctl.benchmark.backgrounds import Background, Ground, lay
from sesctl.benchmark.passes import Pass, Subject, run_pass, trial
from sesctl.benchmark.scoring import point_scores, top1_scores
from sesctl.benchmark.signals import STRONG, Strength, whole_station
from sesctl.benchmark.splits import FIRST_DAY
from sesctl.pipeline.loading import load_detector
from sesctl.synth.random_station import aimed_deviation

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "results" / "ses_net"
TESTED, CALIBRATED = 2000, range(1100, 1140)
KINDS = (
    STRONG,
    Strength(name="6 mV/km, 25 min", amplitude=(6.0, 6.0), minutes=(25.0, 25.0)),
    Strength(name="15 mV/km, 10 min", amplitude=(15.0, 15.0), minutes=(10.0, 10.0)),
    Strength(name="15 mV/km, 50 min", amplitude=(15.0, 15.0), minutes=(50.0, 50.0)),
)
THIRDS = {"to 5 mV/km": (0.0, 5.0), "5 to 9 mV/km": (5.0, 9.0), "above 9 mV/km": (9.0, 99.0)}


def processor() -> str:
    """Return the processor's name."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return ""


def station(seed: int, days: int, dipoles: int) -> Background:
    """Return the days of a station, of its first dipoles."""
    whole = lay(Ground(station="random", seed=seed, first_day=FIRST_DAY, days=days))
    return replace(whole, record=whole.record.select(list(whole.dipoles[:dipoles])))


def passes_of(subject: Subject, seeds: range, days: int, dipoles: int, kinds: tuple[Strength, ...]) -> Any:
    """Return the passes without signals, and those with each kind, station by station."""
    quiet: list[Pass] = []
    noisy: dict[str, list[Pass]] = {kind.name: [] for kind in kinds}
    (unit,) = whole_station()
    for seed in seeds:
        background = station(seed, days, dipoles)
        quiet.append(run_pass(subject, trial(background, unit, None, seed)))
        for kind in kinds:
            noisy[kind.name].append(run_pass(subject, trial(background, unit, kind, seed)))
        print(seed, flush=True)
    return quiet, noisy


def scores(
    subject: Subject, quiet: list[Pass], noisy: dict[str, list[Pass]], calibrated: list[Pass], replicates: int
) -> dict[str, Any]:
    """Return the scores of each kind of signals."""
    found = {}
    for name, passes in noisy.items():
        points = point_scores(subject, quiet, passes, calibrated, replicates, drawn="station")
        found[name] = {"top1": top1_scores(subject, passes, replicates, drawn="station"), **points}
    return found


def reliability(passes: list[Pass]) -> list[dict[str, float]]:
    """Return, by tenths of the raw score, how many candidates there are and how many lie over a signal."""
    scored, real = [], []
    for each in passes:
        for candidate in each.scanned.candidates:
            scored.append(candidate.raw_score)
            real.append(any(candidate.start < ses.end and ses.start < candidate.end for ses in each.truth))
    tenth = np.minimum((10 * np.array(scored)).astype(int), 9)
    return [
        {
            "from": k / 10,
            "to": (k + 1) / 10,
            "mean_score": round(float(np.mean(np.array(scored)[tenth == k])), 4),
            "candidates": int((tenth == k).sum()),
            "signals": int(np.array(real)[tenth == k].sum()),
        }
        for k in np.unique(tenth).tolist()
    ]


def main() -> None:
    """Pass a detector over all stations and write what it found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("detector")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--dipoles", type=int, default=3)
    parser.add_argument("--stations", type=int, default=36)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--calibration-days", type=int, default=24)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--name", help="what to call the result; the detector's name by default")
    parser.add_argument("--strong-only", action="store_true")
    asked = parser.parse_args()
    began = time.monotonic()
    info = registry.find(asked.detector)
    detector, model = load_detector(info, model=asked.model)
    subject = Subject(info=info, detector=detector, model=model.hash if model else "")
    kinds = KINDS[:1] if asked.strong_only else KINDS
    calibrated, _ = passes_of(subject, CALIBRATED, asked.calibration_days, asked.dipoles, ())
    tested = range(TESTED, TESTED + asked.stations)
    quiet, noisy = passes_of(subject, tested, asked.days, asked.dipoles, kinds)
    deviations = np.array([aimed_deviation(seed) for seed in tested])
    thirds = {}
    for name, (low, high) in THIRDS.items():
        which = np.flatnonzero((deviations > low) & (deviations <= high))
        some = {kind: [passes[k] for k in which] for kind, passes in noisy.items()}
        thirds[name] = {
            "stations": len(which),
            **scores(subject, [quiet[k] for k in which], some, calibrated, asked.replicates // 5),
        }
        for kind in some:
            del thirds[name][kind]["curve"]
    report = {
        "detector": info.name,
        "model": subject.model,
        "dipoles": asked.dipoles,
        "stations": {"seeds": [tested[0], tested[-1]], "days": asked.days},
        "calibrated_on": {"seeds": [CALIBRATED[0], CALIBRATED[-1]], "days": asked.calibration_days},
        "quiet_station_days": sum(each.scanned.live_hours for each in quiet) / 24,
        "results": scores(subject, quiet, noisy, calibrated, asked.replicates),
        "thirds_of_daytime_deviation": thirds,
        "reliability": {kind: reliability(found) for kind, found in noisy.items()},
        "versions": {"sesctl": sesctl.__version__, "python": python_version()}
        | {name: version(name) for name in ("numpy", "scipy", "keras")},
        "hardware": {"processor": processor(), "cores": os.cpu_count()},
        "wall_s": round(time.monotonic() - began, 1),
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"stations-{asked.name or info.name}-{asked.dipoles}.json"
    path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    strong = report["results"][STRONG.name]
    print(path, {name: point["success"] for name, point in strong["thresholds"].items()}, strong["top1"])


if __name__ == "__main__":
    main()
