"""`ses_net` as a detector: days in, probability and amplitudes out, intervals, learning."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from sesctl.plugin import Candidate, Days, ParameterError, Progress, Scores, ShapeError
from sesctl.plugin.keras import NetworkDetector
from sesctl.plugin.keras.device import on_device
from sesctl.plugin.keras.engine_onnx import onnx_session, prefers_onnx
from sesctl.plugin.keras.graph import Graph, read_graph
from sesctl.plugin.keras.input_map import finite_number
from sesctl_plugins.ses_net.events import propose
from sesctl_plugins.ses_net.familiar import FEATURES, Familiar, features_of
from sesctl_plugins.ses_net.lessons import INTERVAL_S, StationRecord
from sesctl_plugins.ses_net.network import SHAPE, WHOLE, build
from sesctl_plugins.ses_net.parameters import SegmentParameters
from sesctl_plugins.ses_net.rows import (
    CHANNELS,
    DAY_CELLS,
    LEAST_CELLS,
    MARGIN_CELLS,
    SAMPLES_A_CELL,
    Rows,
    rows_of,
)

if TYPE_CHECKING:
    import keras

Values = npt.NDArray[np.float32]
UNFAMILIAR = "unfamiliar"
LEAST_FAMILIAR_DAYS = 30
"""Fewer days to learn from do not say what is familiar; what was learnt before stays."""
LARGEST = 8.0
"""Of asinh of a field in units of the noise: 1490 times the noise."""


class SesNet(NetworkDetector):
    """A segmenter of the days of a station, with any number of dipoles.

    Scored are the 24 h of a day and 4 h before and after it, so that a signal at midnight is seen whole; the
    days before and after tell what comes again at the same time. Candidates of days unlike those learnt from
    are flagged ``unfamiliar``.

    Parameters
    ----------
    config : mapping of str to int, optional
        Numbers of the architecture that differ from `SHAPE`.
    seed : int
        Of the initial weights.

    Attributes
    ----------
    recipe : SegmentParameters
        What training from scratch is set to.
    tuning : SegmentParameters
        What training is set to that begins with what was learnt before.
    """

    name = "ses_net"
    defaults = SHAPE
    threshold = 0.5
    batch = 8
    builds_on_load = False
    recipe: ClassVar[SegmentParameters] = SegmentParameters()
    tuning: ClassVar[SegmentParameters] = SegmentParameters(
        epochs=5, steps=60, learning_rate=3e-4, warmup=20, average=0.99
    )

    def __init__(self, config: Mapping[str, int] | None = None, seed: int = 0) -> None:
        super().__init__(config, seed)
        self.familiar: Familiar | None = None
        self._features: WeakKeyDictionary[Days, npt.NDArray[np.float64]] = WeakKeyDictionary()

    def build(self, config: Mapping[str, int]) -> "keras.Model":
        """Return the network, untrained."""
        return build(config)

    def known_graph(self, config: Mapping[str, int]) -> Graph | None:
        """Return the network as operations, for ONNX Runtime; None for other numbers than `SHAPE`.

        docs/scripts/translate_networks.py writes it.
        """
        if dict(config) != SHAPE:
            return None
        return read_graph(files("sesctl_plugins.ses_net").joinpath("graph.json").read_text(encoding="utf-8"))

    def score(self, days: Days) -> Scores:
        """Return the probability that a sample lies in an SES, and the field it would have on each dipole.

        Returns
        -------
        Scores
            float32 (day, 1, sample) in 0..1, amplitudes float32 (day, dipole, sample) in mV/km; the same for
            the six samples of a minute, NaN further than 4 h from the day and where no dipole has a value.

        Raises
        ------
        ShapeError
            If the record is not one of a sample every 10 s.
        """
        first, count = self._scored(days)
        shape = days.values.shape
        probability = np.full((shape[0], 1, shape[2]), np.nan, dtype=np.float32)
        amplitudes = np.full(shape, np.nan, dtype=np.float32)
        where = slice(first * SAMPLES_A_CELL, (first + count) * SAMPLES_A_CELL)
        features = []
        for begin in range(0, len(days), self.batch):
            some = slice(begin, begin + self.batch)
            rows = rows_of(days.values[some], first, count)
            features.append(features_of(rows))
            returned = self._returned(rows)
            field = np.sinh(np.clip(returned[:, 1 : 1 + shape[1]], -LARGEST, LARGEST)) * rows.scale[..., None]
            chance = 1 / (1 + np.exp(-np.clip(returned[:, :1], -30, 30)))
            for target, told in ((probability, chance), (amplitudes, field)):
                seen = np.where(rows.seen[:, None], told, np.float32(np.nan))
                target[some, :, where] = np.repeat(seen, SAMPLES_A_CELL, axis=2)
        missing = np.isnan(days.values)
        probability[missing.all(axis=1, keepdims=True)] = np.nan
        amplitudes[missing] = np.nan
        if features:
            self._features[days] = np.concatenate(features)
        return Scores(values=probability, kind="probability", amplitudes=amplitudes)

    def propose(self, scores: Scores, days: Days) -> list[Candidate]:
        """Propose runs of a high probability (see `sesctl_plugins.ses_net.events.propose`)."""
        candidates = propose(scores, days)
        if self.familiar is None or not candidates:
            return candidates
        # Made while the days were scored; the scores may also come from elsewhere.
        features = self._features.get(days)
        if features is None:
            features = features_of(rows_of(days.values, *self._scored(days)))
        strange = self.familiar.distance(features) > 1
        return [
            replace(each, flags=(*each.flags, UNFAMILIAR)) if strange[each.day] else each
            for each in candidates
        ]

    def not_judged(self, days: Days) -> Mapping[int, str]:
        """Name the days on which no dipole has values in 20 min."""
        first, count = self._scored(days)
        cells = days.values[:, :, first * SAMPLES_A_CELL : (first + count) * SAMPLES_A_CELL]
        there = np.isfinite(cells).reshape(*cells.shape[:2], count, SAMPLES_A_CELL).sum(axis=-1)
        known = (2 * there >= SAMPLES_A_CELL).sum(axis=-1).max(axis=1)
        reason = f"no dipole has values in {LEAST_CELLS} min"
        held = days.live_samples() > 0
        return {int(day): reason for day in np.flatnonzero((known < LEAST_CELLS) & held)}

    def fit(self, training: Days, validation: Days, progress: Progress) -> None:
        """Learn from days of stations with one number of dipoles.

        What `training` holds of signals is taken out again: it says along which direction distant fields show
        at the station, and new ones are put in.

        Parameters
        ----------
        training, validation : Days
            `EmbeddedDays`.
        progress : Progress
            Is told steps and epochs.

        Raises
        ------
        ParameterError
            If the days hold no signals.
        """
        fresh = self._network is None and self._stored is None
        self.learn(_records(training), _records(validation), self.recipe if fresh else self.tuning, progress)

    def learn(
        self,
        training: list[StationRecord],
        validation: list[StationRecord],
        parameters: SegmentParameters,
        progress: Progress,
        **options: Any,
    ) -> None:
        """Learn from records; what is learnt already is where it begins.

        Parameters
        ----------
        training, validation : list of StationRecord
            Records without signals.
        parameters : SegmentParameters
            What training is set to.
        progress : Progress
            Is told steps and epochs.
        **options
            Of `sesctl_plugins.ses_net.learning.learn`.
        """
        network = self.network  # first of all: what Keras has to say when it is imported is held back there
        from sesctl_plugins.ses_net.learning import learn

        with on_device(self.device):
            history = learn(
                network,
                training,
                validation,
                parameters,
                progress=progress,
                after_epoch=lambda figures: progress.epoch(
                    **{name: float(value) for name, value in figures.items() if name != "epoch"}
                ),
                **options,
            )
        features = _features(training)
        if len(features) >= LEAST_FAMILIAR_DAYS:
            self.familiar = Familiar.of(features)
        seconds = parameters.seconds if np.isfinite(parameters.seconds) else None
        self.about = {
            "training": {**asdict(parameters), "seconds": seconds},
            "history": [dict(epoch) for epoch in history],
            "best_epoch": len(history),
        }

    def _returned(self, rows: Rows) -> Values:
        """Return what the network makes of a batch of days, float32 (day, 1 + row, cell)."""
        days, given, cells, _ = rows.values.shape
        # One shape for every batch: the network is compiled once, and a day's result depends on itself alone.
        padded = np.zeros((self.batch, given, -(-cells // WHOLE) * WHOLE, CHANNELS), dtype=np.float32)
        padded[:days, :, :cells] = rows.values
        self._engine = self._engine or self._made_engine()
        return self.finite(self._engine(padded))[:days, :, :cells]

    def _made_engine(self) -> Callable[[Any], Any]:
        graph = self.known_graph(self.config) if prefers_onnx(self.device) else None
        if graph is None:
            return super()._made_engine()
        return onnx_session(graph, self._own_weights(), *self._shapes(self.config))

    def _translated(
        self, graph: Graph, weights: Mapping[str, Values], settings: Mapping[str, Any]
    ) -> Callable[[Any], Any]:
        return onnx_session(graph, weights, *self._shapes(self.config))

    def _scored(self, days: Days) -> tuple[int, int]:
        """Return the first minute that is scored, counted from the first sample, and their number."""
        if days.interval != INTERVAL_S or days.context % SAMPLES_A_CELL:
            msg = f"{self.name} takes records of a sample every {INTERVAL_S:g} s, not {days.interval:g} s"
            raise ShapeError(msg, f"Resample to {INTERVAL_S:g} s.")
        context = days.context // SAMPLES_A_CELL
        margin = min(MARGIN_CELLS, context)
        return context - margin, DAY_CELLS + 2 * margin

    def _shapes(self, config: Mapping[str, int]) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
        return (None, None, CHANNELS), (None, None)

    def _settings(self) -> dict[str, Any]:
        return {"familiar": asdict(self.familiar) if self.familiar else None}

    def _read_settings(self, about: Mapping[str, Any]) -> dict[str, Any]:
        told = about["familiar"]
        if told is None:
            return {"familiar": None}
        inverse = tuple(tuple(finite_number(each) for each in row) for row in told["inverse"])
        mean = tuple(finite_number(each) for each in told["mean"])
        return {"familiar": Familiar(mean, inverse, finite_number(told["bound"]))}


def _records(days: Days) -> list[StationRecord]:
    from sesctl.waveforms.embedded import EmbeddedDays

    if not isinstance(days, EmbeddedDays):
        msg = f"ses_net learns from days with embedded signals, not from a {type(days).__name__}"
        raise ParameterError(msg)
    records = []
    for values, signals in zip(days.values, days.signals, strict=True):
        shown = signals[:, np.argmax(np.abs(signals).max(axis=0))].astype(np.float64)
        largest = np.abs(shown).max()
        if largest == 0:
            msg = "a day to learn from holds no signal that would say how distant fields show"
            raise ParameterError(msg, "Embed one signal a day.")
        records.append(StationRecord(values - signals, shown[None] / largest, days.context))
    return records


def _features(records: list[StationRecord]) -> npt.NDArray[np.float64]:
    """Return the features of the days of records, each seen with the days beside it; none where unknown."""
    parts = [np.empty((0, FEATURES))]
    for record in records:
        cells, context = record.values.shape[1] // SAMPLES_A_CELL, record.context // SAMPLES_A_CELL
        for day in range(context, cells - context - DAY_CELLS + 1, DAY_CELLS):
            first, end = max(day - DAY_CELLS, 0), day + 2 * DAY_CELLS
            beside = record.values[None, :, first * SAMPLES_A_CELL : end * SAMPLES_A_CELL]
            parts.append(features_of(rows_of(beside, day - first, DAY_CELLS)))
    features = np.concatenate(parts)
    return features[np.isfinite(features).all(axis=1)]
