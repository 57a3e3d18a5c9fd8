"""Time the kernels beside their peers, keep the figures, and draw the tables of docs/performance.md.

`python docs/scripts/time_kernels.py` times and draws, with `--draw` it only draws what was timed last.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "results" / "kernels"
PAGE = ROOT / "docs" / "performance.md"
TABLE = ROOT / "tests" / "bench" / "table.py"
PEERS = ("numpy", "scipy", "bottleneck", "torch", "librosa", "polars", "obspy")
ON_TWO_THREADS = ("clean", "savgol61", "median61", "chirp33")
MANY_DAYS = 2000


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description="Time the kernels and draw the page's tables.")
    parser.add_argument("--draw", action="store_true", help="draw what was timed last")
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument(
        "--cpu", action="store_true", help="a busy machine: the process's time, and no threads"
    )
    options = parser.parse_args()
    if not options.draw:
        RESULTS.mkdir(parents=True, exist_ok=True)
        path = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}.json"
        path.write_text(json.dumps(measure(options.repeats, options.cpu), indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(drawn(PAGE.read_text(encoding="utf-8"), stored()), encoding="utf-8")


def measure(repeats: int, cpu: bool) -> dict[str, Any]:
    """Return all figures, with what they were measured on."""
    some = ["--days", str(MANY_DAYS), "--repeats", "10", "--only", ",".join(ON_TWO_THREADS)]
    one = ["--repeats", str(repeats), *(["--cpu"] if cpu else [])]
    return {
        "processor": processor(),
        "clock": "process" if cpu else "wall",
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "versions": {name: found for name in PEERS if (found := installed(name))},
        "float32": timed(*one),
        "float64": timed(*one, "--dtype", "float64"),
        "threads": {
            str(threads): timed("--threads", str(threads), *some) for threads in ([] if cpu else [1, 2])
        },
    }


def timed(*options: str) -> dict[str, Any]:
    """Return what one process measures."""
    command = [sys.executable, str(TABLE), "--json", *options]
    figures: dict[str, Any] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return figures


def installed(name: str) -> str | None:
    """Return the version of a package, if it is there."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def processor() -> str:
    """Return what the processor calls itself."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def stored() -> dict[str, Any]:
    """Return the latest figures."""
    latest = max(RESULTS.glob("*.json"))
    figures: dict[str, Any] = json.loads(latest.read_text(encoding="utf-8"))
    return figures | {"date": latest.stem}


def drawn(page: str, figures: dict[str, Any]) -> str:
    """Return the page with every table drawn anew."""
    tables = {
        "machine": machine_of(figures),
        "float32": table_of(figures["float32"]),
        "float64": table_of(figures["float64"]),
        "threads": threads_of(figures["threads"]),
    }
    for name, table in tables.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, rest = page.split(begin, 1)
        page = before + begin + table + end + rest.split(end, 1)[1]
    return page


def machine_of(figures: dict[str, Any]) -> str:
    """Return what was measured on."""
    versions = ", ".join(f"{name} {version}" for name, version in figures["versions"].items())
    isa = next(iter(figures["float32"].values()))["isa"]
    return (
        f"{figures['date']}: {figures['processor']}, {figures['cores']} cores, load {figures['load']:.1f} "
        f"when it began; the {figures['clock']}'s time;\nvector instructions `{isa}`; "
        f"Python {figures['python']}, {versions}.\n"
    )


def table_of(figures: dict[str, Any]) -> str:
    """Return a table of ratios."""
    lines = ["| workload | ours, ms | fastest peer, ms | ratio | copy, ms |", "|---|---|---|---|---|"]
    for name, figure in figures.items():
        peers = sorted(figure["peers"].items(), key=lambda peer: peer[1])
        fastest = f"{peers[0][0]} {peers[0][1]:.2f} | {figure['ratio']:.1f}" if peers else "none installed |"
        lines.append(f"| `{name}` | {figure['ours_ms']:.2f} | {fastest} | {figure['copy_ms']:.2f} |")
    return "\n".join(lines) + "\n"


def threads_of(figures: dict[str, Any]) -> str:
    """Return a table of what a second thread brings."""
    if not figures:
        return "Not timed: no two cores were idle.\n"
    lines = ["| workload | one thread, ms | two threads, ms | ratio |", "|---|---|---|---|"]
    for name in figures["1"]:
        one, two = (figures[threads][name]["ours_ms"] for threads in ("1", "2"))
        lines.append(f"| `{name}` | {one:.1f} | {two:.1f} | {one / two:.2f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
