"""Power of the chirp-window spectrum in dB."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sesctl.kernels import ChirpSpectrum, chirp_stft
from sesctl.types import Days
from sesctl.types.images import SpectrogramParameters

FAINTEST = 1e-12
"""Power, in unit², below which nothing is told apart: -120 dB."""
_ROWS = 64


def transform(values: npt.NDArray[np.float32], parameters: SpectrogramParameters) -> ChirpSpectrum:
    """Return the chirp-window spectrum of records.

    Parameters
    ----------
    values : ndarray of float32, shape (..., sample)
        Records in any unit; NaN in gaps.
    parameters : SpectrogramParameters
        How it is made.

    Returns
    -------
    ChirpSpectrum
        Two-sided, complex64 (..., n_fft, frame).
    """
    return chirp_stft(
        values,
        parameters.window,
        parameters.length,
        parameters.hop,
        parameters.n_fft,
        rates="adaptive" if parameters.chirp else 0.0,
        min_gain=parameters.min_gain,
    )


def decibels(spectrum: ChirpSpectrum) -> npt.NDArray[np.float32]:
    """Return the power of a spectrum at positive frequencies.

    P_m[k] = 10 log₁₀(|X_m[k]|² / Σ g²), so that white noise of variance σ² has the mean power σ² at every
    frequency, whatever the window.

    Parameters
    ----------
    spectrum : ChirpSpectrum
        The spectrum, (..., n_fft, frame).

    Returns
    -------
    ndarray of float32, shape (..., n_fft / 2, frame)
        dB re 1 unit² at k = 1 ... n_fft / 2, the lowest frequency first; NaN in frames that touch a gap.
    """
    half = spectrum.spectrum[..., 1 : spectrum.n_fft // 2 + 1, :]
    power = half.real**2 + half.imag**2
    power *= np.asarray(1 / (spectrum.window**2).sum(), dtype=power.dtype)
    np.maximum(power, FAINTEST, out=power)
    np.log10(power, out=power)
    power *= 10
    return np.asarray(power, dtype=np.float32)


def spectrograms(days: Days, parameters: SpectrogramParameters) -> npt.NDArray[np.float32]:
    """Return the spectrograms of all channels of days, their context included.

    Parameters
    ----------
    days : Days
        Days, values (day, channel, context + day + context).
    parameters : SpectrogramParameters
        How they are made.

    Returns
    -------
    ndarray of float32, shape (day, channel, n_fft / 2, frame)
        dB re 1 unit² of the channel; frame m is centred at sample m · hop of the row. NaN where a frame
        touches a gap.
    """
    return decibels(transform(days.values, parameters))


def blocks(rows: int) -> Iterator[slice]:
    """Yield slices of rows, few enough for their spectra to stay in the processor's cache."""
    for first in range(0, rows, _ROWS):
        yield slice(first, min(first + _ROWS, rows))
