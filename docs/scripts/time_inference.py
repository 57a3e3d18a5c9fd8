"""Time a day of an autoencoder at batch 128 on the processor with every library that is installed.

Run from the root of the repository, with nothing else running:
    python docs/scripts/time_inference.py [NETWORK]
NETWORK is one that comes trained, `lstm_ae` by default.
Each library has a process of its own; the processes take turns, so that a noisy machine disturbs all alike.
Writes docs/results/NETWORK/inference.json.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "results"
LIBRARIES = {"jax": "jax", "tensorflow": "tensorflow", "torch": "torch", "onnx": "onnxruntime"}
BATCH, CALLS, ROUNDS = 128, 6, 5
PUBLISHED_MS = 2.1


def measure(network: str, library: str) -> None:
    """Answer every line on the standard input with the time of a day in ms."""
    if library != "onnx":
        os.environ["KERAS_BACKEND"] = library
    else:
        os.environ.pop("KERAS_BACKEND", None)
    import numpy as np

    from sesctl import registry
    from sesctl.pipeline import load_detector

    detector, _ = load_detector(registry.find(network))
    detector.batch = BATCH
    random = np.random.default_rng(0)
    rows = random.normal(0, 3, (BATCH, 8640)).astype(np.float32)
    detector.denoise(rows)
    print(type(detector._engine).__name__, flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        for _ in range(CALLS):
            detector.denoise(rows)
        print(1e3 * (time.perf_counter() - began) / CALLS / BATCH, flush=True)


def processor() -> str:
    """Return the processor's name."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def main(network: str) -> None:
    """Let the libraries take turns."""
    there = [name for name, package in LIBRARIES.items() if find_spec(package)]
    asked = {
        name: subprocess.Popen(
            [sys.executable, __file__, network, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for name in there
    }
    engines = {name: process.stdout.readline().strip() for name, process in asked.items()}
    times: dict[str, list[float]] = {name: [] for name in there}
    for _ in range(ROUNDS):
        for name, process in asked.items():
            process.stdin.write("\n")
            process.stdin.flush()
            times[name].append(float(process.stdout.readline()))
    for process in asked.values():
        process.communicate()
    report = {
        "detector": network,
        "batch": BATCH,
        "rounds": ROUNDS,
        "engines": engines,
        "ms_a_day": {name: {"median": statistics.median(each), "all": each} for name, each in times.items()},
        "published_gpu_ms_a_day": PUBLISHED_MS,
        "versions": {
            "python": platform.python_version(),
            **{LIBRARIES[name]: version(LIBRARIES[name]) for name in there},
            "keras": version("keras"),
        },
        "hardware": {"processor": processor(), "cores": os.cpu_count()},
    }
    folder = RESULTS / network
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "inference.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    for name in there:
        print(f"{name}: {statistics.median(times[name]):.2f} ms a day ({engines[name]})")


if __name__ == "__main__":
    match sys.argv[1:]:
        case [network, library]:
            measure(network, library)
        case [network]:
            main(network)
        case _:
            main("lstm_ae")
