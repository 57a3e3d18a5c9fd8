"""Catalogues as files: CSV, JSON lines or Parquet, each with a `.meta.json` beside it."""

import csv
import io
import json
import math
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from sesctl.catalogue.evidence_columns import columns_of, evidence_of, number_columns
from sesctl.catalogue.whole import write_whole
from sesctl.errors import OutputError, ReadError
from sesctl.types import Catalogue, Event, Exposure
from sesctl.types.instants import from_iso, iso

COLUMNS = (
    "event_id",
    "station",
    "start",
    "end",
    "duration_s",
    "amplitude_mv_km",
    "score",
    "dipoles",
    "detector",
    "model",
    "flags",
)
MAX_META_BYTES = 16 << 20
MAX_DAYS = 1_000_000


def rows_of(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return one mapping an event, keyed by `COLUMNS`; times ISO 8601 UTC, lists joined by semicolons.

    An event with evidence has the columns of that too.
    """
    rows: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    for event in catalogue.events:
        stem = f"{event.station}-{iso(event.start).replace('-', '').replace(':', '')}"
        seen[stem] = seen.get(stem, 0) + 1
        rows.append(
            {
                "event_id": stem if seen[stem] == 1 else f"{stem}-{seen[stem]}",
                "station": event.station,
                "start": iso(event.start),
                "end": iso(event.end),
                "duration_s": event.duration_s,
                "amplitude_mv_km": round(event.amplitude, 4) if math.isfinite(event.amplitude) else None,
                "score": round(event.score, 6),
                "dipoles": ";".join(event.dipoles),
                "detector": catalogue.detector,
                "model": catalogue.model,
                "flags": ";".join(event.flags),
                **(columns_of(event.evidence) if event.evidence else {}),
            }
        )
    return rows


def meta_of(catalogue: Catalogue) -> dict[str, Any]:
    """Return what belongs beside the events: exposure, threshold, parameters, versions."""
    return {
        "detector": catalogue.detector,
        "model": catalogue.model,
        "threshold": catalogue.threshold,
        "events": len(catalogue.events),
        "exposure": [asdict(each) for each in catalogue.exposure],
        "parameters": dict(catalogue.parameters),
        "versions": dict(catalogue.versions),
    }


def meta_path(path: Path) -> Path:
    """Return where the metadata of an events file lies."""
    return path.with_suffix(".meta.json")


def check_writable(path: Path) -> None:
    """Raise `OutputError` where an events file could not be written, before any work is done."""
    if path.suffix not in _WRITERS:
        msg = f"{path}: an events file ends in {', '.join(_WRITERS)}, not in {path.suffix!r}"
        raise OutputError(
            msg,
            "Choose one of these endings.",
        )
    try:
        if path.is_dir():
            msg = f"{path} is a folder"
            raise OutputError(msg, "Name a file.")
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".sesctl-"):
            pass
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror})"
        raise OutputError(msg, "Choose a folder that exists and is writable.") from error


def write_events(catalogue: Catalogue, path: Path) -> None:
    """Write a catalogue and its metadata; each file appears whole or not at all.

    Parameters
    ----------
    catalogue : Catalogue
        What to write.
    path : Path
        Ends in .csv, .jsonl or .parquet; the metadata go to the same name with .meta.json.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    check_writable(path)
    meta = json.dumps(meta_of(catalogue), indent=2).encode() + b"\n"
    write_whole(meta_path(path), lambda file: file.write(meta))
    rows = rows_of(catalogue)
    write_whole(path, lambda file: _WRITERS[path.suffix](rows, file))


def read_events(path: Path) -> Catalogue:
    """Read a catalogue written by `write_events`.

    The file keeps the score 0..1 alone; it stands for the raw score too, having the same order.

    Raises
    ------
    ReadError
        If a file is missing or is not what `write_events` writes.
    """
    if path.suffix not in _READERS:
        msg = f"{path}: an events file ends in {', '.join(_READERS)}, not in {path.suffix!r}"
        raise ReadError(msg)
    beside = meta_path(path)
    try:
        path.stat()
        if beside.stat().st_size > MAX_META_BYTES:
            msg = f"{beside} has {beside.stat().st_size} bytes, more than {MAX_META_BYTES}"
            raise ReadError(msg)
        meta = json.loads(beside.read_text(encoding="utf-8"))
        _check_meta(meta)
        rows = _READERS[path.suffix](path)
        _check_count(rows, meta["events"])
        return Catalogue(
            events=tuple(_event(row) for row in rows),
            exposure=tuple(Exposure(**each) for each in meta["exposure"]),
            detector=meta["detector"],
            model=meta["model"],
            threshold=meta["threshold"],
            parameters=meta["parameters"],
            versions=meta["versions"],
        )
    except OSError as error:
        msg = f"{error.filename or path} cannot be read ({error.strerror or error})"
        raise ReadError(msg, f"`sesctl detect -o {path}` writes it, with {beside.name} beside it.") from error
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        msg = f"{path} is no events file with its metadata ({type(error).__name__}: {error})"
        raise ReadError(
            msg,
            "Write it with `sesctl detect -o`.",
        ) from error


_META_TYPES: dict[str, tuple[type, ...]] = {
    "detector": (str,),
    "model": (str,),
    "threshold": (int, float),
    "events": (int,),
    "exposure": (list,),
    "parameters": (dict,),
    "versions": (dict,),
}


def _check_meta(meta: dict[str, Any]) -> None:
    for name, kinds in _META_TYPES.items():
        if not isinstance(meta[name], kinds) or isinstance(meta[name], bool):
            msg = f"its {name} is a {type(meta[name]).__name__}"
            raise TypeError(msg)
    for each in meta["exposure"]:
        hours, days = (each["live_hours"], each["skipped_hours"]), each["days"]
        if not isinstance(each["station"], str) or not isinstance(days, int):
            msg = f"its exposure {each} names no station or no whole number of days"
            raise TypeError(msg)
        if not 0 <= days <= MAX_DAYS or not all(0 <= hour <= 25 * MAX_DAYS for hour in hours):
            msg = f"its exposure {each} is out of range"
            raise ValueError(msg)


def _check_count(rows: list[dict[str, Any]], counted: int) -> None:
    if len(rows) != counted:
        msg = f"it holds {len(rows)} events, its metadata count {counted}"
        raise ValueError(msg)


def _event(row: dict[str, Any]) -> Event:
    amplitude = float(row["amplitude_mv_km"] or "nan")
    if math.isinf(amplitude):
        msg = f"event {row['event_id']} has an amplitude of {amplitude} mV/km"
        raise ValueError(msg)
    return Event(
        station=row["station"],
        start=from_iso(row["start"]),
        end=from_iso(row["end"]),
        amplitude=amplitude,
        score=float(row["score"]),
        raw_score=float(row["score"]),
        dipoles=tuple(name for name in row["dipoles"].split(";") if name),
        flags=tuple(flag for flag in row["flags"].split(";") if flag),
        evidence=evidence_of(row),
    )


def _write_csv(rows: list[dict[str, Any]], file: IO[bytes]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    file.write(text.getvalue().encode())


def _write_jsonl(rows: list[dict[str, Any]], file: IO[bytes]) -> None:
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def _write_parquet(rows: list[dict[str, Any]], file: IO[bytes]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = dict.fromkeys([*COLUMNS, *(name for row in rows for name in row)])
    numbers = {"duration_s", "amplitude_mv_km", "score"} | number_columns(columns)
    schema = pa.schema([(name, pa.float64() if name in numbers else pa.string()) for name in columns])
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), file)


def _read_csv(path: Path) -> list[dict[str, Any]]:
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file, strict=True)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            msg = f"its columns are {','.join(reader.fieldnames or ()) or 'missing'}"
            raise ValueError(msg)
        return list(reader)


def _read_jsonl(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _read_parquet(path: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


_WRITERS: dict[str, Callable[[list[dict[str, Any]], IO[bytes]], None]] = {
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
    ".parquet": _write_parquet,
}
_READERS: dict[str, Callable[[Path], list[dict[str, Any]]]] = {
    ".csv": _read_csv,
    ".jsonl": _read_jsonl,
    ".parquet": _read_parquet,
}
