"""A text file in blocks of whole lines, checked to be text."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sesctl.errors import ReadError
from sesctl.ingest.file_bytes import opened

BLOCK_BYTES = 2**22
_LONGEST_LINE = 2**17  # as much as a field of the csv module may hold
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class TextBlock:
    """Some lines of a file.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    data : bytes
        UTF-8 text without NUL and byte-order mark.
    first_line : int
        The number, from 1, of its first line in the file.
    """

    name: str
    data: bytes
    first_line: int = 1

    def lines(self) -> io.TextIOWrapper:
        """Return the text line by line, with whatever line ends it has."""
        return io.TextIOWrapper(io.BytesIO(self.data), encoding="utf-8", newline="")


def text_blocks(path: Path, size: int = BLOCK_BYTES) -> Iterator[TextBlock]:
    """Read a text file, plain or compressed, some lines at a time.

    Parameters
    ----------
    path : Path
        The file.
    size : int
        Bytes of a block, but for its last line.

    Yields
    ------
    TextBlock
        At least one; blank lines alone make none.

    Raises
    ------
    ReadError
        If the file cannot be read, is empty, is not UTF-8 text or has a line longer than 128 kB.
    """
    empty, line, rest = True, 1, b""
    with opened(path) as file:
        while chunk := file.read(size):
            if line == 1 and not rest:
                chunk = chunk.removeprefix(_BOM)
            data = rest + chunk if rest else chunk
            _refuse_long_lines(path.name, data, line)
            whole, rest = _cut(data)
            if whole and not whole.isspace():
                empty = False
                yield _checked(path.name, whole, line)
            line += _lines(whole)
        if rest and not rest.isspace():
            empty = False
            yield _checked(path.name, rest, line)
    if empty:
        msg = f"{path.name} is empty"
        raise ReadError(msg, "Check that it was copied whole.")


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """Return the lines that are whole, and the beginning of the next."""
    end = data.rfind(b"\n") + 1 or data.rfind(b"\r", 0, -1) + 1
    return data[:end], data[end:]


def _refuse_long_lines(name: str, data: bytes, first_line: int) -> None:
    at = 0
    while len(data) - at > _LONGEST_LINE:
        end = max(data.rfind(each, at, at + _LONGEST_LINE) for each in (b"\n", b"\r"))
        if end < 0:
            msg = f"{name}: line {first_line + _lines(data[:at])} is longer than {_LONGEST_LINE} bytes"
            raise ReadError(msg, "Check that it is a table of numbers, and was copied whole.")
        at = end + 1


def _lines(data: bytes) -> int:
    return data.count(b"\n") or data.count(b"\r")


def _checked(name: str, data: bytes, first_line: int) -> TextBlock:
    fault = data.find(b"\0")
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError as error:
            fault = error.start if fault < 0 else min(fault, error.start)
    if fault >= 0:
        line = first_line + data.count(b"\n", 0, fault)
        msg = f"{name} is not text: line {line} holds the byte 0x{data[fault]:02x}"
        raise ReadError(msg, "Check that it was copied whole, and save it as UTF-8.")
    return TextBlock(name, data, first_line)
