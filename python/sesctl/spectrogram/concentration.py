"""How concentrated the power of each frame is."""

import numpy as np
import numpy.typing as npt

from sesctl.kernels import ChirpSpectrum


def concentration(values: npt.NDArray[np.float32], spectrum: ChirpSpectrum) -> npt.NDArray[np.float64]:
    """Return the concentration of the frames of a record, as the choice of a chirp rate sees it.

    C_m = Σ |X_m[k]|⁴ / (Σ |X_m[k]|²)² over k = 1 … n_fft/2 − 1 of the frame less its weighted mean: 1 where
    all power is at one frequency, about 1 over their number where it is spread evenly.

    Parameters
    ----------
    values : ndarray of float32, shape (..., sample)
        The record that `spectrum` was made from.
    spectrum : ChirpSpectrum
        Its window, hop and rates are used.

    Returns
    -------
    ndarray of float64, shape (..., frame)
        NaN in frames that touch a gap.

    References
    ----------
    D. L. Jones and T. W. Parks, "A high resolution data-adaptive time-frequency representation", IEEE Trans.
    Acoust. Speech Signal Process. 38, 2127-2135, 1990.
    """
    window, length = spectrum.window, len(spectrum.window)
    record = np.asarray(values, dtype=np.float64)
    if spectrum.centred:
        lead = [(0, 0)] * (record.ndim - 1)
        record = np.pad(record, [*lead, (length // 2, length - length // 2)], mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(record, length, axis=-1)
    frames = frames[..., :: spectrum.hop, :][..., : spectrum.rates.shape[-1], :]
    mean = (frames * window).sum(axis=-1, keepdims=True) / window.sum()
    offset = np.arange(length) - length / 2
    chirp = np.exp(-1j * np.pi * np.nan_to_num(spectrum.rates)[..., None] * offset**2)
    half = np.fft.fft((frames - mean) * window * chirp, spectrum.n_fft)[..., 1 : spectrum.n_fft // 2]
    power = half.real**2 + half.imag**2
    total = power.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((power**2).sum(axis=-1) / total**2)
