"""Tides and the daily variation: lines of known period, fitted over a month or more and taken off."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.types import Record
from sesctl.types.instants import DAY, SECOND, iso

PERIODS_H = {"S1": 24.0, "S2": 12.0, "S3": 8.0, "M2": 12.420_601_2, "O1": 25.819_341_7}
"""Periods in h of the daily variation (Sq: S1, S2, S3) and of the two main tides of the Moon."""

K1_H = 23.934_469_6
"""Period in h of K1, which 24 h hides for less than a year: it is fitted to longer records alone."""

LEAST_DAYS = 30
_YEAR_DAYS = 365
_BLOCK_S = 600.0  # medians of ten minutes: what is shorter than an hour is no tide, and may be a train
_LEAST_BLOCKS = 36  # a quarter of a day


@dataclass(frozen=True, eq=False)
class Tides:
    """Fitted lines.

    Parameters
    ----------
    names : tuple of str
        Names of the lines.
    periods_h : ndarray of float64, shape (line,)
        Their periods in h.
    coefficients : ndarray of float64, shape (channel, 2 line)
        Amplitudes of cosine and sine in each channel's unit, line by line; phases count from 1970-01-01 UTC.
    days : int
        Number of days they were fitted to.
    """

    names: tuple[str, ...]
    periods_h: npt.NDArray[np.float64]
    coefficients: npt.NDArray[np.float64]
    days: int

    def at(self, instants: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return the sum of the lines at instants (µs UTC), float64 (channel, instant)."""
        return self.coefficients @ _lines(instants, self.periods_h)

    def amplitudes(self) -> npt.NDArray[np.float64]:
        """Return the amplitude of each line in each channel's unit, float64 (channel, line)."""
        return np.asarray(np.hypot(self.coefficients[:, ::2], self.coefficients[:, 1::2]))


class TidalFit:
    """A least-squares fit that takes a record day by day, in memory that does not grow with it.

    The model is x(t) = Σ_i a_i cos(2πt/P_i) + b_i sin(2πt/P_i) + c_d + e_d t, with an offset c_d and a slope
    e_d of each day d's own, so that the drift of electrodes is not taken for a tide. Data and lines of each
    day are freed of their own straight line, which leaves the a and b of the whole fit unchanged
    (Frisch-Waugh-Lovell theorem); what is fitted are medians of ten minutes.

    Parameters
    ----------
    channels : int
        Number of channels.
    first, last : int
        Instants, µs UTC, of the first sample and the last.

    Raises
    ------
    ParameterError
        If they are less than 30 days apart.

    References
    ----------
    .. [1] M. C. Lovell, "Seasonal adjustment of economic time series and multiple regression analysis",
       J. Am. Stat. Assoc. 58, 1963.
    """

    def __init__(self, channels: int, first: int, last: int) -> None:
        self._span = (last - first) / DAY
        if self._span < LEAST_DAYS:
            msg = (
                f"the record from {iso(first)} to {iso(last)} is {self._span:.1f} days long, tides are "
                f"fitted to {LEAST_DAYS} or more"
            )
            raise ParameterError(msg, "Leave --tides out, or clean a longer record.")
        periods = {**PERIODS_H, "K1": K1_H} if self._span > _YEAR_DAYS else PERIODS_H
        self._names = tuple(periods)
        self._periods = np.array(list(periods.values()))
        lines = 2 * len(periods)
        self._squares = np.zeros((channels, lines, lines))
        self._products = np.zeros((channels, lines))
        self._days = np.zeros(channels, dtype=np.int64)

    def add(self, record: Record) -> None:
        """Add the whole days of a record.

        Parameters
        ----------
        record : Record
            Any number of UTC days, NaN in gaps.
        """
        times = record.times()
        bounds = np.flatnonzero(np.diff(times // DAY)) + 1
        for part in np.split(np.arange(record.samples), bounds):
            if len(part):
                instants, medians = _medians(record, slice(int(part[0]), int(part[-1]) + 1))
                for channel, values in enumerate(medians):
                    self._add_day(channel, instants, values)

    def _add_day(
        self, channel: int, instants: npt.NDArray[np.int64], values: npt.NDArray[np.float64]
    ) -> None:
        alive = np.isfinite(values)
        if alive.sum() < _LEAST_BLOCKS:
            return
        at = instants[alive]
        hours = (at - at[0]) / (3600 * SECOND)
        line = np.stack([np.ones_like(hours), hours - hours.mean()])
        line /= np.linalg.norm(line, axis=1, keepdims=True)
        rows = np.vstack([_lines(at, self._periods), values[alive]])
        rows -= (rows @ line.T) @ line
        self._squares[channel] += rows[:-1] @ rows[:-1].T
        self._products[channel] += rows[:-1] @ rows[-1]
        self._days[channel] += 1

    def solve(self) -> Tides:
        """Return the lines; those of a channel with fewer than 30 days of record are zero."""
        coefficients = np.zeros(self._products.shape)
        for channel, days in enumerate(self._days):
            if days >= LEAST_DAYS:
                coefficients[channel] = np.linalg.lstsq(
                    self._squares[channel], self._products[channel], rcond=None
                )[0]
        return Tides(self._names, self._periods, coefficients, int(self._days.max(initial=0)))


def _lines(instants: npt.NDArray[np.int64], periods_h: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return cosine and sine of each line, float64 (2 line, instant)."""
    phase = 2 * np.pi * (instants / (3600 * SECOND)) / periods_h[:, np.newaxis]
    return np.stack([np.cos(phase), np.sin(phase)], axis=1).reshape(2 * len(periods_h), -1)


def _medians(record: Record, part: slice) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return medians of ten minutes of a day, and the instants of their middles."""
    values = record.values[:, part].astype(np.float64)
    size = max(1, round(_BLOCK_S / record.interval))
    blocks = values.shape[1] // size
    if not blocks:
        return np.empty(0, dtype=np.int64), np.empty((len(values), 0))
    grouped = np.sort(values[:, : blocks * size].reshape(len(values), blocks, size), axis=2)  # NaN last
    count = np.isfinite(grouped).sum(axis=2)
    middle = np.take_along_axis(grouped, np.maximum(count - 1, 0)[..., np.newaxis] // 2, axis=2)[..., 0]
    middle = np.where(2 * count >= size, middle, np.nan)
    first = record.start + part.start * record.interval_us
    instants = first + (np.arange(blocks) * size + (size - 1) / 2) * record.interval_us
    return instants.astype(np.int64), middle
