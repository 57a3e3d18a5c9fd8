"""A map of stations and earthquakes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sesctl.report.canvas import CLEANED, MARK, new_figure, save


@dataclass(frozen=True, kw_only=True, eq=False)
class MapView:
    """What a map shows.

    Parameters
    ----------
    title : str
        What it is of.
    stations : sequence of (str, float, float)
        Name, latitude and longitude in degrees.
    earthquakes : sequence of (float, float, float)
        Latitude and longitude in degrees, and magnitude.
    """

    title: str
    stations: Sequence[tuple[str, float, float]]
    earthquakes: Sequence[tuple[float, float, float]]


def draw_map(view: MapView, path: Path) -> Path:
    """Draw stations as triangles and earthquakes as circles that grow with magnitude; return the path.

    Degrees are drawn so that a kilometre has one length north and east at the map's middle.

    Parameters
    ----------
    view : MapView
        What to draw.
    path : Path
        The PNG file to write.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    figure = new_figure(7.0, 6.5)
    axes = figure.subplots()
    quakes = np.asarray(view.earthquakes, dtype=np.float64).reshape(-1, 3)
    places = np.asarray([place[1:] for place in view.stations], dtype=np.float64).reshape(-1, 2)
    axes.scatter(
        quakes[:, 1],
        quakes[:, 0],
        s=14 * 2.5 ** (quakes[:, 2] - 3.6),
        color=MARK,
        alpha=0.6,
        lw=0.3,
        edgecolor="white",
        label=_count(len(quakes), "earthquake") + f", M {quakes[:, 2].min():.1f} to {quakes[:, 2].max():.1f}",
    )
    axes.scatter(
        places[:, 1],
        places[:, 0],
        s=26,
        marker="^",
        color=CLEANED,
        lw=0.4,
        edgecolor="white",
        label=_count(len(places), "station"),
    )
    if len(places) <= 12:
        for (name, *_), (latitude, longitude) in zip(view.stations, places, strict=True):
            axes.annotate(name, (longitude, latitude), (4, 4), textcoords="offset points", fontsize=7)
    middle = float(np.mean(axes.get_ylim()))
    axes.set_aspect(1 / max(math.cos(math.radians(middle)), 0.05))
    axes.set_xlabel("longitude (° E)")
    axes.set_ylabel("latitude (° N)")
    axes.grid(True, color="0.92", lw=0.5)
    axes.set_axisbelow(True)
    axes.legend(loc="best", fontsize=8)
    axes.set_title(view.title, loc="left", fontsize=10)
    return save(figure, path)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
