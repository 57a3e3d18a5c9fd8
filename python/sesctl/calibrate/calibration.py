"""The raw scores of a detector's candidates on days without SES."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError

MAX_SCORES = 20_000
"""Scores that a calibration keeps, the largest: more than any useful budget can ask for."""

MAX_COUNT = 1 << 53
"""Candidates or days that a calibration counts at most: numbers that a float still tells apart."""
MAX_SCORE = 1e150
"""Size of a score: differences of two, times `MAX_COUNT`, still are numbers."""
MIN_HOURS = 1e-6
"""Live time, shorter than a sample: rates over less are none."""

Setting = float | int | str | bool | None
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Calibration:
    """What a detector proposes where there is nothing to find.

    Parameters
    ----------
    scores : ndarray of float64, shape (score,)
        Raw scores of station candidates on quiet days, ascending and read-only; at most the `MAX_SCORES`
        largest of them.
    n_candidates : int
        Number of candidates, those included whose score was too low to be kept.
    station_days : int
        Number of quiet station-days scanned, whole or in part.
    live_hours : float
        Hours with a value that they hold; 24 of them count as one day.
    data_hash : str
        SHA-256 of the quiet data, in hexadecimal digits.
    cleaning : mapping of str to float, int, str, bool or None
        Parameters of the cleaning that the detector had before it; empty for none.
    detector : str
        Name of the detector.
    model : str
        SHA-256 of the model's weights, empty for a detector without any.
    version : str
        Version of sesctl that made it.

    Raises
    ------
    ParameterError
        If a value is out of its range.
    """

    scores: npt.NDArray[np.float64]
    n_candidates: int
    station_days: int
    live_hours: float
    data_hash: str
    cleaning: Mapping[str, Setting] = field(default_factory=dict)
    detector: str
    model: str = ""
    version: str

    def __post_init__(self) -> None:
        scores = np.array(self.scores, dtype=np.float64)
        scores.flags.writeable = False
        object.__setattr__(self, "scores", scores)
        object.__setattr__(self, "cleaning", dict(self.cleaning))
        fault = next(self._faults(), None)
        if fault:
            msg = f"calibration of {self.detector or 'a detector'}: {fault}"
            raise ParameterError(msg)

    def _faults(self) -> Iterator[str]:
        if not self.detector or not self.version:
            yield "it does not say of which detector it is, or which version made it"
        if self.scores.ndim != 1 or len(self.scores) > MAX_SCORES:
            yield f"its scores have shape {self.scores.shape}, not one axis of at most {MAX_SCORES}"
        for what, count in (("candidates", self.n_candidates), ("station-days", self.station_days)):
            if not 0 <= count <= MAX_COUNT:
                yield f"it counts {_shown(count)} {what}, not 0 to {MAX_COUNT}"
        if not np.isfinite(self.scores).all() or (self.scores[1:] < self.scores[:-1]).any():
            yield "its scores are not finite and ascending"
        if (np.abs(self.scores) > MAX_SCORE).any():
            yield f"its scores reach {np.abs(self.scores).max():.4g}, more than {MAX_SCORE:g}"
        kept = min(self.n_candidates, MAX_SCORES)
        if len(self.scores) != kept:
            yield f"it keeps {len(self.scores)} scores of {self.n_candidates} candidates, not {kept}"
        most = 24 * self.station_days * (1 + 1e-9)
        if self.station_days < 1 or not MIN_HOURS <= self.live_hours <= most:
            yield f"it counts {_shown(self.live_hours)} live hours in {self.station_days} station-days"
        if not _HASH.fullmatch(self.data_hash) or not (self.model == "" or _HASH.fullmatch(self.model)):
            yield "a hash in it is not 64 hexadecimal digits"

    @property
    def live_days(self) -> float:
        """Live time in station-days of 24 h: what rates are counted over."""
        return self.live_hours / 24

    def exceedance(self, raw: float) -> float:
        r"""Return how many alarms per quiet station-day score at least as high, one unseen alarm added.

        At a score :math:`s` that stands in the calibration of :math:`n` days,

        .. math:: \lambda(s) = \frac{1 + \#\{\text{quiet scores} \ge s\}}{n},

        between two of them it is interpolated linearly, which never falls below the step function of the
        formula. Above the largest score :math:`s_1` it falls from the last value towards :math:`1/n` as
        :math:`(1 + h/(h + s - s_1))/n` with :math:`h` the range of the scores, so that stronger events keep
        their order although nothing is known of their rate but that it is small; below the smallest kept
        score it rises in the same way towards all candidates.

        Parameters
        ----------
        raw : float
            A raw score.

        Returns
        -------
        float
            Alarms per station-day, falling strictly with the score from the smallest one on.
        """
        if not len(self.scores):
            return 1 / self.live_days
        known, counts = self._steps
        lowest, highest = float(known[0]), float(known[-1])
        reach = highest - lowest or abs(highest) or 1.0
        if raw > highest:
            count = float(counts[-1]) * reach / (reach + raw - highest)
        elif raw < lowest:
            rest = self.n_candidates - float(counts[0])
            count = self.n_candidates - rest * reach / (reach + lowest - raw)
        else:
            above = int(np.searchsorted(known, raw))
            below = max(above - 1, 0)
            gap = float(known[above] - known[below]) or 1.0
            share = (float(known[above]) - raw) / gap
            count = float(counts[above]) + share * float(counts[below] - counts[above])
        return (1 + count) / self.live_days

    def score(self, raw: float) -> float:
        r"""Return the score 0..1 of a raw score: one minus its exceedance on quiet days.

        .. math:: \mathrm{score}(s) = e^{-\lambda(s)}

        with the rate :math:`\lambda` of `exceedance`: the probability, alarms being Poisson, that a quiet
        station-day shows nothing as strong. It means the same for every detector: 0.9 is what chance offers
        once in some ten days, 0.967 once in thirty.

        Parameters
        ----------
        raw : float
            A raw score.

        Returns
        -------
        float
            0..1, never falling with the raw score.
        """
        return math.exp(-self.exceedance(raw))

    def check_for(self, *, detector: str, model: str, cleaning: Mapping[str, Setting]) -> None:
        """Raise `ParameterError` if the calibration is of another detector, model or cleaning."""
        for what, mine, asked in (
            ("detector", self.detector, detector),
            ("model", self.model, model),
            ("cleaning", dict(self.cleaning), dict(cleaning)),
        ):
            if mine != asked:
                shown = [f"{str(k)[:12]}…" if what == "model" and k else k for k in (mine, asked)]
                msg = f"the calibration is for the {what} {shown[0] or 'none'}, not {shown[1] or 'none'}"
                raise ParameterError(msg, "Run `sesctl calibrate` with what is to be used.")

    @cached_property
    def _steps(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Distinct scores, ascending, and for each how many are at least as high."""
        known, first = np.unique(self.scores, return_index=True)
        return known, np.asarray(len(self.scores) - first, dtype=np.int64)


def _shown(number: float) -> str:
    text = str(number)
    return text if len(text) <= 24 else f"{text[:12]}…"


def calibrate(
    raw_scores: npt.ArrayLike,
    *,
    station_days: int,
    live_hours: float,
    data_hash: str,
    cleaning: Mapping[str, Setting] | None = None,
    detector: str,
    model: str = "",
    version: str,
) -> Calibration:
    """Make a calibration from the candidates of quiet days.

    Parameters
    ----------
    raw_scores : array_like of float, shape (candidate,)
        Raw score of every station candidate on days without SES, in any order.
    station_days, live_hours, data_hash, cleaning, detector, model, version
        As in `Calibration`.

    Returns
    -------
    Calibration
        With the `MAX_SCORES` largest scores.

    Raises
    ------
    ParameterError
        If a value is out of its range.
    """
    scores = np.sort(np.asarray(raw_scores, dtype=np.float64), axis=None)
    return Calibration(
        scores=scores[-MAX_SCORES:],
        n_candidates=len(scores),
        station_days=station_days,
        live_hours=live_hours,
        data_hash=data_hash,
        cleaning=cleaning or {},
        detector=detector,
        model=model,
        version=version,
    )
