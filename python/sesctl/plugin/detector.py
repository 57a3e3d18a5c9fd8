"""What a detector does: score days, propose intervals and, if it learns, fit, save and load."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

from sesctl.plugin.propose import EdgeSearch, propose_opposite_edges, propose_runs, propose_windows
from sesctl.types import Candidate, Days, Scores


class Detector(ABC):
    """Base class of detectors.

    Only `score` has to be written. Results must not depend on how days are batched: a day's scores
    follow from its own row alone.

    Attributes
    ----------
    threshold : float
        The raw score that a candidate has to exceed to become an event while nothing is calibrated.
    search : EdgeSearch
        How intervals are sought on a denoised trace.
    calibration_file : Path or None
        Scores on quiet days that come with the detector, as `sesctl calibrate` writes them.
    """

    threshold: ClassVar[float]
    search: EdgeSearch = EdgeSearch()
    calibration_file: Path | None = None

    @abstractmethod
    def score(self, days: Days) -> Scores:
        """Score every sample (or window) of every day, context included.

        Parameters
        ----------
        days : Days
            Electric channels at the sampling interval and with the context and cleaning that the
            detector's `DetectorInfo` asks for; values in mV/km, NaN in gaps.

        Returns
        -------
        Scores
            One row a dipole or one for all, NaN where the record has none.
        """

    def propose(self, scores: Scores, days: Days) -> list[Candidate]:
        """Propose intervals from the scores.

        The default follows the kind of the scores: opposite edges on a denoised trace, runs above the
        threshold with hysteresis on a probability, merged windows.

        Parameters
        ----------
        scores : Scores
            What `score` returned for `days`.
        days : Days
            The days scored.

        Returns
        -------
        list of Candidate
            In any order; those whose onset lies outside their day proper are dropped by the caller.
        """
        if scores.kind == "denoised":
            return propose_opposite_edges(scores, days, self.search)
        if scores.kind == "probability":
            return propose_runs(scores, days, self.threshold)
        return propose_windows(scores, days, self.threshold)

    def not_judged(self, days: Days) -> Mapping[int, str]:
        """Name the days that hold values and still cannot be judged, and why.

        They yield no candidate and count as skipped, not as live, so that a false-alarm rate is not divided
        by hours in which nothing could be found. The default names none.

        Parameters
        ----------
        days : Days
            The days scored.

        Returns
        -------
        mapping of int to str
            By the index of the day, the end of a sentence: ``only 1 of its 3 dipoles has values``.
        """
        return {}

    def confidence(self, raw_score: float) -> float:
        """Map a raw score to 0..1 while nothing is calibrated: 1 - 2^(-raw / threshold).

        The map is monotone, 0 at 0 and one half at the threshold; it is no probability.

        Parameters
        ----------
        raw_score : float
            The raw score of a candidate.

        Returns
        -------
        float
            A number in 0..1.
        """
        return float(1.0 - 2.0 ** (-max(raw_score, 0.0) / self.threshold))


class TrainableDetector(Detector):
    """A detector that learns; its `DetectorInfo` says ``trainable=True``."""

    @abstractmethod
    def fit(self, training: Days, validation: Days, progress: Callable[[int, int], None]) -> None:
        """Learn from days that hold embedded signals.

        Parameters
        ----------
        training, validation : Days
            Days with embedded signals; what is chosen by a score is chosen on `validation`.
        progress : callable
            Is told the steps done and their number.
        """

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write what was learnt into a model folder."""

    @abstractmethod
    def load(self, folder: Path) -> None:
        """Read what was learnt from a model folder."""
