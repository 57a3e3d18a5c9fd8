"""Draw a waveform of a given kind and length at random."""

import numpy as np

from sesctl.errors import ParameterError
from sesctl.waveforms.shapes import (
    SHAPES,
    Boxcar,
    ExponentialEdges,
    HighFrequency,
    PulseTrain,
    RampedEdges,
    Waveform,
)


def _pulses(duration_s: float, generator: np.random.Generator) -> PulseTrain:
    """Cut a duration into pulses and pauses of unequal length, at least a fifth of the mean each."""
    count = int(generator.integers(2, 7))
    pieces = 0.2 + generator.exponential(0.8, 2 * count - 1)
    edges = np.concatenate([[0.0], np.cumsum(pieces)]) * (duration_s / pieces.sum())
    heights = generator.uniform(0.6, 1.0, count)
    return PulseTrain(
        starts_s=tuple(edges[:-1:2].tolist()),
        durations_s=tuple((edges[1::2] - edges[:-1:2]).tolist()),
        heights=tuple((heights / heights.max()).tolist()),
    )


def draw_waveform(shape: str, duration_s: float, generator: np.random.Generator) -> Waveform:
    """Return a waveform of a kind and a duration, its other parameters drawn at random.

    Ramps take 2–20 % of the duration each, time constants 2–15 %; a train has 2 to 6 pulses; a
    high-frequency disturbance a band of periods between 25 s and a quarter of the duration, at most 300 s.

    Parameters
    ----------
    shape : str
        A name of `SHAPES`.
    duration_s : float
        Duration in s, at least 200 s for a high-frequency disturbance.
    generator : numpy.random.Generator
        Where the random numbers come from.

    Returns
    -------
    Waveform
        The drawn waveform.

    Raises
    ------
    ParameterError
        If the shape is unknown or the duration too short for it.
    """
    if shape == Boxcar.shape:
        return Boxcar(duration_s=duration_s)
    if shape == RampedEdges.shape:
        rise, fall = (generator.uniform(0.02, 0.2, 2) * duration_s).tolist()
        return RampedEdges(duration_s=duration_s, rise_s=rise, fall_s=fall)
    if shape == ExponentialEdges.shape:
        rise, fall = (generator.uniform(0.02, 0.15, 2) * duration_s).tolist()
        return ExponentialEdges(duration_s=duration_s, rise_s=rise, fall_s=fall)
    if shape == PulseTrain.shape:
        return _pulses(duration_s, generator)
    if shape == HighFrequency.shape:
        if duration_s < 200:
            msg = f"a high-frequency disturbance of {duration_s} s is shorter than 200 s"
            raise ParameterError(msg)
        longest = generator.uniform(40.0, min(300.0, duration_s / 4))
        shortest = generator.uniform(25.0, 0.8 * longest)
        seed = int(generator.integers(2**31))
        return HighFrequency(
            duration_s=duration_s, shortest_period_s=shortest, longest_period_s=longest, seed=seed
        )
    msg = f"the shape {shape!r} is unknown"
    raise ParameterError(msg, f"Shapes are {', '.join(SHAPES)}.")
