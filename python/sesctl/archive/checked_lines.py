"""Files of JSON lines, each with the CRC-32 of what it holds, to which a writer only adds."""

import json
import zlib
from pathlib import Path
from typing import Any

from sesctl.errors import ArchiveError


def line_of(key: str, stored: Any) -> bytes:
    """Return the line of something that JSON can hold, under a key."""
    crc = zlib.crc32(_canonical(stored).encode())
    return _canonical({"crc32": crc, key: stored}).encode() + b"\n"


def stored_in(line: bytes, key: str) -> Any:
    """Return what a line holds, None where it is no such line.

    So what a crash left of a line is told from a line.
    """
    try:
        whole = json.loads(line)
        stored = whole[key]
        return stored if whole["crc32"] == zlib.crc32(_canonical(stored).encode()) else None
    except (ValueError, KeyError, TypeError):
        return None


def read_lines(path: Path, key: str, what: str) -> tuple[list[Any], int]:
    """Return what the lines of a file hold, and where the next line begins.

    A last line that is none was torn by a crash: it gives way to the next.

    Parameters
    ----------
    path : Path
        The file, which may be missing.
    key : str
        The key of its lines.
    what : str
        What the file is, to begin a sentence in the plural.

    Raises
    ------
    ArchiveError
        If a line that is not the last is none.
    OSError
        If it cannot be read.
    """
    content = path.read_bytes() if path.exists() else b""
    *lines, _unfinished = content.split(b"\n")
    found: list[Any] = []
    end = 0
    for number, line in enumerate(lines, start=1):
        stored = stored_in(line, key)
        if stored is None:
            if number == len(lines):
                break
            msg = f"{what} {path} are damaged in line {number}"
            raise ArchiveError(msg, "Restore the file from a copy, or remove it and ingest again.")
        found.append(stored)
        end += len(line) + 1
    return found, end


def _canonical(stored: Any) -> str:
    return json.dumps(stored, sort_keys=True, separators=(",", ":"))
