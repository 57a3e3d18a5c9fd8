"""Rows of files kept aside until their order and interval are known: in memory while few, then on disk.

A file of ten years is checked to its last line before the first of its days is archived, and its rows may
come in any order. They are kept as runs, each sorted by time, whose times are known at every thousandth row,
so that any stretch of time is read without the others.
"""

import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from sesctl.errors import ReadError

IN_MEMORY = 2**24
"""Bytes of rows that are kept in memory; more go to a temporary file."""

_SPARSE = 1024


@dataclass(frozen=True, eq=False)
class Run:
    """Rows that were written together.

    Parameters
    ----------
    file : int
        The number of the file they come from.
    columns : tuple of str
        Their columns.
    offset : int
        Where they begin in the spool, in bytes.
    rows : int
        Number of rows.
    marks : ndarray of int64, shape (mark,)
        Instants of every 1024th row, and of the last.
    """

    file: int
    columns: tuple[str, ...]
    offset: int
    rows: int
    marks: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Slice:
    """Rows of one run within a stretch of time.

    Parameters
    ----------
    file : int
        The number of the file they come from.
    columns : tuple of str
        Their columns.
    times : ndarray of int64, shape (row,)
        Instants, µs UTC, rising.
    values : ndarray of float32, shape (column, row)
        Their values.
    """

    file: int
    columns: tuple[str, ...]
    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]


class Spool:
    """A store of rows; use it in a ``with`` statement, or close it."""

    def __init__(self) -> None:
        self._store = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, prefix="sesctl-")  # noqa: SIM115
        self._end = 0
        self._runs: list[Run] = []

    def __enter__(self) -> Self:
        """Return the spool itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Throw the rows away."""
        self.close()

    def close(self) -> None:
        """Throw the rows away."""
        self._store.close()

    @property
    def rows(self) -> int:
        """Number of rows."""
        return sum(run.rows for run in self._runs)

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last instant, µs UTC."""
        return min(int(run.marks[0]) for run in self._runs), max(int(run.marks[-1]) for run in self._runs)

    def add(
        self,
        file: int,
        columns: tuple[str, ...],
        times: npt.NDArray[np.int64],
        values: npt.NDArray[np.float32],
    ) -> None:
        """Keep rows.

        Parameters
        ----------
        file : int
            The number of the file they come from.
        columns : tuple of str
            Their columns.
        times : ndarray of int64, shape (row,)
            Instants, µs UTC, in any order.
        values : ndarray of float32, shape (column, row)
            Their values.

        Raises
        ------
        ReadError
            If the temporary file cannot be written.
        """
        if not len(times):
            return
        if (times[1:] < times[:-1]).any():
            order = np.argsort(times, kind="stable")
            times, values = times[order], values[:, order]
        marks = np.append(times[::_SPARSE], times[-1])
        try:
            self._store.seek(self._end)
            for content in (times, *values):
                self._store.write(np.ascontiguousarray(content).tobytes())
        except OSError as error:
            msg = f"the temporary folder {tempfile.gettempdir()} cannot be written ({error.strerror})"
            raise ReadError(msg, "Name a folder with more room in the variable TMPDIR.") from error
        self._runs.append(Run(file, columns, self._end, len(times), marks))
        self._end += len(times) * (8 + 4 * len(columns))

    def slices(self, start: int, end: int) -> Iterator[Slice]:
        """Yield the rows with start <= time < end, µs UTC, run by run."""
        for run in self._runs:
            if run.marks[0] < end and run.marks[-1] >= start:
                first, stop, times = self._bounds(run, start, end)
                if stop > first:
                    yield Slice(run.file, run.columns, times, self._values(run, first, stop))

    def times(self, rows: int = 2**18) -> Iterator[npt.NDArray[np.int64]]:
        """Yield all instants in order, about so many at a time; equal ones are never parted."""
        marks = np.sort(np.concatenate([run.marks for run in self._runs]))
        step = max(1, rows // _SPARSE)
        cuts = np.unique(np.append(marks[::step], marks[-1] + 1))
        for start, end in itertools.pairwise(cuts):
            parts = [
                self._bounds(run, int(start), int(end))[2]
                for run in self._runs
                if run.marks[0] < end and run.marks[-1] >= start
            ]
            together = np.concatenate(parts) if len(parts) != 1 else parts[0]
            if len(parts) > 1:
                together = np.sort(together, kind="stable")
            if len(together):
                yield together

    def _bounds(self, run: Run, start: int, end: int) -> tuple[int, int, npt.NDArray[np.int64]]:
        """Return which rows of a run lie in a stretch of time, and their times."""
        before = max(0, int(np.searchsorted(run.marks[:-1], start)) - 1) * _SPARSE
        beyond = min(run.rows, int(np.searchsorted(run.marks[:-1], end)) * _SPARSE)
        times = np.frombuffer(self._bytes(run.offset + 8 * before, 8 * (beyond - before)), dtype=np.int64)
        first, stop = np.searchsorted(times, (start, end))
        return before + int(first), before + int(stop), times[first:stop]

    def _values(self, run: Run, first: int, stop: int) -> npt.NDArray[np.float32]:
        values = np.empty((len(run.columns), stop - first), dtype=np.float32)
        for row in range(len(run.columns)):
            at = run.offset + 8 * run.rows + 4 * (row * run.rows + first)
            values[row] = np.frombuffer(self._bytes(at, 4 * (stop - first)), dtype=np.float32)
        return values

    def _bytes(self, offset: int, length: int) -> bytes:
        self._store.seek(offset)
        return self._store.read(length)


def scaled(
    values: npt.NDArray[np.float64], factors: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float32], tuple[int, int] | None]:
    """Return values in their channels' units, and the column and row of the first that is not finite.

    Parameters
    ----------
    values : ndarray of float64, shape (column, row)
        The file's numbers, NaN where there is none.
    factors : ndarray of float64, shape (column,)
        What makes the channel's unit of them.
    """
    with np.errstate(over="ignore"):
        product = (values if (factors == 1).all() else values * factors[:, np.newaxis]).astype(np.float32)
    infinite = np.isinf(product)
    if infinite.any():
        column, row = (int(each[0]) for each in np.nonzero(infinite))
        return np.empty((0, 0), dtype=np.float32), (column, row)
    return product, None
