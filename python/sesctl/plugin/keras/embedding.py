"""Signals put into background days: drawn from a seed, added inside the network's graph."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError

# Streams of random numbers that never meet: every use of a seed has its own.
STREAM_DRAWS, STREAM_ORDER, STREAM_SHARES = 1, 2, 4


@dataclass(frozen=True, eq=False)
class Draws:
    """One boxcar a pair.

    Parameters
    ----------
    onset, end : ndarray of float32, shape (pair,)
        The signal covers the samples in [onset, end), counted from the first of the day; not whole numbers.
    amplitude : ndarray of float32, shape (pair,)
        Signed amplitude in mV/km.
    """

    onset: npt.NDArray[np.float32]
    end: npt.NDArray[np.float32]
    amplitude: npt.NDArray[np.float32]

    def __getitem__(self, which: npt.NDArray[np.int64]) -> "Draws":
        """Return the draws of some pairs."""
        return Draws(self.onset[which], self.end[which], self.amplitude[which])

    def table(self) -> npt.NDArray[np.float32]:
        """Return onset, end and amplitude as float32, shape (pair, 3)."""
        return np.stack([self.onset, self.end, self.amplitude], axis=-1)


@dataclass(frozen=True, kw_only=True)
class Embedding:
    """How signals are drawn: one boxcar of either sign a day, at a random time, whole inside the day.

    Parameters
    ----------
    amplitude : tuple of float
        Range of the amplitude in mV/km.
    duration_s : tuple of float
        Range of the duration in s.
    margin_s : float
        Least time in s between the signal and either end of the day, so that both edges can be seen.
    """

    amplitude: tuple[float, float] = (10.0, 15.0)
    duration_s: tuple[float, float] = (1500.0, 1800.0)
    margin_s: float = 300.0

    def __post_init__(self) -> None:
        for what, (low, high) in (("amplitude", self.amplitude), ("duration", self.duration_s)):
            if not 0 < low <= high < np.inf:
                msg = f"embedding: the {what} goes from {low} to {high}, which is no range above 0"
                raise ParameterError(msg)

    def draw(self, count: int, seed: int, epoch: int, samples: int, interval: float) -> Draws:
        """Draw the signals of an epoch.

        The numbers come from a counter-based generator keyed by the seed and the epoch: they are the same
        on every backend and device, and any epoch can be drawn without those before it.

        Parameters
        ----------
        count : int
            Number of pairs.
        seed, epoch : int
            Key of the generator, both ≥ 0.
        samples : int
            Samples in a day.
        interval : float
            Sampling interval in s.

        Raises
        ------
        ParameterError
            If the longest signal does not fit into a day.
        """
        margin = self.margin_s / interval
        if 2 * margin + self.duration_s[1] / interval > samples:
            msg = f"embedding: a signal of {self.duration_s[1]:g} s does not fit into {samples} samples"
            raise ParameterError(msg)
        random = generator(seed, STREAM_DRAWS, epoch)
        length = random.uniform(*self.duration_s, count) / interval
        onset = margin + random.uniform(0.0, 1.0, count) * (samples - 2 * margin - length)
        sign = np.where(random.integers(0, 2, count) == 1, 1.0, -1.0)
        amplitude = sign * random.uniform(*self.amplitude, count)
        return Draws(
            onset.astype(np.float32), (onset + length).astype(np.float32), amplitude.astype(np.float32)
        )


def generator(seed: int, stream: int, epoch: int) -> np.random.Generator:
    """Return the generator of one use of a seed in one epoch."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, stream, epoch])))


def boxcars(draws: Any, samples: int) -> tuple[Any, Any]:
    """Return signals in mV/km and where they are, in the network's graph.

    Parameters
    ----------
    draws : tensor of float32, shape (pair, 3)
        Onset, end and amplitude (see `Draws.table`).
    samples : int
        Samples in a day.

    Returns
    -------
    signal : tensor of float32, shape (pair, sample)
        mV/km.
    inside : tensor of float32, shape (pair, sample)
        1 inside the signal, 0 outside.
    """
    from keras import ops

    sample = ops.expand_dims(ops.arange(samples, dtype="float32"), 0)
    begun = ops.cast(sample >= draws[:, 0:1], "float32")
    inside = begun * ops.cast(sample < draws[:, 1:2], "float32")
    return draws[:, 2:3] * inside, inside
