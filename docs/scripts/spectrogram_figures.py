"""Measure what docs/spectrograms.md says: concentration, signs of rates, and the time that images take.

Run from the root of the repository: python docs/scripts/spectrogram_figures.py
It writes docs/results/spectrogram/figures.json. The time is wall time and processor time of two threads,
so run it on a machine that does nothing else, or read the processor time.
"""

import json
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

from sesctl.kernels import chirp_stft, inverse_chirp_stft
from sesctl.pairing import usable_days
from sesctl.spectrogram import concentration, fit_scale, image_decibels, paint
from sesctl.synth import aeta_set
from sesctl.types import SpectrogramParameters

RESULT = Path(__file__).parents[1] / "results" / "spectrogram" / "figures.json"
LENGTH, FRAMES, SEED = 64, 4000, 2000
IMAGES = 40_000
WORKERS = 2


def chirps(rate: float, frames: int, draw: np.random.Generator) -> np.ndarray:
    """Return frames of linear chirps about a quarter of the sampling frequency, float64 (frame, sample)."""
    time_ = np.arange(LENGTH) - LENGTH / 2
    middle, phase = draw.uniform(0.22, 0.28, (frames, 1)), draw.random((frames, 1))
    return np.cos(2 * np.pi * (middle * time_ + rate * time_**2 / 2 + phase))


def compare(frames: np.ndarray) -> tuple[float, float]:
    """Return the median concentration of frames with ordinary and with chosen windows."""
    found = []
    for rates in (0.0, "adaptive"):
        spectrum = chirp_stft(frames, "hann", LENGTH, LENGTH, LENGTH, rates=rates, centred=False)
        found.append(float(np.median(concentration(frames, spectrum))))
    return found[0], found[1]


def right_signs(rate: float, snr_db: float, draw: np.random.Generator) -> float:
    """Return the share of frames in noise whose chosen rate has the chirp's sign."""
    frames = chirps(rate, FRAMES, draw)
    frames += draw.standard_normal(frames.shape) * np.sqrt(0.5 / 10 ** (snr_db / 10))
    chosen = chirp_stft(frames, "hann", LENGTH, LENGTH, LENGTH, rates="adaptive", centred=False).rates
    return float((np.sign(chosen) == np.sign(rate)).mean())


def reconstruction() -> dict[str, float]:
    """Return the largest relative error (RMS) of float32 records made again, per window."""
    record = np.random.default_rng(SEED).standard_normal((20, 1440)).astype(np.float32) + np.float32(20)
    errors = {}
    for window, hop in (("hann", 8), ("hamming", 16), ("bartlett", 32), ("rectangular", 64)):
        again = inverse_chirp_stft(chirp_stft(record, window, LENGTH, hop, LENGTH, rates="adaptive"))
        error = np.sqrt(
            ((again.astype(float) - record) ** 2).sum(axis=1) / (record.astype(float) ** 2).sum(axis=1)
        )
        errors[f"{window}, hop {hop}"] = float(error.max())
    return errors


def image_time(chirp: bool) -> dict[str, float]:
    """Return how long 40 000 images take, from days in memory to pixels; and what generating days takes."""
    events = 100
    began = time.process_time()
    days, _, _ = usable_days(aeta_set(events, seed=SEED))
    made = time.process_time() - began
    values = np.resize(days.values, (IMAGES, 1440))
    parameters = SpectrogramParameters(chirp=chirp)
    image_decibels(values[:64], parameters)
    wall, processor = time.perf_counter(), time.process_time()
    power = image_decibels(values, parameters, workers=WORKERS)
    pixels = paint(power, fit_scale(power), parameters)
    return {
        "images": len(pixels),
        "wall_s": round(time.perf_counter() - wall, 1),
        "processor_s": round(time.process_time() - processor, 1),
        "generating_40000_days_processor_s": round(made * IMAGES / (events * 28), 1),
    }


def main() -> None:
    """Measure and store."""
    draw = np.random.default_rng(SEED)
    rate = 0.25 / LENGTH
    ordinary, chirped = compare(chirps(rate, FRAMES, draw))
    still = compare(chirps(0.0, FRAMES, draw))
    result = {
        "length": LENGTH,
        "frames": FRAMES,
        "seed": SEED,
        "chirp_rate": rate,
        "concentration_chirp": {"ordinary": ordinary, "chirped": chirped, "ratio": chirped / ordinary},
        "concentration_tone": {"ordinary": still[0], "chirped": still[1], "ratio": still[1] / still[0]},
        "sign_right_10_db": {f"{sign * rate:+.5f}": right_signs(sign * rate, 10.0, draw) for sign in (1, -1)},
        "reconstruction_error_float32": reconstruction(),
        "images_chirped": image_time(chirp=True),
        "images_ordinary": image_time(chirp=False),
        "workers": WORKERS,
        "processors": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "machine": f"{platform.system()} {platform.machine()}",
        "versions": {name: version(name) for name in ("numpy", "sesctl")},
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
