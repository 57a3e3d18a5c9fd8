"""Pictures: an event, a day of a station, a training pair."""

from sesctl.report.day import DayView, draw_day
from sesctl.report.event import EventView, draw_event, picture_path
from sesctl.report.pair import PairView, draw_pair

__all__ = ["DayView", "EventView", "PairView", "draw_day", "draw_event", "draw_pair", "picture_path"]
