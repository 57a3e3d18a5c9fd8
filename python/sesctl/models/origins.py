"""Which days a model learnt from and was chosen on: so that no test is made on them unawares."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sesctl.errors import OutputError, PluginError, ReadError
from sesctl.models.reading import parse_json
from sesctl.plugin.plain_file import read_plain
from sesctl.types import Origin

NAME = "origins.json"
MAX_BYTES = 1 << 26
DAYS = range(-719_162, 2_932_897)
"""The days of the calendar, the years 1 to 9999, counted from 1970-01-01."""


def write_origins(origins: Iterable[Origin], folder: Path) -> None:
    """Write where days come from: one entry a station and source, with its UTC days.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    found: dict[tuple[str, str], set[int]] = {}
    for origin in origins:
        found.setdefault((origin.station, origin.source), set()).add(origin.day)
    rows = [
        {"station": station, "source": source, "days": sorted(days)}
        for (station, source), days in sorted(found.items())
    ]
    try:
        (folder / NAME).write_text(json.dumps(rows) + "\n", encoding="utf-8")
    except OSError as error:
        msg = f"{folder / NAME} cannot be written ({error.strerror})"
        raise OutputError(msg) from error


def read_origins(folder: Path) -> list[Origin]:
    """Return where the days of a model come from; none for one of images, which do not tell it.

    Raises
    ------
    ReadError
        If the model does not say it, or in an unknown way.
    """
    path = folder / NAME
    try:
        rows = parse_json(read_plain(path, MAX_BYTES))
    except OSError as error:
        msg = f"the model {folder} does not say which days it learnt from: it has no {NAME}"
        raise ReadError(msg, _WITHOUT) from error
    except PluginError as error:
        msg = f"the model {folder} does not say which days it learnt from: {error.message}"
        raise ReadError(msg, _WITHOUT) from error
    except ValueError as error:
        msg = f"{path} tells the days of a model in an unknown way ({error})"
        raise ReadError(msg, _DAMAGED) from error
    if not isinstance(rows, list):
        msg = f"{path} tells the days of a model in an unknown way (it is no list)"
        raise ReadError(msg, _DAMAGED)
    for number, row in enumerate(rows):
        if not _is_row(row):
            msg = f"{path} tells the days of a model in an unknown way (entry {number + 1} of {len(rows)})"
            raise ReadError(msg, _DAMAGED)
    return [Origin(row["station"], day, row["source"]) for row in rows for day in row["days"]]


_WITHOUT = "Without it no test can be told from training; train it again."
_DAMAGED = "It is damaged; train the model again."


def _is_row(row: Any) -> bool:
    """Whether an entry is one that `write_origins` writes: two texts, and one day or more."""
    if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in ("station", "source")):
        return False
    days = row.get("days")
    # In Python a bool is an int; in JSON it is not.
    return isinstance(days, list) and bool(days) and all(type(day) is int and day in DAYS for day in days)
