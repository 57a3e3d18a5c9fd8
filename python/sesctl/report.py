"""Pictures of events: record, cleaned trace, score and the marked interval on one time axis."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sesctl.errors import OutputError
from sesctl.types import Event
from sesctl.types.instants import EPOCH, iso

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RECORD, CLEANED, MARK = "0.65", "#0b4f8a", "#d95f02"


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
    """

    event: Event
    detector: str
    times: npt.NDArray[np.int64]
    dipoles: Sequence[str]
    record: npt.NDArray[np.float32]
    cleaned: npt.NDArray[np.float32]
    score: npt.NDArray[np.float32]
    score_label: str


def picture_path(folder: Path, view: EventView) -> Path:
    """Return the name of an event's picture."""
    stamp = iso(view.event.start).replace("-", "").replace(":", "")
    return folder / f"{view.event.station}-{stamp}-{view.detector}.png"


def draw_event(view: EventView, folder: Path) -> Path:
    """Draw an event and return its picture's path.

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
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.figure import Figure

    count = len(view.dipoles)
    figure = Figure(figsize=(9, 1.7 * count + 2.6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(count + 1, 1, sharex=True, squeeze=False)[:, 0]
    times = _datetimes(view.times)
    for axis, name, record, cleaned in zip(axes, view.dipoles, view.record, view.cleaned, strict=False):
        offset = _middle(record)
        axis.plot(times, record - offset, color=RECORD, lw=0.7, label="record")
        axis.plot(times, cleaned - offset, color=CLEANED, lw=1.0, label="as the detector saw it")
        axis.set_ylabel(f"{name}\n(mV/km)")
        axis.annotate(
            f"offset {offset:+.1f} mV/km removed",
            (0.995, 0.04),
            xycoords="axes fraction",
            ha="right",
            fontsize=7,
            color="0.4",
        )
    lines = view.score - np.array([[_middle(row)] for row in view.score], dtype=np.float32)
    for row, name in zip(lines, view.dipoles if len(lines) == count else [""], strict=True):
        axes[-1].plot(times, row, lw=1.0, label=name or None)
    axes[-1].set_ylabel(view.score_label)
    for axis in axes:
        _mark(axis, view.event)
    axes[0].legend(loc="upper left", fontsize=7, ncols=3, frameon=False)
    if len(lines) > 1:
        axes[-1].legend(loc="upper left", fontsize=7, ncols=3, frameon=False)
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]  # matplotlib has no types here
    axes[-1].xaxis.set_major_locator(locator)
    axes[-1].xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes[-1].set_xlabel("UTC")
    figure.suptitle(_title(view), fontsize=10)
    return _save(figure, picture_path(folder, view))


def _title(view: EventView) -> str:
    event = view.event
    flags = f"  [{', '.join(event.flags)}]" if event.flags else ""
    return (
        f"{event.station}  {iso(event.start)} to {iso(event.end)}  ({event.duration_s / 60:.1f} min)\n"
        f"{event.amplitude:+.1f} mV/km on {event.dipoles[0] if event.dipoles else '?'},  "
        f"{view.detector} score {event.score:.2f}{flags}"
    )


def _mark(axis: "Axes", event: Event) -> None:
    from matplotlib.dates import date2num

    edges = _datetimes(np.array([event.start, event.end]))
    start, end = (float(date2num(edge)) for edge in edges)  # type: ignore[no-untyped-call]
    axis.axvspan(start, end, color=MARK, alpha=0.15, lw=0)
    for edge in (start, end):
        axis.axvline(edge, color=MARK, lw=0.8)
    axis.margins(x=0)
    axis.grid(True, color="0.92", lw=0.5)


def _datetimes(instants: npt.NDArray[np.int64]) -> list[dt.datetime]:
    return [EPOCH + dt.timedelta(microseconds=int(instant)) for instant in instants]


def _middle(row: npt.NDArray[np.float32]) -> float:
    finite = row[np.isfinite(row)]
    return float(np.median(finite)) if finite.size else 0.0


def _save(figure: "Figure", path: Path) -> Path:
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(part, format="png", dpi=130)
        part.replace(path)
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror})"
        raise OutputError(msg) from error
    finally:
        part.unlink(missing_ok=True)
    return path
