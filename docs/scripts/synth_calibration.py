"""Measure the synthetic stations and write docs/results/synthetic/calibration.json.

Run from the root of the repository: python docs/scripts/synth_calibration.py
"""

import datetime as dt
import json
import os
import platform
import time
from pathlib import Path

import numpy as np
import scipy
from scipy.signal import welch

import sesctl
from sesctl.synth import StationParameters, preset, simulate, simulate_days
from sesctl.synth.components import field_components
from sesctl.synth.measure import deviation_of, measure_noise, running_median, worst_deviation
from sesctl.synth.random_station import aimed_deviation
from sesctl.synth.span import EPOCH, Span
from sesctl.waveforms import Boxcar, dipole_amplitudes

ROOT = Path(__file__).parents[2]
FIRST_DAY = dt.date(1999, 1, 18)
DAYS = 8
SEEDS = range(10)
TEST_SEEDS = range(2000, 2040)
AIMS = {"hkb": (10.0, 1.0), "mts": (6.0, 1.0), "ota": (3.0, 0.5)}
PERIODS_S = (7200, 3600, 1800, 900, 600, 300, 150)


def boulder() -> np.ndarray:
    """Return H and E of Boulder, January 2016, shape (2, sample), nT, one a minute."""
    lines = (ROOT / "tests/golden/real/usgs-bou-minute/BOU201601vmin.min").read_text().splitlines()
    return np.array([line.split()[3:5] for line in lines if line.startswith("2016-")], dtype=float).T


def spectrum(field: np.ndarray, interval_s: float) -> dict[str, list[float]]:
    """Return the density (unit²/Hz, mean of the rows) around each period of PERIODS_S."""
    frequency, density = welch(field, 1 / interval_s, nperseg=round(86_400 / interval_s), detrend="linear")
    near = [(frequency > 0.8 / period) & (frequency < 1.25 / period) for period in PERIODS_S]
    return {"periods_s": list(PERIODS_S), "density": [float(density[:, band].mean()) for band in near]}


def measure_preset(name: str) -> dict[str, object]:
    """Return the noise of ten seeds of a preset, and of its parts."""
    deviations, rows = [], []
    for seed in SEEDS:
        record = simulate(name, DAYS, seed, first_day=FIRST_DAY).record
        noise = measure_noise(record)
        deviations.append(max(one.deviation for one in noise))
        rows.append(
            [[one.deviation, one.mad_to_sd, one.median_deviation, one.edge_contrast] for one in noise]
        )
    numbers = np.mean(rows, axis=0)
    station = preset(name)
    assert isinstance(station, StationParameters)
    span = Span((FIRST_DAY - EPOCH).days, DAYS, 8640)
    parts = field_components(station, 0, span)
    total = parts["trains"] + parts["natural"] + parts["machines"] + parts["electrodes"]
    return {
        "aim": AIMS[name][0],
        "tolerance": AIMS[name][1],
        "mean_of_seeds": float(np.mean(deviations)),
        "by_seed": [round(value, 3) for value in deviations],
        "dipoles": {
            dipole.name: dict(
                zip(
                    ("deviation", "mad_to_sd", "median_deviation", "edge_contrast"),
                    numbers[i].round(3).tolist(),
                    strict=True,
                )
            )
            for i, dipole in enumerate(station.station().dipoles)
        },
        "parts_of_seed_0": {
            part: round(deviation_of(parts[part], 10.0), 3)
            for part in ("trains", "natural", "machines", "electrodes")
        },
        "opposite_edges": edge_success(name),
        "spectrum_mv2_per_km2_hz": spectrum(total, 10.0),
    }


