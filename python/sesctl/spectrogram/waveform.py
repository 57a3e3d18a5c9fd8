"""Waveforms as filled black-and-white images."""

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError


def filled_waveform(
    values: npt.NDArray[np.float32],
    low: float,
    middle: float,
    high: float,
    *,
    height: int = 512,
    width: int = 512,
) -> npt.NDArray[np.uint8]:
    """Return the image of a waveform, filled from a middle line and binarised.

    A column of pixels holds the samples of an equal share of the record. It is white from the middle line to
    its smallest and to its largest sample; all else is black.

    Parameters
    ----------
    values : ndarray of float32, shape (..., sample)
        Records in any unit; NaN in gaps.
    low, middle, high : float
        The range that the image's height stands for and the line that is filled from, the same for all images
        of a run.
    height, width : int
        Pixels.

    Returns
    -------
    ndarray of uint8, shape (..., height, width)
        0 or 255, the largest values on top; columns without samples are 0.

    Raises
    ------
    ParameterError
        If the range is empty, or there are more columns than samples.
    """
    samples = values.shape[-1]
    if not low < middle < high:
        msg = f"the range of a waveform goes from {low} over {middle} to {high}"
        raise ParameterError(msg)
    if not (1 <= width <= samples and height >= 2):
        msg = f"an image of {height} x {width} pixels cannot be made of {samples} samples"
        raise ParameterError(msg, "Ask for at most one column a sample.")
    first = np.arange(width) * samples // width
    fills = np.isnan(values)
    top = np.maximum.reduceat(np.where(fills, -np.inf, values), first, axis=-1)
    bottom = np.minimum.reduceat(np.where(fills, np.inf, values), first, axis=-1)
    top, bottom = np.maximum(top, middle), np.minimum(bottom, middle)
    empty = np.logical_and.reduceat(fills, first, axis=-1)
    centre = high - (np.arange(height) + 0.5) * (high - low) / height
    inside = (centre[:, None] <= top[..., None, :]) & (centre[:, None] >= bottom[..., None, :])
    return np.where(inside & ~empty[..., None, :], np.uint8(255), np.uint8(0))
