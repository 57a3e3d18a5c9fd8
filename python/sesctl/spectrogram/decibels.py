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
_NEGLIGIBLE = 1e-9

ComplexArray = npt.NDArray[np.complex64] | npt.NDArray[np.complex128]


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
        complex64 (..., n_fft, frame), or (..., n_fft / 2 + 1, frame) without chirps.
    """
    return chirp_stft(
        values,
        parameters.window,
        parameters.length,
        parameters.hop,
        parameters.n_fft,
        rates="adaptive" if parameters.chirp else 0.0,
        min_gain=parameters.min_gain,
        onesided=not parameters.chirp,
    )


def decibels(spectrum: ChirpSpectrum) -> npt.NDArray[np.float32]:
    """Return the power at positive frequencies of each frame less its weighted mean.

    P_m[k] = 10 log₁₀(|X_m[k] − x̄_m G_m[k]|² / Σ g²), x̄_m = Σ g x / Σ g the frame's mean and G_m the
    transform of its window, chirped as the frame is. White noise of variance σ² has the mean power σ² at
    every frequency, whatever the window. An offset, which a chirped window would smear over many frequencies,
    is not seen, as it is not where the rate of a frame is chosen.

    Parameters
    ----------
    spectrum : ChirpSpectrum
        The spectrum, one-sided or two-sided.

    Returns
    -------
    ndarray of float32, shape (..., n_fft / 2, frame)
        dB re 1 unit² at k = 1 ... n_fft / 2, the lowest frequency first; NaN in frames that touch a gap.
    """
    half = spectrum.n_fft // 2
    found = spectrum.spectrum.reshape(-1, *spectrum.spectrum.shape[-2:])
    kept = found[:, 1 : half + 1].copy()
    weight = spectrum.window.sum()
    window = np.fft.fft(spectrum.window, spectrum.n_fft)[1 : half + 1]
    rates = spectrum.rates.reshape(-1, found.shape[-1])
    chirped = np.nan_to_num(rates) != 0
    means = np.where(chirped, 0, found[:, 0].real / weight).astype(found.real.dtype)
    # A window's transform is nearly nothing but a few frequencies wide.
    for k in np.flatnonzero(np.abs(window) > _NEGLIGIBLE * weight):
        kept[:, k] -= means * window.astype(found.dtype)[k]
    rows, frames = np.nonzero(chirped)
    if rows.size:
        kept[rows, :, frames] -= _chirped_means(spectrum, found[rows, :, frames], rates[rows, frames])
    power = kept.real**2 + kept.imag**2
    power *= np.asarray(1 / (spectrum.window**2).sum(), dtype=power.dtype)
    np.maximum(power, FAINTEST, out=power)
    np.log10(power, out=power)
    power *= 10
    shape = (*spectrum.spectrum.shape[:-2], half, found.shape[-1])
    return np.asarray(power, dtype=np.float32).reshape(shape)


def _chirped_means(
    spectrum: ChirpSpectrum, frames: ComplexArray, rates: npt.NDArray[np.float64]
) -> ComplexArray:
    """Return x̄ G[k] of chirped frames, complex (frame, n_fft / 2), from their spectra (frame, n_fft)."""
    length, half = len(spectrum.window), spectrum.n_fft // 2
    each, which = np.unique(rates, return_inverse=True)
    chirps = np.exp(-1j * np.pi * each[:, None] * (np.arange(length) - length / 2) ** 2)
    samples = np.fft.ifft(frames)[:, :length] * chirps.conj()[which]
    means = samples.real.sum(axis=1) / spectrum.window.sum()
    windows = np.fft.fft(spectrum.window * chirps, spectrum.n_fft)[:, 1 : half + 1]
    taken: ComplexArray = (means[:, None] * windows[which]).astype(frames.dtype)
    return taken


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
