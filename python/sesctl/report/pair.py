"""The picture of a training pair: what a network is given, and what it is to return."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
    usual_range,
)
from sesctl.types.instants import DAY, iso
from sesctl.waveforms import SES


@dataclass(frozen=True, kw_only=True)
class PairView:
    """What a picture of a training pair shows.

    Parameters
    ----------
    station, dipole : str
        Where it was recorded.
    times : ndarray of int64, shape (sample,)
        Instants, µs UTC.
    given, target : ndarray of float32, shape (sample,)
        The record with an SES, and the cleaned record with the same SES, in mV/km.
    truth : sequence of SES
        What was embedded.
    day_offset : int
        Offset of the clock on the axis, µs east of UTC.
    """

    station: str
    dipole: str
    times: npt.NDArray[np.int64]
    given: npt.NDArray[np.float32]
    target: npt.NDArray[np.float32]
    truth: Sequence[SES]
    day_offset: int = 0


def draw_pair(view: PairView, folder: Path) -> Path:
    """Draw a training pair and return its picture's path.

    Parameters
    ----------
    view : PairView
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
    figure = new_figure(11, 5)
    axes = figure.subplots(2, 1, sharex=True, sharey=True)
    times = datetimes(view.times, view.day_offset)
    rows = (
        ("record + SES", view.given, RECORD),
        ("cleaned record + SES", view.target, CLEANED),
    )
    for axis, (label, row, colour) in zip(axes, rows, strict=True):
        axis.plot(times, row - middle(view.target), color=colour, lw=0.7)
        axis.set_ylabel(f"{view.dipole}\n(mV/km)")
        axis.set_title(label, fontsize=9, loc="left")
        for ses in view.truth:
            mark(axis, ses.start, ses.end, view.day_offset)
    axes[0].set_ylim(usual_range(view.given - middle(view.target)))
    plain(axes.tolist())
    concise_dates(axes[-1], view.day_offset)
    date = iso((int(view.times[0]) + view.day_offset) // DAY * DAY)[:10]
    signals = ", ".join(f"{ses.amplitude:+.1f} mV/km for {ses.duration_s / 60:.0f} min" for ses in view.truth)
    figure.suptitle(
        f"{view.station} {view.dipole}  {date}  SES on the strongest dipole: {signals}", fontsize=10
    )
    return save(figure, folder / f"{view.station}-{date.replace('-', '')}-{view.dipole}-pair.png")
