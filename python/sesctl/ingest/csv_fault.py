"""Where and why a CSV file cannot be read; only walked through after reading it has failed."""

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Any

from sesctl.errors import ReadError
from sesctl.ingest.source import Source

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity|nan)", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")


def _rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(source.lines())
    for row in reader:
        if row:
            yield reader.line_num, row


def line_of_row(source: Source, header_lines: int, row: int) -> int:
    """Return the line (from 1) of a row of data (from 0), blank lines counted."""
    later = (line for line, _ in _rows(source) if line > header_lines)
    return next(line for index, line in enumerate(later) if index == row)


def split_fault(source: Source, header: Sequence[str]) -> ReadError | None:
    """Return the error for the first line that does not have as many columns as the header, if any."""
    try:
        for line, row in _rows(source):
            if len(row) != len(header):
                hint = "Check that line."
                if len(row) == 2 * len(header) - 1:
                    hint = "It may hold decimal commas: write numbers with a point."
                msg = f"{source.name}: line {line} has {len(row)} columns, the first line {len(header)}"
                return ReadError(msg, hint)
    except csv.Error as error:
        return ReadError(f"{source.name} cannot be split into columns ({error})", "Check its quotes.")
    return None


def number_fault(
    source: Source, header_lines: int, texts: Any, wanted: Sequence[str], missing: Sequence[str]
) -> ReadError:
    """Return the error for the first text that is no number.

    Parameters
    ----------
    source : Source
        The file.
    header_lines : int
        Lines before the first row.
    texts : pyarrow.Table of string
        The file's columns as text.
    wanted : sequence of str
        The columns that have to hold numbers.
    missing : sequence of str
        Texts that stand for no value.

    Returns
    -------
    ReadError
        Names the line, the column and the text.
    """
    columns = [texts.column(column).to_pylist() for column in wanted]
    for row, fields in enumerate(zip(*columns, strict=True)):
        for column, text in zip(wanted, fields, strict=True):
            plain = text.strip()
            if plain in missing or _NUMBER.fullmatch(plain):
                continue
            line = line_of_row(source, header_lines, row)
            if _DECIMAL_COMMA.fullmatch(plain):
                msg = f"{source.name}: line {line}, column {column} holds {plain!r}, with a decimal comma"
                return ReadError(msg, "Write numbers with a point.")
            msg = f"{source.name}: line {line}, column {column} holds {plain[:40]!r}, which is no number"
            return ReadError(msg, "Leave a missing value empty, or write NaN.")
    return ReadError(f"{source.name} cannot be read as a table of numbers", "Check its quotes.")
