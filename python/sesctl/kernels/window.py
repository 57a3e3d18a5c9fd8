"""The window of a filter: an odd number of samples."""

from operator import index
from typing import Final, SupportsIndex

from sesctl.errors import ParameterError

LONGEST_WINDOW: Final = 1001
"""Samples in the longest window: 2 h 47 min at 0.1 Hz."""


def as_window(window: SupportsIndex) -> int:
    """Return `window` as an int.

    Parameters
    ----------
    window : int
        Samples in the window; odd, so that one of them is in the middle.

    Returns
    -------
    int
        The same number.

    Raises
    ------
    ParameterError
        If `window` is no integer, even, or not from 1 to `LONGEST_WINDOW`.
    """
    samples = as_integer(window, "window")
    if samples % 2 == 0 or not 1 <= samples <= LONGEST_WINDOW:
        msg = f"window is {samples} samples, which is not an odd number from 1 to {LONGEST_WINDOW}"
        raise ParameterError(
            msg,
            f"The nearest window is {min(max(samples | 1, 1), LONGEST_WINDOW)}.",
        )
    return samples


def as_integer(value: SupportsIndex, name: str) -> int:
    """Return a whole number of any integer type as an int.

    Parameters
    ----------
    value : int
        The number.
    name : str
        How an error calls it.

    Returns
    -------
    int
        The same number.

    Raises
    ------
    ParameterError
        If `value` is no integer; 61.0 is none either.
    """
    try:
        return index(value)
    except TypeError as error:
        msg = f"{name} is {value!r}, which is not an integer"
        raise ParameterError(msg, "Pass an int.") from error
