"""A model folder: which detector's, by which hash it is known, and whether its files are as described."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sesctl.errors import PluginError
from sesctl.models.description import read_description
from sesctl.plugin import DetectorInfo
from sesctl.plugin.plain_file import AGAIN

TOLD = ("card", "data", "training", "history", "best_epoch", "versions", "made_from", "engines")
"""What a description tells without changing what the model computes: no part of its hash."""
MAX_FILE_BYTES = 1 << 30
MAX_NAME_BYTES = 255
"""Of a file or folder, in UTF-8: no usual file system has longer ones."""
_HASH = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[^\\\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, kw_only=True)
class ModelFolder:
    """What a detector learnt, as a folder.

    Parameters
    ----------
    folder : Path
        Where it is.
    detector : str
        Name of the detector.
    hash : str
        SHA-256 of all that decides what the model computes: its architecture, its maps, the digests of its
        files. It is the model's identity in calibrations and catalogues; card and history are left out.
    about : mapping
        What its `model.json` says.
    shipped : bool
        Whether it came with the detector.
    """

    folder: Path
    detector: str
    hash: str
    about: Mapping[str, Any]
    shipped: bool = False

    @property
    def calibration(self) -> Path | None:
        """The calibration in the folder, if there is one."""
        path = self.folder / "calibration.json"
        return path if path.is_file() else None

    @property
    def bytes(self) -> int:
        """Size of its files as described, in bytes."""
        return sum(entry["bytes"] for entry in _entries(self.folder, self.about))


def open_model(folder: Path, *, shipped: bool = False) -> ModelFolder:
    """Open a model folder; its files are not read yet.

    Parameters
    ----------
    folder : Path
        The folder.
    shipped : bool
        Whether it came with its detector.

    Raises
    ------
    PluginError
        If it is none.
    """
    about = read_description(folder)
    _entries(folder, about)
    deciding = {key: value for key, value in about.items() if key not in TOLD}
    plain = json.dumps(deciding, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return ModelFolder(
        folder=folder,
        detector=about["detector"],
        hash=hashlib.sha256(plain.encode()).hexdigest(),
        about=about,
        shipped=shipped,
    )


def shipped_model(info: DetectorInfo) -> ModelFolder | None:
    """Open the model that came with a detector; None where none did.

    Raises
    ------
    PluginError
        If what should have come is not there, or is a model of another detector.
    """
    if info.model is None:
        return None
    if not info.model.is_dir():
        msg = f"the model that should come with detector {info.name} is not in {info.model}"
        raise PluginError(msg, "Install the detector again, or name a model with --model.")
    model = open_model(info.model, shipped=True)
    if model.detector != info.name:
        msg = f"detector {info.name} comes with a model of {model.detector}, in {info.model}"
        raise PluginError(msg, "That is a fault of the plugin; name a model with --model.")
    return model


def check_files(model: ModelFolder) -> None:
    """Read every file that a model's description lists.

    Raises
    ------
    PluginError
        Naming the first that is missing, a link, of another size or hash, or cannot be read.
    """
    for entry in _entries(model.folder, model.about):
        path = model.folder / entry["file"]
        try:
            _check_place(model.folder, path)
            _check_file(path, entry)
        except OSError as error:
            msg = f"{path} cannot be read ({error.strerror})"
            raise PluginError(msg, AGAIN) from error


def _check_place(folder: Path, path: Path) -> None:
    """Refuse a file that is a link, or lies behind one inside the model folder."""
    behind = [each for each in path.parents if each.is_relative_to(folder) and each != folder]
    for each in (path, *behind):
        if each.is_symlink():
            msg = f"{each} is a link, but belongs to the model"
            raise PluginError(msg, AGAIN)


def _check_file(path: Path, entry: Mapping[str, Any]) -> None:
    if not path.is_file():
        msg = f"{path} is not there, but belongs to the model"
        raise PluginError(msg, AGAIN)
    size = path.stat().st_size
    if size != entry["bytes"]:
        msg = f"{path} has {size} bytes, not {entry['bytes']}"
        raise PluginError(msg, AGAIN)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != entry["sha256"]:
        msg = f"{path} has SHA-256 {digest[:12]}…, not {entry['sha256'][:12]}…"
        raise PluginError(msg, AGAIN)


def _entries(folder: Path, about: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the files that a description lists, each with its size and hash, names checked."""
    found = []
    for kind in ("weights", "files"):
        listed = about.get(kind, [])
        for entry in listed if isinstance(listed, list) else [listed]:
            if not _is_entry(entry):
                msg = f"{folder / 'model.json'} lists its {kind} in an unknown way"
                raise PluginError(msg, AGAIN)
            found.append(entry)
    places = Counter(PurePosixPath(entry["file"]) for entry in found)
    if twice := [str(place) for place, times in places.items() if times > 1]:
        msg = f"{folder / 'model.json'} lists {twice[0]} more than once"
        raise PluginError(msg, AGAIN)
    if not found:
        msg = f"{folder / 'model.json'} lists no file: nothing was learnt"
        raise PluginError(msg, AGAIN)
    return found


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, dict):
        return False
    name, size, digest = (entry.get(key) for key in ("file", "bytes", "sha256"))
    if not isinstance(name, str) or not isinstance(digest, str) or not _HASH.fullmatch(digest):
        return False
    place = PurePosixPath(name)
    fits = all(len(part.encode()) <= MAX_NAME_BYTES for part in place.parts)
    inside = not place.is_absolute() and ".." not in place.parts
    return (
        bool(_NAME.fullmatch(name)) and fits and inside and type(size) is int and 0 <= size <= MAX_FILE_BYTES
    )
