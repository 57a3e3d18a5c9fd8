"""Shapes of seismic electric signals, shared by simulation, injection and training."""

from sesctl.waveforms.draw import draw_waveform
from sesctl.waveforms.projection import dipole_amplitudes, dipole_weights, project_field
from sesctl.waveforms.recorded import Recorded
from sesctl.waveforms.shapes import (
    SHAPES,
    Boxcar,
    ExponentialEdges,
    HighFrequency,
    PulseTrain,
    RampedEdges,
    Waveform,
)
from sesctl.waveforms.truth import RECORDED, SES, truth_rows

__all__ = [
    "RECORDED",
    "SES",
    "SHAPES",
    "Boxcar",
    "ExponentialEdges",
    "HighFrequency",
    "PulseTrain",
    "RampedEdges",
    "Recorded",
    "Waveform",
    "dipole_amplitudes",
    "dipole_weights",
    "draw_waveform",
    "project_field",
    "truth_rows",
]
