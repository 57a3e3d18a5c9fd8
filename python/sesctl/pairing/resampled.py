"""How sure an accuracy is when the days of one event are no independent trials."""

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError


def resampled_accuracy(
    right: npt.NDArray[np.bool_], event: npt.NDArray[np.int64], *, replicates: int = 2000, seed: int = 0
) -> tuple[float, float, float]:
    """Return an accuracy with its 95 % interval, by resampling events with all their days.

    Days of one event share an instrument, a season and a drift: resampling days would take them for
    independent and make the interval far too narrow.

    Parameters
    ----------
    right : ndarray of bool, shape (day,)
        Whether each day was told right.
    event : ndarray of int64, shape (day,)
        What is resampled together: `labels.event`, or `labels.earthquake`, since the stations of one
        earthquake see the same storms.
    replicates : int
        How many times.
    seed : int
        Seed of the resampling.

    Returns
    -------
    accuracy, low, high : float
        The share that is right, and the percentiles 2.5 and 97.5 of the replicates.

    Raises
    ------
    ParameterError
        If there is no day.
    """
    if not right.size:
        msg = "there is no day whose accuracy could be known"
        raise ParameterError(msg)
    _, group = np.unique(event, return_inverse=True)
    days = np.bincount(group).astype(np.float64)
    hits = np.bincount(group, weights=right)
    draw = np.random.default_rng(seed)
    times = draw.multinomial(len(days), np.full(len(days), 1 / len(days)), size=replicates)
    shares = (times @ hits) / (times @ days)
    low, high = np.percentile(shares, (2.5, 97.5))
    return float(right.mean()), float(low), float(high)
