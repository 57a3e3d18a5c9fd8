"""What an epoch's network makes of the validation block."""

from typing import Any

import numpy as np
import numpy.typing as npt

from sesctl.plugin.keras.backgrounds import Backgrounds
from sesctl.plugin.keras.embedding import Draws
from sesctl.plugin.keras.input_map import Target
from sesctl.plugin.keras.success import top1_success
from sesctl.plugin.propose import EdgeSearch


def look(
    stepper: Any,
    rows: npt.NDArray[np.int64],
    draws: Draws,
    backgrounds: Backgrounds,
    search: EdgeSearch,
    target: Target,
    batch: int,
) -> tuple[float, float, float, float]:
    """Return loss, success, median onset error (s) and median RMSPE (%) of a block."""
    loss, success, onset, percent = [], [], [], []
    for which in batches(len(rows), batch):
        count = len(np.unique(which))
        some = draws[which]
        each, traces, field = stepper.look(rows[which].astype(np.int32), some.table())
        good, error = top1_success(traces, field, some, search, backgrounds.interval)
        wanted = field - backgrounds.observed[rows[which]]
        if target == "cleaned":
            wanted = wanted + backgrounds.cleaned[rows[which]]
        loss.append(each[:count])
        success.append(good[:count])
        onset.append(error[:count][good[:count], 0])
        percent.append(percentage_error(wanted[:count], traces[:count]))
    errors = np.concatenate(onset)
    bias = float(np.median(errors)) if errors.size else 0.0
    means = [float(np.mean(np.concatenate(each))) for each in (loss, success)]
    return means[0], means[1], bias, float(np.median(np.concatenate(percent)))


def percentage_error(
    wanted: npt.NDArray[np.float32], traces: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    r"""Return each day's root-mean-square percentage error, float64 (day,).

    .. math:: \sqrt{\frac1N \sum_{n=1}^N \left(\frac{x^o_n - x^p_n}{x^o_n}\right)^2} \times 100\,\%

    over the samples whose label is not zero. It explodes where a label comes near zero, and is there to be
    set beside published figures.

    Parameters
    ----------
    wanted, traces : ndarray of float32, shape (day, sample)
        Label x° and denoised day xᵖ in mV/km; every day has a label that is not zero.

    References
    ----------
    Xue et al. (2022), equation (2).
    """
    truth, found = wanted.astype(np.float64), traces.astype(np.float64)
    told = truth != 0.0
    ratio = (truth - found) / np.where(told, truth, 1.0)
    total = np.sum(np.where(told, ratio**2, 0.0), axis=1)
    return np.asarray(100.0 * np.sqrt(total / np.maximum(told.sum(axis=1), 1)))


def batches(count: int, size: int) -> list[npt.NDArray[np.int64]]:
    """Return row numbers in batches of one size; the last one is filled up with its last row."""
    starts = range(0, count, size)
    return [np.minimum(np.arange(first, first + size), count - 1) for first in starts]
