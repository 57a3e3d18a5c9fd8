"""The days that signals are embedded in: what was observed, and its cleaned version."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sesctl.errors import ShapeError
from sesctl.kernels import fill_gaps, moving_average, smooth_savgol
from sesctl.types import Days
from sesctl.waveforms.embedded import EmbeddedDays

Rows = npt.NDArray[np.float32]

TARGET_SAVGOL_S = 3610.0
TARGET_MEAN_S = 1210.0


@dataclass(frozen=True, eq=False)
class Backgrounds:
    """Single-dipole days without signals, all gaps filled.

    Parameters
    ----------
    observed : ndarray of float32, shape (row, sample)
        Days as they were recorded, in mV/km, minus the row's median.
    cleaned : ndarray of float32, shape (row, sample)
        The same days, minus the same medians, without their noise.
    day : ndarray of int64, shape (row,)
        Which day a row belongs to; the dipoles of one day share a number.
    interval : float
        Sampling interval in s.

    Raises
    ------
    ShapeError
        If the arrays disagree, or a value is missing.
    """

    observed: Rows
    cleaned: Rows
    day: npt.NDArray[np.int64]
    interval: float

    def __post_init__(self) -> None:
        if self.observed.ndim != 2 or self.observed.shape != self.cleaned.shape:
            msg = f"observed days have shape {self.observed.shape}, cleaned ones {self.cleaned.shape}"
            raise ShapeError(msg)
        if self.day.shape != self.observed.shape[:1]:
            msg = f"{len(self.observed)} background days have numbers of shape {self.day.shape}"
            raise ShapeError(msg)
        if not (np.isfinite(self.observed).all() and np.isfinite(self.cleaned).all()):
            msg = "a background day has samples without a value"
            raise ShapeError(msg, "Fill the gaps, or leave the day out.")

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.observed)

    def rows(self, which: npt.NDArray[np.int64]) -> "Backgrounds":
        """Return some of the rows."""
        return Backgrounds(self.observed[which], self.cleaned[which], self.day[which], self.interval)

    def joined(self, other: "Backgrounds") -> "Backgrounds":
        """Return these rows, then the other ones, whose days are other days."""
        return Backgrounds(
            np.concatenate([self.observed, other.observed]),
            np.concatenate([self.cleaned, other.cleaned]),
            np.concatenate([self.day, other.day + self.day.max() + 1]),
            self.interval,
        )

    @staticmethod
    def of(observed: Days, cleaned: Days, least: float = 0.9) -> "Backgrounds":
        """Return the days proper of a station, one row a day and dipole.

        Rows with fewer than `least` of their samples are left out; gaps of the others are bridged by
        straight lines.

        Parameters
        ----------
        observed, cleaned : Days
            The same days in two versions, mV/km.
        least : float
            Fraction of a row's samples that have to be there, in both.

        Raises
        ------
        ShapeError
            If the two disagree, or no row is left.
        """
        if observed.values.shape != cleaned.values.shape:
            msg = f"observed days have shape {observed.values.shape}, cleaned ones {cleaned.values.shape}"
            raise ShapeError(msg)
        proper = slice(observed.context, observed.context + observed.samples_per_day)
        channels = observed.values.shape[1]
        one = observed.values[:, :, proper].reshape(-1, observed.samples_per_day)
        other = cleaned.values[:, :, proper].reshape(-1, observed.samples_per_day)
        alive = np.minimum(np.isfinite(one).mean(axis=1), np.isfinite(other).mean(axis=1))
        kept = np.flatnonzero(alive >= least)
        if not kept.size:
            msg = f"none of {len(one)} days and dipoles has {least:.0%} of its samples"
            raise ShapeError(msg, "Use a more complete part of the record.")
        level = np.nanmedian(one[kept], axis=1, keepdims=True)
        return Backgrounds(
            bridged(one[kept] - level),
            bridged(other[kept] - level),
            kept // channels,
            observed.interval,
        )


def bridged(rows: Rows) -> Rows:
    """Return rows with every gap bridged: by a straight line, at an end by the nearest value; else 0.

    Parameters
    ----------
    rows : ndarray of float32, shape (row, sample)
        Values in mV/km, NaN in gaps.
    """
    filled = np.asarray(fill_gaps(rows, rows.shape[1])[0], dtype=np.float32)
    for number in np.flatnonzero(np.isnan(filled).any(axis=1)):
        row = filled[number]
        known = np.flatnonzero(np.isfinite(row))
        if known.size:
            row[: known[0]], row[known[-1] + 1 :] = row[known[0]], row[known[-1]]
        else:
            row[:] = 0.0
    return filled


def smooth_target(values: npt.NDArray[np.float32], interval: float) -> npt.NDArray[np.float32]:
    """Smooth a record so heavily that only what is slower than an SES's edges is left.

    Savitzky-Golay of order 3 over an hour, then a mean over 20 min: the clean side of a training pair,
    to which the signal is added afterwards.

    Parameters
    ----------
    values : ndarray of float32, shape (..., sample)
        Record in mV/km, despiked, NaN in gaps.
    interval : float
        Sampling interval in s.
    """
    odd: Callable[[float], int] = lambda seconds: 2 * round((seconds / interval - 1) / 2) + 1  # noqa: E731
    smooth = smooth_savgol(values, max(5, odd(TARGET_SAVGOL_S)), 3)
    return np.asarray(moving_average(smooth, max(3, odd(TARGET_MEAN_S))), dtype=np.float32)


def sides(days: Days) -> tuple[Days, Days]:
    """Return days without signals, and the same without their noise.

    Parameters
    ----------
    days : Days
        Quiet days, despiked, or days with embedded signals, which are taken out again.
    """
    if not isinstance(days, EmbeddedDays):
        return days, replace(days, values=smooth_target(days.values, days.interval))
    observed, cleaned = (
        Days(
            station=days.station,
            values=values - days.signals,
            starts=days.starts,
            interval=days.interval,
            context=days.context,
            quality=days.quality,
            origins=days.origins,
        )
        for values in (days.values, days.target)
    )
    return observed, cleaned
