"""CSV: a first column ``time``, then one column a channel; plain, gzip or Zstandard."""

import csv
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv

from sesctl.errors import ReadError
from sesctl.ingest.csv_fault import careful_numbers, line_of_row, split_fault
from sesctl.ingest.iso_time import TYPES, TimeColumn, kind_of
from sesctl.ingest.nearest import check_columns
from sesctl.ingest.number_text import MISSING
from sesctl.ingest.text_blocks import TextBlock, text_blocks
from sesctl.plugin.reader import Piece, Request

_HINT = "Write a first line such as `time,Ex,Ey` and times as ISO 8601."


def read_csv(path: Path, request: Request) -> Iterator[Piece]:
    """Read a CSV file, some rows at a time.

    Parameters
    ----------
    path : Path
        The file.
    request : Request
        The wanted columns, and the time zone of times without an offset from UTC.

    Yields
    ------
    Piece
        Rows in the file's order.

    Raises
    ------
    ReadError
        If the file is not such a CSV file; the message names the line and the column.
    StationError
        If a wanted column does not exist.
    """
    blocks = text_blocks(path)
    first = next(blocks)
    header, lines = csv_header(first)
    there = header[1:]
    check_columns(path.name, request.columns or (), there)
    wanted = tuple(there if request.columns is None else request.columns)
    yield from table_pieces(itertools.chain([lines_after(first, lines)], blocks), header, wanted, request)


def table_pieces(
    blocks: Iterator[TextBlock], header: list[str], wanted: tuple[str, ...], request: Request
) -> Iterator[Piece]:
    """Read the rows below the first line of a CSV file.

    Parameters
    ----------
    blocks : iterator of TextBlock
        The rows.
    header : list of str
        Names of all columns, ``time`` among them.
    wanted : tuple of str
        The columns to read.
    request : Request
        The time zone of times without an offset from UTC.

    Yields
    ------
    Piece
        Rows in the file's order.

    Raises
    ------
    ReadError
        If a row is wrong, or there is none.
    """
    clock: TimeColumn | None = None
    name, rows = "", 0
    for block in blocks:
        name = block.name
        if not block.data or block.data.isspace():
            continue
        clock = clock or TimeColumn(name, request)
        piece = _piece(block, header, wanted, clock)
        rows += len(piece.times)
        if len(piece.times):
            yield piece
    if clock is not None:
        clock.finish()
    if not rows:
        msg = f"{name} has a first line with names and no rows"
        raise ReadError(msg, "Check that it was copied whole.")


def csv_header(block: TextBlock) -> tuple[list[str], int]:
    """Return the names in the first line that is not blank, and how many lines end with it.

    Raises
    ------
    ReadError
        If there is no such line, its first name is not ``time``, or a name is missing or twice there.
    """
    reader = csv.reader(block.lines())
    try:
        names = [name.strip() for name in next(row for row in reader if row)]
    except (csv.Error, StopIteration) as error:
        msg = f"{block.name} has no first line with names"
        raise ReadError(msg, _HINT) from error
    if len(names) == 1 and (separator := next((each for each in ";\t|" if each in names[0]), None)):
        what = {";": "semicolons", "\t": "tabs", "|": "bars"}[separator]
        msg = f"{block.name} separates its columns by {what}, not by commas"
        raise ReadError(msg, "Export it with commas between the columns and a point in the numbers.")
    folded = [name.casefold() for name in names]
    if folded[0] != "time":
        place = f"; 'time' is column {folded.index('time') + 1}" if "time" in folded else ""
        msg = f"{block.name}: its first column is {names[0][:40]!r}, not 'time'{place}"
        raise ReadError(msg, _HINT)
    names[0] = "time"
    if len(names) == 1:
        msg = f"{block.name} has no column beside 'time'"
        raise ReadError(msg, _HINT)
    for column, name in enumerate(names):
        if not name:
            msg = f"{block.name}: column {column + 1} has no name"
            raise ReadError(msg, _HINT)
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        msg = f"{block.name} has {times} columns named {name!r}"
        raise ReadError(msg, "Give each column a name of its own.")
    return names, reader.line_num


def lines_after(block: TextBlock, lines: int) -> TextBlock:
    """Return a block without its first lines."""
    if not lines:
        return block
    ends = re.finditer(rb"\r\n|\n|\r", block.data)
    end = next((match.end() for match in itertools.islice(ends, lines - 1, None)), len(block.data))
    return TextBlock(block.name, block.data[end:], block.first_line + lines)


def _piece(block: TextBlock, header: list[str], wanted: tuple[str, ...], clock: TimeColumn) -> Piece:
    line_of: Callable[[int], int] = lambda row: line_of_row(block, row)  # noqa: E731
    values: npt.NDArray[np.float64] | None = None
    kind = kind_of(_first_time(block, header))
    try:
        table = _parse(block, header, wanted, TYPES[kind], pa.float64())
        column = table.column("time").combine_chunks()
        if column.null_count:
            table = None
    except pa.ArrowInvalid:
        # pyarrow's own message names neither the line nor the column: look for the fault.
        fault = split_fault(block, header)
        if fault is not None:
            raise fault from None
        table = None
    if table is not None:
        times, kept = clock.instants(column, kind, line_of)
        values = _numbers(table, wanted)
    else:
        texts = _as_text(block, header, wanted)
        times, kept = clock.instants_of_texts(texts.column("time").combine_chunks(), line_of)
        values = (
            _numbers(texts, wanted)
            if texts.column(1).type == pa.float64()
            else careful_numbers(block, texts, wanted)
        )
    return Piece(columns=wanted, times=times, values=values if kept is None else values[:, kept])


def _as_text(block: TextBlock, header: list[str], wanted: Sequence[str]) -> Any:
    """Return the times as text, and the numbers too if they cannot be read as such."""
    try:
        return _parse(block, header, wanted, pa.string(), pa.float64())
    except pa.ArrowInvalid:
        pass  # some number is none; which one is found from the texts
    try:
        return _parse(block, header, wanted, pa.string(), pa.string())
    except pa.ArrowInvalid as error:
        msg = f"{block.name} cannot be split into rows and columns"
        raise ReadError(msg, "Check its quotes and line ends.") from error


def _first_time(block: TextBlock, header: list[str]) -> str:
    line = next((line for line in block.lines() if line.strip()), "")
    fields = line.split(",")
    place = header.index("time")
    return fields[place].strip().strip('"') if place < len(fields) else ""


def _numbers(table: Any, wanted: Sequence[str]) -> npt.NDArray[np.float64]:
    values = np.empty((len(wanted), table.num_rows), dtype=np.float64)
    for row, column in enumerate(wanted):
        values[row] = table.column(column).to_numpy()  # a null becomes NaN
    return values


def _parse(block: TextBlock, header: list[str], wanted: Sequence[str], times: Any, numbers: Any) -> Any:
    return pa_csv.read_csv(
        pa.BufferReader(block.data),
        read_options=pa_csv.ReadOptions(column_names=header),
        convert_options=pa_csv.ConvertOptions(
            column_types={**dict.fromkeys(wanted, numbers), "time": times},
            include_columns=["time", *wanted],
            null_values=list(MISSING),
            check_utf8=False,
        ),
    )
