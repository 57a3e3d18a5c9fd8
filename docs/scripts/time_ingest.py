"""Time and memory of an ingest of a year, and of ten, beside what pyarrow needs to parse the same CSV.

Each length runs in a process of its own, so that its peak memory is its own; parse and ingest follow each
other in that process, with the same threads, and are repeated, the best of each counting.

    python docs/scripts/time_ingest.py --to docs/results/ingest.json
"""

import argparse
import json
import multiprocessing
import platform
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

import sesctl
from sesctl import pipeline

DIPOLES = ("Ex", "Ey", "Ez")
INTERVAL_S = 10
DAY_S = 86_400


def write_csv(path: Path, days: int) -> None:
    """Write a drifting random walk of three dipoles at 0.1 Hz, with the resolution of 1 µV/km."""
    rng = np.random.default_rng(0)
    level = np.full((3, 1), 100.0)
    with path.open("w") as file:
        file.write(f"time,{','.join(DIPOLES)}\n")
        for day in range(days):
            samples = DAY_S // INTERVAL_S
            walk = level + np.cumsum(rng.normal(scale=0.05, size=(3, samples)), axis=1)
            level = walk[:, -1:]
            first = np.datetime64("2010-01-01T00:00:00", "s") + np.timedelta64(day * DAY_S, "s")
            stamps = np.datetime_as_string(first + np.arange(samples) * np.timedelta64(INTERVAL_S, "s"))
            file.writelines(
                f"{stamp}Z,{a:.3f},{b:.3f},{c:.3f}\n"
                for stamp, a, b, c in zip(stamps, *walk.tolist(), strict=True)
            )


def parse(path: Path) -> float:
    """Return the seconds that pyarrow needs to read and parse the file, block by block as memory asks."""
    began = time.perf_counter()
    with pa_csv.open_csv(path, read_options=pa_csv.ReadOptions(block_size=2**24)) as reader:
        for _ in reader:
            pass
    return time.perf_counter() - began


def parse_whole(path: Path) -> float:
    """Return the seconds that pyarrow needs to read and parse the file at once, with all its threads."""
    began = time.perf_counter()
    pa_csv.read_csv(path)
    return time.perf_counter() - began


def ingest(path: Path, archive: Path) -> float:
    """Return the seconds that an ingest into a new archive needs."""
    began = time.perf_counter()
    pipeline.ingest(
        [path], archive, station_file=None, tz=None, policy="error", progress=lambda done, total: None
    )
    return time.perf_counter() - began


def measure(days: int, repeats: int, folder: str, queue: "multiprocessing.Queue[dict[str, object]]") -> None:
    """Measure one length, and put the figures into a queue."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "station.csv"
        write_csv(path, days)
        ingests, parses = [], []
        for repeat in range(repeats):
            parses.append(parse(path))
            ingests.append(ingest(path, Path(place) / f"archive{repeat}"))
        # The peak is taken before the file is parsed at once, which takes more than the ingest.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        whole = [parse_whole(path) for _ in range(repeats)] if days <= 366 else []
        queue.put(
            {
                "days": days,
                "rows": days * DAY_S // INTERVAL_S,
                "csv_bytes": path.stat().st_size,
                "ingest_s": [round(each, 3) for each in ingests],
                "pyarrow_blocks_s": [round(each, 3) for each in parses],
                "pyarrow_whole_s": [round(each, 3) for each in whole],
                "ratio": round(min(ingests) / min(whole or parses), 2),
                "peak_mb": round(peak / 1e6, 1),
                "threads": pa.cpu_count(),
            }
        )


def main() -> None:
    """Run every length and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, nargs="+", default=[365, 3650])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--folder", default=None, help="where the files are written; the temporary folder")
    parser.add_argument("--to", type=Path, required=True)
    arguments = parser.parse_args()
    found = []
    spawn = multiprocessing.get_context("spawn")
    for days in arguments.days:
        queue = spawn.Queue()
        process = spawn.Process(target=measure, args=(days, arguments.repeats, arguments.folder, queue))
        process.start()
        found.append(queue.get())
        process.join()
        print(found[-1])
    arguments.to.parent.mkdir(parents=True, exist_ok=True)
    arguments.to.write_text(
        json.dumps(
            {
                "what": "sesctl ingest of one CSV file of three dipoles at 0.1 Hz",
                "sesctl": sesctl.__version__,
                "python": platform.python_version(),
                "machine": platform.machine(),
                "runs": found,
            },
            indent=2,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
