"""The order of the stages: the only place that knows it."""

from sesctl.pipeline.detection import Scan, detect
from sesctl.pipeline.source import ArchiveSource, RecordSource, Source, choose_dipoles, open_sources
from sesctl.pipeline.views import event_views

__all__ = [
    "ArchiveSource",
    "RecordSource",
    "Scan",
    "Source",
    "choose_dipoles",
    "detect",
    "event_views",
    "open_sources",
]
