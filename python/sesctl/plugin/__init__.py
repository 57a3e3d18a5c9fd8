"""The public interface for detectors: everything a plugin needs, and nothing else.

A plugin is a module with a function `sesctl_detectors` marked by `hookimpl`; see
`sesctl.plugin.hookspecs` for a whole one.
"""

from sesctl.errors import ParameterError, PluginError, SesctlError, ShapeError
from sesctl.plugin.detector import Detector, TrainableDetector
from sesctl.plugin.hookspecs import hookimpl
from sesctl.plugin.info import DetectorInfo
from sesctl.plugin.progress import Progress
from sesctl.plugin.propose import EdgeSearch, propose_opposite_edges, propose_runs, propose_windows
from sesctl.types import Candidate, Days, Dipole, Quality, Scores, Station

__all__ = [
    "Candidate",
    "Days",
    "Detector",
    "DetectorInfo",
    "Dipole",
    "EdgeSearch",
    "ParameterError",
    "PluginError",
    "Progress",
    "Quality",
    "Scores",
    "SesctlError",
    "ShapeError",
    "Station",
    "TrainableDetector",
    "hookimpl",
    "propose_opposite_edges",
    "propose_runs",
    "propose_windows",
]
