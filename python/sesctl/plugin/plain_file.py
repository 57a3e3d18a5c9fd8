"""Files of a model folder from an unknown hand: plain ones, of bounded size."""

import errno
import os
import stat
from pathlib import Path

from sesctl.errors import PluginError

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


def _open(path: str, flags: int) -> int:
    # A device or a pipe would never end, and a link may lead out of the folder.
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
