"""The record with a given chirp-window spectrum."""

from math import prod
from typing import SupportsIndex

import numpy as np

from sesctl import _core
from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels.arrays import FloatArray, as_samples
from sesctl.kernels.chirp_rates import require_possible
from sesctl.kernels.chirp_spectrum import ChirpSpectrum, count_frames, require_transform
from sesctl.kernels.overlap import as_weights, check_overlap
from sesctl.kernels.threads import as_threads


def inverse_chirp_stft(spectrum: ChirpSpectrum, *, threads: SupportsIndex | None = None) -> FloatArray:
    r"""Return the record with a given chirp-window spectrum.

    .. math::

        x[n] = \operatorname{Re} \frac{\sum_m y_m[n - n_m]\, g[n - n_m]\, e^{+j \pi c_m (n - n_m - L/2)^2}}
                                       {\sum_m g[n - n_m]^2}

    with :math:`y_m` the inverse discrete Fourier transform of :math:`X_m`; for a modified spectrum, the
    record whose spectrum is nearest to it (Griffin and Lim 1984). Rates may differ from frame to frame.
    Frames that are not finite are left out of both sums: the record is exact wherever a finite frame weighs
    it, and rounding grows by 1/√Σg² where only the taper of one does.

    Parameters
    ----------
    spectrum : ChirpSpectrum
        What `chirp_stft` returned, filtered or not.
    threads : int, optional
        The most threads to use; as many as the process has cores if not given. The result does not depend on
        it.

    Returns
    -------
    ndarray of float32 or float64, shape (..., samples)
        The record in the unit of the values, float32 from complex64; NaN where no finite frame weighs it
        (Σg² at most 1e-10 of the largest g²): in gaps, and at the record's ends where frames do not reach
        them.

    Raises
    ------
    ParameterError
        If hop and window leave samples without weight (NOLA fails), whatever the record, or the number of
        frequencies, a rate or another parameter lies outside its range.
    ShapeError
        If the number of frames is not that of the record, or `rates` or `window` is not of a real type.

    References
    ----------
    D. W. Griffin and J. S. Lim, "Signal estimation from modified short-time Fourier transform", IEEE Trans.
    Acoust. Speech Signal Process. 32, 236-243, 1984.
    """
    window = as_weights(spectrum.window)
    cola, nola = check_overlap(window, spectrum.hop)
    if not nola:
        msg = (
            f"a {spectrum.window_name} window of {len(window)} samples every {spectrum.hop} samples "
            f"leaves some samples without weight (NOLA fails; COLA {'holds' if cola else 'fails'})"
        )
        raise ParameterError(
            msg,
            f"Transform with a hop of at most {max(1, len(window) // 2)} samples.",
        )
    *lead, points, frames = (*spectrum.spectrum.shape[:-2], spectrum.n_fft, spectrum.spectrum.shape[-1])
    require_transform(points, len(window))
    expected = count_frames(spectrum.samples, len(window), spectrum.hop, spectrum.centred)
    if frames != expected:
        msg = f"the spectrum has {frames} frames, but a record of {spectrum.samples} samples has {expected}"
        raise ShapeError(
            msg,
            "Keep the number of frames and of samples that chirp_stft returned.",
        )
    rates = as_samples(spectrum.rates, "rates").astype(np.float64, copy=False)
    require_possible(rates)
    values = _core.inverse_chirp_stft(
        np.require(spectrum.two_sided, requirements=["C_CONTIGUOUS", "ALIGNED"]).reshape(
            prod(lead), points, frames
        ),
        window,
        spectrum.hop,
        spectrum.centred,
        rates.reshape(prod(lead), frames),
        spectrum.samples,
        as_threads(threads),
    )
    return values.reshape(*lead, spectrum.samples)
