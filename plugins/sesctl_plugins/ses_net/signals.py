"""Signals put into a stretch of a station's record, and where they are."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.waveforms import SHAPES, HighFrequency, Waveform, draw_waveform

Values = npt.NDArray[np.float64]

SHORTEST_S, LONGEST_S = 300.0, 7200.0
WEAKEST_MV_KM, STRONGEST_MV_KM = 3.0, 40.0
NUMBERS = (0, 1, 2, 3, 4, 6)
CHANCES = (0.15, 0.15, 0.2, 0.2, 0.15, 0.15)
SHAPE_CHANCES = {
    "boxcar": 0.5,
    "ramped": 0.15,
    "exponential": 0.17,
    "pulse_train": 0.12,
    "high_frequency": 0.06,
}
APART_S = 1200.0


@dataclass(frozen=True, eq=False)
class Embedded:
    """What was put in.

    Parameters
    ----------
    field : ndarray of float64, shape (dipole, sample)
        mV/km, 0 outside the signals.
    inside : ndarray of float32, shape (sample,)
        1 inside a signal.
    near : ndarray of bool, shape (sample,)
        Within 20 min of a signal.
    """

    field: Values
    inside: npt.NDArray[np.float32]
    near: npt.NDArray[np.bool_]


def embed(
    random: np.random.Generator,
    directions: Values,
    samples: int,
    interval: float,
    between: tuple[int, int] | None = None,
) -> Embedded:
    """Draw the signals of a stretch.

    None to six of them, of every shape, 5 to 120 min and 3 to 40 mV/km on the strongest dipole, those of
    20 to 40 min and of 4 to 16 mV/km more often; each along one of the directions; nearer than 20 min to each
    other never. One may be cut off by the ends of the stretch.

    Parameters
    ----------
    random : numpy.random.Generator
        Where the random numbers come from.
    directions : ndarray of float64, shape (direction, dipole)
        What a distant field shows on each dipole, 1 on the strongest one.
    samples : int
        Length of the stretch.
    interval : float
        Sampling interval in s.
    between : (int, int), optional
        Samples that have values: at most one signal, between them.
    """
    dipoles = directions.shape[1]
    seconds = np.arange(samples) * interval
    field, inside = np.zeros((dipoles, samples)), np.zeros(samples, dtype=np.float32)
    near = np.zeros(samples, dtype=np.bool_)
    number = int(random.choice(NUMBERS, p=CHANCES)) if between is None else int(random.random() < 0.6)
    for _ in range(number):
        duration = _duration(random)
        if between is None:
            onset = random.uniform(-duration / 2, samples * interval - duration / 2)
        else:
            first, end = (each * interval for each in between)
            duration = min(duration, (end - first) / 2)
            onset = random.uniform(first, end - duration)
        direction = directions[random.integers(len(directions))]
        height = _height(random) * (1 if random.random() < 0.5 else -1)
        waveform = _shape(random, duration)
        around = (seconds >= onset - APART_S) & (seconds < onset + duration + APART_S)
        if (near & around).any():
            continue
        near |= around
        field += height * direction[:, None] * waveform.sample(seconds - onset)
        for start, stop in waveform.intervals():
            inside[(seconds >= onset + start) & (seconds < onset + stop)] = 1
    return Embedded(field, inside, near)


def _duration(random: np.random.Generator) -> float:
    if random.random() < 0.35:
        return float(random.uniform(1200, 2400))
    return math.exp(random.uniform(math.log(SHORTEST_S), math.log(LONGEST_S)))


def _height(random: np.random.Generator) -> float:
    if random.random() < 0.4:
        return math.exp(random.uniform(math.log(WEAKEST_MV_KM), math.log(STRONGEST_MV_KM)))
    return math.exp(random.uniform(math.log(4), math.log(16)))


def _shape(random: np.random.Generator, duration: float) -> Waveform:
    names = [name for name in SHAPES if name != HighFrequency.shape or duration >= 200]
    chances = np.array([SHAPE_CHANCES[name] for name in names])
    return draw_waveform(str(random.choice(names, p=chances / chances.sum())), duration, random)
