"""Which days a model learnt from and was chosen on: so that no test is made on them unawares."""

import json
from collections.abc import Iterable
from pathlib import Path

from sesctl.errors import OutputError, ReadError
from sesctl.types import Origin

NAME = "origins.json"
MAX_BYTES = 1 << 26


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
    """Return where the days of a model come from.

    Raises
    ------
    ReadError
        If the model does not say it, or in an unknown way.
    """
    path = folder / NAME
    try:
        with path.open("rb") as file:
            rows = json.loads(file.read(MAX_BYTES))
        return [
            Origin(str(row["station"]), int(day), str(row["source"])) for row in rows for day in row["days"]
        ]
    except OSError as error:
        msg = f"the model {folder} does not say which days it learnt from: {path} cannot be read"
        raise ReadError(msg, "Without it no test can be told from training; train it again.") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        msg = f"{path} tells the days of a model in an unknown way ({error!r})"
        raise ReadError(msg, "It is damaged; train the model again.") from error
