"""Earth Data Logger: a file a channel, ``NAME_YYMMDDhhmmss.CH``, one number a line and no times."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv

from sesctl.errors import ReadError, StationError
from sesctl.ingest.nearest import nearest_name
from sesctl.ingest.number_text import number_of
from sesctl.ingest.piece import Piece, piece_of
from sesctl.ingest.source import Source, read_source
from sesctl.types.instants import EPOCH

FILE_NAME = re.compile(r"(?P<name>.+)_(?P<start>\d{12})\.(?P<channel>[A-Za-z]\w*)")
_MICROSECOND = dt.timedelta(microseconds=1)


def read_edl(files: Sequence[Path], columns: Sequence[str] | None, interval_us: int | None) -> list[Piece]:
    """Read the files of one logger; files of one channel with several starts follow each other.

    Parameters
    ----------
    files : sequence of Path
        Files whose names match `FILE_NAME`.
    columns : sequence of str or None
        The channels (file endings) that are wanted. The files do not say their units, so that without a
        station file nothing can be read.
    interval_us : int or None
        Sampling interval in µs, from the station file.

    Returns
    -------
    list of Piece
        One a file; its first sample is at the instant (UTC) in its name.

    Raises
    ------
    ReadError
        If the interval is not known, a name holds no date, two loggers are mixed or a line is no number.
    StationError
        If a wanted channel has no file.
    """
    if columns is None or interval_us is None:
        missing = "station file" if columns is None else "interval_s in the station file"
        msg = f"{files[0].name} holds numbers without times or units, and there is no {missing}"
        raise ReadError(msg, "Give --station with interval_s and each dipole's channel, unit and length_m.")
    by_channel = defaultdict(list)
    loggers = set()
    for file in files:
        parts = FILE_NAME.fullmatch(file.name)
        if parts is None:
            msg = f"{file.name} is not named NAME_YYMMDDhhmmss.CHANNEL"
            raise ReadError(msg, "The start of a logger's file is read from its name.")
        by_channel[parts["channel"]].append((_start(file, parts["start"]), file))
        loggers.add(parts["name"])
    if len(loggers) > 1:
        msg = f"{files[0].parent} holds files of several loggers: {', '.join(sorted(loggers))}"
        raise ReadError(msg, "Read the files of each station from a folder of its own.")
    for column in columns:
        if column not in by_channel:
            where = files[0].name if len(files) == 1 else f"the folder {files[0].parent}"
            msg = f"{where} has no channel {column!r}"
            raise StationError(msg, nearest_name(column, sorted(by_channel)))
    return [
        _piece(read_source(file), column, start, interval_us)
        for column in columns
        for start, file in sorted(by_channel[column])
    ]


def _start(file: Path, digits: str) -> int:
    try:
        moment = dt.datetime.strptime(digits + "+0000", "%y%m%d%H%M%S%z")
    except ValueError as error:
        msg = f"{file.name}: {digits} is not a date and time YYMMDDhhmmss"
        raise ReadError(msg, "The start of a logger's file is read from its name.") from error
    return (moment - EPOCH) // _MICROSECOND


def _piece(source: Source, column: str, start: int, interval_us: int) -> Piece:
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(source.data),
            read_options=pa_csv.ReadOptions(column_names=["value"]),
            # A blank line is a sample that is missing, not one that never was.
            parse_options=pa_csv.ParseOptions(ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(column_types={"value": pa.float64()}),
        )
    except pa.ArrowInvalid:
        values = _careful_numbers(source)
    else:
        values = np.asarray(table.column("value").to_numpy(), dtype=np.float64)[np.newaxis]
    times = start + np.arange(values.shape[1], dtype=np.int64) * interval_us
    return piece_of(source, (column,), times, values)


def _careful_numbers(source: Source) -> npt.NDArray[np.float64]:
    numbers = []
    for line, text in enumerate(source.lines(), start=1):
        number = number_of(text)
        if number is None:
            msg = f"{source.name}: line {line} holds {text.strip()[:40]!r}, which is no number"
            raise ReadError(msg, "A logger's file holds one number a line.")
        numbers.append(number)
    return np.array([numbers], dtype=np.float64)
