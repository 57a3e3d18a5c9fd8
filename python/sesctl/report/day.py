"""The picture of a day: every channel, the whole day beside a stretch of its night."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sesctl.report.canvas import (
    CLEANED,
    clock_name,
    concise_dates,
    datetimes,
    middle,
    new_figure,
    plain,
    save,
    usual_range,
)
from sesctl.types.instants import DAY, iso


@dataclass(frozen=True, kw_only=True)
class DayView:
    """What a picture of a day shows.

    Parameters
    ----------
    station : str
        Name of the station.
    times : ndarray of int64, shape (sample,)
        Instants, µs UTC.
    channels, units : sequence of str
        Names of the rows and their units.
    values : ndarray of float32, shape (channel, sample)
        Samples, NaN in gaps.
    night : tuple of int
        The stretch shown larger, µs UTC.
    day_offset : int
        Offset of the clock on the axis, µs east of UTC.
    """

    station: str
    times: npt.NDArray[np.int64]
    channels: Sequence[str]
    units: Sequence[str]
    values: npt.NDArray[np.float32]
    night: tuple[int, int]
    day_offset: int = 0


def draw_day(view: DayView, folder: Path) -> Path:
    """Draw a day and return its picture's path.

    Parameters
    ----------
    view : DayView
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
    count = len(view.channels)
    figure = new_figure(12, 1.5 * count + 1.2)
    axes = figure.subplots(count, 2, sharex="col", squeeze=False, width_ratios=(2, 1))
    at_night = (view.times >= view.night[0]) & (view.times < view.night[1])
    for (whole, night), name, unit, row in zip(axes, view.channels, view.units, view.values, strict=True):
        for axis, shown in ((whole, np.ones_like(at_night)), (night, at_night)):
            samples = row[shown] - middle(row[shown])
            times = datetimes(view.times[shown], view.day_offset)
            axis.plot(times, samples, color=CLEANED, lw=0.5)
            axis.set_ylim(usual_range(samples))
        whole.set_ylabel(f"{name}\n({unit})")
    axes[0, 0].set_title("the day, each trace about its median (spikes may leave the axes)", fontsize=9)
    axes[0, 1].set_title("the night", fontsize=9)
    for axis in axes[-1]:
        concise_dates(axis, view.day_offset)
    plain(axes.ravel().tolist())
    date = iso((int(view.times[0]) + view.day_offset) // DAY * DAY)[:10]
    figure.suptitle(f"{view.station}  {date}  ({clock_name(view.day_offset)})", fontsize=10)
    return save(figure, folder / f"{view.station}-{date.replace('-', '')}-day.png")
