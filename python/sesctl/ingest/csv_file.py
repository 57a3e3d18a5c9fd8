"""CSV: a first column ``time`` in ISO 8601, then one column a channel."""

import csv
import zoneinfo
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv

from sesctl.errors import ReadError, StationError
from sesctl.ingest.csv_fault import careful_numbers, line_of_row, split_fault
from sesctl.ingest.iso_time import instants_of
from sesctl.ingest.nearest import nearest_name
from sesctl.ingest.number_text import MISSING
from sesctl.ingest.piece import Piece, piece_of
from sesctl.ingest.source import Source

_HINT = "Write a first line such as `time,Ex,Ey` and times as ISO 8601."


def read_csv(source: Source, columns: Sequence[str] | None, zone: zoneinfo.ZoneInfo | None) -> Piece:
    """Read a CSV file.

    Parameters
    ----------
    source : Source
        The file.
    columns : sequence of str or None
        The columns that are wanted, None for all.
    zone : ZoneInfo or None
        Time zone of times without an offset from UTC.

    Returns
    -------
    Piece
        Its instants and the wanted columns.

    Raises
    ------
    ReadError
        If the file is not such a CSV file; the message names the line and the column.
    StationError
        If a wanted column does not exist.
    """
    header, lines = _header(source)
    there = header[1:]
    for column in columns or ():
        if column not in there:
            msg = f"{source.name} has no column {column!r}"
            raise StationError(msg, nearest_name(column, there))
    wanted = tuple(there if columns is None else columns)
    texts, values = _columns(source, header, lines, wanted)
    if not len(texts):
        msg = f"{source.name} has a first line with names and no rows"
        raise ReadError(msg, "Check that it was copied whole.")
    times = instants_of(texts, zone, source.name, lambda row: line_of_row(source, lines, row))
    return piece_of(source, wanted, times, values)


def _header(source: Source) -> tuple[list[str], int]:
    """Return the names in the first line, and how many lines that line takes."""
    reader = csv.reader(source.lines())
    try:
        names = [name.strip() for name in next(row for row in reader if row)]
    except (csv.Error, StopIteration) as error:
        msg = f"{source.name} has no first line with names"
        raise ReadError(msg, _HINT) from error
    if len(names) == 1 and (separator := next((each for each in ";\t|" if each in names[0]), None)):
        what = {";": "semicolons", "\t": "tabs", "|": "bars"}[separator]
        msg = f"{source.name} separates its columns by {what}, not by commas"
        raise ReadError(msg, "Export it with commas between the columns and a point in the numbers.")
    folded = [name.casefold() for name in names]
    if folded[0] != "time":
        place = f"; 'time' is column {folded.index('time') + 1}" if "time" in folded else ""
        msg = f"{source.name}: its first column is {names[0][:40]!r}, not 'time'{place}"
        raise ReadError(msg, _HINT)
    names[0] = "time"
    if len(names) == 1:
        msg = f"{source.name} has no column beside 'time'"
        raise ReadError(msg, _HINT)
    for column, name in enumerate(names):
        if not name:
            msg = f"{source.name}: column {column + 1} has no name"
            raise ReadError(msg, _HINT)
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        msg = f"{source.name} has {times} columns named {name!r}"
        raise ReadError(msg, "Give each column a name of its own.")
    return names, reader.line_num


def _columns(
    source: Source, header: list[str], lines: int, wanted: Sequence[str]
) -> tuple[Any, npt.NDArray[np.float64]]:
    """Return the texts of the times, and the numbers of the wanted columns."""
    try:
        table = _parse(source, header, lines, wanted, pa.float64())
    except pa.ArrowInvalid:
        # pyarrow's own message names neither the line nor the column: look for the fault.
        fault = split_fault(source, header)
        if fault is not None:
            raise fault from None
    else:
        values = np.empty((len(wanted), table.num_rows), dtype=np.float64)
        for row, column in enumerate(wanted):
            values[row] = table.column(column).to_numpy()  # a null becomes NaN
        return table.column("time").combine_chunks(), values
    try:
        texts = _parse(source, header, lines, wanted, pa.string())
    except pa.ArrowInvalid as error:
        msg = f"{source.name} cannot be split into rows and columns"
        raise ReadError(msg, "Check its quotes and line ends.") from error
    return texts.column("time").combine_chunks(), careful_numbers(source, lines, texts, wanted)


def _parse(source: Source, header: list[str], lines: int, wanted: Sequence[str], kind: Any) -> Any:
    return pa_csv.read_csv(
        pa.BufferReader(source.data),
        read_options=pa_csv.ReadOptions(column_names=header, skip_rows=lines),
        convert_options=pa_csv.ConvertOptions(
            column_types={"time": pa.string(), **dict.fromkeys(wanted, kind)},
            include_columns=["time", *wanted],
            null_values=list(MISSING),
            check_utf8=False,
        ),
    )
