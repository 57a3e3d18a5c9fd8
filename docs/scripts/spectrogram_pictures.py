"""Draw the pictures of docs/spectrograms.md.

Run from the root of the repository: python docs/scripts/spectrogram_pictures.py
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np

from sesctl.kernels import check_overlap, make_window
from sesctl.pairing import usable_days
from sesctl.report import MapView, SpectrogramView, draw_comparison, draw_gallery, draw_map
from sesctl.spectrogram import concentration, decibels, fit_scale, labelled_images, paint, transform
from sesctl.synth import aeta_set
from sesctl.synth.aeta_network import NEIGHBOURS, aeta_earthquakes, aeta_stations
from sesctl.types import DecibelScale, SpectrogramParameters
from sesctl.types.instants import SECOND, iso

mpl.use("Agg")
import matplotlib.pyplot as plt

PICTURES = Path(__file__).parents[1] / "pictures"
MINUTES = 1440
SEED, EVENTS, STATIONS = 2003, 400, 165
BLUE, RED, GREY = "#2b6cb0", "#c23b22", "0.6"
plt.rcParams.update({"font.size": 8, "axes.spines.top": False, "axes.spines.right": False})


def two_tones_and_a_pulse() -> np.ndarray:
    """Return a day with tones at 2.0 and 2.4 mHz and a pulse at 15:00, float32 (minute,)."""
    seconds = 60 * np.arange(MINUTES)
    record = np.sin(2 * np.pi * 2.0e-3 * seconds) + np.sin(2 * np.pi * 2.4e-3 * seconds)
    record[900:903] += 12
    return (record + 0.1 * np.random.default_rng(1).standard_normal(MINUTES)).astype(np.float32)


def draw_lengths() -> None:
    """Draw one record with windows of three lengths."""
    figure, axes = plt.subplots(1, 3, figsize=(10, 3), sharey=True, layout="constrained")
    for axis, length in zip(axes, (32, 64, 256), strict=True):
        parameters = SpectrogramParameters(length=length, n_fft=length, hop=4, chirp=False)
        power = decibels(transform(two_tones_and_a_pulse(), parameters))
        hours = np.arange(power.shape[1]) * 4 / 60
        frequency = np.arange(1, length // 2 + 1) / length / 60 * 1e3
        axis.pcolormesh(hours, frequency, power, cmap="magma", vmin=-25, vmax=25, shading="nearest")
        axis.set_ylim(0.4, 4.5)
        axis.set_xlim(9, 21)
        axis.set_title(f"L = {length} min: cells of {1e3 / 60 / length:.2f} mHz", fontsize=9, loc="left")
        axis.set_xlabel("hour")
    axes[0].set_ylabel("mHz")
    figure.savefig(PICTURES / "spectrogram-lengths.png", dpi=130)


def draw_padding() -> None:
    """Draw the spectrum of one frame of two near tones with zeros added, and of a longer frame."""
    record = two_tones_and_a_pulse()[:512].astype(float)
    figure, axes = plt.subplots(1, 2, figsize=(10, 2.8), sharey=True, layout="constrained")
    for length, points, axis, style in (
        (64, 64, axes[0], {"color": RED, "marker": "o", "ms": 4, "lw": 0.8}),
        (64, 1024, axes[0], {"color": BLUE, "lw": 1.2}),
        (128, 128, axes[1], {"color": RED, "marker": "o", "ms": 4, "lw": 0.8}),
        (128, 1024, axes[1], {"color": BLUE, "lw": 1.2}),
    ):
        window = make_window("hann", length)
        power = np.abs(np.fft.rfft(record[100 : 100 + length] * window, points)) ** 2 / (window**2).sum()
        frequency = np.fft.rfftfreq(points, 60) * 1e3
        axis.plot(frequency, 10 * np.log10(power), label=f"N = {points}", **style)
        axis.set_title(f"L = {length} min", fontsize=9, loc="left")
    for axis in axes:
        for tone in (2.0, 2.4):
            axis.axvline(tone, color=GREY, lw=0.7, ls=":")
        axis.set_xlim(1.2, 3.2)
        axis.set_ylim(-20, 20)
        axis.set_xlabel("mHz")
        axis.legend(frameon=False)
    axes[0].set_ylabel("dB")
    figure.savefig(PICTURES / "spectrogram-padding.png", dpi=130)


def draw_overlap() -> None:
    """Draw the sums of overlapping windows and of their squares."""
    cases = (("hann", 32), ("hann", 48), ("rectangular", 64), ("hann", 64))
    figure, axes = plt.subplots(1, 4, figsize=(10, 2.2), sharey=True, layout="constrained")
    for axis, (name, hop) in zip(axes, cases, strict=True):
        window = make_window(name, 64)
        total, squares = np.zeros(640), np.zeros(640)
        for first in range(0, 640 - 63, hop):
            total[first : first + 64] += window
            squares[first : first + 64] += window**2
            axis.plot(np.arange(first, first + 64), window, color=GREY, lw=0.6)
        axis.plot(total, color=BLUE, lw=1.4, label="Σ g")
        axis.plot(squares, color=RED, lw=1.0, label="Σ g²")
        cola, nola = check_overlap(window, hop)
        axis.set_title(
            f"{name}, hop {hop}\nCOLA {'yes' if cola else 'no'}, NOLA {'yes' if nola else 'no'}",
            fontsize=8,
            loc="left",
        )
        axis.set_xlim(192, 448)
        axis.set_ylim(0, 1.3)
        axis.set_xlabel("sample")
    axes[0].legend(frameon=False, loc="lower left")
    figure.savefig(PICTURES / "spectrogram-overlap.png", dpi=130)


def draw_chirps() -> None:
    """Draw a signal whose frequency rises and falls, with ordinary and with chirped windows."""
    turns = 60 * (2.0e-3 + 4.5e-3 * np.abs((np.arange(MINUTES) / 90) % 2 - 1))
    record = 10 * np.cos(2 * np.pi * np.cumsum(turns)) + np.random.default_rng(2).standard_normal(MINUTES)
    values = record.astype(np.float32)
    views, notes = [], []
    for name, chirp in (("ordinary", False), ("chirped", True)):
        spectrum = transform(values, SpectrogramParameters(chirp=chirp))
        power = decibels(spectrum)
        views.append(
            SpectrogramView(
                title="rising and falling by 4.5 mHz in 90 min, 17 dB above noise",
                unit="mV/km",
                start=0,
                interval=60.0,
                values=values,
                frequency_hz=np.arange(1, 33) / 64 / 60,
                times=np.arange(power.shape[1], dtype=np.int64) * 8 * 60 * SECOND,
                decibels=power,
                scale=DecibelScale(low=-5.0, high=30.0),
            )
        )
        notes.append(f"{name} windows: concentration {np.median(concentration(values, spectrum)):.2f}")
    draw_comparison(views[0], views[1], notes, PICTURES / "spectrogram-chirp.png")


def draw_network() -> None:
    """Draw the synthetic network, and images of days before and after some of its earthquakes."""
    stations = aeta_stations(STATIONS, SEED)
    quakes = aeta_earthquakes(1437 // NEIGHBOURS, stations, SEED)
    draw_map(
        MapView(
            title="A synthetic network of AETA-like stations and the earthquakes near them",
            stations=[(each.name, each.latitude, each.longitude) for each in stations],
            earthquakes=[(each.latitude, each.longitude, each.magnitude) for each in quakes],
        ),
        PICTURES / "spectrogram-map.png",
    )
    days, _, _ = usable_days(aeta_set(12, stations=12, seed=SEED))
    images = labelled_images(days, SpectrogramParameters())
    labels, scale = images.labels, fit_scale(images.decibels)
    draw = np.random.default_rng(5)
    some = [
        row
        for kind in (True, False)
        for row in np.sort(draw.choice(np.flatnonzero(labels.before == kind), 8, replace=False))
    ]
    titles = [
        f"{'before' if labels.before[row] else 'after'}, {labels.stations[labels.station[row]]}\n"
        f"{iso(int(labels.start[row]))[:10]}"
        for row in some
    ]
    pixels = list(paint(images.decibels[some], scale, images.parameters))
    draw_gallery(pixels, titles, 8, PICTURES / "spectrogram-images.png")


def main() -> None:
    """Draw all."""
    draw_lengths()
    draw_padding()
    draw_overlap()
    draw_chirps()
    draw_network()


if __name__ == "__main__":
    main()
