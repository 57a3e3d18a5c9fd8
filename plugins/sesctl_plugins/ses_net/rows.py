"""What `ses_net` is given: every dipole and mixtures of them, by the minute, in units of their noise."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sesctl_plugins.ses_net.level import mad, slow_course

Values = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

CELL_S = 60.0
SAMPLES_A_CELL = 6
DAY_CELLS = 1440
MARGIN_CELLS = 240
"""Minutes before and after the day that are scored with it: longer than the longest signal."""
LEAST_CELLS = 20
"""Minutes with values without which a dipole is dead."""
QUIETEST_MV_KM = 0.1
"""Noise below which a dipole's values are not magnified any further."""
QUIETEST_MIXTURE = 0.02
"""The same for mixtures, in units of the dipoles' noise."""
EDGE_CELLS = 10
"""Minutes on either side of which a contrast is the difference."""

FINE = slice(0, SAMPLES_A_CELL)
MEAN, SPREAD, KNOWN, YESTERDAY, YESTERDAY_KNOWN, TOMORROW, TOMORROW_KNOWN, MIXED = range(6, 14)
CHANNELS = 14
SIGNED = (*range(SAMPLES_A_CELL), MEAN, YESTERDAY, TOMORROW)
"""Channels that change sign with the polarity of a dipole."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Days as the network takes them.

    Parameters
    ----------
    values : ndarray of float32, shape (day, 2 dipoles, cell, channel)
        First the dipoles, then the mixtures; 0 where nothing is known.
    scale : ndarray of float32, shape (day, dipole)
        Noise of each dipole in mV/km, in units of which its values are given.
    seen : ndarray of bool, shape (day, cell)
        Whether any dipole has a value in the minute.
    """

    values: Values
    scale: Values
    seen: Flags


def rows_of(values: Values, first: int, count: int) -> Rows:
    """Return what the network is given of some minutes of days.

    A row's values are its deviation from the slow course of the field, divided by its own noise, 1.4826 times
    the median absolute deviation, and bent by 2 asinh(x/4): so neither offset nor drift nor the scale of a
    dipole matters. Each minute has its six samples, their mean bent more strongly, their spread, the share of
    them that is known, and the mean of the same minute yesterday and tomorrow, because what follows a
    timetable comes again and an SES does not.

    The mixtures are the principal components of what the dipoles show from one 10 min to the next: trains far
    away fill one or two of them, and leave the others to whatever has another direction.

    Parameters
    ----------
    values : ndarray of float32, shape (day, dipole, sample)
        Record in mV/km at 10 s, NaN in gaps, from a day before the minutes asked for to a day after, as far
        as it goes.
    first, count : int
        The minutes that are given, counted from the first sample.
    """
    minutes = _minutes_of(values)
    known, inside = minutes.known, slice(first, first + count)
    days, dipoles = known.shape[:2]
    course = slow_course(minutes.mean, known)
    deviation = np.where(known, minutes.mean - course, np.float32(0))
    alive = known[:, :, inside].sum(axis=-1) >= LEAST_CELLS
    scale = np.maximum(mad(deviation[:, :, inside], known[:, :, inside]), np.float32(QUIETEST_MV_KM))
    unit = (alive / scale).astype(np.float32)
    deviation *= unit[:, :, None]
    fine = minutes.fine_deviation(course, inside) * unit[:, :, None, None]
    fine *= known[:, :, inside, None]

    axes = _components(deviation[:, :, inside], alive)
    together = (known | ~alive[:, :, None]).all(axis=1, keepdims=True) & alive.any(axis=1)[:, None, None]
    mixed = (axes @ deviation) * together
    everywhere = np.broadcast_to(together, mixed.shape)
    noise = np.maximum(
        mad(mixed[:, :, inside], everywhere[:, :, inside]),
        np.float32(QUIETEST_MIXTURE),
    )
    stirred = (axes @ fine.reshape(days, dipoles, -1)).reshape(fine.shape) * together[:, :, inside, None]

    out = np.zeros((days, 2 * dipoles, count, CHANNELS), dtype=np.float32)
    shares = np.where(known, minutes.number / SAMPLES_A_CELL, np.float32(0))
    _fill(out[:, :dipoles], fine, deviation, shares, first)
    _fill(out[:, dipoles:], stirred / noise[:, :, None, None], mixed / noise[:, :, None], everywhere, first)
    out[:, dipoles:, :, MIXED] = 1
    live = np.concatenate([alive, np.abs(axes).sum(axis=2) > 1e-6], axis=1)
    out *= live[:, :, None, None]
    return Rows(out, scale, (known[:, :, inside] & alive[:, :, None]).any(axis=1))


