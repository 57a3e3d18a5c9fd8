"""A model as a folder: what it is in `model.json`, its weights beside it, checked whole on reading.

No file holds code: tensors are read with safetensors, everything else is JSON.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np
import numpy.typing as npt

from sesctl.errors import OutputError, PluginError

FORMAT = 1
LARGEST_BYTES = 1 << 30
_LARGEST_DESCRIPTION = 1 << 24
Weights = Mapping[str, npt.NDArray[np.floating]]


def write_model(
    folder: Path,
    about: Mapping[str, Any],
    network: keras.Model,
    *,
    dtype: Literal["float32", "float16"] = "float32",
    file_bytes: int = LARGEST_BYTES,
) -> None:
    """Write a model folder; other files in it stay.

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
        for old in folder.glob("weights*.safetensors"):
            old.unlink()
        for name, content in zip(names, contents, strict=True):
            _replace(folder / name, content)
        _replace(folder / "model.json", text.encode())
    except OSError as error:
        msg = f"the model folder {folder} cannot be written ({error.strerror})"
        raise OutputError(msg, "Name a folder that is writable, or can be made.") from error


def read_model(folder: Path) -> dict[str, Any]:
    """Read what `model.json` says.

    Parameters
    ----------
    folder : Path
        The model folder.

    Raises
    ------
    PluginError
        If there is none, or it is none of this format.
    """
    path = folder / "model.json"
    try:
        if path.stat().st_size > _LARGEST_DESCRIPTION:
            msg = f"{path} is larger than {_LARGEST_DESCRIPTION} bytes"
            raise PluginError(msg, "It is no description of a model.")
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        msg = f"{folder} is no model folder: it has no model.json"
        raise PluginError(msg, "Name a folder that `sesctl train` wrote.") from error
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read: {error}"
        raise PluginError(msg, "Name a folder that `sesctl train` wrote.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        found = content.get("format") if isinstance(content, dict) else type(content).__name__
        msg = f"{path} has format {found!r}, not {FORMAT}"
        raise PluginError(msg, "It was written by another version of sesctl.")
    return content


def read_weights(folder: Path, about: Mapping[str, Any], network: keras.Model) -> None:
    """Put a folder's weights into a network, after checking every one of them.

    Parameters
    ----------
    folder : Path
        The model folder.
    about : mapping
        What `read_model` returned of it.
    network : keras.Model
        The network, built.

    Raises
    ------
    PluginError
        Naming the file or the weight that is missing, added, of another shape, type, size or hash, or
        that holds a value that is no number. The network is unchanged then.
    """
    files = about.get("weights")
    if not isinstance(files, list) or not files:
        msg = f"{folder / 'model.json'} names no file of weights"
        raise PluginError(msg, _AGAIN)
    found: dict[str, npt.NDArray[np.floating]] = {}
    for entry in files:
        for path, value in _read_file(folder, entry).items():
            if path in found:
                msg = f"{folder}: the weight {path} is there twice"
                raise PluginError(msg, _AGAIN)
            found[path] = value
    wanted = {weight.path: weight for weight in network.weights}
    for path in sorted(wanted.keys() ^ found.keys()):
        state = "is missing" if path in wanted else "belongs to no layer of the network"
        msg = f"{folder}: the weight {path} {state}"
        raise PluginError(msg, _AGAIN)
    for path, weight in wanted.items():
        if found[path].shape != tuple(weight.shape):
            msg = f"{folder}: the weight {path} has shape {found[path].shape}, not {tuple(weight.shape)}"
            raise PluginError(msg, _AGAIN)
    for path, weight in wanted.items():
        weight.assign(found[path].astype(np.float32))


_AGAIN = "The folder is damaged or was changed; fetch or train it again."


def _read_file(folder: Path, entry: Any) -> dict[str, npt.NDArray[np.floating]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        name, size, digest = str(entry["file"]), int(entry["bytes"]), str(entry["sha256"])
        tensors = {str(k): (tuple(v["shape"]), str(v["dtype"])) for k, v in entry["tensors"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        msg = f"{folder / 'model.json'} describes its weights in an unknown way ({error!r})"
        raise PluginError(msg, _AGAIN) from error
    path = folder / name
    if Path(name).name != name or not name.endswith(".safetensors"):
        msg = f"{folder / 'model.json'} names weights {name!r}, which is no file of the folder"
        raise PluginError(msg, _AGAIN)
    try:
        actual = path.stat().st_size
        if actual != size or actual > LARGEST_BYTES:
            msg = f"{path} has {actual} bytes, not {min(size, LARGEST_BYTES)}"
            raise PluginError(msg, _AGAIN)
        content = path.read_bytes()
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror})"
        raise PluginError(msg, _AGAIN) from error
    if hashlib.sha256(content).hexdigest() != digest:
        msg = f"{path} has SHA-256 {hashlib.sha256(content).hexdigest()[:12]}…, not {digest[:12]}…"
        raise PluginError(msg, _AGAIN)
    try:
        values = load(content)
    except (SafetensorError, ValueError, KeyError) as error:
        msg = f"{path} is no file of tensors: {error}"
        raise PluginError(msg, _AGAIN) from error
    for tensor in sorted(values.keys() ^ tensors.keys()):
        msg = f"{path}: the weight {tensor} is {'not described' if tensor in values else 'missing'}"
        raise PluginError(msg, _AGAIN)
    for tensor, value in values.items():
        kind = (value.shape, str(value.dtype))
        if kind != tensors[tensor] or str(value.dtype) not in {"float32", "float16"}:
            msg = f"{path}: the weight {tensor} is {kind[1]} {kind[0]}, not {tensors[tensor]}"
            raise PluginError(msg, _AGAIN)
        if not np.isfinite(value).all():
            msg = f"{path}: the weight {tensor} holds a value that is no finite number"
            raise PluginError(msg, _AGAIN)
    return values


def _weights(network: keras.Model, dtype: str) -> dict[str, npt.NDArray[np.floating]]:
    weights: dict[str, npt.NDArray[np.floating]] = {}
    for weight in network.weights:
        if weight.path in weights:
            msg = f"two weights have the path {weight.path}"
            raise PluginError(msg, "Give every layer its own name.")
        value = np.asarray(keras.ops.convert_to_numpy(weight)).astype(dtype)
        if not np.isfinite(value).all():
            msg = f"the weight {weight.path} holds a value that is no finite {dtype}"
            raise PluginError(msg, "Train again with a smaller rate, or clip the gradient.")
        weights[weight.path] = np.ascontiguousarray(value)
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


def _replace(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".sesctl-", delete=False) as file:
        file.write(content)
    shutil.copymode(path, file.name) if path.exists() else Path(file.name).chmod(0o644)
    os.replace(file.name, path)  # noqa: PTH105  # Path.replace says nothing more
