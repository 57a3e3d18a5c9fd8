"""Truth tables: what was embedded in a record, as CSV."""

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path

from sesctl.catalogue.whole import write_whole
from sesctl.errors import ParameterError, ReadError
from sesctl.types.instants import from_iso, iso
from sesctl.waveforms import SES

COLUMNS = ("station", "start", "end", "amplitude_mv_km", "shape", "activity_id", "dipole")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def write_truth(truth: Iterable[SES], path: Path) -> None:
    """Write a truth table; times ISO 8601 UTC, an empty dipole meaning all.

    Parameters
    ----------
    truth : iterable of SES
        The embedded signals.
    path : Path
        A CSV file.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for ses in truth:
        times = iso(ses.start), iso(ses.end)
        writer.writerow(
            (ses.station, *times, round(ses.amplitude, 4), ses.shape, ses.activity_id, ses.dipole)
        )
    write_whole(path, lambda file: file.write(text.getvalue().encode()))


def read_truth(path: Path) -> tuple[SES, ...]:
    """Read a truth table.

    Parameters
    ----------
    path : Path
        A CSV file in UTF-8 with exactly the columns of `COLUMNS`, in that order; times ISO 8601 with Z or
        an offset, an empty dipole meaning all.

    Returns
    -------
    tuple of SES
        In the order of the file, without an azimuth: the table has none.

    Raises
    ------
    ReadError
        If the file cannot be read, or a line is not what the columns say; it names the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror})"
        raise ReadError(msg, "Check the path; `sesctl inject --truth` writes such a table.") from error
    except UnicodeDecodeError as error:
        msg = f"{path} is no text in UTF-8: {error.reason} at byte {error.start}"
        raise ReadError(msg, "Save it as a CSV file in UTF-8.") from error
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    truth: list[SES] = []
    first_seen: dict[tuple[str, int, int, str], int] = {}
    try:
        _check_header(next(lines, []))
        for cells in lines:
            ses = _row(cells)
            _check_new(ses, lines.line_num, first_seen)
            truth.append(ses)
    except (csv.Error, ParameterError) as error:
        msg = f"{path}, line {max(lines.line_num, 1)}: {error}"
        hint = error.hint if isinstance(error, ParameterError) else ""
        raise ReadError(msg, hint) from error
    return tuple(truth)


def _check_header(cells: list[str]) -> None:
    if tuple(cells) != COLUMNS:
        msg = f"the columns are {','.join(cells) or 'missing'}, not {','.join(COLUMNS)}"
        raise ParameterError(msg, "A truth table starts with a line of exactly these names.")


def _check_new(ses: SES, line: int, first_seen: dict[tuple[str, int, int, str], int]) -> None:
    first = first_seen.setdefault((ses.station, ses.start, ses.end, ses.dipole), line)
    if first != line:
        msg = f"the same signal stands on line {first} already"
        raise ParameterError(msg)


def _row(cells: list[str]) -> SES:
    if len(cells) != len(COLUMNS):
        msg = f"it has {len(cells)} cells for {len(COLUMNS)} columns"
        raise ParameterError(msg)
    station, start, end, amplitude, shape, activity_id, dipole = cells
    for name, text in (("station", station), ("activity_id", activity_id)):
        if not text.strip():
            msg = f"its {name} is empty"
            raise ParameterError(msg)
    if not _NUMBER.fullmatch(amplitude):
        msg = f"its amplitude_mv_km {amplitude!r} is no number"
        raise ParameterError(msg)
    return SES(
        station=station,
        start=from_iso(start),
        end=from_iso(end),
        amplitude=float(amplitude),
        shape=shape,
        activity_id=activity_id,
        dipole=dipole,
    )
