"""How many false alarms there may be, given those that were counted."""

from dataclasses import dataclass

import numpy as np

from sesctl.evaluate.outcomes import Outcomes, State
from sesctl.evaluate.overlap import Floats

CONFIDENCE = 0.95
WEEK = 7


@dataclass(frozen=True, kw_only=True)
class FalseAlarmBound:
    """Upper 95 % bound of the false alarms per station-day.

    Parameters
    ----------
    alarms : float
        False alarms counted; where background days were scanned in several passes, the mean of a pass.
    days : float
        Live station-days, of one pass.
    fano : float
        Weekly Fano factor; NaN where it cannot be told.
    poisson : float
        The bound if alarms come independently of each other.
    value : float
        The bound over n/φ days where φ > 1, else the same; infinite without live time.
    """

    alarms: float
    days: float
    fano: float
    poisson: float
    value: float


def poisson_bound(alarms: float, days: float) -> float:
    r"""Return the upper 95 % bound of a Poisson rate, :math:`\chi^2_{0.95,\,2(k+1)} / 2n`.

    Parameters
    ----------
    alarms : float
        k, the events counted.
    days : float
        n, the station-days in which they were.

    Returns
    -------
    float
        Events per station-day; infinite for no days.
    """
    from scipy.special import gammaincinv

    return float(gammaincinv(alarms + 1, CONFIDENCE)) / days if days > 0 else float("inf")


def fano_factor(weekly: list[Floats]) -> float:
    r"""Return the variance of weekly counts over their mean, pooled over stations.

    .. math:: \varphi = \frac{\sum_s \sum_w (c_{sw} - \bar c_s)^2 / \bar c_s}{\sum_s (W_s - 1)}

    over the stations with any alarm and at least two weeks: 1 for a Poisson process, more where alarms come
    in bursts. Each station has its own mean, so that a noisy station beside a quiet one is no burst.

    Parameters
    ----------
    weekly : list of ndarray of float64, shape (week,)
        Counts per whole week, station by station.

    Returns
    -------
    float
        φ, NaN without such a station.
    """
    told = [counts for counts in weekly if len(counts) > 1 and counts.sum() > 0]
    if not told:
        return float("nan")
    scatter = sum(float(((counts - counts.mean()) ** 2).sum() / counts.mean()) for counts in told)
    return scatter / sum(len(counts) - 1 for counts in told)


def false_alarm_bound(outcomes: Outcomes) -> FalseAlarmBound:
    """Return the bound of all stations together.

    Alarms that come in bursts say less than their number: with a weekly Fano factor φ above 1 the n days
    count as n/φ. A pass over the same background teaches nothing new, so alarms and days are those of one
    pass. A catalogue names its days by number only: they are taken as consecutive from the first one with an
    event or a truth.

    Parameters
    ----------
    outcomes : Outcomes
        With the live time of every station.

    Returns
    -------
    FalseAlarmBound
        The bound, and what it rests on.
    """
    events, truths = outcomes.events, outcomes.truths
    alarms = days = 0.0
    weekly = []
    for time in outcomes.live:
        here = events.station == time.station
        false = events.day[here & (events.state == State.FALSE)]
        alarms += len(false) / time.passes
        days += time.live_days / time.passes
        known = np.concatenate([events.day[here], truths.day[truths.station == time.station]])
        if known.size:
            span = max(time.days, int(np.ptp(known)) + 1)
            week = (false - known.min()) // WEEK
            counts = np.bincount(week, minlength=span // WEEK)[: span // WEEK]
            weekly.append(counts / time.passes)
    fano = fano_factor(weekly)
    return FalseAlarmBound(
        alarms=alarms,
        days=days,
        fano=fano,
        poisson=poisson_bound(alarms, days),
        value=poisson_bound(alarms, days / fano if fano > 1 else days),
    )
