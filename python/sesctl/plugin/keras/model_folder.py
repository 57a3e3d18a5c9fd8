"""A model as a folder: what it is in `model.json`, its weights beside it.

No file holds code: tensors are read with safetensors, everything else is JSON.
"""

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from sesctl.errors import OutputError, PluginError
from sesctl.plugin.keras.graph import Graph
from sesctl.plugin.keras.model_reading import FORMAT, LARGEST_BYTES, read_model
from sesctl.plugin.keras.onnx_file import Shape, onnx_bytes
from sesctl.plugin.keras.variables import values_of

if TYPE_CHECKING:
    import keras

_WEIGHTS = re.compile(r"weights(-\d{5}-of-\d{5})?\.safetensors")
Weights = Mapping[str, npt.NDArray[np.float32]]


def write_model(
    folder: Path,
    about: Mapping[str, Any],
    network: "keras.Model",
    *,
    dtype: Literal["float32", "float16"] = "float32",
    file_bytes: int = LARGEST_BYTES,
) -> None:
    """Write a model folder; other files in it stay, and the model that it holds until the new one is written.

    Parameters
    ----------
    folder : Path
        Where; made if it is not there.
    about : mapping
        What `model.json` says of the model: detector, architecture, input map, training.
    network : keras.Model
        The network, all its layers named.
    dtype : {"float32", "float16"}
        Of the weights as written; float16 for shipping.
    file_bytes : int
        Most bytes of tensors a file of weights; a single tensor is never split.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    PluginError
        If two weights have one path, or one is no number.
    """
    from safetensors.numpy import save

    weights = _weights(network, dtype)
    parts = _parts(weights, file_bytes)
    names = [
        "weights.safetensors" if len(parts) == 1 else f"weights-{k + 1:05d}-of-{len(parts):05d}.safetensors"
        for k in range(len(parts))
    ]
    contents = [save({name: weights[name] for name in part}) for part in parts]
    described = {
        "format": FORMAT,
        **about,
        "weights": [
            {
                "file": name,
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "tensors": {
                    path: {"shape": list(weights[path].shape), "dtype": str(weights[path].dtype)}
                    for path in part
                },
            }
            for name, content, part in zip(names, contents, parts, strict=True)
        ],
    }
    text = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        no_more = _weights_before(folder) - set(names)
        files = {folder / name: content for name, content in zip(names, contents, strict=True)}
        _replace({**files, folder / "model.json": text.encode()})
        for name in no_more:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        msg = f"the model folder {folder} cannot be written ({error.strerror})"
        raise OutputError(msg, "Name a folder that is writable, or can be made.") from error


def write_onnx(path: Path, graph: Graph, network: "keras.Model", given: Shape, returned: Shape) -> None:
    """Write a network as one ONNX file, weights in float32 included.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    content = onnx_bytes(graph, _weights(network, "float32"), given, returned)
    try:
        _replace({path: content})
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror})"
        raise OutputError(msg, "Name a folder that is writable.") from error


def _weights(network: "keras.Model", dtype: str) -> dict[str, npt.NDArray[np.float32]]:
    weights: dict[str, npt.NDArray[np.float32]] = {}
    for weight, exact in zip(network.weights, values_of(network.weights), strict=True):
        if weight.path in weights:
            msg = f"two weights have the path {weight.path}"
            raise PluginError(msg, "Give every layer its own name.")
        with np.errstate(over="ignore"):  # what float16 cannot hold is refused below
            value = exact.astype(dtype)
        if not np.isfinite(value).all():
            msg = f"the weight {weight.path} holds a value that is no finite {dtype}"
            raise PluginError(msg, "Train again with a smaller rate, or clip the gradient.")
        weights[weight.path] = value
    return weights


def _parts(weights: Weights, file_bytes: int) -> Sequence[list[str]]:
    parts: list[list[str]] = [[]]
    room = file_bytes
    for path, value in weights.items():
        if parts[-1] and value.nbytes > room:
            parts.append([])
            room = file_bytes
        parts[-1].append(path)
        room -= value.nbytes
    return parts


def _weights_before(folder: Path) -> set[str]:
    """Return the files of weights of the model that a folder holds; of what is none, nothing is known."""
    try:
        listed = read_model(folder).get("weights")
    except PluginError:
        return set()
    entries = listed if isinstance(listed, list) else []
    names = [str(entry.get("file")) for entry in entries if isinstance(entry, dict)]
    return {name for name in names if _WEIGHTS.fullmatch(name) and (folder / name).is_file()}


def _replace(files: Mapping[Path, bytes]) -> None:
    """Write files, in this order; what was there stays until all of them are whole."""
    parts: dict[Path, Path] = {}
    try:
        for path, content in files.items():
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".sesctl-", delete=False) as file:
                parts[path] = Path(file.name)
                file.write(content)
            shutil.copymode(path, parts[path]) if path.exists() else parts[path].chmod(0o644)
        for path, part in parts.items():
            part.replace(path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
