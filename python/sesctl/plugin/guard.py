"""A stranger's code at work: what it raises names the detector, what it prints stays out of the results."""

import contextlib
import importlib
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import pluggy

from sesctl.errors import PluginError, SesctlError

_NOT_THEIRS = (
    str(Path(__file__).parents[1]),
    str(Path(pluggy.__file__).parent),
    str(Path(importlib.__file__).parent),
    contextlib.__file__,
    "<frozen importlib",
)


@contextlib.contextmanager
def guarded(what: str) -> Iterator[None]:
    """Run a plugin's code.

    Standard output belongs to the results of a command, so that what the plugin prints goes to standard
    error.

    Parameters
    ----------
    what : str
        Which detector does what, to begin a sentence: ``detector boxcar fails to score``.

    Raises
    ------
    PluginError
        If the body raises anything but an interruption by the user; it names the place.
    """
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    except PluginError:
        raise
    except SesctlError as error:
        msg = f"{what}: {error.message}"
        raise PluginError(msg, error.hint) from error
    except SystemExit as error:
        msg = f"{what}: it ends the program"
        raise PluginError(msg) from error
    except Exception as error:
        msg = f"{what}: {one_line(error)}{_place(error.__traceback__)}"
        raise PluginError(msg) from error


def one_line(error: BaseException) -> str:
    """Return an error's kind and text on one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _place(trace: TracebackType | None) -> str:
    """Return where in the plugin an error arose: the last line of the first file that is a stranger's."""
    frames = [frame for frame in traceback.extract_tb(trace) if not frame.filename.startswith(_NOT_THEIRS)]
    own = [frame for frame in frames if frame.filename == frames[0].filename]
    return f" ({own[-1].filename}, line {own[-1].lineno})" if own else ""
