"""The public interface for plugins: everything a detector or a reader needs, and nothing else.

A plugin is a module with a function `sesctl_detectors` marked by `hookimpl`; see
`sesctl.plugin.hookspecs` for a whole one. A reader of a file format is a `ReaderInfo`; see
`sesctl.plugin.reader`.
"""

from sesctl.errors import ParameterError, PluginError, ReadError, SesctlError, ShapeError
from sesctl.plugin.detector import Detector, TrainableDetector
from sesctl.plugin.hookspecs import hookimpl
from sesctl.plugin.info import DetectorInfo
from sesctl.plugin.progress import Progress
from sesctl.plugin.propose import EdgeSearch, propose_opposite_edges, propose_runs, propose_windows
from sesctl.plugin.reader import Piece, ReaderInfo, Request
from sesctl.types import Annotation, Candidate, Channel, Days, Dipole, Quality, Scores, Station

__all__ = [
    "Annotation",
    "Candidate",
    "Channel",
    "Days",
    "Detector",
    "DetectorInfo",
    "Dipole",
    "EdgeSearch",
    "ParameterError",
    "Piece",
    "PluginError",
    "Progress",
    "Quality",
    "ReadError",
    "ReaderInfo",
    "Request",
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
