"""Numbers with their times, such as Kp or rain, from a CSV file."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError, ReadError, ShapeError
from sesctl.types.instants import from_iso


@dataclass(frozen=True, kw_only=True, eq=False)
class Series:
    """Numbers, each of which holds from its instant on.

    Parameters
    ----------
    name : str
        What they are, from the head of their column.
    times : ndarray of int64, shape (number,)
        Increasing instants, µs UTC.
    values : ndarray of float64, shape (number,)
        The numbers, finite.

    Raises
    ------
    ShapeError
        If the arrays disagree or the times do not increase.
    """

    name: str
    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.times.shape != self.values.shape or self.times.ndim != 1 or not self.times.size:
            msg = f"{self.name} has times of shape {self.times.shape} and values of {self.values.shape}"
            raise ShapeError(msg)
        if (np.diff(self.times) <= 0).any():
            msg = f"the times of {self.name} do not increase"
            raise ShapeError(msg)

    @property
    def step(self) -> int:
        """The usual time from one number to the next, µs: how long a number holds at most."""
        return int(np.median(np.diff(self.times))) if self.times.size > 1 else 0

    def within(self, start: int, end: int) -> npt.NDArray[np.float64] | None:
        """Return the numbers that hold at some time in [start, end), µs UTC.

        None if any part of that time has no number: a number holds for one `step` at most.
        """
        holding = (self.times < end) & (self.times + self.step > start)
        times = self.times[holding]
        if not times.size or times[0] > start or times[-1] + self.step < end:
            return None
        if (np.diff(times) > self.step).any():
            return None
        return self.values[holding]


def read_series(path: Path) -> Series:
    """Read a CSV file with a head and two columns: an ISO 8601 time with its offset, and a number.

    Lines without a number are left out.

    Raises
    ------
    ReadError
        If it cannot be read, or a line is not what it has to be.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            lines = [(number, row) for number, row in enumerate(csv.reader(file), 1) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        msg = f"{path} cannot be read ({getattr(error, 'strerror', None) or error})"
        raise ReadError(msg) from error
    hint = "The first line is a head such as time,kp; each other one is like 2020-01-31T03:00:00Z,2.3."
    if len(lines) < 2 or len(lines[0][1]) != 2:
        columns = len(lines[0][1]) if lines else 0
        msg = f"{path} has {len(lines)} lines and {columns} columns, not a head, numbers and two columns"
        raise ReadError(msg, hint)
    times: list[int] = []
    values: list[float] = []
    for number, row in lines[1:]:
        if len(row) != 2:
            msg = f"{path}, line {number}: {len(row)} values, not a time and a number"
            raise ReadError(msg, hint)
        if not row[1].strip():
            continue
        try:
            instant, value = from_iso(row[0].strip()), float(row[1])
        except (ParameterError, ValueError) as error:
            msg = f"{path}, line {number}: {error}"
            raise ReadError(msg, hint) from error
        if not math.isfinite(value) or (times and instant <= times[-1]):
            wrong = f"{row[1]!r} is not finite" if not math.isfinite(value) else "its time is not later"
            msg = f"{path}, line {number}: {wrong}"
            raise ReadError(msg, hint)
        times.append(instant)
        values.append(value)
    if not times:
        msg = f"{path} has no number"
        raise ReadError(msg, hint)
    name = lines[0][1][1].strip() or path.stem
    return Series(name=name, times=np.array(times, dtype=np.int64), values=np.array(values))
