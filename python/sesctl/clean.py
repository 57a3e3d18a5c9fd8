"""Cleaning: spikes replaced, short gaps filled, steps flagged, and, if asked for, smoothing."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.kernels import despike, edge_contrast, fill_gaps, moving_average, smooth_savgol
from sesctl.kernels.window import LONGEST_WINDOW
from sesctl.types import Days, Quality, Record

Gridded = TypeVar("Gridded", Record, Days)


@dataclass(frozen=True, kw_only=True)
class Cleaning:
    """What is done to a record, in this order; a length of 0 s leaves a step out.

    Parameters
    ----------
    despike_s : float
        Window of the Hampel filter in s. It replaces pulses of up to nearly half of it, so intermittent
        and high-frequency SES need it off.
    n_sigma : float
        Deviation from the window's median, in scaled MAD, from which a sample is a spike.
    noise_floor : float
        The least scaled MAD in the channel's unit, so that a constant record has no spikes.
    fill_s : float
        Longest gap in s that is filled (linearly); a longer one ends a stretch, and each stretch is
        smoothed as a record of its own.
    savgol_s, savgol_order : float, int
        Window in s and polynomial order of the Savitzky-Golay filter.
    mean_s : float
        Window in s of the moving average.
    step : float
        Least height, in the channel's unit, of a lasting step that is flagged; never erased, since a
        step is half an SES.
    """

    despike_s: float = 110.0
    n_sigma: float = 4.0
    noise_floor: float = 0.05
    fill_s: float = 300.0
    savgol_s: float = 610.0
    savgol_order: int = 3
    mean_s: float = 310.0
    step: float = 20.0

    def __post_init__(self) -> None:
        for name in ("despike_s", "n_sigma", "noise_floor", "fill_s", "savgol_s", "mean_s", "step"):
            if not 0 <= getattr(self, name) < np.inf:
                msg = f"cleaning: {name} is {getattr(self, name)}, which is negative or no number"
                raise ParameterError(msg)

    def context_s(self) -> float:
        """Return how far, in s, a sample's cleaned value depends on the record around it."""
        smoothed = self.despike_s + self.fill_s + self.savgol_s + self.mean_s
        # A step is compared with its neighbours, and lasts.
        steps = self.despike_s + 5 * STEP_EDGE_S + STEP_LASTS_S if self.step else 0.0
        return max(smoothed, steps)


STEP_LASTS_S = 10_800.0
STEP_EDGE_S = 60.0

DESPIKE = Cleaning(savgol_s=0.0, mean_s=0.0)
"""Spikes and short gaps alone: edges stay as sharp as they were measured."""

FULL = Cleaning()
"""The defaults."""

TARGET = Cleaning(savgol_s=3610.0, mean_s=1210.0)
"""The heavier setting that makes the clean side of a training pair."""


def clean(data: Gridded, cleaning: Cleaning) -> Gridded:
    """Return cleaned data; the input is not changed.

    Parameters
    ----------
    data : Record or Days
        Values float32 (..., sample) in each channel's unit, NaN in gaps.
    cleaning : Cleaning
        What to do.

    Returns
    -------
    Record or Days
        Of the same shape, with the quality bits despiked, filled and step set where they apply.

    Raises
    ------
    ParameterError
        If a window is longer than 1001 samples. One shorter than its method needs is made as long as that.
    """
    interval = data.interval
    values: npt.NDArray[np.floating] = data.values
    quality = data.quality.copy()
    spare = None  # what was needed on the way, to be written over: memory at hand is faster than new
    if cleaning.despike_s:
        window = odd_samples(cleaning.despike_s, interval, least=3)
        values, spikes = despike(values, window, cleaning.n_sigma, cleaning.noise_floor)
        quality |= np.where(spikes, np.uint8(Quality.DESPIKED), np.uint8(0))
    if cleaning.step:
        steps = find_steps(values, interval, cleaning.step)
        quality |= np.where(steps, np.uint8(Quality.STEP), np.uint8(0))
    if cleaning.fill_s:
        in_place = values if cleaning.despike_s else None
        values, filled = fill_gaps(values, int(cleaning.fill_s / interval + 1e-6), out=in_place)
        quality |= np.where(filled, np.uint8(Quality.FILLED), np.uint8(0))
    if cleaning.savgol_s:
        least = cleaning.savgol_order + 1 + cleaning.savgol_order % 2
        window = odd_samples(cleaning.savgol_s, interval, least=least)
        spare = values if cleaning.despike_s or cleaning.fill_s else None
        values = smooth_savgol(values, window, cleaning.savgol_order)
    if cleaning.mean_s:
        values = moving_average(values, odd_samples(cleaning.mean_s, interval, least=3), out=spare)
    return replace(data, values=np.asarray(values, dtype=np.float32), quality=quality)


def odd_samples(seconds: float, interval: float, least: int) -> int:
    """Return the odd number of samples nearest to a length in s, and at least `least`, which is odd.

    Raises
    ------
    ParameterError
        If it is more than the kernels take.
    """
    samples = max(least, 2 * round((seconds / interval - 1) / 2) + 1)
    if samples > LONGEST_WINDOW:
        msg = (
            f"cleaning: a window of {seconds:g} s is {samples} samples of {interval:g} s, more than "
            f"{LONGEST_WINDOW}"
        )
        raise ParameterError(msg, "Shorten it, or clean at a longer sampling interval (--interval 10).")
    return samples


def find_steps(values: npt.NDArray[np.floating], interval: float, height: float) -> npt.NDArray[np.bool_]:
    """Find where the level changes within a minute or two and stays changed for hours.

    A step is where the contrast between the means over 1 min before and after exceeds `height`, is the
    largest within that time, and at least 0.7 of it, with its sign, is left between the means over 3 h
    before and after. An SES returns within hours and does not last; a slow drift has no edge.

    Parameters
    ----------
    values : ndarray of float32, shape (..., sample)
        Samples in the channel's unit.
    interval : float
        Sampling interval in s.
    height : float
        Least height in the channel's unit.

    Returns
    -------
    ndarray of bool, shape (..., sample)
        True at the first sample after each step.
    """
    half = max(2, round(STEP_EDGE_S / interval))
    edge = edge_contrast(values, half)
    if not (np.abs(edge) > height).any():
        return np.zeros(values.shape, dtype=np.bool_)
    lasting = edge_contrast(values, max(half + 1, round(STEP_LASTS_S / interval)))
    with np.errstate(invalid="ignore"):
        marked = (np.abs(edge) > height) & (lasting * np.sign(edge) > 0.7 * np.abs(edge))
    marked &= np.abs(edge) == _largest_within(np.abs(edge), 2 * half)
    return np.asarray(marked, dtype=np.bool_)


def _largest_within(values: npt.NDArray[np.floating], reach: int) -> npt.NDArray[np.floating]:
    from scipy.ndimage import maximum_filter1d

    known = np.nan_to_num(values, nan=-1.0)
    return np.asarray(maximum_filter1d(known, 2 * reach + 1, axis=-1, mode="nearest"), dtype=values.dtype)
