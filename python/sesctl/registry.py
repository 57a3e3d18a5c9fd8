"""Which detectors are installed, and why some are not usable.

Plugins are found by their entry points' names without importing any; using one detector imports one
plugin. What fails is kept aside with its reason and never stops another command.
"""

import difflib
import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from numbers import Real
from pathlib import Path

import pluggy

from sesctl.errors import PluginError
from sesctl.plugin import hookspecs
from sesctl.plugin.detector import Detector
from sesctl.plugin.guard import guarded
from sesctl.plugin.hookspecs import ENTRY_POINT_GROUP
from sesctl.plugin.info import DetectorInfo


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One line of `sesctl plugins`: a usable detector, or why it is not.

    Parameters
    ----------
    name : str
        The name the entry point announces.
    source : str
        The distribution that brings it, with its version.
    info : DetectorInfo or None
        The record, None where the plugin is broken.
    reason : str
        Why it is not usable, empty where it is.
    """

    name: str
    source: str
    info: DetectorInfo | None = None
    reason: str = ""


@cache
def announced() -> dict[str, tuple[EntryPoint, ...]]:
    """Return the entry points of installed detectors by name, in order, without importing a plugin."""
    found: dict[str, list[EntryPoint]] = defaultdict(list)
    for point in entry_points(group=ENTRY_POINT_GROUP):
        found[point.name].append(point)
    return {name: tuple(found[name]) for name in sorted(found)}


def find(name: str) -> DetectorInfo:
    """Return the record of the detector of this name, importing its plugin and no other.

    Raises
    ------
    PluginError
        If no plugin announces the name, several do, or the one that does is broken.
    """
    points = announced().get(name, ())
    if not points:
        near = difflib.get_close_matches(name, announced(), n=1)
        raise PluginError(
            f"there is no detector {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""),
            f"Installed: {', '.join(announced()) or 'none'}. See `sesctl plugins`.",
        )
    if len(points) > 1:
        msg = f"detector {name!r} is announced twice: by {' and by '.join(_source(p) for p in points)}"
        raise PluginError(
            msg,
            "Uninstall one of them.",
        )
    return _load(points[0])


def make(info: DetectorInfo) -> Detector:
    """Return a new detector.

    Raises
    ------
    PluginError
        If the plugin fails, or makes something that is no `Detector`.
    """
    with guarded(f"detector {info.name} cannot be made"):
        detector: object = info.make()
    if not isinstance(detector, Detector):
        msg = f"detector {info.name} makes a {type(detector).__name__}, not a Detector"
        raise PluginError(msg)
    threshold: object = getattr(detector, "threshold", None)  # a stranger may have set anything, or nothing
    if not (isinstance(threshold, Real) and 0 < float(threshold) < math.inf):
        msg = f"detector {info.name} has the threshold {threshold!r}, which is no positive finite number"
        raise PluginError(msg, "Set `threshold` in its class.")
    file: object = detector.calibration_file
    if not isinstance(file, Path | None):
        msg = f"detector {info.name} has the calibration_file {file!r}, which is no Path"
        raise PluginError(msg, "Set `calibration_file` to a pathlib.Path, or leave it out.")
    return detector


def listings() -> tuple[Listing, ...]:
    """Return every announced detector, broken ones with their reason. Imports all plugins."""
    found = []
    for name, points in announced().items():
        for point in points:
            try:
                found.append(Listing(name=name, source=_source(point), info=find(name)))
            except PluginError as error:
                found.append(Listing(name=name, source=_source(point), reason=error.message))
    return tuple(found)


@cache
def _load(point: EntryPoint) -> DetectorInfo:
    manager = pluggy.PluginManager("sesctl")
    manager.add_hookspecs(hookspecs)
    where = f"plugin {point.name!r} of {_source(point)}"
    with guarded(f"{where} cannot be loaded"):
        manager.register(point.load(), name=point.name)
        answers = manager.hook.sesctl_detectors()
    if len(answers) != 1 or not isinstance(answers[0], DetectorInfo):
        msg = f"{where} provides no single DetectorInfo"
        raise PluginError(msg, "See `sesctl.plugin.hookspecs`.")
    info: DetectorInfo = answers[0]
    if info.name != point.name:
        msg = f"{where} provides a detector named {info.name!r}, not {point.name!r}"
        raise PluginError(msg)
    return info


def _source(point: EntryPoint) -> str:
    dist = point.dist
    return f"{dist.name} {dist.version}" if dist else point.value
