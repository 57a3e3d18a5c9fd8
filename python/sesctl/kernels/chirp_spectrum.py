"""The frames of a record, and the spectrum they have together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels.overlap import LONGEST_TRANSFORM

ComplexArray = npt.NDArray[np.complex64] | npt.NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class ChirpSpectrum:
    """A chirp-window spectrum, with all it takes to invert it.

    Filter it by `dataclasses.replace(spectrum, spectrum=...)`.

    Parameters
    ----------
    spectrum : ndarray of complex64 or complex128, shape (..., n_fft, frame)
        Two-sided, in the order of `numpy.fft.fftfreq`, or (..., n_fft / 2 + 1, frame) in that of
        `numpy.fft.rfftfreq`; in the unit of the values times samples; NaN in frames that touch a missing
        sample.
    rates : ndarray of float64, shape (..., frame)
        The chirp rate of each frame in cycles/sample²; NaN where `spectrum` was not defined.
    gain : ndarray of float64, shape (..., frame)
        The concentration at that rate over that at rate 0, so 1 at rate 0; NaN like `rates`.
    window : ndarray of float64, shape (length,)
        The real window g, without the chirp.
    window_name : str
        What the window is called in messages.
    hop : int
        Samples from one frame to the next.
    samples : int
        Samples of the record.
    centred : bool
        Whether frame m is centred at sample m · hop, or begins there.
    onesided : bool
        Whether `spectrum` holds only the frequencies from 0 to n_fft / 2.

    Raises
    ------
    ShapeError
        If the shapes or types of `spectrum`, `rates` and `gain` do not go together.
    """

    spectrum: ComplexArray
    rates: npt.NDArray[np.float64]
    gain: npt.NDArray[np.float64]
    window: npt.NDArray[np.float64]
    window_name: str
    hop: int
    samples: int
    centred: bool
    onesided: bool = False

    def __post_init__(self) -> None:
        if self.spectrum.ndim < 2 or self.spectrum.dtype not in (np.complex64, np.complex128):
            msg = (
                f"spectrum has shape {self.spectrum.shape} and type {self.spectrum.dtype} instead of "
                "(..., n_fft, frame) of complex64 or complex128"
            )
            raise ShapeError(
                msg,
                "Keep the shape and the type that chirp_stft returned.",
            )
        frames = (*self.spectrum.shape[:-2], self.spectrum.shape[-1])
        if not self.rates.shape == self.gain.shape == frames:
            msg = (
                f"rates has shape {self.rates.shape} and gain {self.gain.shape}, "
                f"but the spectrum has frames of shape {frames}"
            )
            raise ShapeError(
                msg,
                "Keep all three from the same transform.",
            )

    @property
    def n_fft(self) -> int:
        """Number of frequencies; frequency k is k / n_fft cycles/sample, less 1 from n_fft / 2 on."""
        frequencies = int(self.spectrum.shape[-2])
        return max(1, 2 * (frequencies - 1)) if self.onesided else frequencies

    @property
    def two_sided(self) -> ComplexArray:
        """`spectrum` with the frequencies that a one-sided one leaves out, (..., n_fft, frame)."""
        if not self.onesided:
            return self.spectrum
        mirrored = self.spectrum[..., (self.n_fft + 1) // 2 - 1 : 0 : -1, :].conj()
        return np.concatenate([self.spectrum, mirrored], axis=-2)


def count_frames(samples: int, length: int, hop: int, centred: bool) -> int:
    """Return the number of frames of a record.

    Parameters
    ----------
    samples : int
        Samples of the record.
    length : int
        Samples in a frame, at least 1.
    hop : int
        Samples from one frame to the next, at least 1.
    centred : bool
        Whether frame m is centred at sample m · hop, or begins there.

    Returns
    -------
    int
        1 + ⌊samples / hop⌋ where centred, else 1 + ⌊(samples − length) / hop⌋; none of no samples.

    Raises
    ------
    ParameterError
        If the record is too short to be cut.
    """
    if samples == 0:
        return 0
    # Reflection takes at most half a frame, rounded up, from beyond the record's first or last sample.
    least = (length + 1) // 2 + 1 if centred else length
    if samples < least:
        raise ParameterError(
            f"the record has {samples} samples, but frames of {length} need at least {least}"
            + (" to be reflected at its ends" if centred else ""),
            "Pass a longer record or a shorter window.",
        )
    return 1 + (samples if centred else samples - length) // hop


def require_transform(points: int, length: int) -> None:
    """Refuse a transform that does not hold a window.

    Parameters
    ----------
    points : int
        Frequencies of the transform.
    length : int
        Samples in the window, from 1 to 1 048 576.

    Raises
    ------
    ParameterError
        If `points` is not a power of two from `length` to 1 048 576.
    """
    if not length <= points <= LONGEST_TRANSFORM or points.bit_count() != 1:
        msg = (
            f"n_fft is {points} and the window has {length} samples, "
            f"but n_fft has to be a power of two of at least that and at most {LONGEST_TRANSFORM}"
        )
        raise ParameterError(msg, f"Pass n_fft={1 << (length - 1).bit_length()} or a higher power of two.")
