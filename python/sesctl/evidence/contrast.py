"""How far a level within an interval stands off that around it, and how far noise alone does."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

NULL_CLIP = 5.0


def window_levels(values: Array, starts: npt.NDArray[np.int64], length: int) -> Array:
    """Return medians of windows over a record.

    Medians, since a pump that runs for less than half of a window would move its mean.

    Parameters
    ----------
    values : ndarray of float64, shape (row, sample)
        Any unit, NaN in gaps.
    starts : ndarray of int64, shape (window,)
        First sample of each window; a window may reach out of the record.
    length : int
        Samples a window.

    Returns
    -------
    ndarray of float64, shape (row, window)
        NaN where fewer than half of a window's samples have a value.
    """
    before = max(0, -int(starts.min(initial=0)))
    after = max(0, int(starts.max(initial=0)) + length - values.shape[1])
    padded = np.pad(values, ((0, 0), (before, after)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, length, axis=1)[:, starts + before]
    ordered = np.sort(windows, axis=2)  # NaN last
    present = np.isfinite(ordered).sum(axis=2)
    lower, upper = ((present - 1).clip(0) // 2)[..., None], (present // 2).clip(0, length - 1)[..., None]
    middle = 0.5 * (np.take_along_axis(ordered, lower, 2) + np.take_along_axis(ordered, upper, 2))[..., 0]
    return np.where(2 * present >= max(length, 1), middle, np.nan)


def level_contrast(values: Array, starts: npt.NDArray[np.int64], length: int, flank: int) -> Array:
    """Return the median within windows minus the mean of the two flanks' medians.

    c = med(x within) − ½ (med(x before) + med(x after)): an offset and a straight drift leave it 0.

    Parameters
    ----------
    values : ndarray of float64, shape (row, sample)
        mV/km or nT, NaN in gaps.
    starts : ndarray of int64, shape (window,)
        First sample of each window.
    length, flank : int
        Samples of a window, and of each flank.

    Returns
    -------
    ndarray of float64, shape (row, window)
        Unit of the values; NaN where less than half of a window or flank has values.
    """
    inside = window_levels(values, starts, length)
    before = window_levels(values, starts - flank, flank)
    after = window_levels(values, starts + length, flank)
    return inside - 0.5 * (before + after)


def quiet_starts(samples: int, first: int, stop: int, flank: int, step: int = 1) -> npt.NDArray[np.int64]:
    """Return the starts of windows of an event's length that touch neither the event nor the record's ends.

    Parameters
    ----------
    samples : int
        Samples of the record.
    first, stop : int
        The event's first sample and the one after its last.
    flank : int
        Samples of the flanks, which do not touch it either.
    step : int
        Samples from one window to the next.
    """
    length = stop - first
    starts = np.arange(flank, samples - length - flank + 1, step, dtype=np.int64)
    return starts[(starts + length + flank <= first) | (starts - flank >= stop)]


def winsorised_covariance(noise: Array) -> Array:
    """Return a covariance that single large values move little.

    Each row is divided by 1.4826 times its median absolute deviation, clipped at ±5 and taken back.

    Parameters
    ----------
    noise : ndarray of float64, shape (row, sample)
        Columns with a NaN are left out.

    Returns
    -------
    ndarray of float64, shape (row, row)
        Square of the unit; NaN with fewer than eight columns.
    """
    known = noise[:, np.isfinite(noise).all(axis=0)]
    if known.shape[1] < 8:
        return np.full((len(noise), len(noise)), np.nan)
    centred = known - np.median(known, axis=1, keepdims=True)
    scale = np.maximum(1.4826 * np.median(np.abs(centred), axis=1), 1e-9)
    clipped = np.clip(centred / scale[:, None], -NULL_CLIP, NULL_CLIP)
    return np.asarray(np.atleast_2d(np.cov(clipped, bias=True)) * np.outer(scale, scale))
