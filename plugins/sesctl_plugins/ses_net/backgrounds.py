"""Backgrounds of no station, drawn so widely that the habits of one simulator are not learnt."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
INTERVAL_S = 10.0
DAY = 8640
BANDS_S = (20.0, 120.0, 900.0, 7200.0, 1e9)
"""Periods between which the natural field has an intermittency and a polarisation of its own."""


def draw_background(random: np.random.Generator, dipoles: int, samples: int) -> tuple[Values, Values]:
    """Draw a record without signals.

    A natural field of two components, its spectrum a power of the frequency, each band of periods coming and
    going by itself, with bays and damped oscillations; seen through dipoles of any azimuth, with a daily
    variation, noise of each electrode, and in half of the records the pulses of some traffic. Some are
    recorded by the minute or coarsely digitised.

    Parameters
    ----------
    random : numpy.random.Generator
        Where the random numbers come from.
    dipoles, samples : int
        Size of the record.

    Returns
    -------
    values : ndarray of float64, shape (dipole, sample)
        mV/km at 10 s.
    directions : ndarray of float64, shape (direction, dipole)
        What fields of distant sources show on each dipole, 1 on the strongest one.
    """

    def log_uniform(low: float, high: float) -> float:
        return float(np.exp(random.uniform(np.log(low), np.log(high))))

    azimuths = random.uniform(0, np.pi) + np.arange(dipoles) * random.uniform(0.4, 1.6)
    seen = np.stack([np.cos(azimuths), np.sin(azimuths)], axis=1)
    seen *= np.exp(random.normal(0, 0.3, (dipoles, 1)))
    field = natural_field(random, samples) * log_uniform(0.3, 12)
    if random.random() < 0.3:  # a sample a minute
        field = _by_the_minute(field)
    values = seen @ field
    clock = (np.arange(samples) / DAY + random.random()) * 2 * np.pi
    for harmonic in range(1, 5):
        size = random.normal(0, 1, (2, 1)) * log_uniform(0.5, 15) / harmonic
        values += seen @ (size * np.cos(harmonic * clock + random.uniform(0, 2 * np.pi)))
    if random.random() < 0.5:
        values += traffic(random, dipoles, samples) * log_uniform(0.5, 12)
    for dipole in range(dipoles):
        values[dipole] += random.normal(0, log_uniform(0.02, 2), samples)
        values[dipole] += np.cumsum(random.normal(0, log_uniform(0.001, 0.05), samples))
        values[dipole] += random.uniform(-200, 200)
    if random.random() < 0.2:
        step = log_uniform(0.02, 2)
        values = np.round(values / step) * step
    axes = np.linspace(0, np.pi, 32, endpoint=False)
    shown = np.stack([np.cos(axes), np.sin(axes)], axis=1) @ seen.T
    return values, shown / np.abs(shown).max(axis=1, keepdims=True)


def natural_field(random: np.random.Generator, samples: int) -> Values:
    """Draw a natural field, float64 (component, sample), of scatter 1 over periods below 6 h."""
    frequencies = np.fft.rfftfreq(samples, INTERVAL_S)
    periods = 1 / np.maximum(frequencies, 1e-9)
    steepness = random.uniform(0.1, 1.3)
    amplitude = np.where(frequencies > 0, np.maximum(frequencies, 1e-6) ** -steepness, 0)
    total = np.zeros((2, samples))
    for low, high in pairwise(BANDS_S):
        band = amplitude * ((periods >= low) & (periods < high)) * np.exp(random.normal(0, 0.5))
        phases = random.normal(size=(2, frequencies.size)) + 1j * random.normal(size=(2, frequencies.size))
        part = np.fft.irfft(phases * band, samples)
        part[1] *= random.uniform(0.1, 1)
        part *= np.exp(random.uniform(0, 1.2) * _coming_and_going(random, samples))
        total += _turned(part, random.uniform(0, np.pi))
    lasting = np.fft.irfft(np.fft.rfft(total) * (periods < 21_600), samples)
    total /= max(float(lasting.std()), 1e-12)
    for _ in range(random.poisson(3)):
        total += _bay(random, samples)
    return total


def traffic(random: np.random.Generator, dipoles: int, samples: int) -> Values:
    """Draw the pulses of moving and switching machines by day, float64 (dipole, sample), of scatter 1."""
    hours = (np.arange(samples) / 360 + random.uniform(0, 24)) % 24
    day = hours < random.uniform(14, 20)
    where = np.flatnonzero(day)
    number = random.poisson(where.size * np.exp(random.uniform(np.log(0.01), np.log(0.15))))
    onset = random.choice(where, number) if where.size and number else np.zeros(0, dtype=np.int64)
    length = np.clip(random.exponential(random.uniform(2, 10), onset.size), 1, 24).astype(np.int64)
    heights = random.standard_exponential(onset.size) * np.where(random.random(onset.size) < 0.7, 1, -1)
    common = random.normal(size=(dipoles, 1))
    heights = heights * (common + random.uniform(0, 1) * random.normal(size=(dipoles, onset.size)))
    edges = np.zeros((dipoles, samples + 1))
    for dipole in range(dipoles):
        np.add.at(edges[dipole], onset, heights[dipole])
        np.add.at(edges[dipole], np.minimum(onset + length, samples), -heights[dipole])
    pulses = np.cumsum(edges, axis=1)[:, :samples]
    width = int(random.integers(1, 7))
    kernel = np.ones(width) / width
    smooth = np.stack([np.convolve(row, kernel, mode="same") for row in pulses])
    scatter = float(smooth[:, day].std()) if day.any() else 0.0
    return np.asarray(smooth / scatter) if scatter > 0 else smooth


def _coming_and_going(random: np.random.Generator, samples: int) -> Values:
    """Draw what an intermittent field's logarithm of amplitude does, float64 (sample,)."""
    every = np.exp(random.uniform(np.log(60), np.log(2160)))
    knots = random.normal(size=int(samples / every) + 3)
    return np.asarray(np.interp(np.arange(samples) / every, np.arange(knots.size), knots))


