"""Find the strength of the synthetic disturbance at which the band-power baseline is right on 80 % of days.

Run as `python docs/scripts/spectrogram_strength.py`; it writes docs/results/spectrogram/strength.json.
The seeds are training seeds: what is measured later, on others, has no part in the choice.
"""

import json
import platform
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

from sesctl.pairing import band_features, fit_band_power, honest_split, paper_split, usable_days
from sesctl.synth import aeta_set

EVENTS, SEEDS = 360, (0, 1, 2, 3)
STRENGTHS = (0.5, 0.6, 0.7)
AIM = 0.80
RESULT = Path(__file__).parents[1] / "results" / "spectrogram" / "strength.json"


def accuracies(strength: float, seed: int) -> dict[str, float]:
    """Return the baseline's accuracy on test days under both protocols."""
    days, _, _ = usable_days(aeta_set(EVENTS, strength=strength, seed=seed))
    features, before = band_features(days.values), days.labels.before
    found = {}
    for name, split in (
        ("paper", paper_split(days.labels, seed=seed)),
        ("honest", honest_split(days.labels, seed=seed)),
    ):
        model = fit_band_power(features[split.training], before[split.training])
        found[name] = round(model.accuracy(features[split.test], before[split.test]), 4)
    return found


def main() -> None:
    """Measure, interpolate and store."""
    began = time.perf_counter()
    runs = [
        {"strength": strength, "seed": seed, **accuracies(strength, seed)}
        for strength in STRENGTHS
        for seed in SEEDS
    ]
    means = [
        float(np.mean([(run["paper"] + run["honest"]) / 2 for run in runs if run["strength"] == strength]))
        for strength in STRENGTHS
    ]
    if not means[0] <= AIM <= means[-1]:
        msg = f"the accuracies {np.round(means, 3)} do not reach from below {AIM} to above it"
        raise SystemExit(msg)
    chosen = float(np.interp(AIM, means, STRENGTHS))
    result = {
        "aim": AIM,
        "events": EVENTS,
        "seeds": SEEDS,
        "runs": runs,
        "mean_accuracy": dict(zip(map(str, STRENGTHS), np.round(means, 4).tolist(), strict=True)),
        "strength": round(chosen, 2),
        "wall_s": round(time.perf_counter() - began, 1),
        "versions": {name: version(name) for name in ("numpy", "scikit-learn")},
        "machine": f"{platform.system()} {platform.machine()}",
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
