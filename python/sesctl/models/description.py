"""`model.json`: what a model folder says of itself, read as if a stranger had written it."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sesctl.errors import OutputError, PluginError
from sesctl.models.reading import parse_json
from sesctl.plugin.plain_file import read_plain

NAME = "model.json"
FORMAT = 1
MAX_BYTES = 1 << 24
BESIDE = (NAME, "calibration.json", "curves.json", "curves.png", "origins.json", "roc.png")
"""Files of a model folder that sesctl writes, and that are no part of what was learnt."""


def read_description(folder: Path) -> dict[str, Any]:
    """Return what a folder's `model.json` says.

    Parameters
    ----------
    folder : Path
        The model folder.

    Returns
    -------
    dict
        Its one JSON object.

    Raises
    ------
    PluginError
        If there is none, or it is a link, no plain file, too large, no JSON object, of another format or
        without a detector.
    """
    path = folder / NAME
    try:
        data = read_plain(path, MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError) as error:
        msg = f"{folder} is no model folder: it has no {NAME}"
        raise PluginError(msg, "Name a folder that `sesctl train` wrote.") from error
    content = parse(data, path)
    if content.get("format") != FORMAT or not isinstance(content.get("detector"), str):
        stated = f"format {content.get('format')!r} and detector {content.get('detector')!r}"
        msg = f"{path} has {stated}, not format {FORMAT} and a name"
        raise PluginError(msg, "It was changed, or written by another version of sesctl.")
    return content


def parse(data: bytes, path: Path) -> dict[str, Any]:
    """Return the JSON object in a file's content, as `parse_json` reads it.

    Raises
    ------
    PluginError
        If it is anything else.
    """
    try:
        content = parse_json(data)
    except ValueError as error:
        msg = f"{path} is no description of a model ({error})"
        raise PluginError(msg, "It was changed, or is damaged.") from error
    if not isinstance(content, dict):
        msg = f"{path} is a JSON {type(content).__name__}, not an object"
        raise PluginError(msg, "It is no description of a model.")
    return content


def describe(folder: Path, detector: str, told: Mapping[str, Any]) -> None:
    """Complete the description of a folder that a detector has just written.

    A detector may have written a `model.json` of its own, as Keras detectors do: what it says stays. Where
    it lists no weights, every file of the folder is listed with its size and SHA-256.

    Parameters
    ----------
    folder : Path
        The model folder.
    detector : str
        Name of the detector.
    told : mapping
        What is to be said besides, as JSON knows it: ``card``, ``data``, ``made_from``.

    Raises
    ------
    PluginError
        If the detector wrote something else there.
    OutputError
        If it cannot be written.
    """
    path = folder / NAME
    content = parse(path.read_bytes(), path) if path.exists() else {}
    content = {"format": FORMAT, "detector": detector, **content}
    if "weights" not in content:
        files = sorted(each for each in folder.rglob("*") if each.is_file())
        content["files"] = [
            {
                "file": each.relative_to(folder).as_posix(),
                "bytes": each.stat().st_size,
                "sha256": hashlib.sha256(each.read_bytes()).hexdigest(),
            }
            for each in files
            if each.relative_to(folder).as_posix() not in BESIDE
        ]
    write_description(folder, {**content, **told})


def write_description(folder: Path, content: Mapping[str, Any]) -> None:
    """Write `model.json`; the old one stays until the new one is whole.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    path = folder / NAME
    part = path.with_name(f".{NAME}.{os.getpid()}.part")
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    try:
        try:
            part.write_text(text, encoding="utf-8")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror})"
        raise OutputError(msg) from error
