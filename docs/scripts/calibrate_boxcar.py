"""Make the calibration that comes with `boxcar`: quiet days of the three simulated stations.

    python docs/scripts/calibrate_boxcar.py [--days 365] [--workers 2]

Writes plugins/sesctl_plugins/boxcar_calibration.json and, with seeds, versions and hardware,
docs/results/boxcar/calibration.json. Simulated records hold no SES, so everything found is a false alarm.
"""

import argparse
import datetime as dt
import json
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

import sesctl
from sesctl import registry
from sesctl.calibrate import save_calibration, threshold_for
from sesctl.pipeline import RecordSource, Scan, Scanned, calibration_of, scan_sources
from sesctl.synth import simulate

ROOT = Path(__file__).resolve().parents[2]
STATIONS = ("hkb", "mts", "ota")
SEED = 1000  # validation seeds are 1000 to 1999
FIRST_DAY = dt.date(1999, 1, 1)
BUDGETS = {"1/d": 1.0, "1/7d": 1 / 7, "1/30d": 1 / 30}


def scan_station(station: str, days: int, workers: int) -> Scanned:
    """Simulate a station and return what `boxcar` finds in it."""
    info = registry.find("boxcar")
    record = simulate(station, days, SEED, first_day=FIRST_DAY, workers=workers).record
    return scan_sources([RecordSource(record)], info, registry.make(info), Scan())[0]


def processor() -> str:
    """Return the processor's name."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def main() -> None:
    """Scan, calibrate, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    began = time.monotonic()
    scanned = [scan_station(station, options.days, options.workers) for station in STATIONS]
    info = registry.find("boxcar")
    made = calibration_of(scanned, info)
    save_calibration(made, ROOT / "plugins" / "sesctl_plugins" / "boxcar_calibration.json")
    own = registry.make(info).threshold
    report = {
        "detector": "boxcar",
        "stations": {
            each.station: {
                "days": each.days,
                "live_hours": each.live_hours,
                "candidates": len(each.candidates),
                "alarms_per_day_at_own_threshold": sum(c.raw_score > own for c in each.candidates)
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
        "own_threshold": own,
        "seed": SEED,
        "first_day": FIRST_DAY.isoformat(),
        "versions": {
            "sesctl": sesctl.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": version("scipy"),
        },
        "hardware": {"processor": processor(), "cores": os.cpu_count()},
        "wall_s": round(time.monotonic() - began, 1),
    }
    path = ROOT / "docs" / "results" / "boxcar" / "calibration.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(report["pooled"], indent=2), f"{report['wall_s']} s")


if __name__ == "__main__":
    main()
