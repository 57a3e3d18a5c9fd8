"""Earth Data Logger: a file a channel, ``NAME_YYMMDDhhmmss.CH``, one number a line and no times."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv

from sesctl.errors import ReadError
from sesctl.ingest.file_bytes import plain_name
from sesctl.ingest.number_text import number_of
from sesctl.ingest.text_blocks import TextBlock, text_blocks
from sesctl.plugin.reader import Piece, Request
from sesctl.types.instants import EPOCH

FILE_NAME = re.compile(r"(?P<name>.+)_(?P<start>\d{12})\.(?P<channel>[A-Za-z]\w*)")
_MICROSECOND = dt.timedelta(microseconds=1)


def edl_part(path: Path) -> tuple[str, str]:
    """Return the logger and the start in a file's name.

    Raises
    ------
    ReadError
        If it is not named so.
    """
    parts = _parts(path)
    return parts["name"], parts["start"]


def read_edl(path: Path, request: Request) -> Iterator[Piece]:
    """Read one channel's file of a logger.

    Parameters
    ----------
    path : Path
        The file; its first sample is at the instant (UTC) in its name.
    request : Request
        The channels (file endings) that are wanted, and the interval: the files say neither units nor
        times, so that without a station file nothing can be read.

    Yields
    ------
    Piece
        Its samples; none where its channel is not wanted.

    Raises
    ------
    ReadError
        If the interval is not known, the name holds no date or a line is no number.
    """
    if request.columns is None or request.interval_us is None:
        missing = "station file" if request.columns is None else "interval_s in the station file"
        msg = f"{path.name} holds numbers without times or units, and there is no {missing}"
        raise ReadError(msg, "Give --station with interval_s and each dipole's channel, unit and length_m.")
    parts = _parts(path)
    start = _start(path, parts["start"])
    if parts["channel"] not in request.columns:
        return
    for block in text_blocks(path):
        # What is cut before this block are blank lines: samples that are missing, not some that never were.
        values = _numbers(block)
        first = start + (block.first_line - 1) * request.interval_us
        times = first + np.arange(values.shape[1], dtype=np.int64) * request.interval_us
        yield Piece(columns=(parts["channel"],), times=times, values=values)


def _parts(path: Path) -> re.Match[str]:
    parts = FILE_NAME.fullmatch(plain_name(path))
    if parts is None:
        msg = f"{path.name} is not named NAME_YYMMDDhhmmss.CHANNEL"
        raise ReadError(msg, "The start of a logger's file is read from its name.")
    return parts


def _start(path: Path, digits: str) -> int:
    try:
        moment = dt.datetime.strptime(digits + "+0000", "%y%m%d%H%M%S%z")
    except ValueError as error:
        msg = f"{path.name}: {digits} is not a date and time YYMMDDhhmmss"
        raise ReadError(msg, "The start of a logger's file is read from its name.") from error
    return (moment - EPOCH) // _MICROSECOND


def _numbers(block: TextBlock) -> npt.NDArray[np.float64]:
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(block.data),
            read_options=pa_csv.ReadOptions(column_names=["value"]),
            parse_options=pa_csv.ParseOptions(ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(column_types={"value": pa.float64()}),
        )
    except pa.ArrowInvalid:
        return _careful_numbers(block)
    return np.asarray(table.column("value").to_numpy(), dtype=np.float64)[np.newaxis]


def _careful_numbers(block: TextBlock) -> npt.NDArray[np.float64]:
    numbers = []
    for line, text in enumerate(block.lines(), start=block.first_line):
        number = number_of(text)
        if number is None:
            msg = f"{block.name}: line {line} holds {text.strip()[:40]!r}, which is no number"
            raise ReadError(msg, "A logger's file holds one number a line.")
        numbers.append(number)
    return np.array([numbers], dtype=np.float64)
