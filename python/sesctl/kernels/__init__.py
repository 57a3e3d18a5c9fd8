"""The compiled kernels, checked and documented: the only way into the extension module."""

from sesctl.kernels.gaps import fill_gaps
from sesctl.kernels.hampel import despike
from sesctl.kernels.moving_average import moving_average
from sesctl.kernels.running_median import running_median
from sesctl.kernels.savgol import smooth_savgol
from sesctl.kernels.segment import grid_samples

__all__ = [
    "despike",
    "fill_gaps",
    "grid_samples",
    "moving_average",
    "running_median",
    "smooth_savgol",
]
