"""LEMI-424: text of 24 columns separated by blanks, one record a second, times in UTC.

Columns: year, month, day, hour, minute, second; Bx, By, Bz (nT); Te, Tf (temperature of electronics and
fluxgate, °C); E1 to E4 (mV/km where the dipole lengths are set in the logger, else the electrodes'
voltage); battery (V); elevation (m); latitude and its hemisphere; longitude and its hemisphere;
satellites; GPS fix; time difference.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sesctl.errors import ReadError, StationError
from sesctl.ingest.nearest import nearest_name
from sesctl.ingest.piece import Piece, piece_of
from sesctl.ingest.source import Source
from sesctl.types.instants import SECOND

COLUMNS = 24
_DATE = slice(0, 6)
_CHANNELS = {"Bx": 6, "By": 7, "Bz": 8, "Te": 9, "Tf": 10, "E1": 11, "E2": 12, "E3": 13, "E4": 14}
DIPOLES = ("E1", "E2", "E3", "E4")


def looks_like_lemi424(first_line: bytes) -> bool:
    """Return whether a file's first line is a record of a LEMI-424."""
    fields = first_line.split()
    return len(fields) == COLUMNS and all(field.isdigit() for field in fields[_DATE])


def read_lemi424(source: Source, columns: Sequence[str] | None) -> Piece:
    """Read a file of a LEMI-424.

    Parameters
    ----------
    source : Source
        The file.
    columns : sequence of str or None
        The channels that are wanted, of Bx, By, Bz, Te, Tf, E1 to E4; None for the four electric ones.

    Returns
    -------
    Piece
        Its instants and the wanted channels.

    Raises
    ------
    ReadError
        If a line has not 24 columns, holds text in place of a number, or an impossible date.
    StationError
        If there is no such channel.
    """
    wanted = DIPOLES if columns is None else tuple(columns)
    for column in wanted:
        if column not in _CHANNELS:
            msg = f"{source.name} has no channel {column!r}"
            raise StationError(msg, nearest_name(column, list(_CHANNELS)))
    lines = source.data.split(b"\n")
    rows = [(number, fields) for number, line in enumerate(lines, start=1) if (fields := line.split())]
    for number, fields in rows:
        if len(fields) != COLUMNS:
            msg = f"{source.name}: line {number} has {len(fields)} columns, a LEMI-424 writes {COLUMNS}"
            raise ReadError(msg, "Check that it was copied whole.")
    numbers = [number for number, _ in rows]
    used = [*range(6), *(_CHANNELS[column] for column in wanted)]
    texts = np.array([[row[column] for column in used] for _, row in rows])
    try:
        table = texts.astype(np.float64)
    except ValueError as error:
        raise _fault(source, rows, used) from error
    times = _times(source, table[:, _DATE], numbers)
    return piece_of(source, wanted, times, np.ascontiguousarray(table[:, 6:].T))


def _times(source: Source, date: npt.NDArray[np.float64], numbers: Sequence[int]) -> npt.NDArray[np.int64]:
    whole = np.isfinite(date).all(axis=1) & (date[:, :5] == np.floor(date[:, :5])).all(axis=1)
    lowest, highest = (1970, 1, 1, 0, 0, 0), (2299, 12, 31, 23, 59, 59.999999)
    clear = whole & (date >= lowest).all(axis=1) & (date <= highest).all(axis=1)
    year, month, day, hour, minute = np.where(clear[:, np.newaxis], date[:, :5], 1).astype(np.int64).T
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    clear &= days.astype("datetime64[M]") == months  # 30 February lies in March
    if not clear.all():
        row = int(np.flatnonzero(~clear)[0])
        text = b" ".join(source.data.split(b"\n")[numbers[row] - 1].split()[_DATE]).decode()
        msg = f"{source.name}: line {numbers[row]} has the time {text!r}, which does not exist"
        raise ReadError(msg, "A line begins with year, month, day, hour, minute and second.")
    seconds = (days.astype(np.int64) * 24 + hour) * 3600 + minute * 60
    return np.asarray(seconds * SECOND + np.rint(date[:, 5] * SECOND).astype(np.int64), dtype=np.int64)


def _fault(source: Source, rows: list[tuple[int, list[bytes]]], used: Sequence[int]) -> ReadError:
    for number, fields in rows:
        for column in used:
            try:
                float(fields[column])
            except ValueError:
                text = fields[column].decode()[:40]
                msg = f"{source.name}: line {number}, column {column + 1} holds {text!r}, which is no number"
                return ReadError(msg, "Check that it was copied whole.")
    return ReadError(f"{source.name} cannot be read as a table of numbers", "Check that it was copied whole.")
