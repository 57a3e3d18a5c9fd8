"""Pictures: a record's coverage, an event, a day of a station, spectrograms, a map, training."""

from sesctl.report.coverage import CoverageView, draw_coverage
from sesctl.report.day import DayView, draw_day
from sesctl.report.event import EventView, draw_event, picture_path
from sesctl.report.operating_curve import draw_operating_curve
from sesctl.report.pair import PairView, draw_pair
from sesctl.report.pixels import write_pixels
from sesctl.report.scores import ClassScores, ScoresView, draw_scores
from sesctl.report.spectrogram import SpectrogramView, draw_comparison, draw_gallery, draw_spectrogram
from sesctl.report.station_map import MapView, draw_map
from sesctl.report.training import Curves, draw_curves, write_curves

__all__ = [
    "ClassScores",
    "CoverageView",
    "Curves",
    "DayView",
    "EventView",
    "MapView",
    "PairView",
    "ScoresView",
    "SpectrogramView",
    "draw_comparison",
    "draw_coverage",
    "draw_curves",
    "draw_day",
    "draw_event",
    "draw_gallery",
    "draw_map",
    "draw_operating_curve",
    "draw_pair",
    "draw_scores",
    "draw_spectrogram",
    "picture_path",
    "write_curves",
    "write_pixels",
]
