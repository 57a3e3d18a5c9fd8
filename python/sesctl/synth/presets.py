"""Stations to start from, and one's own."""

import tomllib
from importlib import resources
from pathlib import Path

from sesctl.errors import ParameterError, ReadError
from sesctl.synth.aeta import AetaParameters, draw_aeta
from sesctl.synth.parameters import StationParameters
from sesctl.synth.random_station import random_station

PRESETS = ("hkb", "mts", "ota", "aeta", "random")


def parse_parameters(text: str, source: str) -> StationParameters:
    """Return the station that a TOML text describes.

    Parameters
    ----------
    text : str
        TOML with the fields of `StationParameters`; tables left out have their defaults.
    source : str
        Where it comes from, for errors.

    Returns
    -------
    StationParameters
        The station.

    Raises
    ------
    ReadError
        If the text is no TOML.
    ParameterError
        If a key is unknown or missing, or a value wrong.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = f"{source} is no TOML file: {error}"
        raise ReadError(msg) from error
    try:
        return TypeAdapter(StationParameters).validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the station"
        others = f" ({error.error_count() - 1} more errors)" if error.error_count() > 1 else ""
        msg = f"{source}: {place}: {first['msg']}{others}"
        raise ParameterError(
            msg, "The shipped stations hkb, mts and ota are examples of such files."
        ) from error


def read_parameters(path: Path) -> StationParameters:
    """Return the station that a TOML file describes (see `parse_parameters`).

    Raises
    ------
    ReadError
        If the file cannot be read or is no TOML.
    ParameterError
        If a key is unknown or missing, or a value wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read: {error}"
        raise ReadError(msg, "Give a TOML file that describes a station to simulate.") from error
    return parse_parameters(text, str(path))


def preset(name: str, seed: int = 0) -> StationParameters | AetaParameters:
    """Return a station by its name.

    Parameters
    ----------
    name : str
        ``hkb``: long dipoles cross a single-track mountain line; ``mts``: 2–4 km beside busy lines in a
        basin; ``ota``: resistive mountains 8 km and more from a line; ``aeta``: an instrument that records
        the level of disturbance once a minute; ``random``: any array beside any lines.
    seed : int
        Chooses the station of ``aeta`` and ``random``; the others do not depend on it.

    Returns
    -------
    StationParameters or AetaParameters
        The station.

    Raises
    ------
    ParameterError
        If there is no station of this name.
    """
    if name == "random":
        return random_station(seed)
    if name == "aeta":
        return draw_aeta(seed)
    if name not in PRESETS:
        msg = f"there is no preset {name!r}"
        raise ParameterError(msg, f"Presets are {', '.join(PRESETS)}.")
    text = resources.files("sesctl.synth").joinpath("stations", f"{name}.toml").read_text(encoding="utf-8")
    return parse_parameters(text, f"preset {name}")
