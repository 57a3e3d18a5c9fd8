"""Errors of a trace against its label."""

import numpy as np
import numpy.typing as npt

from sesctl.errors import ShapeError

Values = npt.NDArray[np.float64]


def rmse(label: npt.ArrayLike, predicted: npt.ArrayLike) -> Values:
    r"""Return the root-mean-square error, :math:`\sqrt{\frac1N \sum (x^o_n - x^p_n)^2}`.

    Parameters
    ----------
    label, predicted : array_like of float, shape (..., sample)
        x° and xᵖ in mV/km; samples where either is NaN are left out.

    Returns
    -------
    ndarray of float64, shape (...)
        In mV/km; NaN where no sample is left.

    Raises
    ------
    ShapeError
        If the two disagree in shape, or have no axis of samples.
    """
    truth, trace = _pair(label, predicted)
    return np.sqrt(_mean((truth - trace) ** 2))


def mae(label: npt.ArrayLike, predicted: npt.ArrayLike) -> Values:
    r"""Return the mean absolute error, :math:`\frac1N \sum |x^o_n - x^p_n|`, in mV/km (see `rmse`)."""
    truth, trace = _pair(label, predicted)
    return _mean(np.abs(truth - trace))


def rmspe(label: npt.ArrayLike, predicted: npt.ArrayLike) -> Values:
    r"""Return the root-mean-square percentage error.

    .. math:: \sqrt{\frac1N \sum_{n=1}^N \left(\frac{x^o_n - x^p_n}{x^o_n}\right)^2} \times 100\,\%

    It depends on the offset of the trace and explodes where the label is near zero: good for comparison
    with published figures, and for nothing else. `rmse` and `mae` belong beside it.

    Parameters
    ----------
    label, predicted : array_like of float, shape (..., sample)
        x° and xᵖ in mV/km; samples where either is NaN are left out.

    Returns
    -------
    ndarray of float64, shape (...)
        In percent; infinite where a label is zero and its prediction is not.

    Raises
    ------
    ShapeError
        If the two disagree in shape, or have no axis of samples.

    References
    ----------
    Xue et al. (2022), equation (2).
    """
    truth, trace = _pair(label, predicted)
    error = truth - trace
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(error == 0, 0.0, error / truth)
    return 100 * np.sqrt(_mean(ratio**2))


def _pair(label: npt.ArrayLike, predicted: npt.ArrayLike) -> tuple[Values, Values]:
    truth, trace = np.asarray(label, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    if truth.shape != trace.shape or truth.ndim == 0:
        msg = f"the label has shape {truth.shape}, the prediction {trace.shape}"
        raise ShapeError(msg, "Pass two arrays of the same shape whose last axis is time.")
    return truth, trace


def _mean(values: Values) -> Values:
    """Return the mean over the last axis of what is not NaN, NaN where nothing is left."""
    known = ~np.isnan(values)
    count = known.sum(axis=-1)
    total = np.where(known, values, 0.0).sum(axis=-1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan), dtype=np.float64)
