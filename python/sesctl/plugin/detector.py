"""What a detector does: score days, propose intervals and, if it learns, fit, save and load."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

from sesctl.errors import ParameterError
from sesctl.plugin.progress import Progress
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
    quantity : str
        Of the channels that it judges; dipoles are ``electric``.
    """

    threshold: ClassVar[float]
    search: EdgeSearch = EdgeSearch()
    calibration_file: Path | None = None
    quantity: str = "electric"

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

    def use_device(self, device: str) -> None:
        """Compute on a device from now on.

        The default knows the processor alone, and refuses every other.

        Parameters
        ----------
        device : str
            ``cpu``, ``gpu:0``, ...

        Raises
        ------
        ParameterError
            If there is no such device, or the detector cannot use it.
        """
        if device != "cpu":
            msg = f"it computes on cpu alone, not on {device}"
            raise ParameterError(msg, "Leave --device out.")


class TrainableDetector(Detector):
    """A detector that learns; its `DetectorInfo` says ``trainable=True``.

    `sesctl train` calls `fit` once. A detector derived from `sesctl.plugin.keras.KerasDetector` has `train`
    besides: it is told epochs, batches and rates, goes on after an interruption, and embeds new signals in
    every epoch.
    """

    @abstractmethod
    def fit(self, training: Days, validation: Days, progress: Progress) -> None:
        """Learn from days that hold embedded signals, from scratch or from what was learnt before.

        Parameters
        ----------
        training, validation : Days
            `sesctl.waveforms.embedded.EmbeddedDays`: days with signals, and what was put in. What is chosen
            by a score is chosen on `validation`.
        progress : Progress
            Is called with the steps done and their number; its `epoch` may be told figures, which become
            curves.
        """

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write what was learnt into a folder, which is there and empty.

        `sesctl train` adds a `model.json` that lists the files with size and SHA-256, checked before every
        `load`; a detector that writes a `model.json` itself, one JSON object, finds its own entries again.
        """

    def export(
        self, folder: Path, *, dtype: Literal["float32", "float16"] = "float32", onnx: bool = False
    ) -> None:
        """Write what was learnt as others are to get it; by default as `save` does.

        Parameters
        ----------
        folder : Path
            The folder, which is there and empty.
        dtype : {"float32", "float16"}
            Of the weights.
        onnx : bool
            Whether to add the network as ONNX.

        Raises
        ------
        ParameterError
            If the detector cannot write it so.
        """
        if dtype != "float32" or onnx:
            msg = f"it writes its model in one way, not {'as ONNX' if onnx else 'in ' + dtype}"
            raise ParameterError(msg, "Leave --dtype and --onnx out.")
        self.save(folder)

    @abstractmethod
    def load(self, folder: Path) -> None:
        """Read what was learnt from a model folder."""
