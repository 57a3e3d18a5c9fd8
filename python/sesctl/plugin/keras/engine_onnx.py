"""Run a network with ONNX Runtime, on the processor; Keras is not needed."""

from collections.abc import Mapping
from importlib.util import find_spec

import numpy as np
import numpy.typing as npt

from sesctl.errors import PluginError
from sesctl.plugin.keras import backend
from sesctl.plugin.keras.graph import GIVEN, RETURNED, Graph
from sesctl.plugin.keras.input_map import InputMap, Target
from sesctl.plugin.keras.onnx_file import onnx_bytes


def prefers_onnx(device: str | None) -> bool:
    """Whether ONNX Runtime is to run networks: it is the quickest on a processor.

    It does where it is installed, unless the user chose a backend with ``KERAS_BACKEND``, or a device that
    is no processor.
    """
    on_processor = device is None or device.lower().split(":")[0] == "cpu"
    return on_processor and backend.CHOICE is None and find_spec("onnxruntime") is not None


class OnnxEngine:
    """A network as a session of ONNX Runtime.

    Parameters
    ----------
    graph : Graph
        Its operations.
    weights : mapping of str to ndarray of float32
        Its weights by their paths.
    samples : int
        Samples in a day.
    input_map : InputMap
        Its input map, computed with NumPy.
    target : {"cleaned", "ses"}
        What it returns.

    Raises
    ------
    PluginError
        If graph and weights do not fit together.
    """

    def __init__(
        self,
        graph: Graph,
        weights: Mapping[str, npt.NDArray[np.float32]],
        samples: int,
        input_map: InputMap,
        target: Target,
    ) -> None:
        import onnxruntime

        content = onnx_bytes(graph, weights, samples)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4  # what goes wrong is raised
        try:
            session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its errors have no common base
            msg = f"the network does not fit its weights: {str(error).splitlines()[0][:200]}"
            raise PluginError(msg, "The model was damaged or changed; fetch or train it again.") from error
        self._session, self._map, self._target = session, input_map, target

    def __call__(self, field: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return denoised days, both float32 (row, sample) in mV/km, without gaps."""
        level = self._map.level(field)
        (returned,) = self._session.run([RETURNED], {GIVEN: self._map.given(field, level)})
        return np.asarray(self._map.trace(returned, level, self._target), dtype=np.float32)
