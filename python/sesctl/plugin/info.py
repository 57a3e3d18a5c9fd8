"""What sesctl knows of a detector without importing what it computes with."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from sesctl.errors import PluginError

if TYPE_CHECKING:
    from sesctl.plugin.detector import Detector

Input = Literal["trace", "image"]
Dipoles = Literal["each", "all"]
Cleaning = Literal["none", "despike", "full"]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, kw_only=True)
class DetectorInfo:
    """A detector's light record.

    Parameters
    ----------
    name : str
        The name users type, equal to that of the entry point: lower case, digits, underscores.
    summary : str
        One line on what it looks for.
    make : callable
        Returns a new `Detector`; heavy imports belong inside it.
    input : {"trace", "image"}
        Whether it scores samples in time or pictures of spectra.
    dipoles : {"each", "all"}
        Whether it judges each dipole by itself (its candidates are then merged into station events by
        overlap) or all dipoles of a station together.
    interval : float
        Sampling interval in s that it wants; finer records are decimated.
    day_s : float
        Length in s of a day segment; 86 400 for all detectors of a station-day.
    context : float
        Time in s before and after the day that it wants to see; at least the longest event it finds.
    cleaning : {"none", "despike", "full"}
        What is done to the record first: nothing; outliers replaced and short gaps filled; or these and
        Savitzky-Golay and moving-average smoothing.
    trainable : bool
        Whether it has `fit`, `save` and `load`.
    model : Path or None
        Folder of the model that comes with it, which is used where the user names none; it lies beside the
        plugin's module and was written by `sesctl train` or `sesctl models export`.
    """

    name: str
    summary: str
    make: "Callable[[], Detector]"
    input: Input = "trace"
    dipoles: Dipoles = "each"
    interval: float = 10.0
    day_s: float = 86_400.0
    context: float = 10_800.0
    cleaning: Cleaning = "none"
    trainable: bool = False
    model: Path | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            msg = f"detector name {self.name!r} is not lower-case letters, digits and underscores"
            raise PluginError(msg)
        if not self.summary or "\n" in self.summary:
            msg = f"detector {self.name}: its summary is not one line"
            raise PluginError(msg)
        for what, value, choices in (
            ("input", self.input, Input),
            ("dipoles", self.dipoles, Dipoles),
            ("cleaning", self.cleaning, Cleaning),
        ):
            if value not in get_args(choices):
                msg = f"detector {self.name}: its {what} is {value!r}, not of {', '.join(get_args(choices))}"
                raise PluginError(msg)
        make: object = self.make  # a stranger may pass anything
        if not callable(make):
            msg = f"detector {self.name}: its make is not callable"
            raise PluginError(msg)
        if self.day_s != 86_400.0:
            msg = f"detector {self.name}: a day of {self.day_s} s is not supported, only 86400"
            raise PluginError(msg)
        model: object = self.model
        if not isinstance(model, Path | None) or (model is not None and not self.trainable):
            why = "no Path" if self.trainable else "nothing it could have learnt"
            msg = f"detector {self.name}: its model is {model!r}, which is {why}"
            raise PluginError(msg)
        for what, length in (("interval", self.interval), ("context", self.context)):
            if not (math.isfinite(length) and 0 <= length <= 86_400 and (length > 0 or what == "context")):
                msg = f"detector {self.name}: its {what} of {length} s is not within a day"
                raise PluginError(msg)
