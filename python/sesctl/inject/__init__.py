"""Signals of known shape, time and strength, drawn day by day and added to a record."""

from sesctl.inject.cut import cut_waveform
from sesctl.inject.draw import DayPlan, Injection, plan_day
from sesctl.inject.embed import Signal, add_signals, embed

__all__ = ["DayPlan", "Injection", "Signal", "add_signals", "cut_waveform", "embed", "plan_day"]
