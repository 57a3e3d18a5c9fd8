"""The electric field that magnetic variations induce in the ground."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sesctl.synth.span import Span

Array = npt.NDArray[np.float64]


def impedance(frequency_hz: npt.ArrayLike, resistivity_ohm_m: float) -> npt.NDArray[np.complex128]:
    """Return the impedance of a half space.

    Z(f) = √(5 ρ f) e^(iπ/4) for a time dependence e^(+i2πft): |E| = √(5ρ/T) |B| (Cagniard 1953,
    doi:10.1190/1.1437915).

    Parameters
    ----------
    frequency_hz : array_like of float, any shape
        f ≥ 0 in Hz.
    resistivity_ohm_m : float
        ρ in Ω·m.

    Returns
    -------
    ndarray of complex128, same shape
        mV/km per nT; E_N = Z B_E and E_E = −Z B_N.
    """
    magnitude = np.sqrt(5.0 * resistivity_ohm_m * np.asarray(frequency_hz, dtype=np.float64))
    return np.asarray(magnitude * np.exp(0.25j * np.pi))


@lru_cache(maxsize=8)
def _response(per_day: int, resistivity_ohm_m: float) -> npt.NDArray[np.complex128]:
    """Return the transfer function of three periodic days of which the middle one is kept.

    The impulse response reaches a day back and forth and no further, its outer halves tapered, so that the
    middle day is the same whatever lies beyond its neighbours: days can be made one by one and still join.
    """
    samples = 3 * per_day
    exact = impedance(np.fft.rfftfreq(samples, 86_400 / per_day), resistivity_ohm_m)
    impulse = np.fft.irfft(exact, samples)
    lag = np.minimum(np.arange(samples), samples - np.arange(samples)) / per_day
    impulse *= np.cos(0.5 * np.pi * np.clip(2 * lag - 1, 0, 1)) ** 2
    impulse[0] -= impulse.sum()
    return np.asarray(np.fft.rfft(impulse))


def induced_field(magnetic: Array, span: Span, resistivity_ohm_m: float) -> Array:
    """Return the induced electric field before distortion.

    Parameters
    ----------
    magnetic : ndarray of float64, shape (2, sample)
        North and east magnetic component in nT on the span and one day more on either side.
    span : Span
        The days wanted.
    resistivity_ohm_m : float
        Apparent resistivity in Ω·m.

    Returns
    -------
    ndarray of float64, shape (2, sample)
        North and east electric component in mV/km on the span.
    """
    per_day = span.per_day
    response = _response(per_day, resistivity_ohm_m)
    field = np.empty((2, span.samples))
    for day in range(span.days):
        spectrum = np.fft.rfft(magnetic[:, day * per_day : (day + 3) * per_day]) * response
        middle = np.fft.irfft(spectrum, 3 * per_day)[:, per_day : 2 * per_day]
        field[0, day * per_day : (day + 1) * per_day] = middle[1]
        field[1, day * per_day : (day + 1) * per_day] = -middle[0]
    return field
