"""Pictures: a record's coverage, an event, a day of a station, a training pair, a training."""

from sesctl.report.coverage import CoverageView, draw_coverage
from sesctl.report.day import DayView, draw_day
from sesctl.report.event import EventView, draw_event, picture_path
from sesctl.report.operating_curve import draw_operating_curve
from sesctl.report.pair import PairView, draw_pair
from sesctl.report.scores import ClassScores, ScoresView, draw_scores
from sesctl.report.training import Curves, draw_curves, write_curves

__all__ = [
    "ClassScores",
    "CoverageView",
    "Curves",
    "DayView",
    "EventView",
    "PairView",
    "ScoresView",
    "draw_coverage",
    "draw_curves",
    "draw_day",
    "draw_event",
    "draw_operating_curve",
    "draw_pair",
    "draw_scores",
    "picture_path",
    "write_curves",
]
