"""What a station's dipoles do about their slow course: minute means, baseline, missing samples."""

import numpy as np
import numpy.typing as npt

from sesctl.kernels import running_median

Values = npt.NDArray[np.float64]


def block_means(values: npt.NDArray[np.floating], size: int) -> Values:
    """Return the means of consecutive blocks of samples.

    Parameters
    ----------
    values : ndarray of float, shape (dipole, sample)
        Samples in mV/km, NaN in gaps.
    size : int
        Samples a block; what is left over at the end is dropped.

    Returns
    -------
    ndarray of float64, shape (dipole, block)
        NaN where fewer than half of a block's samples are there.
    """
    blocks = values.shape[-1] // size
    parts = values[:, : blocks * size].reshape(len(values), blocks, size).astype(np.float64)
    count = np.sum(np.isfinite(parts), axis=-1)
    total = np.nansum(parts, axis=-1)
    return np.where(2 * count >= size, total / np.maximum(count, 1), np.nan)


def without_baseline(
    fine: npt.NDArray[np.floating], coarse: Values, size: int, window: int
) -> tuple[Values, Values]:
    """Return samples and block means, both minus the running median of the block means.

    Parameters
    ----------
    fine : ndarray of float, shape (dipole, sample)
        Samples in mV/km.
    coarse : ndarray of float64, shape (dipole, block)
        Their `block_means`.
    size, window : int
        Samples a block, and blocks in the median, an odd number.

    Returns
    -------
    tuple of ndarray of float64
        Of the shapes of `fine` and `coarse`, in mV/km; NaN where a value is missing.
    """
    slow = running_median(coarse, window=window)
    middle = (np.arange(coarse.shape[1]) + 0.5) * size - 0.5
    at = np.arange(fine.shape[1], dtype=np.float64)
    deviation = np.full(fine.shape, np.nan)
    for row, known in enumerate(np.isfinite(slow)):
        if known.any():
            deviation[row] = fine[row] - np.interp(at, middle[known], slow[row, known])
    return deviation, np.asarray(coarse - slow, dtype=np.float64)


def regressed(values: Values, covariance: Values) -> Values:
    """Return deviations with missing ones estimated from the dipoles that have a value at the instant.

    With o the dipoles that have one and m those that have none, x_m = C_mo C_oo⁺ x_o, the linear estimate of
    least variance: it adds nothing that the other dipoles do not show.

    Parameters
    ----------
    values : ndarray of float64, shape (dipole, sample)
        Deviations in mV/km of mean near zero, NaN where missing.
    covariance : ndarray of float64, shape (dipole, dipole)
        C in (mV/km)².

    Returns
    -------
    ndarray of float64, shape (dipole, sample)
        NaN only where every dipole has none.
    """
    known = np.isfinite(values)
    filled = values.copy()
    patterns = np.unique(known[:, ~known.all(axis=0)], axis=1)
    for pattern in patterns.T:
        if not pattern.any():
            continue
        at = (known == pattern[:, None]).all(axis=0)
        weights = covariance[np.ix_(~pattern, pattern)] @ np.linalg.pinv(covariance[np.ix_(pattern, pattern)])
        filled[np.ix_(~pattern, at)] = weights @ values[np.ix_(pattern, at)]
    return filled


def odd(length: float) -> int:
    """Return the odd number of samples nearest to a length in samples."""
    return 2 * round((length - 1) / 2) + 1
