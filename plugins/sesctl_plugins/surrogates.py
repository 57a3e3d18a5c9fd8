"""Noise of the same spectrum as a record."""

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


def phase_randomised(values: Values, count: int, rng: np.random.Generator) -> Values:
    """Return surrogates of a record: its amplitude spectrum with random phases (Theiler et al. 1992).

    Parameters
    ----------
    values : ndarray of float64, shape (sample,)
        NaN in gaps, which are bridged by straight lines for the spectrum and are gaps in the surrogates.
    count : int
        How many.
    rng : Generator
        Gives the phases.

    Returns
    -------
    ndarray of float64, shape (count, sample)
        In the unit of `values`.
    """
    known = np.isfinite(values)
    at = np.arange(len(values))
    whole = np.interp(at, at[known], values[known])
    spectrum = np.fft.rfft(whole - whole.mean())
    phases = rng.uniform(0.0, 2.0 * np.pi, (count, len(spectrum)))
    made = np.fft.irfft(np.abs(spectrum) * np.exp(1j * phases), len(values), axis=-1)
    made[:, ~known] = np.nan
    return np.asarray(made, dtype=np.float64)
