"""Draw the pictures of docs/synthetic.md.

Run from the root of the repository: python docs/scripts/synth_pictures.py
"""

import datetime as dt
from pathlib import Path

import matplotlib as mpl
import numpy as np
from scipy.ndimage import uniform_filter1d
from scipy.signal import savgol_filter, welch

from sesctl.synth import simulate
from sesctl.synth.simulate import Simulation
from sesctl.waveforms import Boxcar, dipole_amplitudes

mpl.use("Agg")
import matplotlib.pyplot as plt

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs/pictures"
PRESETS = {"hkb": 12.0, "mts": 12.0, "ota": 9.0}
SEED = 2003
JST_H = 9
BLACK, RED, BLUE = "#1a1a1a", "#c23b22", "#2b6cb0"
plt.rcParams.update({"font.size": 8, "axes.spines.top": False, "axes.spines.right": False})


def civil_day(name: str, seed: int) -> tuple[Simulation, np.ndarray]:
    """Return a simulation and its dipoles over 19 January 1999 from midnight to midnight, JST."""
    simulation = simulate(name, 3, seed, first_day=dt.date(1999, 1, 18))
    first = 8640 - JST_H * 360
    values = simulation.record.electric().values[:, first : first + 8640].astype(float)
    return simulation, values - np.nanmedian(values, axis=1, keepdims=True)


def draw_days() -> None:
    """Draw a whole day and its night, with one SES at 01:37, on the nine dipoles of three stations."""
    figure, axes = plt.subplots(9, 2, figsize=(10, 10.5), width_ratios=(2.4, 1), sharex="col")
    hours = np.arange(8640) / 360
    ses = Boxcar(duration_s=27 * 60).sample((hours - 1 - 37 / 60) * 3600)
    row = 0
    for name, amplitude in PRESETS.items():
        simulation, values = civil_day(name, SEED)
        dipoles = simulation.record.station.dipoles
        values += dipole_amplitudes(amplitude, 35.0, dipoles, simulation.distortion)[:, None] * ses
        for dipole, trace in zip(dipoles, values, strict=True):
            whole, night = axes[row]
            whole.plot(hours, trace, lw=0.45, color=BLACK)
            near = (hours >= 1) & (hours < 4)
            night.plot(hours[near], trace[near] - np.nanmedian(trace[near]), lw=0.6, color=BLACK)
            night.axvspan(1 + 37 / 60, 2 + 4 / 60, color=RED, alpha=0.12, lw=0)
            limit = np.nanquantile(np.abs(trace), 0.9995) * 1.15
            whole.set_ylim(-limit, limit)
            whole.set_ylabel(f"{name.upper()}\n{dipole.name}", rotation=0, ha="right", va="center")
            row += 1
    axes[0, 0].set_title("19 January 1999, civil time, mV/km")
    axes[0, 1].set_title("01:00–04:00, SES shaded")
    axes[-1, 0].set(xlim=(0, 24), xticks=range(0, 25, 3), xlabel="hour")
    axes[-1, 1].set(xlim=(1, 4), xlabel="hour")
    figure.tight_layout(h_pad=0.2)
    figure.savefig(PICTURES / "synth-days.png", dpi=85)
    plt.close(figure)


def draw_pair() -> None:
    """Draw what a network is given, and what it is asked for."""
    simulation, values = civil_day("hkb", SEED + 1)
    trace = values[2]
    hours = np.arange(8640) / 360
    known = ~np.isnan(trace)
    trace = np.interp(np.arange(8640), np.flatnonzero(known), trace[known])
    clean = uniform_filter1d(savgol_filter(trace, 361, 3, mode="interp"), 121, mode="nearest")
    ses = 13.0 * Boxcar(duration_s=28 * 60).sample((hours - 14.4) * 3600)
    figure, axes = plt.subplots(3, 1, figsize=(9, 5), sharex=True)
    for axis, line, color, title in (
        (axes[0], trace + ses, BLACK, f"input: record of {simulation.parameters.name} dp3 + SES"),
        (axes[1], clean + ses, BLUE, "target: heavily smoothed record + SES"),
        (axes[2], ses, RED, "SES: 13 mV/km, 28 min from 14:24"),
    ):
        axis.plot(hours, line, lw=0.6, color=color)
        axis.axvspan(14.4, 14.4 + 28 / 60, color=RED, alpha=0.12, lw=0)
        axis.set_title(title, loc="left")
        axis.set_ylabel("mV/km")
    axes[-1].set(xlim=(0, 24), xticks=range(0, 25, 3), xlabel="hour, civil time")
    figure.tight_layout()
    figure.savefig(PICTURES / "synth-pair.png", dpi=85)
    plt.close(figure)


def filled(rows: np.ndarray) -> np.ndarray:
    """Return rows with gaps bridged by straight lines."""
    numbers = np.arange(rows.shape[1])
    return np.stack([np.interp(numbers, numbers[~np.isnan(row)], row[~np.isnan(row)]) for row in rows])


def draw_spectra() -> None:
    """Draw the magnetic spectrum beside Boulder's, and the electric ones of the three stations."""
    lines = (ROOT / "tests/golden/real/usgs-bou-minute/BOU201601vmin.min").read_text().splitlines()
    boulder = np.array([line.split()[3:5] for line in lines if line.startswith("2016-")], dtype=float).T
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4))
    day = dt.date(1999, 1, 18)
    minutes = [
        filled(simulate("hkb", 29, seed, first_day=day).record.values[-2:]).reshape(2, -1, 6).mean(axis=2)
        for seed in range(SEED, SEED + 4)
    ]
    for label, color, fields in (
        ("Boulder, January 2016", RED, [boulder]),
        ("simulated, four months", BLACK, minutes),
    ):
        for i, field in enumerate(fields):
            frequency, density = welch(field, 1 / 60, nperseg=2880, detrend="linear")
            for k, style in enumerate(("-", ":")):
                name = f"{label}, {'north' if k == 0 else 'east'}" if i == 0 else None
                left.loglog(
                    1 / frequency[1:], density[k, 1:], style, lw=0.9, color=color, alpha=0.8, label=name
                )
    left.set(xlabel="period, s", ylabel="nT²/Hz", title="magnetic variations", xlim=(1e5, 110))
    left.legend(frameon=False, fontsize=7)
    for name, color in (("hkb", RED), ("mts", BLUE), ("ota", BLACK)):
        values = filled(simulate(name, 9, SEED, first_day=day).record.electric().values)
        civil = values[:, 8640 - JST_H * 360 :][:, : 8 * 8640].reshape(3, 8, 8640)
        for style, low, high, label in (("-", 6, 22, "by day"), (":", 1, 5, "at night")):
            frequency, density = welch(
                civil[..., low * 360 : high * 360], 0.1, nperseg=1440, detrend="linear"
            )
            # The median over days keeps one night's freight train out of the picture.
            middle = np.median(density, axis=(0, 1))
            right.loglog(
                1 / frequency[1:], middle[1:], style, lw=0.9, color=color, label=f"{name.upper()} {label}"
            )
    right.set(
        xlabel="period, s", ylabel="(mV/km)²/Hz", title="electric field, median dipole", xlim=(1.5e4, 20)
    )
    right.legend(frameon=False, fontsize=7)
    figure.tight_layout()
    figure.savefig(PICTURES / "synth-spectra.png", dpi=85)
    plt.close(figure)


if __name__ == "__main__":
    draw_days()
    draw_pair()
    draw_spectra()
