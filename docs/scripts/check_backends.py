"""Score the same days with the same weights on every installed backend and with ONNX Runtime.

    python docs/scripts/check_backends.py --to docs/results/lstm_ae/backends.json

Every network is at its full size, with its initial weights; a process of its own scores with each backend.
Differences are the largest over all samples, divided by the largest score (or by 1 mV/km).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from sesctl.plugin.keras import backend

NETWORKS = ("lstm_ae", "lstm_ae_plain", "gru_ae", "fc_ae", "fct_ae", "lstm_ae_seq")
PACKAGES = {"jax": "jax", "tensorflow": "tensorflow", "torch": "torch", "onnx": "onnxruntime"}
TOLERANCE = 1e-4
DAYS, SEED = 4, 4


def score(folder: Path, runner: str) -> None:
    """Score the days in a folder with each network's model, and write the scores beside them."""
    # Within this process alone: ONNX Runtime, or the backend of the environment.
    backend.CHOICE = None if runner == "onnx" else runner
    rows = np.load(folder / "days.npy")
    for name in NETWORKS:
        detector = import_module(f"sesctl_plugins.autoencoders.{name}").make()
        detector.load(folder / name)
        detector.batch = len(rows)
        np.save(folder / f"{name}-{runner}.npy", detector.denoise(rows))


def compare(runners: list[str], folder: Path) -> dict[str, dict[str, float]]:
    """Return the difference of each runner's scores from the first one's, by network."""
    found = {}
    for name in NETWORKS:
        first, *others = (np.load(folder / f"{name}-{runner}.npy") for runner in runners)
        largest = max(1.0, float(np.abs(first).max()))
        found[name] = {
            runner: float(np.abs(other - first).max()) / largest
            for runner, other in zip(runners[1:], others, strict=True)
        }
    return found


def main() -> None:
    """Write the differences, and fail if one is above the tolerance."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path)
    parser.add_argument("--score", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.score:
        score(Path(options.score[0]), options.score[1])
        return
    runners = [name for name, package in PACKAGES.items() if find_spec(package)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(
            folder / "days.npy", np.random.default_rng(SEED).normal(0, 3, (DAYS, 8640)).astype(np.float32)
        )
        for network in NETWORKS:
            import_module(f"sesctl_plugins.autoencoders.{network}").make().save(folder / network)
        for runner in runners:
            environment = {**os.environ, **({} if runner == "onnx" else {"KERAS_BACKEND": runner})}
            subprocess.run(
                [sys.executable, __file__, "--score", str(folder), runner], env=environment, check=True
            )
        differences = compare(runners, folder)
    result = {
        "compared_with": runners[0],
        "days": DAYS,
        "seed": SEED,
        "tolerance": TOLERANCE,
        "versions": {package: version(package) for package in ("keras", *(PACKAGES[r] for r in runners))},
        "largest_relative_difference": differences,
    }
    text = json.dumps(result, indent=2) + "\n"
    if options.to:
        options.to.parent.mkdir(parents=True, exist_ok=True)
        options.to.write_text(text, encoding="utf-8")
    print(text, end="")
    worst = max(value for each in differences.values() for value in each.values())
    if worst > TOLERANCE:
        sys.exit(f"scores differ by {worst:.2g} of the largest one")


if __name__ == "__main__":
    main()
