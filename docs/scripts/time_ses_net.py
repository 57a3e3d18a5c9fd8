"""Time `ses_net` a station-day of three dipoles, step by step, and from an archive to a catalogue.

Run from the root of the repository, with nothing else running:
    python docs/scripts/time_ses_net.py [--days 120] [--rounds 5] [--archive-days 3652]
Writes docs/results/ses_net/time.json. ONNX Runtime computes the network, unless KERAS_BACKEND names another
library. The archive of --archive-days is scanned by the command itself, in a process of its own, so that
time and memory are those of a user.
"""

import argparse
import datetime as dt
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np

from sesctl import registry
from sesctl.archive import create_or_open
from sesctl.pipeline import Scan, detect, judge, load_detector, open_sources
from sesctl.pipeline.prepare import days_for
from sesctl.pipeline.scanning import BATCH_DAYS
from sesctl.plugin.keras.engine_onnx import prefers_onnx
from sesctl.synth import preset, simulate, simulate_days
from sesctl_plugins.ses_net.rows import rows_of

RESULT = Path(__file__).resolve().parents[1] / "results" / "ses_net" / "time.json"
SEED = 2000
FIRST_DAY = dt.date(1999, 1, 1)
CHUNK_DAYS = 30


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median wall time of some rounds, after one that does not count."""
    work()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def scan_archive(days: int) -> dict[str, float]:
    """Return what `sesctl detect` needs for a whole archive, from the start of the command to its end."""
    with tempfile.TemporaryDirectory() as name:
        archive, events = Path(name) / "archive", Path(name) / "events.csv"
        command = (sys.executable, "-m", "sesctl")
        with create_or_open(archive) as store:
            for first in range(0, days, CHUNK_DAYS):
                size = min(CHUNK_DAYS, days - first)
                parts = simulate_days(preset("random", SEED), SEED, FIRST_DAY + dt.timedelta(first), size)
                store.write(parts.electric())
        began = time.perf_counter()
        scan = ("detect", str(archive), "-o", str(events), "--quiet")
        with subprocess.Popen([*command, *scan], stdout=subprocess.DEVNULL) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
        if process.returncode:
            msg = f"sesctl detect ends with {process.returncode}"
            raise SystemExit(msg)
        found = len(events.read_text(encoding="utf-8").splitlines()) - 1
    peak = round(used.ru_maxrss / 1024)
    return {"days": days, "wall_s": round(wall, 2), "events": found, "peak_mib": peak}


def main() -> None:
    """Simulate, archive, time."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--archive-days", type=int, default=3652)
    asked = parser.parse_args()
    # First of all: a process inherits the most memory that the one it comes from has had so far.
    years = scan_archive(asked.archive_days)
    info = registry.find("ses_net")
    detector, model = load_detector(info)
    judgement = judge(info, detector, model=model)
    with tempfile.TemporaryDirectory() as name:
        archive = Path(name) / "archive"
        record = simulate("random", asked.days, SEED).record.electric()
        with create_or_open(archive) as store:
            store.write(record)
        (source,) = open_sources(archive, wanted=info.interval)
        starts = source.days(0)[1 : 1 + BATCH_DAYS]
        dipoles = [dipole.name for dipole in record.station.dipoles]

        _, days = days_for(source, starts, info, dipoles)
        given, batch = rows_of(days.values, 1200, 1920).values, detector.batch
        scores = detector.score(days)
        steps = {
            "reading from the archive and cleaning": lambda: days_for(source, starts, info, dipoles),
            "what the network is given": lambda: rows_of(days.values, 1200, 1920),
            "the network": lambda: [detector._engine(some) for some in np.split(given, len(days) // batch)],
            "scoring in all": lambda: detector.score(days),
            "intervals": lambda: detector.propose(scores, days),
        }
        took = {step: seconds(work, asked.rounds) / len(days) for step, work in steps.items()}
        took["from archive to catalogue"] = (
            seconds(lambda: detect([source], info, detector, Scan(), judgement=judgement), 1) / asked.days
        )
    report = {
        "seconds_a_station_day": {step: float(f"{value:.4g}") for step, value in took.items()},
        "archive": years,
        "batch": detector.batch,
        "versions": {
            "python": platform.python_version(),
            "backend": "ONNX Runtime" if prefers_onnx(None) else os.environ["KERAS_BACKEND"],
            **{name: version(name) for name in ("numpy", "keras", "onnxruntime")},
        },
        "hardware": {"processor": processor(), "cores": os.cpu_count()},
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=1))


def processor() -> str:
    """Return the processor's name."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


if __name__ == "__main__":
    main()
