"""Coincidences as files: CSV or JSON lines."""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sesctl.catalogue.whole import write_whole
from sesctl.errors import OutputError
from sesctl.types import Coincidence
from sesctl.types.instants import iso

COINCIDENCE_COLUMNS = (
    "coincidence_id",
    "start",
    "end",
    "duration_s",
    "stations",
    "n_stations",
    "dipoles",
    "n_dipoles",
    "score",
    "least_score",
)
ENDINGS = (".csv", ".jsonl")


def coincidence_rows(coincidences: Iterable[Coincidence]) -> list[dict[str, Any]]:
    """Return one mapping a coincidence, keyed by `COINCIDENCE_COLUMNS`; lists joined by semicolons."""
    rows: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    for each in coincidences:
        stem = iso(each.start).replace("-", "").replace(":", "")
        seen[stem] = seen.get(stem, 0) + 1
        rows.append(
            {
                "coincidence_id": stem if seen[stem] == 1 else f"{stem}-{seen[stem]}",
                "start": iso(each.start),
                "end": iso(each.end),
                "duration_s": (each.end - each.start) / 1e6,
                "stations": ";".join(each.stations),
                "n_stations": len(each.stations),
                "dipoles": ";".join(each.dipoles),
                "n_dipoles": len(each.dipoles),
                "score": round(each.score, 6),
                "least_score": round(min(event.score for event in each.events), 6),
            }
        )
    return rows


def check_coincidence_file(path: Path) -> None:
    """Raise `OutputError` where a file of coincidences has no ending that can be written."""
    if path.suffix not in ENDINGS:
        msg = f"{path}: a file of coincidences ends in {', '.join(ENDINGS)}, not in {path.suffix!r}"
        raise OutputError(msg, "Choose one of these endings.")


def write_coincidences(coincidences: Iterable[Coincidence], path: Path) -> None:
    """Write coincidences; the file appears whole or not at all.

    Parameters
    ----------
    coincidences : iterable of Coincidence
        What to write.
    path : Path
        Ends in .csv or .jsonl.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    check_coincidence_file(path)
    rows = coincidence_rows(coincidences)
    if path.suffix == ".csv":
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, COINCIDENCE_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        content = text.getvalue().encode()
    else:
        content = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
    write_whole(path, lambda file: file.write(content))
