"""The compiled kernels, checked and documented: the only way into the extension module."""

from sesctl._core import active_isa
from sesctl.kernels.chirp_inverse import inverse_chirp_stft
from sesctl.kernels.chirp_spectrum import ChirpSpectrum
from sesctl.kernels.chirp_stft import chirp_stft
from sesctl.kernels.edges import OppositeEdges, edge_contrast, find_opposite_edges
from sesctl.kernels.gaps import fill_gaps
from sesctl.kernels.hampel import despike
from sesctl.kernels.intervals import Intervals, find_intervals, refit_edges
from sesctl.kernels.moving_average import moving_average
from sesctl.kernels.overlap import check_overlap, make_window
from sesctl.kernels.running_median import running_median
from sesctl.kernels.savgol import smooth_savgol
from sesctl.kernels.segment import grid_samples

__all__ = [
    "ChirpSpectrum",
    "Intervals",
    "OppositeEdges",
    "active_isa",
    "check_overlap",
    "chirp_stft",
    "despike",
    "edge_contrast",
    "fill_gaps",
    "find_intervals",
    "find_opposite_edges",
    "grid_samples",
    "inverse_chirp_stft",
    "make_window",
    "moving_average",
    "refit_edges",
    "running_median",
    "smooth_savgol",
]
