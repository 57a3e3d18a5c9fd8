"""The chirp rate of each frame: given, or chosen where the spectrum is most concentrated."""

from math import isfinite
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels.arrays import FloatArray
from sesctl.kernels.finite import as_record

Measure = Literal["concentration", "renyi3"]

FASTEST_RATE: Final = 1.0
"""The largest chirp rate in cycles/sample²: beyond it a chirp runs past every frequency at each sample."""


def as_rates(rates: npt.ArrayLike, frames: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Return one rate for each frame of each row.

    Parameters
    ----------
    rates : array_like of real numbers, shape () or (frame,) or (..., frame)
        Rates in cycles/sample².
    frames : tuple of int
        The shape (..., frame) of the frames.

    Returns
    -------
    ndarray of float64, shape (..., frame)
        The rate of each frame in cycles/sample², C-contiguous.

    Raises
    ------
    ShapeError
        If `rates` are not real numbers, or fit neither the frames of one row nor those of all.
    ParameterError
        If a rate is not finite, or not from -1 to 1.
    """
    array = as_record(np.atleast_1d(rates), "rates")
    if np.ndim(rates) != 0 and array.shape not in (frames[-1:], frames):
        msg = f"rates has shape {array.shape}, but the frames have shape {frames}"
        raise ShapeError(msg, "Pass one real number, one for each frame, or one for each frame of each row.")
    if np.isnan(array).any():
        msg = "rates holds nan, which is no rate"
        raise ParameterError(msg, "Put 0 where the rate of a frame is not known.")
    require_possible(array)
    return np.require(np.broadcast_to(array, frames), np.float64, ["C_CONTIGUOUS", "ALIGNED"])


def require_possible(rates: FloatArray) -> None:
    """Refuse rates that sweep faster than any sampled signal can.

    Parameters
    ----------
    rates : ndarray of float32 or float64, any shape
        Rates in cycles/sample²; NaN where there is none.

    Raises
    ------
    ParameterError
        If a rate is not from -1 to 1.
    """
    outside = np.abs(rates) > FASTEST_RATE
    if outside.any():
        msg = f"rates holds {rates[outside][0]}, which is not from -1 to 1 cycles/sample²"
        raise ParameterError(msg, "A chirp that sweeps all frequencies within n samples has a rate of 1/n.")


def require_choice(measure: str, min_gain: float) -> None:
    """Refuse to choose rates by what is not defined.

    Parameters
    ----------
    measure : {"concentration", "renyi3"}
        The concentration of the normalised power p: Σp² or √(Σp³).
    min_gain : float
        What a chosen rate must gain over rate 0, at least 1.

    Raises
    ------
    ParameterError
        If `measure` is neither, or `min_gain` is less than 1 or not finite.
    """
    if measure not in ("concentration", "renyi3"):
        msg = f"measure is {measure!r}"
        raise ParameterError(msg, "Pass 'concentration' or 'renyi3'.")
    if not (isfinite(min_gain) and min_gain >= 1):
        msg = f"min_gain is {min_gain}, but no gain is less than 1"
        raise ParameterError(msg, "1.7 is usual.")
