"""Pictures of events: record, cleaned trace, score and the marked interval on one time axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sesctl.report.canvas import (
    CLEANED,
    RECORD,
    concise_dates,
    datetimes,
    mark,
    middle,
    new_figure,
    plain,
    save,
)
from sesctl.report.evidence_card import card_height, draw_card
from sesctl.report.spectrogram import SpectrogramView
from sesctl.types import Event
from sesctl.types.instants import iso

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, kw_only=True)
class EventView:
    """What a picture of an event shows.

    Parameters
    ----------
    event : Event
        The event.
    detector : str
        Name of the detector.
    times : ndarray of int64, shape (sample,)
        Instants, µs UTC.
    dipoles : sequence of str
        Names of the rows.
    record, cleaned : ndarray of float32, shape (dipole, sample)
        Field in mV/km as measured, and as the detector saw it.
    score : ndarray of float32, shape (dipole or 1, sample)
        The detector's output.
    score_label : str
        What the output is, with its unit.
    unit : str
        Unit of record and cleaned.
    denoised : bool
        Whether the output is a field, of which the offset does not matter; else it is shown as it is.
    spectrum : SpectrogramView, optional
        What a detector of images saw of the event's first dipole.
    """

    event: Event
    detector: str
    times: npt.NDArray[np.int64]
    dipoles: Sequence[str]
    record: npt.NDArray[np.float32]
    cleaned: npt.NDArray[np.float32]
    score: npt.NDArray[np.float32]
    score_label: str
    unit: str = "mV/km"
    denoised: bool = True
    spectrum: SpectrogramView | None = None


def picture_path(folder: Path, view: EventView) -> Path:
    """Return the name of an event's picture."""
    stamp = iso(view.event.start).replace("-", "").replace(":", "")
    return folder / f"{view.event.station}-{stamp}-{view.detector}.png"


def draw_event(view: EventView, folder: Path) -> Path:
    """Draw an event, with a card of the evidence where there is any, and return its picture's path.

    Parameters
    ----------
    view : EventView
        What to draw.
    folder : Path
        Where; made if it does not exist.

    Returns
    -------
    Path
        The PNG, written whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    count = len(view.dipoles)
    evidence = view.event.evidence
    heights = [1.7] * count + ([2.6] if view.spectrum else []) + [1.7]
    tall = sum(heights) + 0.9
    shape: dict[str, Any] = {"sharex": True, "squeeze": False, "height_ratios": heights}
    if evidence is None:
        figure = new_figure(9, tall)
        axes = figure.subplots(len(heights), 1, **shape)[:, 0]
    else:
        figure = new_figure(15, max(tall, card_height(evidence) + 0.6))
        left, right = figure.subfigures(1, 2, width_ratios=(9, 6), squeeze=False)[0]
        axes = left.subplots(len(heights), 1, **shape)[:, 0]
        draw_card(right.subplots(), evidence)
    times = datetimes(view.times)
    for axis, name, record, cleaned in zip(axes, view.dipoles, view.record, view.cleaned, strict=False):
        offset = middle(record)
        axis.plot(times, record - offset, color=RECORD, lw=0.7, label="record")
        axis.plot(times, cleaned - offset, color=CLEANED, lw=1.0, label="as the detector saw it")
        axis.set_ylabel(f"{name}\n({view.unit})")
        axis.annotate(
            f"offset {offset:+.1f} {view.unit} removed",
            (0.995, 0.04),
            xycoords="axes fraction",
            ha="right",
            fontsize=7,
            color="0.4",
        )
    lines = view.score
    if view.denoised:
        lines = lines - np.array([[middle(row)] for row in lines], dtype=np.float32)
    for row, name in zip(lines, view.dipoles if len(lines) == count else [""], strict=True):
        axes[-1].plot(times, row, lw=1.0, label=name or None)
    axes[-1].set_ylabel(view.score_label)
    if view.spectrum:
        _draw_spectrum(view.spectrum, view.event, axes[count])
        axes[-1].set_ylim(0, 1.05)  # scores of windows are probabilities
    lined = [*axes[:count], axes[-1]]
    for axis in lined:
        mark(axis, view.event.start, view.event.end)
    plain(lined)
    axes[0].legend(loc="upper left", fontsize=7, ncols=3, frameon=False)
    if len(lines) > 1:
        axes[-1].legend(loc="upper left", fontsize=7, ncols=3, frameon=False)
    concise_dates(axes[-1])
    figure.suptitle(_title(view), fontsize=10)
    return save(figure, picture_path(folder, view))


def _draw_spectrum(spectrum: SpectrogramView, event: Event, axis: "Axes") -> None:
    """Draw a spectrogram on the scale that the detector sees, the interval between two lines."""
    from matplotlib.dates import date2num

    instants = np.concatenate([spectrum.times, [event.start, event.end]])
    days = date2num(datetimes(instants))  # type: ignore[no-untyped-call]
    shown = axis.pcolormesh(
        days[:-2],
        spectrum.frequency_hz * 1e3,
        spectrum.decibels,
        cmap="magma",
        vmin=spectrum.scale.low,
        vmax=spectrum.scale.high,
        shading="nearest",
        rasterized=True,
    )
    axis.set_facecolor("0.85")
    axis.set_ylabel(f"{spectrum.title}\n(mHz)")
    for edge in days[-2:]:
        axis.axvline(float(edge), color="white", lw=1.0, ls="--")
    axis.figure.colorbar(shown, ax=axis, location="right", pad=0.01, label=f"dB re 1 ({spectrum.unit})²")


def _title(view: EventView) -> str:
    event = view.event
    flags = f"  [{', '.join(event.flags)}]" if event.flags else ""
    size = f"{event.amplitude:+.1f} mV/km on " if np.isfinite(event.amplitude) else "on "
    return (
        f"{event.station}  {iso(event.start)} to {iso(event.end)}  ({event.duration_s / 60:.1f} min)\n"
        f"{size}{event.dipoles[0] if event.dipoles else '?'},  "
        f"{view.detector} score {event.score:.2f}{flags}"
    )
