"""Files of a model folder from an unknown hand: plain ones of bounded size, JSON that can be shown again."""

import errno
import json
import math
import os
import stat
from pathlib import Path
from typing import Any

from sesctl.errors import PluginError

MAX_DEPTH = 64
"""Lists and objects within each other: what shows or writes them calls itself for each."""
AGAIN = "The folder is damaged or was changed; fetch or train it again."


def read_plain(path: Path, most: int) -> bytes:
    """Read a plain file of at most so many bytes; no link is followed and no pipe waited for.

    Parameters
    ----------
    path : Path
        The file.
    most : int
        Bytes that it may have.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is none.
    PluginError
        If it is a link, no plain file or larger, or cannot be read.
    """
    try:
        with open(path, "rb", opener=_open) as file:  # Path.open takes no opener
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                msg = f"{path} is no plain file"
                raise PluginError(msg, AGAIN)
            content = file.read(most + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        why = "it is a link" if error.errno == errno.ELOOP else error.strerror
        msg = f"{path} cannot be read ({why})"
        raise PluginError(msg, AGAIN) from error
    if len(content) > most:
        msg = f"{path} has more than the {most} bytes that it may have"
        raise PluginError(msg, AGAIN)
    return content


def parse_json(data: bytes) -> Any:
    """Return what JSON in UTF-8 says: each name of an object once, numbers finite, texts of characters.

    Parameters
    ----------
    data : bytes
        The JSON.

    Raises
    ------
    ValueError
        If it is anything else, or nested deeper than `MAX_DEPTH`; it says on one line what is wrong.
    """
    deep = f"it is nested deeper than {MAX_DEPTH} times"
    try:
        content = json.loads(
            data.decode(), parse_float=_finite, parse_constant=_finite, object_pairs_hook=_unrepeated
        )
    except RecursionError as error:
        raise ValueError(deep) from error
    if is_deep(content):
        raise ValueError(deep)
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        msg = f"a text in it holds \\u{ord(error.object[error.start]):04x}, which is no character"
        raise ValueError(msg) from error
    return content


def is_deep(content: Any) -> bool:
    """Whether lists and objects are nested deeper than `MAX_DEPTH`; the content itself counts as one."""
    level = [content]
    for _ in range(MAX_DEPTH + 1):
        groups = [each for each in level if isinstance(each, (list, dict))]
        if not groups:
            return False
        level = [each for group in groups for each in (group.values() if isinstance(group, dict) else group)]
    return True


def _open(path: str, flags: int) -> int:
    # A device or a pipe would never end, and a link may lead out of the folder.
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        msg = f"it holds {text[:24]}"
        raise ValueError(msg)
    return value


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        msg = "a name in it stands twice in one object"
        raise ValueError(msg)
    return content
