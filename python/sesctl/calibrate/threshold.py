"""The threshold that keeps a budget of false alarms."""

import math
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from sesctl.calibrate.calibration import Calibration
from sesctl.errors import ParameterError

CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """A raw score to exceed, and what quiet days say of it.

    Parameters
    ----------
    value : float
        An event's raw score lies strictly above it.
    certified : bool
        Whether the budget holds at 95 % confidence.
    k : int
        False alarms that the quiet days are allowed to hold above it.
    bound : float
        Upper 95 % bound of the false alarms per station-day.
    note : str
        The same in one sentence.
    """

    value: float
    certified: bool
    k: int
    bound: float
    note: str


def threshold_for(calibration: Calibration, budget: float) -> Threshold:
    r"""Return the lowest threshold whose false alarms keep a budget at 95 % confidence.

    On :math:`n` quiet days and with the budget :math:`b` per day, :math:`k^*` is the largest :math:`k` with

    .. math:: \tfrac12 \chi^2_{0.95,\,2(k+1)} \le n b,

    and the threshold is the :math:`(k^*+1)`-th largest quiet score, exceeded strictly. That a threshold is
    chosen on the data that certify it does no harm: the number of alarms expected above the
    :math:`(k+1)`-th largest score of a Poisson process is gamma distributed with shape :math:`k+1`, and the
    left side is its 95 % quantile. With too few days for :math:`k = 0` the threshold is the largest quiet
    score, and not certified.

    Parameters
    ----------
    calibration : Calibration
        Scores on quiet days.
    budget : float
        False alarms allowed per station-day, more than 0.

    Returns
    -------
    Threshold
        The threshold. Where the budget allows every candidate that was seen, it lies just below the
        smallest of them: of lower scores nothing is known.

    Raises
    ------
    ParameterError
        If the budget is not a positive number, the calibration holds no candidate, or fewer scores were
        kept than the budget allows alarms.
    """
    if not 0 < budget < math.inf:
        msg = f"a budget of {budget} false alarms per station-day is not a positive number"
        raise ParameterError(msg)
    if not len(calibration.scores):
        msg = (
            f"the calibration of {calibration.detector} has no candidate on its {calibration.live_days:.1f} "
            "quiet days, so no threshold follows from it"
        )
        raise ParameterError(msg, "Calibrate on more days, or give a threshold.")
    days = calibration.live_days
    # No k beyond the number of candidates makes a difference, and the quantile always exceeds k.
    most = int(min(days * budget, calibration.n_candidates))
    allowed = bisect_right(range(most + 1), days * budget, key=_most_expected) - 1
    if allowed < 0:
        bound = _most_expected(0) / days
        return Threshold(
            value=float(calibration.scores[-1]),
            certified=False,
            k=0,
            bound=bound,
            note=(
                f"not certifiable with {days:.1f} quiet days: {budget:.4g} false alarms per station-day need "
                f"{days_needed(budget)}; above the largest quiet score there are at most {bound:.4g} at 95 %"
            ),
        )
    kept = len(calibration.scores)
    if allowed < kept:
        value, k = float(calibration.scores[kept - 1 - allowed]), allowed
    elif kept < calibration.n_candidates:
        msg = f"the budget allows {allowed} false alarms, but only the {kept} largest scores were kept"
        raise ParameterError(msg, "Choose a smaller budget.")
    else:
        value, k = float(np.nextafter(calibration.scores[0], -np.inf)), kept
    bound = _most_expected(k) / days
    return Threshold(
        value=value,
        certified=True,
        k=k,
        bound=bound,
        note=(
            f"at most {bound:.4g} false alarms per station-day at 95 %: {k} allowed on {days:.1f} quiet days"
        ),
    )


def days_needed(budget: float, alarms: int = 0) -> int:
    """Return how many quiet days with that many alarms certify a budget of false alarms per day at 95 %."""
    return math.ceil(_most_expected(alarms) / budget)


def _most_expected(k: int) -> float:
    """Return the upper bound at `CONFIDENCE` of a Poisson mean of which k were counted, χ²/2."""
    from scipy.special import gammaincinv

    return float(gammaincinv(k + 1, CONFIDENCE))
