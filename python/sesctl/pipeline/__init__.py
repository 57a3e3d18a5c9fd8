"""The order of the stages: the only place that knows it."""

from sesctl.pipeline.cleaning import clean_into
from sesctl.pipeline.demonstration import Demonstration, run_demo
from sesctl.pipeline.detection import catalogue_of, detect
from sesctl.pipeline.ingestion import Ingested, ingest
from sesctl.pipeline.judgement import Judgement, calibrate_on, calibration_of, judge
from sesctl.pipeline.scanning import Scan, Scanned, scan_sources
from sesctl.pipeline.source import ArchiveSource, RecordSource, Source, choose_dipoles, open_sources
from sesctl.pipeline.summary import ChannelSummary, Summary, summarise
from sesctl.pipeline.views import event_views

__all__ = [
    "ArchiveSource",
    "ChannelSummary",
    "Demonstration",
    "Ingested",
    "Judgement",
    "RecordSource",
    "Scan",
    "Scanned",
    "Source",
    "Summary",
    "calibrate_on",
    "calibration_of",
    "catalogue_of",
    "choose_dipoles",
    "clean_into",
    "detect",
    "event_views",
    "ingest",
    "judge",
    "open_sources",
    "run_demo",
    "scan_sources",
    "summarise",
]
