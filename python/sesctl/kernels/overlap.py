"""Windows of a transform, and how copies of one overlap from frame to frame."""

from typing import Final, Literal, SupportsIndex

import numpy as np
import numpy.typing as npt

from sesctl import _core
from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels.finite import as_record
from sesctl.kernels.window import as_integer

WindowName = Literal["hann", "hamming", "bartlett", "rectangular"]

LONGEST_TRANSFORM: Final = 1 << 20
"""Samples in the longest frame: 121 days at 0.1 Hz."""

_LEAST_WEIGHT: Final = 1e-30
_LARGEST_WEIGHT: Final = 1e30


def make_window(name: WindowName, length: SupportsIndex) -> npt.NDArray[np.float64]:
    """Return a window, periodic as a spectrum needs it (its next sample would be its first).

    Parameters
    ----------
    name : {"hann", "hamming", "bartlett", "rectangular"}
        The shape: ½ − ½ cos φ, 0.54 − 0.46 cos φ, 1 − |φ/π − 1|, or 1, with φ = 2πn / length.
    length : int
        Samples, from 1 to 1 048 576.

    Returns
    -------
    ndarray of float64, shape (length,)
        Weights, 1 at most; 1 for a single sample.

    Raises
    ------
    ParameterError
        If the name is none of these, or the length is not from 1 to 1 048 576.
    """
    count = as_integer(length, "length")
    if not 1 <= count <= LONGEST_TRANSFORM:
        msg = f"the window's length is {count} samples, which is not from 1 to {LONGEST_TRANSFORM}"
        raise ParameterError(msg, "64 is usual.")
    turn = np.arange(count) / count
    match str(name):
        case "hann":
            window = 0.5 - 0.5 * np.cos(2 * np.pi * turn)
        case "hamming":
            window = 0.54 - 0.46 * np.cos(2 * np.pi * turn)
        case "bartlett":
            window = 1.0 - np.abs(2 * turn - 1)
        case "rectangular":
            window = np.ones(count)
        case _:
            msg = f"the window is {name!r}"
            raise ParameterError(msg, "Pass 'hann', 'hamming', 'bartlett', 'rectangular', or an array.")
    return window if count > 1 else np.ones(1)


def check_overlap(window: npt.ArrayLike, hop: SupportsIndex) -> tuple[bool, bool]:
    """Tell whether copies of a window, one every `hop` samples, overlap evenly (COLA) and everywhere (NOLA).

    `inverse_chirp_stft` needs only NOLA, since it divides by the sum of the squares; COLA says that frames
    weighted once, left alone, would add up to the record.

    Parameters
    ----------
    window : array_like of real numbers, shape (length,)
        The window g.
    hop : int
        Samples from one copy to the next, at least 1.

    Returns
    -------
    cola : bool
        Whether Σ g[n − m · hop] is the same for every n, within 1e-10 of the largest weight, and not zero.
    nola : bool
        Whether Σ g²[n − m · hop] exceeds 1e-10 of the largest squared weight for every n.

    Raises
    ------
    ShapeError
        If the window is not one-dimensional, or not of a real type.
    ParameterError
        If `window` is not as `as_weights` demands, or `hop` is less than 1.
    """
    weights = as_weights(window)
    # Copies further apart than the window is long leave gaps, however far apart they are.
    return _core.check_overlap(weights, min(as_hop(hop), len(weights) + 1))


def as_weights(window: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return a window as the kernels take it.

    Parameters
    ----------
    window : array_like of real numbers, shape (length,)
        The window g.

    Returns
    -------
    ndarray of float64, shape (length,)
        C-contiguous and aligned; `window` itself where it is all that already.

    Raises
    ------
    ShapeError
        If the window is not one-dimensional, or not of a real type.
    ParameterError
        If it holds nothing, more than 1 048 576 samples, or a weight that is not finite, or if its largest
        weight is not from 1e-30 to 1e30: beyond that, powers of the spectrum would not be.
    """
    weights = as_record(window, "window")
    if weights.ndim != 1:
        msg = f"window has shape {weights.shape}"
        raise ShapeError(msg, "Pass a one-dimensional window.")
    if not 1 <= weights.size <= LONGEST_TRANSFORM:
        msg = f"window has {weights.size} samples, which is not from 1 to {LONGEST_TRANSFORM}"
        raise ParameterError(msg, "Pass weights, or the name of a window.")
    largest = float(np.abs(weights).max())
    if not _LEAST_WEIGHT <= largest <= _LARGEST_WEIGHT:
        msg = (
            f"the largest weight of the window is {largest}, "
            f"which is not from {_LEAST_WEIGHT} to {_LARGEST_WEIGHT}"
        )
        raise ParameterError(msg, "Scale the window, to a largest weight of 1 say, and leave no NaN in it.")
    return weights.astype(np.float64, copy=False)


def as_hop(hop: SupportsIndex) -> int:
    """Return the samples from one frame to the next as an int.

    Parameters
    ----------
    hop : int
        The samples.

    Returns
    -------
    int
        The same number.

    Raises
    ------
    ParameterError
        If `hop` is no integer, or less than 1.
    """
    step = as_integer(hop, "hop")
    if step < 1:
        msg = f"hop is {step} samples"
        raise ParameterError(msg, "Pass 1 or more.")
    return step
