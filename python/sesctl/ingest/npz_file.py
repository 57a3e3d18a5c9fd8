"""NumPy .npz: an array ``time`` (row,), and one (row,) of each channel's name; nothing is unpickled."""

import math
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from sesctl.errors import ReadError
from sesctl.ingest.array_time import instants_of_array
from sesctl.ingest.file_bytes import readable
from sesctl.ingest.iso_time import TimeColumn
from sesctl.ingest.nearest import check_columns
from sesctl.plugin.reader import Piece, Request

_ROWS = 2**18
_MOST_EXPANSION = 250
_ALWAYS_ALLOWED = 2**24
_HINT = "Write it by np.savez(file, time=..., Ex=...)."


def read_npz(path: Path, request: Request) -> Iterator[Piece]:
    """Read a .npz file, some rows at a time.

    Parameters
    ----------
    path : Path
        The file. Its ``time`` is datetime64 in UTC, or numbers of seconds since 1970.
    request : Request
        The wanted arrays; None for all but ``time``.

    Yields
    ------
    Piece
        Rows in the file's order.

    Raises
    ------
    ReadError
        If it is no such file, an array is not of numbers, their lengths differ, or it expands to more than
        250 times its size.
    StationError
        If a wanted array does not exist.
    """
    with ExitStack() as stack:
        stack.enter_context(readable(path))
        try:
            archive = stack.enter_context(zipfile.ZipFile(path))
            members = {
                each.filename.removesuffix(".npy"): each for each in archive.infolist() if not each.is_dir()
            }
            _refuse_bomb(path, members)
            if "time" not in members:
                msg = f"{path.name} has no array 'time'"
                raise ReadError(msg, _HINT)
            there = [name for name in members if name != "time"]
            check_columns(path.name, request.columns or (), there, "array")
            wanted = tuple(there if request.columns is None else request.columns)
            if not wanted:
                msg = f"{path.name} has no array beside 'time'"
                raise ReadError(msg, _HINT)
            arrays = {
                name: _Column(path, name, stack.enter_context(archive.open(members[name])))
                for name in ("time", *wanted)
            }
            rows = arrays["time"].rows
            for name in wanted:
                if arrays[name].rows != rows:
                    msg = f"{path.name}: {name} has {arrays[name].rows} values, time has {rows}"
                    raise ReadError(msg, "Give each value its time.")
                if arrays[name].dtype.kind not in "iuf":
                    msg = f"{path.name}: {name} holds {arrays[name].dtype}, not numbers"
                    raise ReadError(msg, _HINT)
            clock = TimeColumn(path.name, request)
            for first in range(0, rows, _ROWS):
                count = min(_ROWS, rows - first)
                times, _ = instants_of_array(arrays["time"].take(count), clock, path.name, first, naive=False)
                values = np.stack([arrays[name].take(count).astype(np.float64) for name in wanted])
                yield Piece(columns=wanted, times=times, values=values)
            if not rows:
                msg = f"{path.name} has no rows"
                raise ReadError(msg, "Check that it was copied whole.")
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            msg = f"{path.name} is a damaged .npz file ({' '.join(str(error).split())})"
            raise ReadError(msg, "Check that it was copied whole.") from error


def _refuse_bomb(path: Path, members: dict[str, zipfile.ZipInfo]) -> None:
    expanded = sum(each.file_size for each in members.values())
    if expanded > max(_ALWAYS_ALLOWED, _MOST_EXPANSION * path.stat().st_size):
        msg = f"{path.name} expands to more than {_MOST_EXPANSION} times its size"
        raise ReadError(msg, "It is no record of a field; unpack it by hand if you know better.")


class _Column:
    """A one-dimensional array in a .npz file, read from its beginning on."""

    def __init__(self, path: Path, name: str, stream: IO[bytes]) -> None:
        self._where, self._stream = f"{path.name}: {name}", stream
        try:
            version = np.lib.format.read_magic(stream)
            read_header: Any = (
                np.lib.format.read_array_header_1_0
                if version == (1, 0)
                else np.lib.format.read_array_header_2_0
            )
            shape, _, self.dtype = read_header(stream)
        except ValueError as error:
            msg = f"{self._where} is no NumPy array ({' '.join(str(error).split())[:80]})"
            raise ReadError(msg, _HINT) from error
        if len(shape) != 1 or self.dtype.hasobject or not self.dtype.itemsize:
            what = "Python objects" if self.dtype.hasobject else f"the shape {shape}"
            msg = f"{self._where} has {what}, not one number a row"
            raise ReadError(msg, _HINT)
        self.rows = math.prod(shape)

    def take(self, count: int) -> npt.NDArray[Any]:
        """Return the next values."""
        content = self._stream.read(count * self.dtype.itemsize)
        if len(content) != count * self.dtype.itemsize:
            msg = f"{self._where} ends before its {self.rows} values"
            raise ReadError(msg, "Check that it was copied whole.")
        return np.frombuffer(content, dtype=self.dtype)
