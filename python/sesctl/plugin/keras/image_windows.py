"""The windows of days that become images: where they lie, and what is done about their gaps."""

import numpy as np
import numpy.typing as npt

from sesctl.errors import ShapeError
from sesctl.kernels import fill_gaps
from sesctl.types import Days

LONGEST_GAP_S = 300.0
"""Gaps up to here are bridged by a straight line; a window with a longer one is not judged."""


def window_bounds(days: Days, samples: int, windows: int) -> npt.NDArray[np.int64]:
    """Return the windows that begin in the day proper and lie in the row, int64 (window, 2).

    Parameters
    ----------
    days : Days
        The days.
    samples : int
        In a window, and in a day.
    windows : int
        How many begin in a day, evenly spaced.

    Raises
    ------
    ShapeError
        If a day has another number of samples.
    """
    if days.samples_per_day != samples:
        msg = f"images are made of days of {samples} samples, not {days.samples_per_day}"
        raise ShapeError(msg, f"Resample to {86_400 / samples:g} s.")
    first = days.context + samples * np.arange(windows) // windows
    first = first[first + samples <= days.values.shape[2]]
    return np.stack([first, first + samples], axis=1).astype(np.int64)


def bridged_windows(rows: npt.NDArray[np.float32], interval: float) -> npt.NDArray[np.float32]:
    """Return windows with gaps of up to 5 min bridged, those at an end by the nearest value.

    Parameters
    ----------
    rows : ndarray of float32, shape (window, sample)
        In any unit; not finite in gaps.
    interval : float
        Sampling interval in s.

    Returns
    -------
    ndarray of float32, shape (window, sample)
        NaN is left where a gap is longer.
    """
    longest = round(LONGEST_GAP_S / interval)
    finite = np.where(np.isfinite(rows), rows, np.float32(np.nan))
    whole = np.asarray(fill_gaps(finite, longest)[0], dtype=np.float32)
    for number in np.flatnonzero(np.isnan(whole).any(axis=1)):
        row = whole[number]
        known = np.flatnonzero(~np.isnan(row))
        if known.size and known[0] <= longest and known[-1] >= len(row) - 1 - longest:
            row[: known[0]], row[known[-1] + 1 :] = row[known[0]], row[known[-1]]
    return whole
