"""How noisy a record is, by the numbers that synthetic stations are calibrated with."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.errors import ShapeError
from sesctl.types import Record

Array = npt.NDArray[np.float64]

NOISY_HOURS = 12


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Noise of one dipole, each the median over its days.

    Parameters
    ----------
    dipole : str
        Its name.
    deviation : float
        Root mean square deviation from a 2-h running median over the day's twelve noisiest hours, mV/km.
    mad_to_sd : float
        Median absolute deviation over standard deviation, of the deviation from the 2-h running median over
        the whole day: 0.67 for Gaussian noise, less for bursts.
    median_deviation : float
        Standard deviation that a 10-min running median leaves, over the whole day, mV/km.
    edge_contrast : float
        99th percentile of the absolute difference of the means 3 min after and before an instant, of the
        10-min running median, mV/km: what an SES edge has to stand out from.
    """

    dipole: str
    deviation: float
    mad_to_sd: float
    median_deviation: float
    edge_contrast: float


def _filled(trace: Array) -> Array:
    """Return a trace with its gaps bridged by straight lines."""
    known = np.flatnonzero(~np.isnan(trace))
    return np.interp(np.arange(trace.size), known, trace[known])


def running_median(trace: Array, samples: int) -> Array:
    """Return the centred running median over an odd number of samples, edge values repeated."""
    from scipy.ndimage import median_filter

    return np.asarray(median_filter(trace, size=samples | 1, mode="nearest"))


def _deviation(day: Array, two_hours: int) -> tuple[Array, float]:
    """Return a day minus its 2-h running median (NaN in gaps), and its size in the noisiest hours."""
    trace = _filled(day)
    deviation = np.where(np.isnan(day), np.nan, trace - running_median(trace, two_hours))
    hours = deviation.reshape(24, -1)
    counts = (~np.isnan(hours)).sum(axis=1)
    power = np.nansum(hours**2, axis=1) / np.maximum(counts, 1)
    return deviation, float(np.sqrt(np.sort(power)[-NOISY_HOURS:].mean()))


def _numbers(day: Array, interval_s: float) -> tuple[float, float, float, float]:
    """Return the four numbers of one day; `day` has shape (sample,), NaN in gaps."""
    two_hours, ten_minutes, three_minutes = (
        max(3, round(length / interval_s)) for length in (7200, 600, 180)
    )
    deviation, noisiest = _deviation(day, two_hours)
    known = ~np.isnan(day)
    inside = deviation[known]
    spread = float(np.median(np.abs(inside - np.median(inside))) / inside.std())
    smooth = running_median(_filled(day), ten_minutes)
    left = (smooth - (_filled(day) - deviation))[known]
    total = np.concatenate([[0.0], np.cumsum(smooth)])
    mean = (total[three_minutes:] - total[:-three_minutes]) / three_minutes
    contrast = np.abs(mean[three_minutes:] - mean[:-three_minutes])
    return noisiest, spread, float(left.std()), float(np.percentile(contrast, 99))


def _live_days(record: Record) -> dict[str, list[Array]]:
    """Return, for each dipole, the days with at least half of their samples."""
    electric = record.electric()
    per_day = round(86_400 / record.interval)
    if electric.samples == 0 or electric.samples % per_day or per_day % 24:
        msg = f"a record of {electric.samples} samples is no whole number of days of {per_day} samples"
        raise ShapeError(msg)
    live = {}
    for dipole, values in zip(electric.station.dipoles, electric.values, strict=True):
        days = values.astype(np.float64).reshape(-1, per_day)
        live[dipole.name] = [day for day in days if np.isnan(day).mean() <= 0.5]
        if not live[dipole.name]:
            msg = f"dipole {dipole.name} has no day with half of its samples"
            raise ShapeError(msg)
    return live


def measure_noise(record: Record) -> tuple[Noise, ...]:
    """Measure the noise of each dipole of a record.

    Parameters
    ----------
    record : Record
        Whole days of UTC. Days with less than half of their samples are left out.

    Returns
    -------
    tuple of Noise
        One a dipole, in the order of the record.

    Raises
    ------
    ShapeError
        If the record is no whole number of days, or a dipole has no day with half of its samples.
    """
    result = []
    for name, days in _live_days(record).items():
        numbers = np.median([_numbers(day, record.interval) for day in days], axis=0)
        result.append(
            Noise(
                dipole=name,
                deviation=float(numbers[0]),
                mad_to_sd=float(numbers[1]),
                median_deviation=float(numbers[2]),
                edge_contrast=float(numbers[3]),
            )
        )
    return tuple(result)


def deviation_of(values: Array, interval_s: float) -> float:
    """Return the deviation (see `Noise`) of the noisiest row in the rows' unit.

    Parameters
    ----------
    values : ndarray of float64, shape (dipole, sample)
        Whole days, NaN in gaps.
    interval_s : float
        Sampling interval in s.
    """
    two_hours, per_day = max(3, round(7200 / interval_s)), round(86_400 / interval_s)
    return max(
        float(np.median([_deviation(day, two_hours)[1] for day in row.reshape(-1, per_day)]))
        for row in values
    )


def worst_deviation(record: Record) -> float:
    """Return the deviation (see `Noise`) of the record's noisiest dipole in mV/km.

    Raises
    ------
    ShapeError
        As `measure_noise` does.
    """
    live = _live_days(record).values()
    return max(deviation_of(np.concatenate(days)[None], record.interval) for days in live)
