"""Lists of earthquakes, and how far these are from a station."""

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sesctl.errors import ParameterError, ReadError
from sesctl.types.instants import from_iso

EARTH_RADIUS_KM: Final = 6371.0088
"""Mean radius of the Earth (IUGG)."""
COLUMNS: Final = {
    "time": ("time",),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon"),
    "magnitude": ("magnitude", "mag"),
}


# Days before and after have to be dates as well.
_EARLIEST, _LATEST = from_iso("0100-01-01T00:00:00Z"), from_iso("9900-01-01T00:00:00Z")


@dataclass(frozen=True, kw_only=True)
class Earthquake:
    """An earthquake of a list.

    Parameters
    ----------
    instant : int
        Origin time, µs UTC.
    latitude, longitude : float
        Epicentre in degrees north and east.
    magnitude : float
        Magnitude, of whatever scale the list has.

    Raises
    ------
    ParameterError
        If it lies nowhere on the Earth or beyond the years 100 to 9899, or a number is none.
    """

    instant: int
    latitude: float
    longitude: float
    magnitude: float

    def __post_init__(self) -> None:
        for value, limit, what in ((self.latitude, 90.0, "latitude"), (self.longitude, 360.0, "longitude")):
            if not abs(value) <= limit:
                msg = f"an earthquake has a {what} of {value}°, which is not within ±{limit:g}°"
                raise ParameterError(msg)
        if not _EARLIEST <= self.instant < _LATEST:
            msg = f"an earthquake's time, {self.instant} µs of UTC, lies beyond the years 100 to 9899"
            raise ParameterError(msg)
        if not math.isfinite(self.magnitude):
            msg = f"an earthquake has a magnitude of {self.magnitude}"
            raise ParameterError(msg)


def great_circle_km(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> float:
    """Return the distance of two places along the great circle, on a sphere.

    d = 2R arcsin √(sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2)), the haversine formula; within 0.6 % of the
    distance on the ellipsoid.

    Parameters
    ----------
    latitude, longitude, other_latitude, other_longitude : float
        Degrees north and east.

    Returns
    -------
    float
        The distance in km.
    """
    first, second = math.radians(latitude), math.radians(other_latitude)
    north = math.sin((second - first) / 2) ** 2
    east = math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    chord = min(1.0, north + math.cos(first) * math.cos(second) * east)
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(chord))


def read_earthquakes(path: Path) -> tuple[Earthquake, ...]:
    """Read a list of earthquakes.

    Parameters
    ----------
    path : Path
        A CSV file in UTF-8 whose first line names its columns: ``time`` (ISO 8601 with Z or an offset),
        ``latitude``, ``longitude`` and ``magnitude`` (or ``lat``, ``lon``, ``mag``); others are not read.
        The lists of the USGS and of many networks are of this kind.

    Returns
    -------
    tuple of Earthquake
        In order of time.

    Raises
    ------
    ReadError
        If it cannot be read, lacks a column, or a line is wrong; it names the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror})"
        raise ReadError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path} is no text in UTF-8: {error.reason} at byte {error.start}"
        raise ReadError(msg, "Save it as a CSV file in UTF-8.") from error
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[Earthquake] = []
    try:
        places = _columns(next(rows, []))
        for cells in rows:
            # A reader of CSV knows only now which line it has come to, and an error names it.
            found += [_earthquake(cells, places)] if any(cell.strip() for cell in cells) else []
    except (csv.Error, ParameterError) as error:
        msg = f"{path}, line {max(rows.line_num, 1)}: {error}"
        raise ReadError(msg, getattr(error, "hint", "")) from error
    if not found:
        msg = f"{path} lists no earthquake"
        raise ReadError(msg, "Give one line an earthquake below the line of column names.")
    return tuple(sorted(found, key=lambda each: each.instant))


def _columns(header: list[str]) -> dict[str, int]:
    names = [name.strip().casefold() for name in header]
    places = {}
    for column, spellings in COLUMNS.items():
        here = [names.index(spelling) for spelling in spellings if spelling in names]
        if not here:
            msg = f"the columns are {', '.join(names) or 'missing'}, without {column}"
            raise ParameterError(msg, f"Name the columns {', '.join(COLUMNS)}.")
        places[column] = here[0]
    return places


def _earthquake(cells: list[str], places: dict[str, int]) -> Earthquake:
    if len(cells) <= max(places.values()):
        msg = f"the line has {len(cells)} cells, but column {max(places.values()) + 1} is needed"
        raise ParameterError(msg)
    numbers = {}
    for column in ("latitude", "longitude", "magnitude"):
        cell = cells[places[column]].strip()
        try:
            numbers[column] = float(cell)
        except ValueError as error:
            msg = f"the {column} is {cell!r}, not a number"
            raise ParameterError(msg) from error
    return Earthquake(instant=from_iso(cells[places["time"]].strip()), **numbers)
