"""A detector that has a network: built, put on a device, written and read."""

import platform
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError, PluginError
from sesctl.plugin.detector import TrainableDetector
from sesctl.plugin.keras import backend
from sesctl.plugin.keras.allowed_weights import weights_at_most
from sesctl.plugin.keras.architecture import Config, check_size, made_network, numbers_of
from sesctl.plugin.keras.device import on_device
from sesctl.plugin.keras.engine_onnx import prefers_onnx
from sesctl.plugin.keras.graph import Graph
from sesctl.plugin.keras.graph_writer import UnknownLayerError
from sesctl.plugin.keras.input_map import InputMap, Target, finite_number
from sesctl.plugin.keras.model_folder import write_model, write_onnx
from sesctl.plugin.keras.model_reading import LARGEST_BYTES, assign, read_model, read_tensors
from sesctl.plugin.keras.parameters import TrainingParameters
from sesctl.plugin.keras.variables import values_of

if TYPE_CHECKING:
    import keras

ABOUT = ("training", "history", "best_epoch", "data")
"""What `model.json` says of a training, kept from reading to writing."""

SHIPPED_BYTES = 15 << 20  # a file of weights in a repository
Rows = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Stored:
    """Weights read from a folder, by their paths; the network may not be built yet."""

    folder: Path
    weights: Mapping[str, Rows]


