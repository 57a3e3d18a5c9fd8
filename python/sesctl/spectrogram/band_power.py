"""Power of whole windows in bands of frequency."""

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.spectrogram.decibels import blocks, decibels, transform
from sesctl.types.images import SpectrogramParameters


def band_power(
    values: npt.NDArray[np.float32], parameters: SpectrogramParameters, bands: int
) -> npt.NDArray[np.float64]:
    """Return the mean power of windows in equal bands of frequency, in dB.

    Parameters
    ----------
    values : ndarray of float32, shape (window, sample)
        Records in any unit; NaN in gaps.
    parameters : SpectrogramParameters
        How their spectrograms are made.
    bands : int
        Bands that divide k = 1 … n_fft / 2 evenly.

    Returns
    -------
    ndarray of float64, shape (window, band)
        10 log₁₀ of the mean of the power over a band's frequencies and all frames, dB re 1 unit², the lowest
        band first; NaN for a window with a gap.

    Raises
    ------
    ParameterError
        If the bands do not divide the frequencies.
    """
    half = parameters.n_fft // 2
    if bands < 1 or half % bands:
        msg = f"{bands} bands do not divide {half} frequencies evenly"
        raise ParameterError(msg, "Give a divisor, for example 8 of 32.")
    result = np.empty((len(values), bands))
    for rows in blocks(len(values)):
        power = 10.0 ** (decibels(transform(values[rows], parameters)).astype(np.float64) / 10)
        result[rows] = 10 * np.log10(power.reshape(len(power), bands, -1).mean(axis=2))
    return result
