"""Synthetic stations: leaking railways, induced natural field, imperfect sites and instruments."""

from sesctl.synth.parameters import StationParameters
from sesctl.synth.presets import PRESETS, preset
from sesctl.synth.simulate import Simulation, simulate, simulate_days

__all__ = ["PRESETS", "Simulation", "StationParameters", "preset", "simulate", "simulate_days"]
