"""Noise of a given spectrum that can be made day by day."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sesctl.synth.seeds import generator
from sesctl.synth.span import Span

Array = npt.NDArray[np.float64]


def joined_noise(
    density: Callable[[Array], Array], levels: Array, *, seed: int, component: str, span: Span
) -> Array:
    """Return two rows of Gaussian noise of a given spectrum.

    Blocks of two days, each made in the frequency domain and periodic, overlap by one day under windows
    sin(πt/2D), whose squares add up to one: the variance is that of a block, and each day depends on two
    blocks only.

    Parameters
    ----------
    density : callable
        One-sided power spectral density at frequencies in Hz, unit²/Hz; that at 0 Hz is not used.
    levels : ndarray of float64, shape (day + 1,)
        Amplitude of the block that begins on each day, from the day before the span.
    seed : int
        Seed of the simulation.
    component : str
        What the noise is for.
    span : Span
        The days wanted.

    Returns
    -------
    ndarray of float64, shape (2, sample)
        Noise in the density's unit.
    """
    per_day = span.per_day
    frequency = np.fft.rfftfreq(2 * per_day, span.interval_s)
    power = density(frequency.astype(np.float64))
    power[0] = 0.0
    # E|X|² = P · N / (2 Δt) for the discrete Fourier transform of N samples.
    scale = np.sqrt(power * per_day / span.interval_s / 2)
    window = np.sin(np.pi * (np.arange(2 * per_day) + 0.5) / (2 * per_day))
    noise = np.zeros((2, span.samples))
    for day, level in zip(span.reached_from(1), levels, strict=True):
        parts = generator(seed, component, day).standard_normal((2, frequency.size, 2))
        block = np.fft.irfft((parts[..., 0] + 1j * parts[..., 1]) * scale, 2 * per_day)
        span.add(noise, day * per_day, block * (level * window))
    return noise
