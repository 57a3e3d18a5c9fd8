"""A file's bytes, read once: what is parsed is what was hashed."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from sesctl.errors import ReadError

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Source:
    """The text of a file and the identity of its bytes.

    Parameters
    ----------
    path : Path
        Where it was read.
    data : bytes
        UTF-8 text without NUL and byte-order mark.
    sha256 : str
        Hash of the file as it lies on the disk, in hexadecimal digits.
    """

    path: Path
    data: bytes
    sha256: str

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return self.path.name

    def lines(self) -> io.TextIOWrapper:
        """Return the text line by line, with whatever line ends it has."""
        return io.TextIOWrapper(io.BytesIO(self.data), encoding="utf-8", newline="")


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    ReadError
        If the file cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        msg = f"there is no file {path}"
        raise ReadError(msg, "Check the path.") from error
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror})"
        raise ReadError(msg, "Check that it is a file and that you may read it.") from error


def read_source(path: Path) -> Source:
    """Read a text file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Source
        Its text and hash.

    Raises
    ------
    ReadError
        If the file cannot be read, is empty or is not UTF-8 text.
    """
    raw = read_bytes(path)
    data = raw.removeprefix(_BOM)
    if not data.strip():
        msg = f"{path.name} is empty"
        raise ReadError(msg, "Check that it was copied whole.")
    fault = data.find(b"\0")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        fault = error.start if fault < 0 else min(fault, error.start)
    if fault >= 0:
        line = data.count(b"\n", 0, fault) + 1
        msg = f"{path.name} is not text: line {line} holds the byte 0x{data[fault]:02x}"
        raise ReadError(msg, "Check that it was copied whole, and save it as UTF-8.")
    return Source(path, data, hashlib.sha256(raw).hexdigest())
