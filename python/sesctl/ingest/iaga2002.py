"""IAGA-2002: the observatories' text of 70 columns, a row a second or a minute, times in UTC.

Header lines end in ``|``; the last of them names the columns, each with the station's code before it. 99999
marks a value that is missing, 88888 a component that is not recorded.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sesctl.errors import ReadError
from sesctl.ingest.file_bytes import head_of
from sesctl.ingest.nearest import check_columns
from sesctl.ingest.text_blocks import TextBlock, text_blocks
from sesctl.plugin.reader import Piece, Request
from sesctl.types import Channel, Dipole

_BLOCK_BYTES = 2**22  # texts of numbers take ten times their size as objects
_FIELDS = 7
_MARKED_MISSING = 88_888.0  # no field on Earth is so strong, no angle has as many minutes
_UNITS = {
    "D": ("magnetic declination", "arcmin"),
    "I": ("magnetic inclination", "arcmin"),
    **dict.fromkeys("HEXYZFGSV", ("magnetic", "nT")),
}
_ELECTRIC = ("EX", "EY", "EN", "EE", "NS", "EW")


def read_iaga2002(path: Path, request: Request) -> Iterator[Piece]:
    """Read a file of an observatory.

    Parameters
    ----------
    path : Path
        The file.
    request : Request
        The components that are wanted, such as H or Z; None for all.

    Yields
    ------
    Piece
        Its instants and the wanted components, NaN where a value is marked as missing.

    Raises
    ------
    ReadError
        If the header names no columns, or a line is wrong.
    StationError
        If a wanted component does not exist.
    """
    there: list[str] = []
    wanted: tuple[str, ...] = ()
    rows = 0
    for block in text_blocks(path, _BLOCK_BYTES):
        body = block
        if not there:
            there, body = _header(block)
            check_columns(path.name, request.columns or (), there, "component")
            wanted = tuple(there if request.columns is None else request.columns)
        if body.data.strip():
            piece = _piece(body, there, wanted)
            rows += len(piece.times)
            yield piece
    if not rows:
        msg = f"{path.name} has a header and no rows"
        raise ReadError(msg, "Check that it was copied whole.")


def iaga_channel(column: str) -> Channel | None:
    """Return what a component is: magnetic in nT, an angle in minutes of arc, electric in mV/km."""
    if column in _ELECTRIC:
        return Dipole(name=column)
    quantity, unit = _UNITS.get(column, ("", ""))
    return Channel(name=column, quantity=quantity, unit=unit) if unit else None


def iaga_place(path: Path) -> tuple[str, float | None, float | None]:
    """Return the code, latitude and longitude of the observatory, the longitude in -180° to 180°."""
    header = head_of(path).decode(errors="replace")
    code, latitude, longitude = (
        match[1].strip() if (match := re.search(rf"{key}\s+(.*?)\s*\|", header, re.IGNORECASE)) else ""
        for key in ("IAGA CODE", "Geodetic Latitude", "Geodetic Longitude")
    )
    north, east = _degrees(latitude), _degrees(longitude)
    return code or path.stem, north, None if east is None else round((east + 180) % 360 - 180, 9)


def _degrees(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[+-]?\d+(\.\d*)?", text) else None


def _header(block: TextBlock) -> tuple[list[str], TextBlock]:
    end, code = 0, ""
    for number, line in enumerate(block.lines(), start=1):
        end += len(line.encode())
        plain = line.strip().rstrip("|").split()
        if plain[:2] == ["IAGA", "CODE"] and len(plain) > 2:
            code = plain[2].upper()
        if plain[:3] == ["DATE", "TIME", "DOY"]:
            names = [name.upper().removeprefix(code) for name in plain[3:]]
            if len(names) + 3 != _FIELDS or len(set(names)) != len(names):
                msg = f"{block.name}: line {number} names the components {', '.join(names)}, not four"
                raise ReadError(msg, "IAGA-2002 has four; unrecorded ones hold 88888.")
            return names, TextBlock(block.name, block.data[end:], block.first_line + number)
        if line[:1].isdigit():
            break
    msg = f"{block.name} has no header line DATE TIME DOY with the components"
    raise ReadError(msg, "Check that it was copied whole.")


def _piece(block: TextBlock, there: list[str], wanted: tuple[str, ...]) -> Piece:
    fields = block.data.split()
    try:
        table = np.array(fields).reshape(-1, _FIELDS)
        stamps = np.char.add(np.char.add(table[:, 0], b"T"), table[:, 1])
        times = stamps.astype("U26").astype("datetime64[us]").astype(np.int64)
        numbers = table[:, 3:].astype(np.float64)
    except ValueError as error:
        raise _fault(block) from error
    if (np.char.str_len(table[:, 0]) != 10).any() or (np.char.count(table[:, 1], b":") != 2).any():
        raise _fault(block)
    values = numbers[:, [there.index(column) for column in wanted]].T
    missing = np.abs(values) >= _MARKED_MISSING
    return Piece(columns=wanted, times=times, values=np.where(missing, np.nan, values))


def _fault(block: TextBlock) -> ReadError:
    """Return the error for the first line that is no row."""
    for number, line in enumerate(block.lines(), start=block.first_line):
        fields = line.split()
        if not fields:
            continue
        if len(fields) != _FIELDS:
            msg = f"{block.name}: line {number} has {len(fields)} columns, IAGA-2002 has {_FIELDS}"
            return ReadError(msg, "Check that it was copied whole.")
        stamp = f"{fields[0]}T{fields[1]}"
        try:
            np.datetime64(stamp, "us")
        except ValueError:
            stamp = ""
        if not stamp or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?", stamp):
            msg = f"{block.name}: line {number} has the time {' '.join(fields[:2])!r}, which does not exist"
            return ReadError(msg, "A row begins with YYYY-MM-DD hh:mm:ss.sss.")
        for field in fields[3:]:
            try:
                float(field)
            except ValueError:
                msg = f"{block.name}: line {number} holds {field[:40]!r}, which is no number"
                return ReadError(msg, "A missing value is written 99999.00.")
    return ReadError(f"{block.name} cannot be read as a table of numbers", "Check that it was copied whole.")
