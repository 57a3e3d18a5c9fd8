"""Spectrograms as images: how they are made, on which scale they are drawn, and what comes of it."""

from dataclasses import dataclass
from math import isfinite
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError, ShapeError

Window = Literal["hann", "hamming", "bartlett", "rectangular"]
Colours = Literal["magma", "grey"]
LARGEST_SIDE = 4096
"""Pixels of an image's side: what a file asks for has to fit into memory."""


@dataclass(frozen=True, kw_only=True)
class SpectrogramParameters:
    """How a spectrogram is made, and the image of it.

    Parameters
    ----------
    window : {"hann", "hamming", "bartlett", "rectangular"}
        The window.
    length : int
        Samples in it.
    hop : int
        Samples from one frame to the next.
    n_fft : int
        Frequencies of the transform, a power of two of at least `length`.
    chirp : bool
        Whether each frame's window follows the frequency that changes in it; if not, the transform is the
        ordinary one.
    min_gain : float
        What a chirp rate must gain in concentration over none.
    height, width : int
        Pixels of an image.
    colours : {"magma", "grey"}
        Colour map: three channels, or one.

    Raises
    ------
    ParameterError
        If a number is out of range, or the colours are none of these.
    """

    window: Window = "hann"
    length: int = 64
    hop: int = 8
    n_fft: int = 64
    chirp: bool = True
    min_gain: float = 1.7
    height: int = 32
    width: int = 32
    colours: Colours = "magma"

    def __post_init__(self) -> None:
        for name in ("length", "hop", "n_fft", "height", "width"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                msg = f"{name} of a spectrogram is {value!r}, not a whole number of at least 1"
                raise ParameterError(msg)
        for name in ("height", "width"):
            if getattr(self, name) > LARGEST_SIDE:
                msg = f"{name} of an image is {getattr(self, name)} pixels, more than {LARGEST_SIDE}"
                raise ParameterError(msg, "Give a smaller one: a network's images have 32.")
        if self.n_fft < max(self.length, 2) or self.n_fft.bit_count() != 1:
            msg = (
                f"n_fft is {self.n_fft} and the window has {self.length} samples, but n_fft has to be a "
                "power of two of at least that"
            )
            raise ParameterError(msg, f"Give {max(1 << (self.length - 1).bit_length(), 2)}.")
        for name, kinds in (("window", Window), ("colours", Colours)):
            if getattr(self, name) not in get_args(kinds):
                msg = f"{name} of a spectrogram is {getattr(self, name)!r}"
                raise ParameterError(msg, f"Give {', '.join(get_args(kinds))}.")

    @property
    def channels(self) -> int:
        """Colour channels of an image."""
        return 1 if self.colours == "grey" else 3


@dataclass(frozen=True, kw_only=True)
class DecibelScale:
    """The power that is drawn darkest and that drawn brightest: one scale for all images of a run.

    Parameters
    ----------
    low, high : float
        dB re 1 unit² (of the record).

    Raises
    ------
    ParameterError
        If they are not finite, or `low` is not below `high`.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (isfinite(self.low) and isfinite(self.high) and self.low < self.high):
            msg = f"a scale goes from {self.low} dB to {self.high} dB"
            raise ParameterError(msg, "Fit it on days that hold more than one value.")


@dataclass(frozen=True, kw_only=True, eq=False)
class Images:
    """Images of windows of a record.

    Parameters
    ----------
    values : ndarray of float32, shape (window, height, width, channel)
        Pixels 0..1, time to the right and frequency upwards; whole 255ths, so that a picture file of 8 bits
        holds the same. 0 where the record has no samples.
    start, end : ndarray of int64, shape (window,)
        The half-open interval of each window, µs UTC.
    covered : ndarray of float32, shape (window,)
        Share of each image with samples behind it, 0..1.
    parameters : SpectrogramParameters
        How they were made.
    scale : DecibelScale
        The scale they are drawn on.

    Raises
    ------
    ShapeError
        If the arrays and the parameters disagree.
    """

    values: npt.NDArray[np.float32]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    covered: npt.NDArray[np.float32]
    parameters: SpectrogramParameters
    scale: DecibelScale

    def __post_init__(self) -> None:
        wanted = (self.parameters.height, self.parameters.width, self.parameters.channels)
        if self.values.dtype != np.float32 or self.values.ndim != 4 or self.values.shape[1:] != wanted:
            msg = f"images are {self.values.dtype} {self.values.shape}, not float32 (window, {wanted})"
            raise ShapeError(msg)
        windows = (len(self.values),)
        for name, kind in (("start", np.int64), ("end", np.int64), ("covered", np.float32)):
            array = getattr(self, name)
            if array.dtype != kind or array.shape != windows:
                msg = f"{name} is {array.dtype} {array.shape}, but there are {windows[0]} images"
                raise ShapeError(msg)
        if (self.end <= self.start).any():
            msg = "a window of an image ends before it starts"
            raise ShapeError(msg)

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.values)
