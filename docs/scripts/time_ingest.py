"""Time and memory of an ingest of a year, and of ten, beside what pyarrow needs for the same CSV.

Each figure comes from processes of their own, all bound to the same cores: one that reads and parses the CSV
with pyarrow, at once and with its default types; one that ingests it. They take turns, and the best of each
counts. The peak memory is that of the process that ingests and does nothing else.

    python docs/scripts/time_ingest.py --measure 365 --cores 2 --repeats 5
    python docs/scripts/time_ingest.py --measure 3650 --cores 2 --repeats 1 --no-times
    python docs/scripts/time_ingest.py --table

The first two write the length into docs/results/ingest.json, the last puts the table into docs/ingest.md.
"""

import argparse
import json
import multiprocessing
import os
import platform
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import zarr

import sesctl
from sesctl import pipeline

DOCS = Path(__file__).parents[1]
RESULTS = DOCS / "results" / "ingest.json"
PAGE = DOCS / "ingest.md"
BEGIN, END = "<!-- table of ingest.json -->\n", "<!-- end of table -->\n"

DIPOLES = ("Ex", "Ey", "Ez")
INTERVAL_S = 10
DAY_S = 86_400
MEGABYTE = 1e6


def write_csv(path: Path, days: int) -> None:
    """Write a drifting random walk of three dipoles at 0.1 Hz, with the resolution of 1 µV/km."""
    rng = np.random.default_rng(0)
    level = np.full((3, 1), 100.0)
    schema = pa.schema([("time", pa.string()), *((name, pa.float64()) for name in DIPOLES)])
    plain = pa_csv.WriteOptions(quoting_style="none")
    with pa_csv.CSVWriter(path, schema, write_options=plain) as file:
        for day in range(days):
            samples = DAY_S // INTERVAL_S
            walk = level + np.cumsum(rng.normal(scale=0.05, size=(3, samples)), axis=1)
            level = walk[:, -1:]
            first = np.datetime64("2010-01-01T00:00:00", "s") + np.timedelta64(day * DAY_S, "s")
            moments = first + np.arange(samples) * np.timedelta64(INTERVAL_S, "s")
            stamps = np.datetime_as_string(moments, timezone="UTC")
            file.write_table(pa.table([stamps, *np.round(walk, 3)], schema=schema))


def parse(path: Path, _archive: Path) -> None:
    """Read and parse the file with pyarrow, at once, with all its threads."""
    pa_csv.read_csv(path)


def ingest(path: Path, archive: Path) -> None:
    """Ingest the file into an archive."""
    pipeline.ingest(
        [path], archive, station_file=None, tz=None, policy="error", progress=lambda files, total, days: None
    )


def warmed(work: Callable[[Path, Path], None], path: Path, archive: Path, small: Path, queue: Any) -> None:
    """Do a piece of work after the same of one day, so that imports do not count; tell time and memory."""
    work(small, archive.with_name("small"))
    began, used = time.perf_counter(), time.process_time()
    work(path, archive)
    queue.put(
        {
            "wall_s": round(time.perf_counter() - began, 3),
            "cpu_s": round(time.process_time() - used, 3),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE, 1),
        }
    )


def alone(
    work: Callable[[Path, Path], None], path: Path, archive: Path, small: Path, cores: int
) -> dict[str, float]:
    """Do a piece of work in a process of its own on the first cores."""
    spawn = multiprocessing.get_context("spawn")
    queue: Any = spawn.Queue()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    process = spawn.Process(target=warmed, args=(work, path, archive, small, queue))
    process.start()
    found: dict[str, float] = queue.get()
    process.join()
    return found