@dataclass(frozen=True, eq=False)
class _Minutes:
    """A record by the minute: its samples, which are there, how many, their mean; known where half are."""

    fine: Values
    there: Flags
    number: Values
    mean: Values
    known: Flags

    def fine_deviation(self, course: Values, inside: slice) -> Values:
        """Return the samples of some minutes minus the course, missing ones as the mean of their minute."""
        mean = self.mean[:, :, inside, None]
        filled = np.where(self.there[:, :, inside], self.fine[:, :, inside], mean)
        return np.asarray(filled - course[:, :, inside, None])


def _minutes_of(values: Values) -> _Minutes:
    cells = values.shape[2] // SAMPLES_A_CELL
    fine = values[:, :, : cells * SAMPLES_A_CELL].reshape(*values.shape[:2], cells, SAMPLES_A_CELL)
    there = np.isfinite(fine)
    number = _total(there.astype(np.float32))
    total = _total(np.where(there, fine, np.float32(0)))
    mean = np.asarray(total / np.maximum(number, np.float32(1)), dtype=np.float32)
    return _Minutes(fine, there, number, mean, 2 * number >= SAMPLES_A_CELL)


def _fill(out: Values, fine: Values, means: Values, share: npt.NDArray[Any], first: int) -> None:
    """Write the channels of rows: of the samples and minute means, in units of noise, and what is known."""
    cells, count = means.shape[2], out.shape[2]
    inside = slice(first, first + count)
    out[..., FINE] = _bent(fine)
    out[..., MEAN] = _logarithmic(means[:, :, inside])
    out[..., SPREAD] = np.log1p(_spread(fine))
    out[..., KNOWN] = share[:, :, inside]
    for channel, shift in ((YESTERDAY, -DAY_CELLS), (TOMORROW, DAY_CELLS)):
        begin, end = max(first + shift, 0), min(first + count + shift, cells)
        if end > begin:
            at = slice(begin - first - shift, end - first - shift)
            out[:, :, at, channel] = _bent(means[:, :, begin:end])
            out[:, :, at, channel + 1] = share[:, :, begin:end] > 0


def _bent(values: Values) -> Values:
    return np.float32(2) * _logarithmic(np.float32(0.25) * values)


def _logarithmic(values: Values) -> Values:
    """Return asinh; a logarithm is computed faster than the library's asinh."""
    size = np.abs(values)
    return np.asarray(np.copysign(np.log(size + np.sqrt(size * size + np.float32(1))), values))


def _total(parts: Values) -> Values:
    """Return the sum over the few samples of each cell, faster than along an axis so short."""
    total = parts[..., 0].copy()
    for k in range(1, parts.shape[-1]):
        total += parts[..., k]
    return total


def _spread(samples: Values) -> Values:
    """Return the standard deviation over the samples of each cell."""
    away = samples - _total(samples)[..., None] / np.float32(SAMPLES_A_CELL)
    return np.asarray(np.sqrt(_total(away * away) / np.float32(SAMPLES_A_CELL)))


def _components(deviation: Values, alive: Flags) -> Values:
    """Return the axes of the mixtures, float32 (day, mixture, dipole), dead dipoles with none."""
    width = EDGE_CELLS
    total = np.cumsum(np.pad(deviation, ((0, 0), (0, 0), (1, 0))), axis=-1, dtype=np.float64)
    contrast = (total[..., 2 * width :] - 2 * total[..., width:-width] + total[..., : -2 * width]) / width
    # Every third minute is enough for a median.
    middle = np.median(np.abs(contrast[..., ::3]), axis=-1, keepdims=True)
    bound = np.maximum(3 * 1.4826 * middle, 0.03)
    contrast = np.clip(contrast, -bound, bound)
    covariance = contrast @ np.swapaxes(contrast, 1, 2) / contrast.shape[-1]
    pairs = alive[:, :, None] & alive[:, None, :]
    dead = np.eye(alive.shape[1]) * 1e6 * ~alive[:, None, :]
    _, axes = np.linalg.eigh(np.where(pairs, covariance, 0.0) + dead)
    axes = np.swapaxes(axes * alive[:, :, None], 1, 2)
    # An axis has two directions: that of positive skewness, whatever the order and polarity of the dipoles.
    skewed = ((axes @ contrast) ** 3).sum(axis=2, keepdims=True)
    return np.asarray(np.where(skewed < 0, -axes, axes), dtype=np.float32)
