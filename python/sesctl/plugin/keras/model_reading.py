"""Model folders of unknown origin are read: sizes, names, shapes and values are checked before their use."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sesctl.errors import PluginError
from sesctl.plugin.keras.graph import check_weights
from sesctl.plugin.plain_file import AGAIN, read_plain

if TYPE_CHECKING:
    import keras

FORMAT = 1
LARGEST_BYTES = 1 << 30
LARGEST_DESCRIPTION = 1 << 24
LONGEST_NAME = 255  # bytes of a file's name: no usual file system has longer ones
_NAME_IT = "Name a folder that `sesctl train` wrote."


def read_model(folder: Path) -> dict[str, Any]:
    """Read what `model.json` says.

    Parameters
    ----------
    folder : Path
        The model folder.

    Raises
    ------
    PluginError
        If there is none, it is none of this format, or no JSON: names twice, NaN and infinities are none.
    """
    path = folder / "model.json"
    try:
        text = read_plain(path, LARGEST_DESCRIPTION)
    except (FileNotFoundError, NotADirectoryError) as error:
        msg = f"{folder} is no model folder: it has no model.json"
        raise PluginError(msg, _NAME_IT) from error
    try:
        content = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        msg = f"{path} cannot be read: {error}"
        raise PluginError(msg, _NAME_IT) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        found = content.get("format") if isinstance(content, dict) else type(content).__name__
        msg = f"{path} has format {repr(found)[:40]}, not {FORMAT}"
        raise PluginError(msg, "It was written by another version of sesctl.")
    return content


def read_tensors(folder: Path, about: Mapping[str, Any]) -> dict[str, npt.NDArray[np.float32]]:
    """Return a folder's weights by their paths, after checking every file and every value.

    Parameters
    ----------
    folder : Path
        The model folder.
    about : mapping
        What `read_model` returned of it.

    Raises
    ------
    PluginError
        Naming the file or the weight that is missing, added, of another shape, type, size or hash, or
        that holds a value that is no number.
    """
    files = about.get("weights")
    if not isinstance(files, list) or not files:
        msg = f"{folder / 'model.json'} names no file of weights"
        raise PluginError(msg, AGAIN)
    room = LARGEST_BYTES
    found: dict[str, npt.NDArray[np.float32]] = {}
    for entry in files:
        name, size, digest, tensors = _described(folder, entry)
        room -= size
        if room < 0:
            msg = f"{folder / 'model.json'} names weights of more than {LARGEST_BYTES} bytes"
            raise PluginError(msg, AGAIN)
        for path, value in _read_file(folder / name, size, digest, tensors).items():
            if path in found:
                msg = f"{folder}: the weight {path} is there twice"
                raise PluginError(msg, AGAIN)
            found[path] = value.astype(np.float32)
    return found


def assign(folder: Path, found: Mapping[str, npt.NDArray[np.float32]], network: "keras.Model") -> None:
    """Put weights into a network that has exactly these.

    Raises
    ------
    PluginError
        Naming the weight that is missing, added or of another shape. The network is unchanged then.
    """
    check_weights(folder, {weight.path: tuple(weight.shape) for weight in network.weights}, found)
    for weight in network.weights:
        weight.assign(found[weight.path])


def read_weights(folder: Path, about: Mapping[str, Any], network: "keras.Model") -> None:
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
        As `read_tensors` and `assign` do; the network is unchanged then.
    """
    assign(folder, read_tensors(folder, about), network)


Tensors = dict[str, tuple[tuple[int, ...], str]]


def _described(folder: Path, entry: Any) -> tuple[str, int, str, Tensors]:
    try:
        name, size, digest = entry["file"], entry["bytes"], entry["sha256"]
        tensors = {path: (tuple(v["shape"]), v["dtype"]) for path, v in entry["tensors"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        msg = f"{folder / 'model.json'} describes its weights in an unknown way ({error!r})"
        raise PluginError(msg, AGAIN) from error
    if not isinstance(name, str) or not _is_file_name(name):
        msg = f"{folder / 'model.json'} names weights {str(name)[:80]!r}, which is no file of the folder"
        raise PluginError(msg, AGAIN)
    if type(size) is not int or size < 0 or not isinstance(digest, str):
        msg = f"{folder / 'model.json'} describes {name} in an unknown way"
        raise PluginError(msg, AGAIN)
    return name, size, digest, tensors


def _is_file_name(name: str) -> bool:
    """Whether a name is one that `write_model` could have given to weights, and leads to no other folder."""
    fits = name.isprintable() and len(name.encode()) <= LONGEST_NAME
    return fits and Path(name).name == name and name.endswith(".safetensors")


def _read_file(path: Path, size: int, digest: str, tensors: Tensors) -> dict[str, npt.NDArray[Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        content = read_plain(path, LARGEST_BYTES)
    except (FileNotFoundError, NotADirectoryError) as error:
        msg = f"{path} cannot be read ({error.strerror})"
        raise PluginError(msg, AGAIN) from error
    if len(content) != size:
        msg = f"{path} has {len(content)} bytes, not {size}"
        raise PluginError(msg, AGAIN)
    actual = hashlib.sha256(content).hexdigest()
    if actual != digest:
        msg = f"{path} has SHA-256 {actual[:12]}…, not {digest[:12]}…"
        raise PluginError(msg, AGAIN)
    try:
        values = load(content)
    except (SafetensorError, ValueError, KeyError, TypeError, OverflowError) as error:
        msg = f"{path} is no file of tensors: {error}"
        raise PluginError(msg, AGAIN) from error
    for tensor in sorted(values.keys() ^ tensors.keys()):
        msg = f"{path}: the weight {tensor} is {'not described' if tensor in values else 'missing'}"
        raise PluginError(msg, AGAIN)
    for tensor, value in values.items():
        kind = (value.shape, str(value.dtype))
        if kind != tensors[tensor] or kind[1] not in {"float32", "float16"}:
            msg = f"{path}: the weight {tensor} is {kind[1]} {kind[0]}, not {tensors[tensor]}"
            raise PluginError(msg, AGAIN)
        if not np.isfinite(value).all():
            msg = f"{path}: the weight {tensor} holds a value that is no finite number"
            raise PluginError(msg, AGAIN)
    return values


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        msg = f"{repr(twice)[:80]} is there twice"
        raise ValueError(msg)
    return content


def _no_number(name: str) -> None:
    msg = f"{name} is no number"
    raise ValueError(msg)