def _turned(part: Values, angle: float) -> Values:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.asarray(np.array([[cosine, -sine], [sine, cosine]]) @ part)


def _by_the_minute(field: Values) -> Values:
    """Return the field as a recorder of a sample a minute has it, brought back to 10 s by straight lines."""
    means = field.reshape(len(field), -1, 6).mean(axis=2)
    at, where = np.arange(field.shape[1]), 6 * np.arange(means.shape[1]) + 2.5
    return np.stack([np.interp(at, where, row) for row in means])


def _bay(random: np.random.Generator, samples: int) -> Values:
    """Draw a bay or a damped oscillation of 5 min to 2 h, float64 (component, sample); no flat top."""
    length = round(np.exp(random.uniform(np.log(30), np.log(720))))
    onset = int(random.integers(-length + 1, samples))
    course = (np.arange(length) + 0.5) / length
    if random.random() < 0.6:
        peak = random.uniform(0.2, 0.8)
        bent = np.where(course < peak, course / peak, (1 - course) / (1 - peak))
        shape = np.sin(bent * np.pi / 2) ** random.uniform(1, 2)
    else:
        shape = np.sin(2 * np.pi * random.uniform(1, 5) * course) * np.exp(-4 * course)
    angle = random.uniform(0, 2 * np.pi)
    size = np.exp(random.uniform(np.log(0.5), np.log(8)))
    bay = np.zeros((2, samples))
    inside = slice(max(onset, 0), min(onset + length, samples))
    bay[:, inside] = shape[inside.start - onset : inside.stop - onset]
    return np.asarray(bay * size * np.array([[np.cos(angle)], [np.sin(angle)]]))
