"""A file's bytes: opened, unpacked if they are compressed, and hashed, never all in memory at once."""

import contextlib
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from sesctl.errors import ReadError
from sesctl.plugin.reader import HEAD_BYTES

# Text of numbers shrinks 3 to 30 times, a record of one value all day 200 times at most; more is no record
# but a trap.
_MOST_EXPANSION = 250
_ALWAYS_ALLOWED = 2**24
_PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_SUFFIXES = (".gz", ".zst")


def plain_name(path: Path) -> str:
    """Return a file's name without the ending of a compression."""
    return path.name[: -len(path.suffix)] if path.suffix.casefold() in _SUFFIXES else path.name


def sha256_of(path: Path) -> str:
    """Return the hash of a file as it lies on the disk, in hexadecimal digits.

    Raises
    ------
    ReadError
        If the file cannot be read.
    """
    with readable(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn the system's errors on reading a file into one that names it.

    Raises
    ------
    ReadError
        If the body raises an OSError, or a compressed file is damaged.
    """
    try:
        yield
    except FileNotFoundError as error:
        msg = f"there is no file {path}"
        raise ReadError(msg, "Check the path.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        msg = f"{path.name} is a damaged compressed file ({_plain(error)})"
        raise ReadError(msg, "Check that it was copied whole.") from error
    except OSError as error:
        if error.errno is None:  # pyarrow's own, on compressed data
            msg = f"{path.name} is a damaged compressed file ({_plain(error)})"
            raise ReadError(msg, "Check that it was copied whole.") from error
        msg = f"{path} cannot be read ({error.strerror})"
        raise ReadError(msg, "Check that it is a file and that you may read it.") from error


def _plain(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text[:1].lower() + text[1:]


@contextlib.contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading, unpacking gzip and Zstandard by their first bytes.

    Raises
    ------
    ReadError
        If it cannot be read, or expands to more than 250 times its size.
    """
    with readable(path), path.open("rb") as file:
        kind = next((name for magic, name in _PACKED.items() if file.peek(4).startswith(magic)), None)
        if kind is None:
            yield file
            return
        limit = max(_ALWAYS_ALLOWED, _MOST_EXPANSION * path.stat().st_size)
        if kind == "gzip":
            with gzip.GzipFile(fileobj=file) as inner:
                yield io.BufferedReader(_Bounded(inner, limit, path))
        else:
            import pyarrow as pa

            with pa.CompressedInputStream(file, "zstd") as inner:
                yield io.BufferedReader(_Bounded(inner, limit, path))


class _Bounded(io.RawIOBase):
    """A stream that refuses to go on beyond a limit."""

    def __init__(self, inner: Any, limit: int, path: Path) -> None:
        super().__init__()
        self._inner, self._left, self._path = inner, limit, path

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._inner.read(min(len(buffer), 2**20))
        self._left -= len(content)
        if self._left < 0:
            msg = f"{self._path.name} expands to more than {_MOST_EXPANSION} times its size"
            raise ReadError(msg, "It is no record of a field; unpack it by hand if you know better.")
        buffer[: len(content)] = content
        return len(content)


def head_of(path: Path) -> bytes:
    """Return the first bytes of what is in a file, without a byte-order mark.

    Raises
    ------
    ReadError
        If it cannot be read.
    """
    with opened(path) as file:
        return file.read(HEAD_BYTES).removeprefix(b"\xef\xbb\xbf")
