"""The slow, careful way through a block of CSV, taken after the fast one has failed: why, and where."""

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sesctl.errors import ReadError
from sesctl.ingest.number_text import number_of
from sesctl.ingest.text_blocks import TextBlock

_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")


def _rows(block: TextBlock) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(block.lines())
    for row in reader:
        if row:
            yield block.first_line - 1 + reader.line_num, row


def line_of_row(block: TextBlock, row: int) -> int:
    """Return the line (from 1) of a row of a block's data (from 0), blank lines counted."""
    return next(line for index, (line, _) in enumerate(_rows(block)) if index == row)


def split_fault(block: TextBlock, header: Sequence[str]) -> ReadError | None:
    """Return the error for the first line that does not have as many columns as the header, if any."""
    try:
        for line, row in _rows(block):
            if len(row) != len(header):
                hint = "Check that line."
                if len(row) == 2 * len(header) - 1:
                    hint = "It may hold decimal commas: write numbers with a point."
                msg = f"{block.name}: line {line} has {len(row)} columns, the first line {len(header)}"
                return ReadError(msg, hint)
    except csv.Error as error:
        return ReadError(f"{block.name} cannot be split into columns ({error})", "Check its quotes.")
    return None


def careful_numbers(block: TextBlock, texts: Any, wanted: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return the numbers of columns of text, or say which text is none.

    Parameters
    ----------
    block : TextBlock
        Rows of the file.
    texts : pyarrow.Table of string
        Their columns as text.
    wanted : sequence of str
        The columns that have to hold numbers.

    Returns
    -------
    ndarray of float64, shape (column, row)
        The numbers, NaN where a value is missing.

    Raises
    ------
    ReadError
        Names the line, the column and the text of the first that is no number.
    """
    columns = [texts.column(column).to_pylist() for column in wanted]
    values = np.empty((len(wanted), texts.num_rows), dtype=np.float64)
    for row, fields in enumerate(zip(*columns, strict=True)):
        for column, text in enumerate(fields):
            number = number_of(text)
            if number is None:
                place = f"{block.name}: line {line_of_row(block, row)}, column {wanted[column]}"
                raise _fault(place, text.strip())
            values[column, row] = number
    return values


def _fault(place: str, text: str) -> ReadError:
    if _DECIMAL_COMMA.fullmatch(text):
        return ReadError(f"{place} holds {text!r}, with a decimal comma", "Write numbers with a point.")
    return ReadError(
        f"{place} holds {text[:40]!r}, which is no number", "Leave a missing value empty, or write NaN."
    )