def measure(days: int, cores: int, repeats: int, folder: str | None, *, times: bool) -> dict[str, Any]:
    """Measure one length."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path, small = Path(place) / "station.csv", Path(place) / "day.csv"
        write_csv(path, days)
        write_csv(small, 1)
        parses, ingests, again = [], [], []
        for repeat in range(repeats):
            archive = Path(place) / f"archive{repeat}" / "archive"
            archive.parent.mkdir()
            if times:
                parses.append(alone(parse, path, archive, small, cores))
            ingests.append(alone(ingest, path, archive, small, cores))
            again.append(alone(ingest, path, archive, small, cores))
        found: dict[str, Any] = {
            "days": days,
            "rows": days * DAY_S // INTERVAL_S,
            "csv_mb": round(path.stat().st_size / MEGABYTE, 1),
            "archive_mb": round(
                sum(each.stat().st_size for each in archive.rglob("*") if each.is_file()) / MEGABYTE, 1
            ),
            "cores": cores,
            "ingest_peak_mb": max(each["peak_mb"] for each in ingests),
        }
        if times:
            found |= {
                "ingest_wall_s": [each["wall_s"] for each in ingests],
                "ingest_cpu_s": [each["cpu_s"] for each in ingests],
                "repeated_ingest_wall_s": [each["wall_s"] for each in again],
                "pyarrow_wall_s": [each["wall_s"] for each in parses],
                "pyarrow_cpu_s": [each["cpu_s"] for each in parses],
                "pyarrow_peak_mb": max(each["peak_mb"] for each in parses),
                "ratio": round(
                    min(each["wall_s"] for each in ingests) / min(each["wall_s"] for each in parses), 2
                ),
            }
        return found


def keep(found: dict[str, Any]) -> None:
    """Write what was found of a length into the file of results, in the place of what stood there."""
    runs = json.loads(RESULTS.read_text())["runs"] if RESULTS.exists() else []
    runs = [each for each in runs if (each["days"], each["cores"]) != (found["days"], found["cores"])]
    content = {
        "what": "sesctl ingest of one CSV file of three dipoles at 0.1 Hz, beside pyarrow.csv.read_csv",
        "sesctl": sesctl.__version__,
        "python": platform.python_version(),
        "pyarrow": pa.__version__,
        "zarr": zarr.__version__,
        "processor": processor(),
        "seed": 0,
        "runs": sorted([*runs, found], key=lambda each: (each["days"], -each["cores"])),
    }
    RESULTS.write_text(json.dumps(content, indent=2) + "\n")


def processor() -> str:
    """Return the processor's name, as Linux tells it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")


def table() -> str:
    """Return the table of the page."""
    runs = json.loads(RESULTS.read_text())["runs"]
    lines = [
        "| days | rows | CSV | cores | pyarrow | ingest | times as long | again | peak memory | archive |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for run in runs:
        told = ["–"] * 4
        if "ratio" in run:
            told = [
                f"{min(run['pyarrow_wall_s']):.2f} s",
                f"{min(run['ingest_wall_s']):.2f} s",
                f"{run['ratio']:.2f}",
                f"{min(run['repeated_ingest_wall_s']):.2f} s",
            ]
        cells = (
            str(run["days"]),
            f"{run['rows']:,}".replace(",", " "),
            f"{run['csv_mb']:.0f} MB",
            str(run["cores"]),
            *told,
            f"{run['ingest_peak_mb']:.0f} MB",
            f"{run['archive_mb']:.0f} MB",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def with_table(page: str) -> str:
    """Return the page with the table as the results make it."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


def main() -> None:
    """Measure a length, or draw the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", type=int, metavar="DAYS")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--no-times", action="store_true", help="memory alone")
    parser.add_argument("--folder", default=None, help="where the files are written; the temporary folder")
    parser.add_argument("--table", action="store_true")
    asked = parser.parse_args()
    if asked.measure:
        found = measure(asked.measure, asked.cores, asked.repeats, asked.folder, times=not asked.no_times)
        print(json.dumps(found))
        keep(found)
    if asked.table:
        PAGE.write_text(with_table(PAGE.read_text()))


if __name__ == "__main__":
    main()