class NetworkDetector(TrainableDetector):
    """What a `KerasDetector` is but for scoring and learning; see there.

    Parameters
    ----------
    config : mapping of str to int, optional
        Numbers of the architecture that differ from `defaults`.
    seed : int
        Of the initial weights.
    """

    name: ClassVar[str]
    defaults: ClassVar[Config]
    samples = 8640
    builds_on_load: ClassVar[bool] = True
    """Whether a model's network is built as soon as it is read, rather than when it is first asked for."""

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        self.config = numbers_of(self.name, self.defaults, config or {})
        self.seed = seed
        self.input_map = InputMap(scale=1.0)
        self.target: Target = "cleaned"
        self.about: dict[str, Any] = {}
        self.device: str | None = None
        self._network: keras.Model | None = None
        self._stored: _Stored | None = None
        self._engine: Callable[[Rows], Rows] | None = None

    @abstractmethod
    def build(self, config: Config) -> "keras.Model":
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

    def known_graph(self, config: Config) -> Graph | None:
        """Return the network's graph where it comes with the detector: a model is then scored without Keras.

        Models do not hold it. What a stranger's folder could ask for with operations of its own is too much
        to foresee; with these it has numbers for them alone.

        Parameters
        ----------
        config : mapping of str to int
            All numbers of the architecture.
        """
        return None

    @property
    def network(self) -> "keras.Model":
        """The network; built when it is first asked for, untrained from the detector's seed."""
        self._engine = None  # whoever has the network may change its weights
        return self._own_network()

    def use_device(self, device: str) -> None:
        """Compute on a device from now on: ``cpu``, ``gpu``, ``gpu:1``, ...

        Raises
        ------
        ParameterError
            If there is no such device.
        """
        if self._network is not None or self._stored is None or not prefers_onnx(device):
            with on_device(device):
                if self._network is not None:
                    weights = values_of(self._network.weights)
                    self._network = self._built("float32")
                    self._network.set_weights(weights)
        self.device, self._engine = device, None

    def save(
        self,
        folder: Path,
        *,
        dtype: Literal["float32", "float16"] = "float32",
        file_bytes: int = LARGEST_BYTES,
    ) -> None:
        """Write the model folder (see `write_model`)."""
        import keras

        network = self._own_network()
        about = {
            "detector": self.name,
            "config": dict(self.config),
            **self._settings(),
            "versions": {
                "keras": version("keras"),
                "backend": keras.backend.backend(),
                "numpy": version("numpy"),
                "python": platform.python_version(),
            },
            **self.about,
        }
        write_model(folder, about, network, dtype=dtype, file_bytes=file_bytes)

    def export(
        self, folder: Path, *, dtype: Literal["float32", "float16"] = "float32", onnx: bool = False
    ) -> None:
        """Write the model folder as others are to get it (see `TrainableDetector.export`).

        The network as ONNX is ``network.onnx``, without the input map: it makes y of x (see `InputMap`).
        """
        graph = self._graph()
        if onnx and graph is None:
            msg = f"{self.name} cannot be written as ONNX: it has layers that are not translated"
            raise ParameterError(msg, "Leave --onnx out.")
        self.save(folder, dtype=dtype, file_bytes=SHIPPED_BYTES)
        if onnx and graph:
            write_onnx(folder / "network.onnx", graph, self._own_network(), *self._shapes(self.config))

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
            config = numbers_of(self.name, self.defaults, about["config"])
            settings = self._read_settings(about)
        except (KeyError, TypeError, ValueError, AttributeError, ParameterError) as error:
            msg = f"{folder / 'model.json'} describes a model in an unknown way: {error}"
            raise PluginError(msg, "It was changed, or written by another version of sesctl.") from error
        stored = _Stored(folder, read_tensors(folder, about))
        check_size(folder, config, self.defaults, stored.weights)
        graph = self.known_graph(config)
        engine = None
        if graph and prefers_onnx(self.device):
            engine = self._translated(graph, stored.weights, settings)
        network = self._built_of(config, stored) if self.builds_on_load and engine is None else None
        for name, value in settings.items():
            setattr(self, name, value)
        self.config, self._network, self._stored, self._engine = config, network, stored, engine
        self.about = {key: about[key] for key in ABOUT if key in about}

    def finite(self, returned: Rows) -> Rows:
        """Return what the network returned.

        Raises
        ------
        PluginError
            If some of it is no number: a day that cannot be judged is not one without events.
        """
        if not np.isfinite(returned).all():
            msg = f"{self.name}: the network returns what is no number"
            raise PluginError(
                msg, "Its weights were changed, or its training failed; fetch or train it again."
            )
        return returned

    def _settings(self) -> dict[str, Any]:
        """Return what comes before and after the network, as `model.json` has it by the attributes' names."""
        return {"input_map": asdict(self.input_map), "target": self.target}

    def _read_settings(self, about: Mapping[str, Any]) -> dict[str, Any]:
        """Return these attributes, read from `model.json`; any error says that it is unknown."""
        input_map = InputMap(**{str(key): finite_number(value) for key, value in about["input_map"].items()})
        if round(86_400 / input_map.interval) != self.samples:
            msg = f"the input map is one of a sample every {input_map.interval:g} s"
            raise ValueError(msg)
        target: Target = TrainingParameters(target=about["target"]).target
        return {"input_map": input_map, "target": target}

    def _shapes(self, config: Config) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
        """Return the shapes of what the network takes and returns, a row each; None for any length."""
        return (self.samples,), (self.samples,)

    def _own_network(self) -> "keras.Model":
        if self._network is None:
            with on_device(self.device):
                self._network = (
                    self._built_of(self.config, self._stored) if self._stored else self._built("float32")
                )
        return self._network

    def _own_weights(self) -> Mapping[str, Rows]:
        """Return the weights by their paths; where they were read and not changed, without Keras."""
        if self._network is None and self._stored:
            return self._stored.weights
        weights = self._own_network().weights
        return {each.path: value for each, value in zip(weights, values_of(weights), strict=True)}

    def _built_of(self, config: Config, stored: "_Stored") -> "keras.Model":
        # Twice as many: of one that is a little too large, the weight that differs is told below.
        most = 2 * sum(value.size for value in stored.weights.values())
        with on_device(self.device):
            with backend.without_notes(), weights_at_most(most, stored.folder):
                network = self._built("float32", config=config)
            assign(stored.folder, stored.weights, network)
        return network

    def _graph(self) -> Graph | None:
        """Return the network's graph, or None if it has layers that are not translated."""
        from sesctl.plugin.keras.graph_of import graph_of

        try:
            return graph_of(self._own_network())
        except UnknownLayerError:
            return None

    def _made_engine(self) -> Callable[[Any], Any]:
        """Return what computes the network on the detector's device, arrays in and out."""
        network = self._own_network()

        def engine(given: Rows) -> Rows:
            from keras import ops

            with on_device(self.device):
                return np.asarray(ops.convert_to_numpy(network.predict_on_batch(given)))

        return engine

    def _translated(
        self, graph: Graph, weights: Mapping[str, Rows], settings: Mapping[str, Any]
    ) -> Callable[[Any], Any] | None:
        """Return what computes a model without Keras, or None where there is no such way."""
        return None

    def _built(
        self,
        precision: Literal["float32", "bfloat16"],
        cudnn: bool = True,
        config: Config | None = None,
    ) -> "keras.Model":
        numbers = self.config if config is None else config
        return made_network(
            self.name,
            lambda: self.build(numbers),
            self._shapes(numbers),
            seed=self.seed,
            precision=precision,
            cudnn=cudnn,
        )
