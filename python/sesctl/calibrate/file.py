"""Calibrations as JSON, checked on reading as strictly as if a stranger had written them."""

import hashlib
import json
import math
import os
from pathlib import Path
from typing import Any

from sesctl.calibrate.calibration import Calibration
from sesctl.errors import OutputError, ParameterError, ReadError

FORMAT = 1
MAX_BYTES = 1 << 20
_TYPES: dict[str, tuple[type, ...]] = {
    "format": (int,),
    "scores": (list,),
    "n_candidates": (int,),
    "station_days": (int,),
    "live_hours": (int, float),
    "data_hash": (str,),
    "cleaning": (dict,),
    "detector": (str,),
    "model": (str,),
    "version": (str,),
    "sha256": (str,),
}


def to_json(calibration: Calibration) -> bytes:
    """Return a calibration as one JSON object in UTF-8, with the SHA-256 of all the rest of it."""
    content = {
        "format": FORMAT,
        "scores": calibration.scores.tolist(),
        "n_candidates": calibration.n_candidates,
        "station_days": calibration.station_days,
        "live_hours": calibration.live_hours,
        "data_hash": calibration.data_hash,
        "cleaning": dict(calibration.cleaning),
        "detector": calibration.detector,
        "model": calibration.model,
        "version": calibration.version,
    }
    return json.dumps({**content, "sha256": _digest(content)}, ensure_ascii=False).encode() + b"\n"


def from_json(data: bytes, source: str) -> Calibration:
    """Return the calibration that `to_json` wrote.

    Parameters
    ----------
    data : bytes
        JSON in UTF-8, at most `MAX_BYTES` of it.
    source : str
        What it is, for the error.

    Raises
    ------
    ReadError
        If it is anything else, or was changed since.
    """
    if len(data) > MAX_BYTES:
        msg = f"{source} has {len(data)} bytes, more than the {MAX_BYTES} of a calibration"
        raise ReadError(msg)
    try:
        content = json.loads(data.decode(), parse_constant=_no_number)
        _check_types(content)
        stated = content.pop("sha256")
        if stated != _digest(content):
            msg = f"its SHA-256 is {_digest(content)[:12]}…, it says {stated[:12]}…"
            raise ParameterError(msg)
        content.pop("format")
        return Calibration(**content)
    except (ValueError, RecursionError, OverflowError) as error:  # a ParameterError is a ValueError
        msg = f"{source} is no calibration ({error})"
        raise ReadError(msg, "Make it anew with `sesctl calibrate`.") from error


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration; the file appears whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written; the old file stays.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            file.write(to_json(calibration))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror})"
        raise OutputError(msg) from error
    finally:
        part.unlink(missing_ok=True)


def load_calibration(path: Path) -> Calibration:
    """Read a calibration that `save_calibration` wrote.

    Raises
    ------
    ReadError
        If the file is missing, too large, changed, or no calibration.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror})"
        raise ReadError(msg, "Make it with `sesctl calibrate`.") from error
    return from_json(data, str(path))


def _digest(content: dict[str, Any]) -> str:
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _check_types(content: object) -> None:
    if not isinstance(content, dict) or content.keys() != _TYPES.keys():
        msg = f"it is no object of {', '.join(_TYPES)}"
        raise ParameterError(msg)
    for name, kinds in _TYPES.items():
        # In Python a bool is an int; in JSON it is not.
        if not isinstance(content[name], kinds) or isinstance(content[name], bool):
            msg = f"its {name} is a {type(content[name]).__name__}"
            raise ParameterError(msg)
    if content["format"] != FORMAT:
        msg = f"it has format {content['format']}, this version reads {FORMAT}"
        raise ParameterError(msg)
    if not all(isinstance(score, float) and math.isfinite(score) for score in content["scores"]):
        msg = "a score in it is no finite number with a fraction"
        raise ParameterError(msg)
    values = content["cleaning"].values()
    if not all(value is None or isinstance(value, (str, int, float)) for value in values):
        msg = "a parameter of its cleaning is neither a text nor a number"
        raise ParameterError(msg)


def _no_number(text: str) -> float:
    msg = f"it holds {text}"
    raise ParameterError(msg)
