"""How far a level within an interval stands off that around it, and how far noise alone does."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

NULL_CLIP = 3.0


def window_means(values: Array, starts: npt.NDArray[np.int64], length: int) -> Array:
    """Return means of windows over a record.

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
    finite = np.isfinite(values)
    offset = row_medians(values)
    total = np.cumsum(np.pad(np.where(finite, values - offset, 0.0), ((0, 0), (1, 0))), axis=1)
    count = np.cumsum(np.pad(finite.astype(np.int64), ((0, 0), (1, 0))), axis=1)
    first = np.clip(starts, 0, values.shape[1])
    last = np.clip(starts + length, 0, values.shape[1])
    present = count[:, last] - count[:, first]
    sums = total[:, last] - total[:, first]
    means = np.full(sums.shape, np.nan)
    np.divide(sums, present, out=means, where=2 * present >= max(length, 1))
    return means + offset


def level_contrast(values: Array, starts: npt.NDArray[np.int64], length: int, flank: int) -> Array:
    """Return the mean within windows minus the mean of the two flanks' means.

    c = mean(x within) − ½ (mean(x before) + mean(x after)): an offset and a straight drift leave it 0.

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
    inside = window_means(values, starts, length)
    before = window_means(values, starts - flank, flank)
    after = window_means(values, starts + length, flank)
    return inside - 0.5 * (before + after)


def quiet_starts(samples: int, first: int, stop: int, flank: int) -> npt.NDArray[np.int64]:
    """Return the starts of windows of an event's length that touch neither the event nor the record's ends.

    Parameters
    ----------
    samples : int
        Samples of the record.
    first, stop : int
        The event's first sample and the one after its last.
    flank : int
        Samples of the flanks, which do not touch it either.
    """
    length = stop - first
    starts = np.arange(flank, samples - length - flank + 1, dtype=np.int64)
    return starts[(starts + length + flank <= first) | (starts - flank >= stop)]


def winsorised_covariance(noise: Array) -> Array:
    """Return a covariance that single large values move little.

    Each row is divided by 1.4826 times its median absolute deviation, clipped at ±3 and taken back.

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


def row_medians(values: Array) -> Array:
    """Return the median of each row's finite values, 0 without any, shape (row, 1)."""
    return np.array([[np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else 0.0] for row in values])
