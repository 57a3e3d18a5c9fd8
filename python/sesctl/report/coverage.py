"""A picture of what a station's record holds, day by day."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sesctl.report.canvas import MARK, concise_dates, datetimes, new_figure, save
from sesctl.types import Annotation
from sesctl.types.instants import DAY


@dataclass(frozen=True, kw_only=True, eq=False)
class CoverageView:
    """What is drawn of a record's coverage.

    Parameters
    ----------
    title : str
        Whose it is.
    channels : tuple of str
        Names of the channels.
    first_day : int
        The first UTC day, counted from 1970-01-01.
    complete : ndarray of float64, shape (channel, day)
        Share of each day's samples with a value, 0..1.
    remarks : tuple of Annotation
        Remarks to mark above the days.
    """

    title: str
    channels: tuple[str, ...]
    first_day: int
    complete: npt.NDArray[np.float64]
    remarks: tuple[Annotation, ...] = ()


def draw_coverage(view: CoverageView, path: Path) -> Path:
    """Draw each channel's days, the darker the more complete, and return the picture's path.

    Parameters
    ----------
    view : CoverageView
        What to draw.
    path : Path
        The PNG file to write.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    channels, days = view.complete.shape
    figure = new_figure(9.0, 1.4 + 0.35 * channels)
    axes = figure.subplots()
    edges = (view.first_day + np.arange(days + 1, dtype=np.int64)) * DAY
    shown = axes.pcolormesh(
        datetimes(edges),  # type: ignore[arg-type]  # matplotlib takes moments
        np.arange(channels + 1),
        np.where(view.complete > 0, view.complete, np.nan),
        cmap="Blues",
        vmin=0.0,
        vmax=1.0,
    )
    axes.set_facecolor("0.94")
    axes.set_yticks(np.arange(channels) + 0.5, view.channels)
    axes.invert_yaxis()
    for remark in view.remarks:
        start, end = datetimes(np.array([remark.start, remark.end], dtype=np.int64))
        axes.hlines(0.0, start, end, color=MARK, lw=4, clip_on=False)  # type: ignore[arg-type]
    concise_dates(axes)
    axes.set_title(view.title, loc="left", fontsize=10)
    figure.colorbar(shown, ax=axes, label="share of the day")
    return save(figure, path)
