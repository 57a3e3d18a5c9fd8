"""Make the calibrations that come with the station detectors: quiet days of the three simulated stations.

    python docs/scripts/calibrate_separation.py [--days 120] [--plugin NAME]...

Writes plugins/sesctl_plugins/NAME_calibration.json and, with seeds, versions and hardware,
docs/results/separation/calibration-NAME.json. Simulated records hold no SES, so everything found is a false
alarm.
"""

import argparse
import datetime as dt
import json
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

import sesctl
from sesctl import registry
from sesctl.calibrate import save_calibration, threshold_for
from sesctl.pipeline import RecordSource, Scan, calibration_of, scan_sources
from sesctl.synth import simulate

ROOT = Path(__file__).resolve().parents[2]
DETECTORS = ("ica", "sobi", "pmd", "boxcar_station")
STATIONS = ("hkb", "mts", "ota")
SEED = 1000  # validation seeds are 1000 to 1999
FIRST_DAY = dt.date(1999, 1, 1)
BUDGETS = {"1/d": 1.0, "1/7d": 1 / 7, "1/30d": 1 / 30}


def processor() -> str:
    """Return the processor's name."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def environment() -> dict[str, object]:
    """Return what a result depends on besides its seeds."""
    packages = ("numpy", "scipy", "scikit-learn")
    return {
        "versions": {
            "sesctl": sesctl.__version__,
            "python": platform.python_version(),
            **{name: version(name) for name in packages},
        },
        "hardware": {"processor": processor(), "cores": os.cpu_count()},
    }


def write_report(name: str, report: dict[str, object]) -> None:
    """Write docs/results/separation/NAME.json."""
    path = ROOT / "docs" / "results" / "separation" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def calibrate(name: str, sources: list[RecordSource]) -> None:
    """Scan the stations with one detector and write its calibration."""
    began = time.monotonic()
    info = registry.find(name)
    detector = registry.make(info)
    scanned = scan_sources(sources, info, detector, Scan())
    made = calibration_of(scanned, info)
    save_calibration(made, ROOT / "plugins" / "sesctl_plugins" / f"{name}_calibration.json")
    write_report(
        f"calibration-{name}",
        {
            "detector": name,
            "stations": {
                each.station: {
                    "days": each.days,
                    "live_hours": each.live_hours,
                    "candidates": len(each.candidates),
                    "alarms_per_day_at_own_threshold": sum(
                        c.raw_score > detector.threshold for c in each.candidates
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
            "own_threshold": detector.threshold,
            "seed": SEED,
            "first_day": FIRST_DAY.isoformat(),
            **environment(),
            "wall_s": round(time.monotonic() - began, 1),
        },
    )
    print(name, f"{time.monotonic() - began:.0f} s", flush=True)


def main() -> None:
    """Simulate once, calibrate each detector."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--plugin", action="append", choices=DETECTORS)
    options = parser.parse_args()
    sources = [
        RecordSource(simulate(station, options.days, SEED, first_day=FIRST_DAY).record)
        for station in STATIONS
    ]
    for name in options.plugin or DETECTORS:
        calibrate(name, sources)


if __name__ == "__main__":
    main()
