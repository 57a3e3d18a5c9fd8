"""How high a piece of a record stands above what is before and after it."""

import numpy as np
import numpy.typing as npt


def level_change(values: npt.NDArray[np.float64], start: int, end: int, width: int) -> float:
    """Return the mean of the level changes into and out of [start, end), signed.

    Parameters
    ----------
    values : ndarray of float64, shape (sample,)
        In any unit, NaN in gaps.
    start, end : int
        The piece, in samples.
    width : int
        Samples on either side of an edge of which the medians are compared.

    Returns
    -------
    float
        In the unit of `values`; NaN where neither edge can be measured.
    """
    inner = min(width, end - start)
    into = _level(values[start : start + inner]) - _level(values[max(0, start - width) : start])
    out_of = _level(values[end - inner : end]) - _level(values[end : end + width])
    changes = [change for change in (into, out_of) if np.isfinite(change)]
    return float(np.mean(changes)) if changes else float("nan")


def _level(values: npt.NDArray[np.float64]) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")
