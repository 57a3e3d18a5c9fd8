"""The base of detectors that are Keras networks: one day of one dipole in, the same day denoised out."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from sesctl.errors import ShapeError
from sesctl.plugin.keras.backgrounds import Backgrounds, bridged, sides
from sesctl.plugin.keras.device import on_device
from sesctl.plugin.keras.engine_onnx import OnnxEngine, prefers_onnx
from sesctl.plugin.keras.graph import Graph
from sesctl.plugin.keras.input_map import InputMap
from sesctl.plugin.keras.network import NetworkDetector
from sesctl.plugin.keras.parameters import TrainingParameters
from sesctl.plugin.keras.training import Block, Epoch, TrainingResult, train, warned
from sesctl.plugin.keras.validation import batches
from sesctl.plugin.keras.variables import values_of
from sesctl.types import Days, Scores


class KerasDetector(NetworkDetector):
    """A network that denoises a day of a dipole; intervals are sought on what it returns.

    A network sees exactly the 24 h of the day proper, whatever the context: scores in the context are NaN,
    and a signal that crosses midnight is seen only up to it. Gaps are bridged for the network, and are NaN
    in the scores.

    Keras is imported when the network is built; where the detector brings its graph along (`known_graph`),
    not to score days with a model on a processor (see `prefers_onnx`).

    Parameters
    ----------
    config : mapping of str to int, optional
        Numbers of the architecture that differ from `defaults`.
    seed : int
        Of the initial weights.

    Attributes
    ----------
    name : str
        The detector's name, as in its `DetectorInfo`.
    recipe : TrainingParameters
        What training is set to where nothing else is asked for.
    defaults : mapping of str to int
        All numbers of the architecture.
    batch : int
        Most days computed together; bounds the memory, and changes no result.
    """

    recipe: ClassVar[TrainingParameters] = TrainingParameters()
    threshold = 6.0
    # Rows at once, a smaller rest filled up to as many: eight days of three dipoles, as a scan brings them.
    batch = 24

    def score(self, days: Days) -> Scores:
        """Return every dipole's day denoised, float32 (day, dipole, sample) in mV/km.

        Raises
        ------
        ShapeError
            If a day has another number of samples than the network takes.
        """
        if days.samples_per_day != self.samples:
            msg = f"{self.name} takes days of {self.samples} samples, not {days.samples_per_day}"
            raise ShapeError(msg, f"Resample to {86_400 / self.samples:g} s.")
        proper = slice(days.context, days.context + self.samples)
        rows = days.values[:, :, proper].reshape(-1, self.samples)
        known = np.isfinite(rows)
        rows = np.where(known, rows, np.float32(np.nan))
        alive = np.flatnonzero(known.any(axis=1))
        traces = np.full(rows.shape, np.nan, dtype=np.float32)
        if alive.size:
            traces[alive] = self.denoise(rows[alive])
        traces[~known] = np.nan
        values = np.full(days.values.shape, np.nan, dtype=np.float32)
        values[:, :, proper] = traces.reshape(*days.values.shape[:2], self.samples)
        return Scores(values=values, kind="denoised")

    def denoise(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return days without their noise.

        Parameters
        ----------
        rows : ndarray of float32, shape (row, sample)
            Days in mV/km, NaN in gaps; every row has a value.

        Returns
        -------
        ndarray of float32, shape (row, sample)
            mV/km, without gaps.

        Raises
        ------
        PluginError
            If the network returns what is no number.
        """
        median = np.nanmedian(rows, axis=1, keepdims=True)
        whole = bridged(rows - median)
        traces = np.empty_like(whole)
        self._engine = self._engine or self._made_engine()
        # Batches of one size: the network is compiled once, and a row's result depends on itself alone.
        for which in batches(len(whole), self.batch):
            traces[which] = self.finite(self._engine(whole[which]))
        return traces if self.target == "ses" else traces + median

    def fit(self, training: Days, validation: Days, progress: Callable[[int, int], None]) -> None:
        """Learn from days, in which signals are embedded while training.

        Parameters
        ----------
        training, validation : Days
            Days without signals, despiked, or days with embedded ones, which are taken out again; the epoch
            is chosen on `validation`.
        progress : callable
            Is told the steps done and their number.
        """
        learning, choosing = (Backgrounds.of(*sides(days)) for days in (training, validation))
        parameters = self.recipe
        together = learning.joined(choosing)
        rows = np.arange(len(together))
        blocks = (
            Block(rows=np.tile(rows[: len(learning)], parameters.copies)),
            Block(rows=rows[len(learning) :]),
        )
        self.train(together, *blocks, parameters, progress=progress)

    def train(
        self,
        backgrounds: Backgrounds,
        training: Block,
        validation: Block,
        parameters: TrainingParameters,
        *,
        checkpoint: Path | None = None,
        keep_map: bool = False,
        progress: Callable[[int, int], None] = lambda done, total: None,
        after_epoch: Callable[[Epoch], None] = lambda epoch: None,
        note: Callable[[str], None] = warned,
    ) -> TrainingResult:
        """Train the network, from where it stands.

        Parameters
        ----------
        backgrounds : Backgrounds
            Days without signals.
        training, validation : Block
            The pairs of an epoch, and those that choose the epoch.
        parameters : TrainingParameters
            What training is set to; its seed gives the initial weights, unless there are some already.
        checkpoint : Path, optional
            File from which training goes on, and to which it is written now and then.
        keep_map : bool
            Keep the input map, as fine-tuning does; else it is fitted to the training days.
        progress, after_epoch, note : callable
            Told of steps, epochs and makeshifts (see `sesctl.plugin.keras.train`).

        Returns
        -------
        TrainingResult
            The network has the best epoch's weights.
        """
        input_map = self.input_map
        if not keep_map:
            observed = backgrounds.observed[np.unique(training.rows)]
            input_map = InputMap.fitted(observed, backgrounds.interval)
        with on_device(self.device):
            weights: list[Any] = []
            if self._network is None and self._stored is None:
                self.seed = parameters.seed
            else:
                weights = values_of(self.network.weights)
            network = self._built(parameters.precision, parameters.cudnn)
            if weights:
                network.set_weights(weights)
            result = train(
                network,
                backgrounds,
                training,
                validation,
                input_map,
                parameters,
                search=self.search,
                checkpoint=checkpoint,
                progress=progress,
                after_epoch=after_epoch,
                note=note,
            )
            trained = self._built("float32")
            trained.set_weights(values_of(network.weights))
        self._network, self._stored, self._engine = trained, None, None
        self.input_map, self.target = input_map, parameters.target
        self.about = {
            "training": {**asdict(parameters), "seconds": _finite(parameters.seconds)},
            "history": [asdict(epoch) for epoch in result.history],
            "best_epoch": result.best,
        }
        return result

    def _made_engine(self) -> Callable[[Any], Any]:
        """Return what computes the network between its input map and that map's inverse."""
        graph = (self.known_graph(self.config) or self._graph()) if prefers_onnx(self.device) else None
        if graph:
            return OnnxEngine(graph, self._own_weights(), self.samples, self.input_map, self.target)
        from sesctl.plugin.keras.engine_keras import KerasEngine

        return KerasEngine(self._own_network(), self.input_map, self.target, self.device)

    def _translated(
        self, graph: Graph, weights: Mapping[str, npt.NDArray[np.float32]], settings: Mapping[str, Any]
    ) -> Callable[[Any], Any]:
        return OnnxEngine(graph, weights, self.samples, settings["input_map"], settings["target"])


def _finite(seconds: float) -> float | None:
    return seconds if np.isfinite(seconds) else None
