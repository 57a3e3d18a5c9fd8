"""Synthetic stations: leaking railways, induced natural field, imperfect sites and instruments."""

from sesctl.synth.aeta import AetaParameters
from sesctl.synth.aeta_network import aeta_set
from sesctl.synth.parameters import StationParameters
from sesctl.synth.presets import PRESETS, preset, read_parameters
from sesctl.synth.simulate import Simulation, simulate, simulate_days

__all__ = [
    "PRESETS",
    "AetaParameters",
    "Simulation",
    "StationParameters",
    "aeta_set",
    "preset",
    "read_parameters",
    "simulate",
    "simulate_days",
]
