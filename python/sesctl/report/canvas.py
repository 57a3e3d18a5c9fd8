"""What every picture shares: axes of time, marked intervals, files that appear whole."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sesctl.errors import OutputError
from sesctl.types.instants import EPOCH, SECOND

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RECORD, CLEANED, MARK = "0.65", "#0b4f8a", "#d95f02"


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure, in inches, that needs no display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def datetimes(instants: npt.NDArray[np.int64], offset: int = 0) -> list[dt.datetime]:
    """Return instants (µs UTC) as the clock shows them at an offset in µs east of UTC."""
    return [EPOCH + dt.timedelta(microseconds=int(instant) + offset) for instant in instants]


def clock_name(offset: int) -> str:
    """Return what a clock at an offset in µs from UTC is called, for example ``UTC+9``."""
    hours, minutes = divmod(round(abs(offset) / (60 * SECOND)), 60)
    if not offset:
        return "UTC"
    return f"UTC{'+' if offset > 0 else '-'}{hours}{f':{minutes:02d}' if minutes else ''}"


def concise_dates(axis: "Axes", offset: int = 0) -> None:
    """Label an axis of time with as few words as needed."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator()  # type: ignore[no-untyped-call]  # matplotlib has no types here
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axis.set_xlabel(clock_name(offset))


def mark(axis: "Axes", start: int, end: int, offset: int = 0) -> None:
    """Mark an interval, µs UTC."""
    from matplotlib.dates import date2num

    edges = datetimes(np.array([start, end], dtype=np.int64), offset)
    first, last = (float(date2num(edge)) for edge in edges)  # type: ignore[no-untyped-call]
    axis.axvspan(first, last, color=MARK, alpha=0.15, lw=0)
    for edge in (first, last):
        axis.axvline(edge, color=MARK, lw=0.8)


def plain(axes: Sequence["Axes"]) -> None:
    """Let axes end where their data do, over a faint grid."""
    for axis in axes:
        axis.margins(x=0)
        axis.grid(True, color="0.92", lw=0.5)


def middle(row: npt.NDArray[np.float32]) -> float:
    """Return the median of the samples with a value, 0 without any."""
    finite = row[np.isfinite(row)]
    return float(np.median(finite)) if finite.size else 0.0


def usual_range(row: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Return limits of an axis that all but a thousandth of the samples at either end fit between.

    A single spike would otherwise press a whole day flat.
    """
    finite = row[np.isfinite(row)]
    low, high = np.quantile(finite, (0.001, 0.999)) if finite.size else (-1.0, 1.0)
    margin = 0.2 * (high - low) or 1.0
    return float(low - margin), float(high + margin)


def save(figure: "Figure", path: Path) -> Path:
    """Write a figure as PNG, whole or not at all, and return its path.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            figure.savefig(part, format="png", dpi=130)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror})"
        raise OutputError(msg) from error
    return path
