"""Pictures of spectrograms, through librosa's display."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sesctl.report.canvas import CLEANED, new_figure, save
from sesctl.types import DecibelScale
from sesctl.types.instants import SECOND, iso

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh


@dataclass(frozen=True, kw_only=True, eq=False)
class SpectrogramView:
    """What is drawn of a spectrogram.

    Parameters
    ----------
    title : str
        What it is of.
    unit : str
        Unit of the record.
    start : int
        Its first sample, µs UTC.
    interval : float
        Sampling interval in s.
    values : ndarray of float32, shape (sample,)
        The record, NaN in gaps.
    frequency_hz : ndarray of float64, shape (frequency,)
        Rows of `decibels`.
    times : ndarray of int64, shape (frame,)
        Columns of `decibels`, µs UTC.
    decibels : ndarray of float32, shape (frequency, frame)
        Power in dB re 1 unit², NaN in gaps.
    scale : DecibelScale
        What is darkest and what brightest.
    """

    title: str
    unit: str
    start: int
    interval: float
    values: npt.NDArray[np.float32]
    frequency_hz: npt.NDArray[np.float64]
    times: npt.NDArray[np.int64]
    decibels: npt.NDArray[np.float32]
    scale: DecibelScale


def draw_spectrogram(view: SpectrogramView, path: Path) -> Path:
    """Draw a record above its spectrogram, and return the picture's path.

    Parameters
    ----------
    view : SpectrogramView
        What to draw.
    path : Path
        The PNG file to write.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    figure = new_figure(9.0, 5.0)
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(1, 2))
    _draw_record(view, top)
    shown = _draw_power(view, bottom)
    bottom.set_xlabel(f"hours from {iso(view.start)}")
    figure.colorbar(shown, ax=bottom, label=f"dB re 1 ({view.unit})²")
    return save(figure, path)


def draw_comparison(
    ordinary: SpectrogramView, chirped: SpectrogramView, notes: Sequence[str], path: Path
) -> Path:
    """Draw the ordinary spectrogram of a record and that with chirped windows beside each other.

    Parameters
    ----------
    ordinary, chirped : SpectrogramView
        What to draw, on one scale.
    notes : sequence of str
        A line below each title, for example on its concentration.
    path : Path
        The PNG file to write.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    figure = new_figure(12.0, 5.0)
    grid = figure.subplots(2, 2, sharex=True, height_ratios=(1, 2))
    for column, (view, words) in enumerate(zip((ordinary, chirped), notes, strict=True)):
        _draw_record(view, grid[0, column])
        shown = _draw_power(view, grid[1, column])
        grid[1, column].set_title(words, loc="left", fontsize=9)
        grid[1, column].set_xlabel(f"hours from {iso(view.start)}")
    figure.colorbar(shown, ax=grid[1, :].tolist(), label=f"dB re 1 ({ordinary.unit})²")
    return save(figure, path)


def draw_gallery(
    images: Sequence[npt.NDArray[np.uint8]], titles: Sequence[str], columns: int, path: Path
) -> Path:
    """Draw images as a detector sees them, row by row, and return the picture's path.

    Parameters
    ----------
    images : sequence of ndarray of uint8, shape (height, width, channel)
        The images.
    titles : sequence of str
        A line above each.
    columns : int
        Images in a row.
    path : Path
        The PNG file to write.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    rows = -(-len(images) // columns)
    figure = new_figure(1.5 * columns, 1.75 * rows)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, image, title in zip(grid.flat, images, titles, strict=False):
        axes.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        axes.set_title(title, fontsize=6)
    return save(figure, path)


def _draw_record(view: SpectrogramView, axes: "Axes") -> None:
    hours = np.arange(len(view.values)) * view.interval / 3600
    axes.plot(hours, view.values, color=CLEANED, lw=0.5)
    axes.set_ylabel(view.unit)
    axes.set_title(view.title, loc="left", fontsize=10)
    axes.margins(x=0)
    axes.grid(True, color="0.92", lw=0.5)


def _draw_power(view: SpectrogramView, axes: "Axes") -> "QuadMesh":
    # librosa's display takes half a second to import, so nothing else of this package waits for it.
    from librosa.display import specshow
    from matplotlib.ticker import AutoLocator, ScalarFormatter

    shown: QuadMesh = specshow(
        view.decibels,
        x_coords=(view.times - view.start) / (3600 * SECOND),
        y_coords=view.frequency_hz * 1e3,
        ax=axes,
        cmap="magma",
        vmin=view.scale.low,
        vmax=view.scale.high,
    )
    # Without axes of librosa's own kinds, specshow takes the ticks away.
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(AutoLocator())
        axis.set_major_formatter(ScalarFormatter())
    axes.set_facecolor("0.85")
    axes.set_xlim(0, len(view.values) * view.interval / 3600)
    axes.set_ylabel("mHz")
    return shown
