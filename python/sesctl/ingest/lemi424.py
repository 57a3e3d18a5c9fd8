"""LEMI-424: text of 24 columns separated by blanks, one record a second, times in UTC.

Columns: year, month, day, hour, minute, second; Bx, By, Bz (nT); Te, Tf (temperature of electronics and
fluxgate, °C); E1 to E4 (mV/km where the dipole lengths are set in the logger, else the electrodes'
voltage); battery (V); elevation (m); latitude and its hemisphere; longitude and its hemisphere;
satellites; GPS fix; time difference.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sesctl.errors import ReadError
from sesctl.ingest.nearest import check_columns
from sesctl.ingest.text_blocks import TextBlock, text_blocks
from sesctl.plugin.reader import Piece, Request
from sesctl.types.instants import SECOND

COLUMNS = 24
_DATE = slice(0, 6)
_BLOCK_BYTES = 2**22  # texts of numbers take ten times their size as objects
_CHANNELS = {"Bx": 6, "By": 7, "Bz": 8, "Te": 9, "Tf": 10, "E1": 11, "E2": 12, "E3": 13, "E4": 14}
DIPOLES = ("E1", "E2", "E3", "E4")


def read_lemi424(path: Path, request: Request) -> Iterator[Piece]:
    """Read a file of a LEMI-424.

    Parameters
    ----------
    path : Path
        The file.
    request : Request
        The channels that are wanted, of Bx, By, Bz, Te, Tf, E1 to E4; None for the four electric ones.

    Yields
    ------
    Piece
        Its instants and the wanted channels.

    Raises
    ------
    ReadError
        If a line has not 24 columns, holds text in place of a number, or an impossible date.
    StationError
        If there is no such channel.
    """
    wanted = DIPOLES if request.columns is None else request.columns
    check_columns(path.name, wanted, list(_CHANNELS), "channel")
    for block in text_blocks(path, _BLOCK_BYTES):
        yield _piece(block, wanted)


def _piece(block: TextBlock, wanted: tuple[str, ...]) -> Piece:
    lines = block.data.split(b"\n")
    rows = [
        (number, fields)
        for number, line in enumerate(lines, start=block.first_line)
        if (fields := line.split())
    ]
    for number, fields in rows:
        if len(fields) != COLUMNS:
            msg = f"{block.name}: line {number} has {len(fields)} columns, a LEMI-424 writes {COLUMNS}"
            raise ReadError(msg, "Check that it was copied whole.")
    used = [*range(6), *(_CHANNELS[column] for column in wanted)]
    texts = np.array([[row[column] for column in used] for _, row in rows])
    try:
        table = texts.astype(np.float64)
    except ValueError as error:
        raise _fault(block.name, rows, used) from error
    times = _times(block.name, table[:, _DATE], rows)
    return Piece(columns=wanted, times=times, values=np.ascontiguousarray(table[:, 6:].T))


def _times(
    name: str, date: npt.NDArray[np.float64], rows: Sequence[tuple[int, list[bytes]]]
) -> npt.NDArray[np.int64]:
    whole = np.isfinite(date).all(axis=1) & (date[:, :5] == np.floor(date[:, :5])).all(axis=1)
    lowest, highest = (1970, 1, 1, 0, 0, 0), (2299, 12, 31, 23, 59, 59.999999)
    clear = whole & (date >= lowest).all(axis=1) & (date <= highest).all(axis=1)
    year, month, day, hour, minute = np.where(clear[:, np.newaxis], date[:, :5], 1).astype(np.int64).T
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    clear &= days.astype("datetime64[M]") == months  # 30 February lies in March
    if not clear.all():
        row = int(np.flatnonzero(~clear)[0])
        number, fields = rows[row]
        text = b" ".join(fields[_DATE]).decode()
        msg = f"{name}: line {number} has the time {text!r}, which does not exist"
        raise ReadError(msg, "A line begins with year, month, day, hour, minute and second.")
    seconds = (days.astype(np.int64) * 24 + hour) * 3600 + minute * 60
    return np.asarray(seconds * SECOND + np.rint(date[:, 5] * SECOND).astype(np.int64), dtype=np.int64)


def _fault(name: str, rows: list[tuple[int, list[bytes]]], used: Sequence[int]) -> ReadError:
    for number, fields in rows:
        for column in used:
            try:
                float(fields[column])
            except ValueError:
                text = fields[column].decode()[:40]
                msg = f"{name}: line {number}, column {column + 1} holds {text!r}, which is no number"
                return ReadError(msg, "Check that it was copied whole.")
    return ReadError(f"{name} cannot be read as a table of numbers", "Check that it was copied whole.")