def best_opposite_edges(trace: np.ndarray) -> tuple[int, int]:
    """Return the samples of the pair of opposite edges, 15–60 min apart, whose smaller contrast is largest.

    Contrasts are differences of the means 3 min after and before an instant, of the 10-min running median.
    """
    smooth, half = running_median(trace, 61), 18
    total = np.concatenate([[0.0], np.cumsum(smooth)])
    at = np.arange(half, trace.size - half + 1)
    contrast = np.zeros(trace.size + 1)
    contrast[at] = (total[at + half] - 2 * total[at] + total[at - half]) / half
    best = (-1.0, 0, 0)
    for apart in range(90, 361, 2):
        one, other = contrast[:-apart], contrast[apart:]
        score = np.where(one * other < 0, np.minimum(np.abs(one), np.abs(other)), 0.0)
        start = int(score.argmax())
        best = max(best, (float(score[start]), start, start + apart))
    return best[1], best[2]


def edge_success(name: str) -> dict[str, float]:
    """Return how often opposite edges find a boxcar of 25–30 min and 10–15 mV/km on the strongest dipole."""
    draw = np.random.default_rng(0)
    found, days = 0, 0
    for seed in (0, 1, 2):
        simulation = simulate(name, 20, seed, first_day=FIRST_DAY)
        electric = simulation.record.electric()
        for day in range(20):
            values = electric.values[:, day * 8640 : (day + 1) * 8640].astype(float)
            duration = draw.uniform(1500, 1800)
            onset = draw.uniform(0, 86_400 - duration)
            shown = dipole_amplitudes(
                draw.uniform(10, 15) * draw.choice([-1, 1]),
                draw.uniform(0, 180),
                electric.station.dipoles,
                simulation.distortion,
            )
            row = int(np.abs(shown).argmax())
            if np.isnan(values[row]).any():
                continue
            shape = Boxcar(duration_s=duration).sample(np.arange(8640) * 10.0 - onset)
            start, end = best_opposite_edges(values[row] + shown[row] * shape)
            late = max(abs(start * 10 - onset), abs(end * 10 - onset - duration))
            found, days = found + (late < duration / 2), days + 1
    return {"days": days, "success": round(found / days, 3)}


def main() -> None:
    """Measure and write."""
    begun = time.perf_counter()
    presets = {name: measure_preset(name) for name in AIMS}
    aims = [aimed_deviation(seed) for seed in TEST_SEEDS]
    reached = []
    for seed in TEST_SEEDS:
        station = preset("random", seed)
        reached.append(worst_deviation(simulate_days(station, seed, dt.date(1999, 6, 7), 5)))
    ratio = np.log(np.array(reached) / aims)

    hkb = preset("hkb")
    magnetic = [
        simulate_days(hkb, seed, FIRST_DAY, 29).values[-2:].astype(float).reshape(2, -1, 6).mean(axis=2)
        for seed in range(4)
    ]
    known = [np.where(np.isnan(one), np.nanmean(one, axis=1)[:, None], one) for one in magnetic]
    synthetic = np.mean([spectrum(one, 60.0)["density"] for one in known], axis=0)

    clock = time.perf_counter()
    simulate("mts", 709, 1, workers=2)
    long_run = time.perf_counter() - clock

    result = {
        "study": "synthetic stations: calibration",
        "first_day": FIRST_DAY.isoformat(),
        "days_a_seed": DAYS,
        "seeds": list(SEEDS),
        "presets": presets,
        "random": {
            "seeds": [TEST_SEEDS.start, TEST_SEEDS.stop - 1],
            "aim": [round(value, 3) for value in aims],
            "reached": [round(value, 3) for value in reached],
            "geometric_mean_ratio": float(np.exp(ratio.mean())),
            "log_sd_ratio": float(ratio.std()),
        },
        "magnetic_nt2_per_hz": {
            "periods_s": list(PERIODS_S),
            "boulder_2016_01": spectrum(boulder(), 60.0)["density"],
            "synthetic_29_days_4_seeds": synthetic.tolist(),
        },
        "seconds_for_709_days_2_workers": {"mts": round(long_run, 1)},
        "versions": {
            "sesctl": sesctl.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
        },
        "hardware": f"{platform.machine()}, {os.cpu_count()} cores",
        "wall_s": round(time.perf_counter() - begun, 1),
    }
    path = ROOT / "docs/results/synthetic/calibration.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
