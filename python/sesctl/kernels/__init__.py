"""The compiled kernels, checked and documented: the only way into the extension module."""

from sesctl.kernels.chirp_stft import (
    ChirpSpectrum,
    check_overlap,
    chirp_stft,
    inverse_chirp_stft,
    make_window,
)
from sesctl.kernels.edges import OppositeEdges, edge_contrast, find_opposite_edges
from sesctl.kernels.intervals import Intervals, find_intervals, refit_edges

__all__ = [
    "ChirpSpectrum",
    "Intervals",
    "OppositeEdges",
    "check_overlap",
    "chirp_stft",
    "edge_contrast",
    "find_intervals",
    "find_opposite_edges",
    "inverse_chirp_stft",
    "make_window",
    "refit_edges",
]
