"""The order of the stages: the only place that knows it."""

from sesctl.pipeline.cleaning import clean_into
from sesctl.pipeline.coinciding import Coincided, coincide
from sesctl.pipeline.day_views import day_view, pair_view
from sesctl.pipeline.demonstration import Demonstration, run_demo
from sesctl.pipeline.detection import catalogue_of, detect
from sesctl.pipeline.evidence import gather_evidence
from sesctl.pipeline.ingestion import Ingested, ingest
from sesctl.pipeline.injection import Injected, cut_from, inject
from sesctl.pipeline.judgement import Judgement, calibrate_on, calibration_of, judge
from sesctl.pipeline.labelled_files import map_view, write_images, write_tables
from sesctl.pipeline.labelling import Labelled, label_sources
from sesctl.pipeline.lessons import Signals
from sesctl.pipeline.loading import load_detector, model_to_start_from
from sesctl.pipeline.remarking import remarks_on
from sesctl.pipeline.scanning import Scan, Scanned, scan_sources
from sesctl.pipeline.scoring import evaluate_files, scores_view
from sesctl.pipeline.source import ArchiveSource, RecordSource, Source, choose_dipoles, open_sources
from sesctl.pipeline.spectrogram_files import Drawn, draw_days, draw_waveforms, waveform_range, write_labelled
from sesctl.pipeline.spectrograms import (
    DaySpectrogram,
    chosen_channels,
    day_spectrograms,
    days_between,
    overlap_of,
    run_scale,
    write_arrays,
)
from sesctl.pipeline.summary import ChannelSummary, Summary, summarise
from sesctl.pipeline.synthesis import Synthesised, synthesise
from sesctl.pipeline.trained import Trained, Watch
from sesctl.pipeline.training import train
from sesctl.pipeline.training_card import Training
from sesctl.pipeline.training_images import holds_images, train_on_images
from sesctl.pipeline.views import event_views

__all__ = [
    "ArchiveSource",
    "ChannelSummary",
    "Coincided",
    "DaySpectrogram",
    "Demonstration",
    "Drawn",
    "Ingested",
    "Injected",
    "Judgement",
    "Labelled",
    "RecordSource",
    "Scan",
    "Scanned",
    "Signals",
    "Source",
    "Summary",
    "Synthesised",
    "Trained",
    "Training",
    "Watch",
    "calibrate_on",
    "calibration_of",
    "catalogue_of",
    "choose_dipoles",
    "chosen_channels",
    "clean_into",
    "coincide",
    "cut_from",
    "day_spectrograms",
    "day_view",
    "days_between",
    "detect",
    "draw_days",
    "draw_waveforms",
    "evaluate_files",
    "event_views",
    "gather_evidence",
    "holds_images",
    "ingest",
    "inject",
    "judge",
    "label_sources",
    "load_detector",
    "map_view",
    "model_to_start_from",
    "open_sources",
    "overlap_of",
    "pair_view",
    "remarks_on",
    "run_demo",
    "run_scale",
    "scan_sources",
    "scores_view",
    "summarise",
    "synthesise",
    "train",
    "train_on_images",
    "waveform_range",
    "write_arrays",
    "write_images",
    "write_labelled",
    "write_tables",
]
