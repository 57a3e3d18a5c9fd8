"""The order of the stages: the only place that knows it."""

from sesctl.pipeline.cleaning import clean_into
from sesctl.pipeline.demonstration import Demonstration, run_demo
from sesctl.pipeline.detection import Scan, detect
from sesctl.pipeline.ingestion import Ingested, ingest
from sesctl.pipeline.source import ArchiveSource, RecordSource, Source, choose_dipoles, open_sources
from sesctl.pipeline.summary import ChannelSummary, Summary, summarise
from sesctl.pipeline.views import event_views

__all__ = [
    "ArchiveSource",
    "ChannelSummary",
    "Demonstration",
    "Ingested",
    "RecordSource",
    "Scan",
    "Source",
    "Summary",
    "choose_dipoles",
    "clean_into",
    "detect",
    "event_views",
    "ingest",
    "open_sources",
    "run_demo",
    "summarise",
]
