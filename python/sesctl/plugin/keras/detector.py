"""The base of detectors that are Keras networks: one day of one dipole in, the same day denoised out."""

import platform
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar, Literal

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from sesctl.errors import ParameterError, PluginError, ShapeError
from sesctl.plugin.detector import TrainableDetector
from sesctl.plugin.keras.backgrounds import Backgrounds, bridged, smooth_target
from sesctl.plugin.keras.input_map import InputMap
from sesctl.plugin.keras.model_folder import LARGEST_BYTES, read_model, read_weights, write_model
from sesctl.plugin.keras.pairs import trace
from sesctl.plugin.keras.parameters import Target, TrainingParameters
from sesctl.plugin.keras.precision import precise
from sesctl.plugin.keras.training import Block, Epoch, TrainingResult, batches, train
from sesctl.types import Days, Scores
from sesctl.waveforms.embedded import EmbeddedDays

ABOUT = ("training", "history", "best_epoch", "data")
"""What `model.json` says of a training, kept from reading to writing."""

SHIPPED_BYTES = 15 << 20  # a file of weights in a repository
Config = Mapping[str, int]
LARGEST_NUMBER = 16_384  # of an architecture: what a folder asks for has to fit into memory


class KerasDetector(TrainableDetector):
    """A network that denoises a day of a dipole; intervals are sought on what it returns.

    A network sees exactly the 24 h of the day proper, whatever the context: scores in the context are NaN,
    and a signal that crosses midnight is seen only up to it. Gaps are bridged for the network, and are NaN
    in the scores.

    Parameters
    ----------
    config : mapping of str to int, optional
        Numbers of the architecture that differ from `defaults`.

    Attributes
    ----------
    name : str
        The detector's name, as in its `DetectorInfo`.
    recipe : TrainingParameters
        What training is set to where nothing else is asked for.
    defaults : mapping of str to int
        All numbers of the architecture.
    """

    name: ClassVar[str]
    defaults: ClassVar[Config]
    recipe: ClassVar[TrainingParameters] = TrainingParameters()
    threshold = 6.0
    batch = 64
    samples = 8640

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        self.config = self._checked(config or {})
        self.seed = seed
        self.input_map = InputMap(scale=1.0)
        self.target: Target = "cleaned"
        self.about: dict[str, Any] = {}
        self._network: keras.Model | None = None

    @abstractmethod
    def build(self, config: Config) -> keras.Model:
        """Return the network, untrained, every layer named.

        Parameters
        ----------
        config : mapping of str to int
            All numbers of the architecture.

        Returns
        -------
        keras.Model
            Takes and returns float32 (row, sample), one day of `samples` samples a row: the input map's x in
            (0, 2 c), its y in (-c, c) out (see `InputMap`).
        """

    @property
    def network(self) -> keras.Model:
        """The network; built from the detector's seed when it is first asked for."""
        if self._network is None:
            self._network = self._built("float32")
        return self._network

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
        """
        median = np.nanmedian(rows, axis=1, keepdims=True)
        whole = bridged(rows - median)
        traces = np.empty_like(whole)
        # Batches of one size: the network is compiled once, and a row's result depends on itself alone.
        for which in batches(len(whole), self.batch):
            field = ops.convert_to_tensor(whole[which])
            level = self.input_map.level(field)
            returned = self.network.predict_on_batch(self.input_map.given(field, level))
            found = trace(ops.convert_to_tensor(returned), level, self.input_map, self.target)
            traces[which] = ops.convert_to_numpy(found)
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
        learning, choosing = (Backgrounds.of(*_sides(days)) for days in (training, validation))
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
        progress, after_epoch : callable
            Told of steps and epochs (see `sesctl.plugin.keras.train`).

        Returns
        -------
        TrainingResult
            The network has the best epoch's weights.
        """
        if not keep_map:
            observed = backgrounds.observed[np.unique(training.rows)]
            self.input_map = InputMap.fitted(observed, backgrounds.interval)
        self.target = parameters.target
        if self._network is None:
            self.seed = parameters.seed
        weights = self._network.get_weights() if self._network else None
        network = self._built(parameters.precision, parameters.cudnn)
        if weights:
            network.set_weights(weights)
        result = train(
            network,
            backgrounds,
            training,
            validation,
            self.input_map,
            parameters,
            search=self.search,
            checkpoint=checkpoint,
            progress=progress,
            after_epoch=after_epoch,
        )
        self._network = self._built("float32")
        self._network.set_weights(network.get_weights())
        self.about = {
            "training": {**asdict(parameters), "seconds": _finite(parameters.seconds)},
            "history": [asdict(epoch) for epoch in result.history],
            "best_epoch": result.best,
        }
        return result

    def save(
        self,
        folder: Path,
        *,
        dtype: Literal["float32", "float16"] = "float32",
        file_bytes: int = LARGEST_BYTES,
    ) -> None:
        """Write the model folder (see `write_model`)."""
        about = {
            "detector": self.name,
            "config": dict(self.config),
            "input_map": asdict(self.input_map),
            "target": self.target,
            "versions": {
                "keras": version("keras"),
                "backend": keras.backend.backend(),
                "numpy": version("numpy"),
                "python": platform.python_version(),
            },
            **self.about,
        }
        write_model(folder, about, self.network, dtype=dtype, file_bytes=file_bytes)

    def export(
        self, folder: Path, *, dtype: Literal["float32", "float16"] = "float32", onnx: bool = False
    ) -> None:
        """Write the model folder as others are to get it (see `TrainableDetector.export`)."""
        if onnx:
            msg = f"{self.name} cannot be written as ONNX"
            raise ParameterError(msg, "Leave --onnx out.")
        self.save(folder, dtype=dtype, file_bytes=SHIPPED_BYTES)

    def load(self, folder: Path) -> None:
        """Read a model folder.

        Raises
        ------
        PluginError
            If it is none, one of another detector, or damaged; the detector is unchanged then.
        """
        about = read_model(folder)
        if about.get("detector") != self.name:
            msg = f"{folder} is a model of {about.get('detector')!r}, not of {self.name}"
            raise PluginError(msg, f"Use it with --plugin {about.get('detector')}.")
        try:
            config = self._checked(about["config"])
            input_map = InputMap(**{str(key): float(value) for key, value in about["input_map"].items()})
            target: Target = TrainingParameters(target=about["target"]).target
        except (KeyError, TypeError, ValueError, AttributeError, ParameterError) as error:
            msg = f"{folder / 'model.json'} describes a model in an unknown way: {error}"
            raise PluginError(msg, "It was changed, or written by another version of sesctl.") from error
        other = type(self)(config, self.seed)
        network = other._built("float32")
        read_weights(folder, about, network)
        self.config, self.input_map, self.target, self._network = config, input_map, target, network
        self.about = {
            key: about[key] for key in ("training", "history", "best_epoch", "data") if key in about
        }

    def _checked(self, config: Config) -> dict[str, int]:
        for key, value in config.items():
            if key not in self.defaults:
                msg = f"{self.name} has no number {key!r}; it has {', '.join(self.defaults)}"
                raise ParameterError(msg)
            if type(value) is not int or not 1 <= value <= LARGEST_NUMBER:
                msg = f"{self.name}: {key} is {value!r}, not a whole number in 1..{LARGEST_NUMBER}"
                raise ParameterError(msg)
        return {**self.defaults, **config}

    def _built(self, precision: Literal["float32", "bfloat16"], cudnn: bool = True) -> keras.Model:
        keras.utils.set_random_seed(self.seed)
        with precise(precision, cudnn) as settle:
            network = self.build(self.config)
            settle(network)
        shape = tuple(network.output_shape)
        if tuple(network.input_shape) != (None, self.samples) or shape != (None, self.samples):
            msg = f"{self.name}: its network makes {shape} of {tuple(network.input_shape)}"
            raise PluginError(msg, f"Both have to be (None, {self.samples}).")
        return network


def _sides(days: Days) -> tuple[Days, Days]:
    """Return days without signals, and the same without their noise."""
    if isinstance(days, EmbeddedDays):
        return tuple(  # type: ignore[return-value]  # two of them
            Days(
                station=days.station,
                values=values - days.signals,
                starts=days.starts,
                interval=days.interval,
                context=days.context,
                quality=days.quality,
                origins=days.origins,
            )
            for values in (days.values, days.target)
        )
    return days, replace(days, values=smooth_target(days.values, days.interval))


def _finite(seconds: float) -> float | None:
    return seconds if np.isfinite(seconds) else None
