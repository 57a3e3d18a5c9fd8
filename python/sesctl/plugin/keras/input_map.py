"""The map between the field in mV/km and the numbers a network computes with, and back."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError

Target = Literal["cleaned", "ses"]
LEAST = 1e-6
"""Of the numbers of a map; beyond, and beyond its inverse, what is mapped is not told apart any more."""


def finite_number(value: object) -> float:
    """Return a number of a file.

    Raises
    ------
    ValueError
        If it is text, infinite or no number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e300 < value < 1e300:
        msg = f"{str(value)[:40]!r} is no finite number"
        raise ValueError(msg)
    return float(value)


@dataclass(frozen=True, kw_only=True)
class InputMap:
    r"""y = c tanh((E - m(t)) / (c s)) for what a network returns, and x = y + c > 0 for what it is given.

    The level m(t) is a running median of the field over 6 h, s the median absolute deviation of the
    training days from it, c the number of s at which the map bends. m(t) is the median of 5-min means over
    the 6 h around every whole hour, those hours shifted inside the day at its ends, joined by straight
    lines; it follows from the day alone and can be computed in the graph.

    Every method takes arrays, and computes with NumPy, or a backend's tensors, and computes with Keras.

    Parameters
    ----------
    scale : float
        s in mV/km.
    clip : float
        c.
    median_s : float
        Length of the running median in s.
    interval : float
        Sampling interval in s.

    Raises
    ------
    ParameterError
        If a number is not above 0, or of no sensible size, or a median longer than a day.
    """

    scale: float
    clip: float = 8.0
    median_s: float = 21_600.0
    interval: float = 10.0

    def __post_init__(self) -> None:
        for what in ("scale", "clip", "median_s", "interval"):
            value = getattr(self, what)
            if not LEAST <= value <= 1 / LEAST:
                msg = f"input map: {what} is {value}, which does not lie in {LEAST:g}..{1 / LEAST:g}"
                raise ParameterError(msg)
        if self.median_s > 86_400:
            msg = f"input map: a running median of {self.median_s} s is longer than a day"
            raise ParameterError(msg)

    def level(self, field: Any) -> Any:
        """Return m(t), tensor of float32 (row, sample), for whole days of a field in mV/km."""
        ops = _operations(field)
        samples = int(field.shape[1])
        block = max(1, round(300 / self.interval))
        blocks, hour = samples // block, max(1, round(3600 / self.interval / block))
        window = min(blocks, max(1, round(self.median_s / self.interval / block)))
        knots = np.arange(0, blocks + 1, hour)
        first = np.clip(knots - window // 2, 0, blocks - window)
        where = first[:, None] + np.arange(window)
        means = ops.mean(ops.reshape(field[:, : blocks * block], (-1, blocks, block)), axis=2)
        ordered = ops.sort(ops.take(means, where, axis=1), axis=-1)
        medians = (ordered[:, :, (window - 1) // 2] + ordered[:, :, window // 2]) / 2
        position = np.minimum(np.arange(samples) / (hour * block), len(knots) - 1)
        left = np.minimum(position.astype(np.int64), len(knots) - 2)
        share = (position - left).astype(np.float32)
        return ops.take(medians, left, axis=1) * (1 - share) + ops.take(medians, left + 1, axis=1) * share

    def bend(self, field: Any, level: Any) -> Any:
        """Return y for a field and its level, both tensors of float32 (row, sample) in mV/km."""
        return self.clip * _operations(field).tanh((field - level) / (self.clip * self.scale))

    def given(self, field: Any, level: Any) -> Any:
        """Return x, above 0, for a field and its level, both tensors of float32 (row, sample) in mV/km."""
        return self.bend(field, level) + self.clip

    def unbend(self, bent: Any, level: Any) -> Any:
        """Return the field in mV/km of which `bent` is y; beyond 0.999 c it is that of 0.999 c."""
        ops = _operations(bent)
        inside = ops.clip(bent / self.clip, -0.999, 0.999)
        return level + self.clip * self.scale * ops.arctanh(inside)

    def trace(self, returned: Any, level: Any, target: Target) -> Any:
        """Return the denoised field in mV/km that a network's output stands for.

        Parameters
        ----------
        returned, level : tensor of float32, shape (row, sample)
            What the network returned, and the level of the day it was given in mV/km.
        target : {"cleaned", "ses"}
            What the network has learnt to return: the cleaned day, or the signal alone.
        """
        return self.unbend(returned, level if target == "cleaned" else 0.0)

    @staticmethod
    def fitted(observed: npt.NDArray[np.float32], interval: float, **options: float) -> "InputMap":
        """Return the map for training days, float32 (row, sample) in mV/km without gaps.

        Raises
        ------
        ParameterError
            If the days are constant.
        """
        free = InputMap(scale=1.0, interval=interval, **options)
        # Every so many rows: the median of millions of samples does not need them all.
        some = observed[:: max(1, len(observed) // 500)]
        away = np.abs(some - free.level(some))
        scale = float(np.median(away))
        if scale <= 0:
            msg = "the training days do not differ from their running median"
            raise ParameterError(msg, "Train on a record that has noise.")
        return InputMap(scale=scale, interval=interval, **options)


def _operations(values: Any) -> Any:
    """Return what computes with the values: NumPy with arrays, so that a model runs without Keras."""
    if isinstance(values, np.ndarray):
        return np
    from keras import ops

    return ops
