"""Parquet: a column ``time``, and one a channel, some rows at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sesctl.errors import ReadError
from sesctl.ingest.array_time import instants_of_array
from sesctl.ingest.file_bytes import readable
from sesctl.ingest.iso_time import TimeColumn
from sesctl.ingest.nearest import check_columns
from sesctl.plugin.reader import Piece, Request

_ROWS = 2**18
# A column of one value is a few bytes for any number of rows: the limit is on rows a byte.
_MOST_ROWS_A_BYTE = 32
_ALWAYS_ALLOWED = 2**20
_HINT = "Give it a column `time` of timestamps or seconds since 1970, and one of numbers a channel."


def read_parquet(path: Path, request: Request) -> Iterator[Piece]:
    """Read a Parquet file.

    Parameters
    ----------
    path : Path
        The file. Its ``time`` is a timestamp with a zone, one without (a reading of a local clock), ISO
        8601 text, or seconds since 1970.
    request : Request
        The wanted columns, None for all of numbers; the time zone of times without one.

    Yields
    ------
    Piece
        Rows in the file's order.

    Raises
    ------
    ReadError
        If it is no such file, or a column is not of numbers.
    StationError
        If a wanted column does not exist.
    """
    with readable(path):
        try:
            with pq.ParquetFile(path) as file:
                yield from _pieces(path, file, request)
        except (pa.ArrowException, ValueError) as error:
            if isinstance(error, ReadError):
                raise
            msg = f"{path.name} is a damaged Parquet file ({' '.join(str(error).split())[:100]})"
            raise ReadError(msg, "Check that it was copied whole.") from error


def _pieces(path: Path, file: Any, request: Request) -> Iterator[Piece]:
    schema, rows = file.schema_arrow, file.metadata.num_rows
    if rows > max(_ALWAYS_ALLOWED, _MOST_ROWS_A_BYTE * path.stat().st_size):
        msg = f"{path.name} expands to {rows} rows, more than {_MOST_ROWS_A_BYTE} a byte"
        raise ReadError(msg, "It is no record of a field.")
    if "time" not in schema.names:
        msg = f"{path.name} has no column 'time'"
        raise ReadError(msg, _HINT)
    there = [name for name in schema.names if name != "time"]
    check_columns(path.name, request.columns or (), there)
    wanted = tuple(
        (name for name in there if _is_number(schema.field(name).type))
        if request.columns is None
        else request.columns
    )
    if not wanted:
        msg = f"{path.name} has no column of numbers beside 'time'"
        raise ReadError(msg, _HINT)
    for name in wanted:
        if not _is_number(schema.field(name).type):
            msg = f"{path.name}: column {name} holds {schema.field(name).type}, not numbers"
            raise ReadError(msg, _HINT)
    if not rows:
        msg = f"{path.name} has no rows"
        raise ReadError(msg, "Check that it was copied whole.")
    clock, first = TimeColumn(path.name, request), 0
    for batch in file.iter_batches(batch_size=_ROWS, columns=["time", *wanted]):
        times, kept = _instants(path, batch.column("time"), clock, first)
        values = np.stack(
            [
                np.asarray(batch.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False))
                for name in wanted
            ]
        )
        yield Piece(columns=wanted, times=times, values=values if kept is None else values[:, kept])
        first += batch.num_rows
    clock.finish()


def _instants(path: Path, column: Any, clock: TimeColumn, first: int) -> Any:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        texts = column.cast(pa.string()).fill_null("")
        return clock.instants_of_texts(texts, lambda row: first + row + 1)
    naive = pa.types.is_timestamp(column.type) and column.type.tz is None
    times = column.to_numpy(zero_copy_only=False)
    return instants_of_array(times, clock, path.name, first, naive=naive)


def _is_number(kind: Any) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))
