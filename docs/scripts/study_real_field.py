"""Score detectors on the electric field that a real magnetic field induces, of which nothing was learnt.

Run from the root of the repository:
    python docs/scripts/study_real_field.py [DETECTOR...] [--model FOLDER]
Writes docs/results/ses_net/real-field.json. The magnetic field is that of Boulder (USGS, public domain) in
January 2016, a sample a minute, several days of it disturbed. A half space of each resistivity makes an
electric field of it, seen by three dipoles with white noise; the days are scanned as they are, and with one
signal each. The record has neither trains nor drifting electrodes: it is a remote site's, and smooth within
a minute.
"""

import argparse
import datetime as dt
import json
import os
import time
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

import sesctl
from sesctl import registry
from sesctl.benchmark.backgrounds import Background, Ground
from sesctl.benchmark.passes import Subject, outcomes, run_pass, trial
from sesctl.benchmark.signals import STRONG, Strength, whole_station
from sesctl.evaluate import summarise
from sesctl.ingest import read
from sesctl.pipeline.loading import load_detector
from sesctl.synth.induction import induced_field
from sesctl.synth.span import Span
from sesctl.types import Dipole, Record, Station
from sesctl.types.instants import DAY, SECOND
from sesctl.waveforms.projection import project_field

ROOT = Path(__file__).resolve().parents[2]
FIELD = ROOT / "tests" / "golden" / "real" / "usgs-bou-minute" / "BOU201601vmin.min"
RESULT = ROOT / "docs" / "results" / "ses_net" / "real-field.json"
CALIBRATION = RESULT.with_name("calibration.json")
DIPOLES = tuple(Dipole(name=f"D{k}", length_m=100.0, azimuth_deg=a) for k, a in enumerate((10.0, 95.0, 50.0)))
SITES = ((10.0, 0.05), (100.0, 0.1), (100.0, 1.0), (1000.0, 0.1), (1000.0, 1.0))
"""Resistivity in Ω·m, white noise in mV/km."""
KINDS = (STRONG, Strength(name="6 mV/km, 25 min", amplitude=(6.0, 6.0), minutes=(25.0, 25.0)))
IDENTITY = ((1.0, 0.0), (0.0, 1.0))
INTERVAL_S, MINUTE_S, SEED = 10, 60, 2000


def background(resistivity: float, noise: float) -> Background:
    """Return the days of a site; the first and last two of the month are context."""
    magnetic = read(FIELD).record
    rows = {
        channel.name: row for channel, row in zip(magnetic.station.channels, magnetic.values, strict=True)
    }
    whole = magnetic.samples // 1440 * 1440
    field = np.stack([rows[name][:whole] for name in ("H", "E")]).astype(np.float64)
    first = (magnetic.start // DAY) + 1
    days = whole // 1440 - 2
    electric = induced_field(field, Span(int(first), days, 1440), resistivity)
    at = np.arange(days * DAY // SECOND // INTERVAL_S) * INTERVAL_S
    fine = CubicSpline(np.arange(electric.shape[1]) * MINUTE_S, electric, axis=1)(at)
    random = np.random.default_rng([SEED, round(resistivity), round(100 * noise)])
    values = project_field(fine, [dipole.azimuth_deg for dipole in DIPOLES], IDENTITY)
    values += random.normal(0, noise, values.shape)
    record = Record(
        station=Station(name=f"BOU-{resistivity:g}-{noise:g}", channels=DIPOLES),
        values=values.astype(np.float32),
        start=int(first) * DAY,
        interval=float(INTERVAL_S),
    )
    scanned = np.arange(first + 1, first + days - 1, dtype=np.int64)
    day = dt.date(1970, 1, 1) + dt.timedelta(days=int(scanned[0]))
    ground = Ground(station=record.station.name, seed=SEED, first_day=day, days=len(scanned))
    return Background(ground=ground, record=record, starts=scanned * DAY, offset=0, distortion=IDENTITY)


def site_scores(subject: Subject, thresholds: dict[str, float], site: tuple[float, float]) -> dict[str, Any]:
    """Return what a detector makes of a site's days."""
    there, (unit,) = background(*site), whole_station()
    quiet = run_pass(subject, trial(there, unit, None, SEED))
    noisy = {kind.name: run_pass(subject, trial(there, unit, kind, SEED)) for kind in KINDS}
    points = {}
    for name, threshold in thresholds.items():
        alarms = summarise(outcomes(subject, [quiet], threshold), replicates=0).overall
        points[name] = {"threshold": threshold, "false_alarms": alarms.false_alarms} | {
            kind: round(summarise(outcomes(subject, [one], threshold), replicates=0).overall.success, 4)
            for kind, one in noisy.items()
        }
    away = there.record.values - np.median(there.record.values, axis=1, keepdims=True)
    return {
        "resistivity_ohm_m": site[0],
        "white_noise_mv_km": site[1],
        "scatter_mv_km": round(float(away.std(axis=1).max()), 3),
        "days": len(there.starts),
        "points": points,
    }


def main() -> None:
    """Score detectors, keep what the file has of others."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("detectors", nargs="*", default=["ses_net", "lstm_ae", "boxcar"])
    parser.add_argument("--model", type=Path, help="model folder of the only detector named")
    parser.add_argument("--to", type=Path, default=RESULT)
    asked = parser.parse_args()
    began = time.monotonic()
    report = json.loads(asked.to.read_text(encoding="utf-8")) if asked.to.exists() else {"detectors": {}}
    for name in asked.detectors:
        info = registry.find(name)
        detector, model = load_detector(info, model=asked.model)
        subject = Subject(info=info, detector=detector, model=model.hash if model else "")
        thresholds = {"own": float(detector.threshold)}
        if name == "ses_net":
            told = json.loads(CALIBRATION.read_text(encoding="utf-8"))["thresholds"]
            thresholds |= {budget: told[budget]["value"] for budget in ("1/7d", "1/30d")}
        sites = [site_scores(subject, thresholds, site) for site in SITES]
        report["detectors"][name] = {"model": subject.model, "sites": sites}
        for site in sites:
            print(name, json.dumps(site), flush=True)
    report |= {
        "field": {"file": FIELD.name, "licence": "public domain (USGS)"},
        "signals": [kind.name for kind in KINDS],
        "seed": SEED,
        "versions": {"sesctl": sesctl.__version__, "python": python_version()}
        | {name: version(name) for name in ("numpy", "scipy", "keras")},
        "hardware": {"cores": os.cpu_count()},
        "wall_s": round(time.monotonic() - began, 1),
    }
    asked.to.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
