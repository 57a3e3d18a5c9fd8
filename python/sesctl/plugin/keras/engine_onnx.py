"""Run a network with ONNX Runtime, on the processor; Keras is not needed."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sesctl.errors import PluginError
from sesctl.plugin.keras import backend
from sesctl.plugin.keras.graph import GIVEN, RETURNED, Graph
from sesctl.plugin.keras.input_map import InputMap, Target
from sesctl.plugin.keras.onnx_file import Shape, onnx_bytes

DEVICES = Path("/dev")
Rows = npt.NDArray[np.float32]


def prefers_onnx(device: str | None) -> bool:
    """Whether ONNX Runtime is to run networks: it is the quickest on a processor.

    It does where it is installed, unless the user chose a backend with ``KERAS_BACKEND``, or a device that
    is no processor, or chose none and the machine has an NVIDIA device, which Keras may know how to use.
    """
    on_processor = device.lower().split(":")[0] == "cpu" if device else not any(DEVICES.glob("nvidia[0-9]*"))
    return on_processor and backend.CHOICE is None and find_spec("onnxruntime") is not None


def onnx_session(
    graph: Graph, weights: Mapping[str, Rows], given: Shape, returned: Shape
) -> Callable[[Rows], Rows]:
    """Return what computes a network with ONNX Runtime, float32 arrays in and out.

    Parameters
    ----------
    graph, weights, given, returned
        As for `sesctl.plugin.keras.onnx_file.onnx_bytes`.

    Raises
    ------
    PluginError
        If graph and weights do not fit together.
    """
    import onnxruntime

    content = onnx_bytes(graph, weights, given, returned)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what goes wrong is raised
    # Threads that wait for each other busily gain little alone, and lose much beside other work.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # A plan of the memory that one length needs costs time with all others.
    options.enable_mem_pattern = None not in given
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no common base
        msg = f"the network does not fit its weights: {str(error).splitlines()[0][:200]}"
        raise PluginError(msg, "The model was damaged or changed; fetch or train it again.") from error

    def run(rows: Rows) -> Rows:
        (made,) = session.run([RETURNED], {GIVEN: rows})
        return np.asarray(made)

    return run


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
        weights: Mapping[str, Rows],
        samples: int,
        input_map: InputMap,
        target: Target,
    ) -> None:
        self._run = onnx_session(graph, weights, (samples,), (samples,))
        self._map, self._target = input_map, target

    def __call__(self, field: Rows) -> Rows:
        """Return denoised days, both float32 (row, sample) in mV/km, without gaps."""
        level = self._map.level(field)
        returned = self._run(self._map.given(field, level))
        return np.asarray(self._map.trace(returned, level, self._target), dtype=np.float32)
