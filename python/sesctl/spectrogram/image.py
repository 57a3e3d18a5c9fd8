"""Images of spectrograms: cells of dB, one scale, one colour map."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.spectrogram.decibels import blocks, decibels, transform
from sesctl.types import Days
from sesctl.types.images import Colours, DecibelScale, Images, SpectrogramParameters
from sesctl.types.labelled import LabelledDays, LabelledImages


@cache
def _shares(have: int, want: int) -> npt.NDArray[np.float32]:
    """Return how much of each of `have` equal cells lies in each of `want`, float32 (have, want)."""
    edges = np.arange(have + 1)[:, None] / have
    low, high = np.arange(want) / want, (np.arange(want) + 1) / want
    inside = np.minimum(edges[1:], high) - np.maximum(edges[:-1], low)
    return np.asarray(np.maximum(inside, 0) * want, dtype=np.float32)


def resized(power: npt.NDArray[np.float32], parameters: SpectrogramParameters) -> npt.NDArray[np.float32]:
    """Average a spectrogram over the pixels of an image.

    Parameters
    ----------
    power : ndarray of float32, shape (..., frequency, frame)
        dB, the lowest frequency first; NaN where there is none.
    parameters : SpectrogramParameters
        Height and width.

    Returns
    -------
    ndarray of float32, shape (..., height, width)
        dB, the highest frequency first: each pixel the mean of what it covers, NaN where that has no value.
    """
    tall = _shares(power.shape[-2], parameters.height).T[::-1]
    wide = _shares(power.shape[-1], parameters.width)
    missing = np.isnan(power)
    if not missing.any():
        return np.asarray(tall @ (power @ wide), dtype=np.float32)
    total = np.asarray(tall @ (np.where(missing, np.float32(0), power) @ wide), dtype=np.float32)
    # Shares add up to 1 but for rounding: where nothing is missing, an image is the same beside any other.
    broken = missing.any(axis=(-2, -1))
    weight = tall @ ((~missing[broken]).astype(np.float32) @ wide)
    with np.errstate(invalid="ignore", divide="ignore"):
        total[broken] = np.where(weight > 0, total[broken] / weight, np.float32(np.nan))
    return total


def image_decibels(
    values: npt.NDArray[np.float32], parameters: SpectrogramParameters, *, workers: int = 1
) -> npt.NDArray[np.float32]:
    """Return spectrograms at the size of an image.

    Each pixel is the mean, in dB, of the part of the spectrogram (k = 1 … n_fft/2, all frames) that it
    covers; parts without samples do not count.

    Parameters
    ----------
    values : ndarray of float32, shape (window, sample)
        Records in any unit, NaN in gaps.
    parameters : SpectrogramParameters
        How they are made.
    workers : int
        Threads; the result does not depend on them.

    Returns
    -------
    ndarray of float32, shape (window, height, width)
        dB re 1 unit², highest frequency first; NaN where there are no samples.

    Raises
    ------
    ParameterError
        If the windows are shorter than the transform needs.
    """
    result = np.empty((len(values), parameters.height, parameters.width), dtype=np.float32)

    def fill(rows: slice) -> None:
        result[rows] = resized(decibels(transform(values[rows], parameters)), parameters)

    with ThreadPoolExecutor(max(workers, 1)) as pool:
        for _ in pool.map(fill, blocks(len(values))):
            pass
    return result


def fit_scale(
    power: npt.NDArray[np.float32], *, faintest: float = 0.005, brightest: float = 0.995
) -> DecibelScale:
    """Return the one scale of a run's images, from its training data.

    Parameters
    ----------
    power : ndarray of float32, any shape
        dB of the training data; NaN where there is none.
    faintest, brightest : float
        Shares of all pixels that lie below the scale's ends.

    Returns
    -------
    DecibelScale
        The scale.

    Raises
    ------
    ParameterError
        If there is no value.
    """
    finite = power[np.isfinite(power)]
    if not finite.size:
        msg = f"none of {power.size} pixels has a value that a scale could be fitted to"
        raise ParameterError(msg, "Fit the scale on days without gaps.")
    low, high = np.quantile(finite, (faintest, brightest))
    return DecibelScale(low=float(low), high=float(high))


@cache
def colour_table(colours: Colours) -> npt.NDArray[np.uint8]:
    """Return the colours of 256 levels, uint8 (256, channel)."""
    levels = np.arange(256, dtype=np.uint8)[:, None]
    if colours == "grey":
        return levels
    from matplotlib import colormaps

    return np.asarray(np.rint(colormaps[colours](levels[:, 0])[:, :3] * 255), dtype=np.uint8)


def paint(
    power: npt.NDArray[np.float32], scale: DecibelScale, parameters: SpectrogramParameters
) -> npt.NDArray[np.uint8]:
    """Return the pixels of images.

    Parameters
    ----------
    power : ndarray of float32, shape (..., height, width)
        dB; NaN where there is none.
    scale : DecibelScale
        What is darkest and what brightest.
    parameters : SpectrogramParameters
        The colours.

    Returns
    -------
    ndarray of uint8, shape (..., height, width, channel)
        Colours of the 256 levels of the scale; 0 in all channels where there is no value.
    """
    share = (power - np.float32(scale.low)) * np.float32(255 / (scale.high - scale.low))
    missing = np.isnan(share)
    share[missing] = 0
    np.clip(share, 0, 255, out=share)
    pixels = colour_table(parameters.colours)[np.rint(share).astype(np.uint8)]
    pixels[missing] = 0
    return np.asarray(pixels)


def images_of(
    days: Days,
    parameters: SpectrogramParameters,
    scale: DecibelScale,
    *,
    channel: int = 0,
    bounds: npt.NDArray[np.int64] | None = None,
    workers: int = 1,
) -> Images:
    """Return the images of windows of days.

    Parameters
    ----------
    days : Days
        Days, with or without context.
    parameters : SpectrogramParameters
        How they are made.
    scale : DecibelScale
        The scale, fitted on training data.
    channel : int
        The row of the station's channels.
    bounds : ndarray of int64, shape (window, 2), optional
        First sample and the one after the last of each window in a day's row; the day proper by default.
        All windows are of one length.
    workers : int
        Threads; the result does not depend on them.

    Returns
    -------
    Images
        Day by day, each day's windows in their order.

    Raises
    ------
    ParameterError
        If windows lie outside the row, differ in length, or are too short for the transform.
    """
    row = days.values[:, channel]
    if bounds is None:
        bounds = np.array([[days.context, days.context + days.samples_per_day]], dtype=np.int64)
    lengths = bounds[:, 1] - bounds[:, 0]
    if not len(bounds) or len(set(lengths.tolist())) != 1:
        msg = f"windows of an image have lengths of {sorted(set(lengths.tolist()))} samples, not of one"
        raise ParameterError(msg)
    if bounds.min() < 0 or bounds.max() > row.shape[1]:
        msg = f"a window goes from {bounds.min()} to {bounds.max()}, but a row has {row.shape[1]} samples"
        raise ParameterError(msg)
    cut = np.stack([row[:, first:end] for first, end in bounds.tolist()], axis=1)
    power = image_decibels(cut.reshape(-1, int(lengths[0])), parameters, workers=workers)
    begin = days.starts[:, None] + (bounds[:, 0] - days.context) * days.interval_us
    length = int(lengths[0]) * days.interval_us
    return Images(
        values=paint(power, scale, parameters).astype(np.float32) / np.float32(255),
        start=begin.ravel(),
        end=begin.ravel() + length,
        covered=np.isfinite(power).mean(axis=(1, 2), dtype=np.float32),
        parameters=parameters,
        scale=scale,
    )


def labelled_images(
    days: LabelledDays, parameters: SpectrogramParameters, *, workers: int = 1
) -> LabelledImages:
    """Return the spectrograms of labelled days at the size of an image, in dB.

    Parameters
    ----------
    days : LabelledDays
        The days.
    parameters : SpectrogramParameters
        How they are made.
    workers : int
        Threads; the result does not depend on them.

    Returns
    -------
    LabelledImages
        One a day; `fit_scale` on the training days and `paint` make pixels of them.
    """
    return LabelledImages(
        decibels=image_decibels(days.values, parameters, workers=workers),
        labels=days.labels,
        parameters=parameters,
    )
