"""The public interface for readers of file formats: a `ReaderInfo` behind an entry point.

A package brings a reader by the entry-point group ``sesctl.readers``; name and record agree::

    [project.entry-points."sesctl.readers"]
    mylogger = "my_package:MYLOGGER"

A whole one::

    def read(path, request):
        table = np.loadtxt(path)  # seconds since 1970, then mV/km of one dipole
        yield Piece(
            columns=("E1",), times=np.rint(table[:, 0] * 1e6).astype(np.int64), values=table[:, 1:].T
        )


    MYLOGGER = ReaderInfo(
        name="mylogger",
        summary="My logger's text files",
        recognises=lambda path, head: head.startswith(b"# mylogger"),
        read=read,
        channel=lambda column: Dipole(name=column),
    )
"""

import re
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from sesctl.errors import PluginError, ShapeError
from sesctl.types import Annotation, Channel

ENTRY_POINT_GROUP: Final = "sesctl.readers"
HEAD_BYTES: Final = 4096
"""Number of a file's first bytes (of what is in it, if it is compressed) that a reader is shown."""

ClockChange = Literal["error", "earlier", "later", "drop", "infer"]
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """Some rows of one file, in the file's order and units.

    Parameters
    ----------
    columns : tuple of str
        Names of the columns, as the file or its format has them; of those asked for, or all of the file's.
    times : ndarray of int64, shape (row,)
        Instants in µs since 1970-01-01 UTC.
    values : ndarray of float64, shape (column, row)
        The file's numbers, NaN where there is none.

    Raises
    ------
    ShapeError
        If the arrays and the columns disagree.
    """

    columns: tuple[str, ...]
    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.times.dtype != np.int64 or self.times.ndim != 1:
            msg = f"the times of a piece are {self.times.dtype} of shape {self.times.shape}, not int64 (row,)"
            raise ShapeError(msg)
        expected = (len(self.columns), len(self.times))
        if self.values.dtype != np.float64 or self.values.shape != expected:
            msg = (
                f"the values of a piece are {self.values.dtype} of shape {self.values.shape}, not float64 "
                f"{expected}"
            )
            raise ShapeError(msg)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is wanted of a file, and what its reader cannot know from it.

    Parameters
    ----------
    columns : tuple of str or None
        The columns that are wanted; None for all that the format has by default.
    zone : ZoneInfo or None
        Time zone of times without an offset from UTC.
    clock_change : {"error", "earlier", "later", "drop", "infer"}
        What to do with a local time that a clock change makes unclear.
    interval_us : int or None
        Sampling interval in µs of files without times.
    """

    columns: tuple[str, ...] | None = None
    zone: zoneinfo.ZoneInfo | None = None
    clock_change: ClockChange = "error"
    interval_us: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReaderInfo:
    """A file format.

    Parameters
    ----------
    name : str
        What users type after ``--format``, equal to the entry point's name.
    summary : str
        One line on the format.
    recognises : callable
        Takes a file's path and its first `HEAD_BYTES` bytes; whether the file is of this format.
    read : callable
        Takes a file's path and a `Request`; yields its `Piece` objects, each small enough for memory, and
        `Annotation` objects, whose channels are columns. It raises `SesctlError` where the file is wrong.
    channel : callable
        Takes a column; returns the channel it is where there is no station file, None where the format does
        not say what is measured in which unit, so that a station file is needed.
    timed : bool
        Whether the files hold times; if not, the interval is the station file's and its steps are not
        looked at.
    part : callable, optional
        For formats with a file a channel: takes a path; returns the instrument and the name of the stretch
        of time, so that the files of one stretch are read together.
    place : callable, optional
        Takes a path; returns the station's name, latitude and longitude where the file says them.
    """

    name: str
    summary: str
    recognises: Callable[[Path, bytes], bool]
    read: Callable[[Path, Request], Iterator[Piece | Annotation]]
    channel: Callable[[str], Channel | None] = lambda column: None
    timed: bool = True
    part: Callable[[Path], tuple[str, str]] | None = None
    place: Callable[[Path], tuple[str, float | None, float | None]] | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            msg = f"a reader is named {self.name!r}, not lower-case letters, digits, '_' and '-'"
            raise PluginError(msg)
