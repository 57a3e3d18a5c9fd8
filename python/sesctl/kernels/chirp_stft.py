"""Short-time Fourier transform with a chirped window, and its inverse."""

from dataclasses import dataclass
from math import isfinite, prod
from operator import index
from typing import Literal, SupportsIndex, cast

import numpy as np
import numpy.typing as npt

from sesctl import _core
from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels.arrays import FloatArray, as_samples

WindowName = Literal["hann", "hamming", "bartlett", "rectangular"]
Measure = Literal["concentration", "renyi3"]
ComplexArray = npt.NDArray[np.complex64] | npt.NDArray[np.complex128]

_DEFAULT_LENGTH = 64


@dataclass(frozen=True, eq=False)
class ChirpSpectrum:
    """A chirp-window spectrum, with all it takes to invert it.

    Filter it by `dataclasses.replace(spectrum, spectrum=...)`.

    Parameters
    ----------
    spectrum : ndarray of complex64 or complex128, shape (..., n_fft, frame)
        Two-sided, in the order of `numpy.fft.fftfreq`, in the unit of the values times samples; NaN in frames
        that touch a missing sample.
    rates : ndarray of float64, shape (..., frame)
        The chirp rate of each frame in cycles/sample²; NaN where `spectrum` was not defined.
    gain : ndarray of float64, shape (..., frame)
        The concentration at that rate over that at rate 0, so 1 at rate 0; NaN like `rates`.
    window : ndarray of float64, shape (length,)
        The real window g, without the chirp.
    window_name : str
        What the window is called in messages.
    hop : int
        Samples from one frame to the next.
    samples : int
        Samples of the record.
    centred : bool
        Whether frame m is centred at sample m · hop, or begins there.

    Raises
    ------
    ShapeError
        If the shapes or types of `spectrum`, `rates` and `gain` do not go together.
    """

    spectrum: ComplexArray
    rates: npt.NDArray[np.float64]
    gain: npt.NDArray[np.float64]
    window: npt.NDArray[np.float64]
    window_name: str
    hop: int
    samples: int
    centred: bool

    def __post_init__(self) -> None:
        if self.spectrum.ndim < 2 or self.spectrum.dtype not in (np.complex64, np.complex128):
            msg = (
                f"spectrum has shape {self.spectrum.shape} and type {self.spectrum.dtype} instead of "
                "(..., n_fft, frame) of complex64 or complex128"
            )
            raise ShapeError(
                msg,
                "Keep the shape and the type that chirp_stft returned.",
            )
        frames = (*self.spectrum.shape[:-2], self.spectrum.shape[-1])
        if not self.rates.shape == self.gain.shape == frames:
            msg = (
                f"rates has shape {self.rates.shape} and gain {self.gain.shape}, "
                f"but the spectrum has frames of shape {frames}"
            )
            raise ShapeError(
                msg,
                "Keep all three from the same transform.",
            )

    @property
    def n_fft(self) -> int:
        """Number of frequencies; frequency k is k / n_fft cycles/sample, less 1 from n_fft / 2 on."""
        return int(self.spectrum.shape[-2])


def make_window(name: WindowName, length: SupportsIndex) -> npt.NDArray[np.float64]:
    """Return a window, periodic as a spectrum needs it (its next sample would be its first).

    Parameters
    ----------
    name : {"hann", "hamming", "bartlett", "rectangular"}
        The shape: ½ − ½ cos φ, 0.54 − 0.46 cos φ, 1 − |φ/π − 1|, or 1, with φ = 2πn / length.
    length : int
        Samples, at least 1.

    Returns
    -------
    ndarray of float64, shape (length,)
        Weights, 1 at most; 1 for a single sample.

    Raises
    ------
    ParameterError
        If the name is none of these, or the length is less than 1.
    """
    count = index(length)
    if count < 1:
        msg = f"the window's length is {count} samples"
        raise ParameterError(msg, "Pass 1 or more.")
    turn = np.arange(count) / count
    match str(name):
        case "hann":
            window = 0.5 - 0.5 * np.cos(2 * np.pi * turn)
        case "hamming":
            window = 0.54 - 0.46 * np.cos(2 * np.pi * turn)
        case "bartlett":
            window = 1.0 - np.abs(2 * turn - 1)
        case "rectangular":
            window = np.ones(count)
        case _:
            msg = f"the window is {name!r}"
            raise ParameterError(msg, "Pass 'hann', 'hamming', 'bartlett', 'rectangular', or an array.")
    return window if count > 1 else np.ones(1)


def check_overlap(window: npt.ArrayLike, hop: SupportsIndex) -> tuple[bool, bool]:
    """Tell whether copies of a window, one every `hop` samples, overlap evenly (COLA) and everywhere (NOLA).

    `inverse_chirp_stft` needs only NOLA, since it divides by the sum of the squares; COLA says that frames
    weighted once, left alone, would add up to the record.

    Parameters
    ----------
    window : array_like of real numbers, shape (length,)
        The window g.
    hop : int
        Samples from one copy to the next, at least 1.

    Returns
    -------
    cola : bool
        Whether Σ g[n − m · hop] is the same for every n, within 1e-10 of the largest weight, and not zero.
    nola : bool
        Whether Σ g²[n − m · hop] exceeds 1e-10 of the largest squared weight for every n.

    Raises
    ------
    ShapeError
        If the window is not one-dimensional, or not of a real type.
    ParameterError
        If the window is empty or not finite, or `hop` is less than 1.
    """
    return _core.check_overlap(_as_window(window), _as_hop(hop))


def chirp_stft(
    values: npt.ArrayLike,
    window: WindowName | npt.ArrayLike = "hann",
    length: SupportsIndex | None = None,
    hop: SupportsIndex = 8,
    n_fft: SupportsIndex = 64,
    *,
    rates: float | Literal["adaptive"] | npt.ArrayLike = 0.0,
    measure: Measure = "concentration",
    min_gain: float = 1.7,
    centred: bool = True,
) -> ChirpSpectrum:
    r"""Transform a record frame by frame, with windows that follow a changing frequency.

    .. math::

        X_m[k] = \sum_{n=0}^{L-1} x[n + n_m]\, g[n]\, e^{-j \pi c_m (n - L/2)^2}\, e^{-j 2 \pi k n / N}

    with :math:`g` the window, :math:`L` its length, :math:`N` = `n_fft`, :math:`c_m` the chirp rate of frame
    m, and :math:`n_m` its first sample: m · hop − ⌊L/2⌋ where `centred`, else m · hop. A chirp that rises by
    c cycles/sample each sample is a single line at rate c; rate 0 gives the ordinary transform. A chirped
    window is complex, so the negative frequencies are not the mirror image of the positive ones and both are
    kept.

    The rate of a frame is given, or chosen among :math:`c_i = i / (32 L)`, :math:`|i| \le 16`, as the one
    with the most concentrated power at positive frequencies :math:`k = 1 \ldots N/2 - 1` (over all
    frequencies the two signs of a rate could not be told apart), if it gains at least `min_gain` over rate 0.
    White noise gains 1.26 in the median, 1.7 in one frame of twenty and 2.0 in one of a hundred; by the Rényi
    entropy 1.33, 1.9 and 2.3. Concentration is judged on the frame less its weighted mean, so that a constant
    offset does not decide; the spectrum itself holds the offset.

    Parameters
    ----------
    values : array_like of real numbers, shape (..., samples)
        A record in any unit; NaN in its gaps. Infinite samples count as missing too. Not modified.
    window : {"hann", "hamming", "bartlett", "rectangular"} or array_like of real numbers, shape (length,)
        The real window g.
    length : int, optional
        Samples in the window: 64 if not given, or as many as `window` has.
    hop : int
        Samples from one frame to the next.
    n_fft : int
        Frequencies, a power of two of at least `length`. More than `length` interpolate between frequencies;
        they resolve no more.
    rates : float or "adaptive" or array_like of real numbers, shape (frame,) or (..., frame)
        The chirp rate in cycles/sample²: one for all frames, chosen for each, or given for each (for one of
        every row, with the leading axes of `values`; to smooth chosen rates, say).
    measure : {"concentration", "renyi3"}
        The concentration of the normalised power p: Σp², or √(Σp³), which is :math:`2^{-H}` with H the Rényi
        entropy of order 3 in bits.
    min_gain : float
        What a chosen rate must gain over rate 0, at least 1.
    centred : bool
        Whether frame m is centred at sample m · hop, with the record reflected at its ends (without repeating
        its end samples); if not, only frames inside the record are taken, and a rest at its end is in none.

    Returns
    -------
    ChirpSpectrum
        1 + ⌊samples / hop⌋ frames where `centred`, else 1 + ⌊(samples − length) / hop⌋; none for no samples.
        Spectrum, rate and gain of a frame that touches a missing sample, even one of weight zero, are NaN.

    Raises
    ------
    ShapeError
        If `values` is a single number or not of a real type, `window` and `length` disagree, or `rates` does
        not fit the frames.
    ParameterError
        If a parameter lies outside its range, or the record is too short: centred frames need more than half
        a window of samples, others a whole one.

    References
    ----------
    S. Mann and S. Haykin, "The chirplet transform", IEEE Trans. Signal Process. 43, 2745-2761, 1995.
    D. L. Jones and T. W. Parks, "A high resolution data-adaptive time-frequency representation", IEEE Trans.
    Acoust. Speech Signal Process. 38, 2127-2135, 1990 (the measure of concentration).
    R. G. Baraniuk et al., "Measuring time-frequency information content using the Rényi entropies", IEEE
    Trans. Inf. Theory 47, 1391-1409, 2001.
    """
    record = np.require(as_samples(values), requirements=["C_CONTIGUOUS", "ALIGNED"])
    name, weights = _choose_window(window, length)
    step, points = _as_hop(hop), index(n_fft)
    if points < len(weights) or points.bit_count() != 1:
        msg = (
            f"n_fft is {points} and the window has {len(weights)} samples, "
            "but n_fft has to be a power of two of at least that"
        )
        raise ParameterError(
            msg,
            f"Pass n_fft={1 << (len(weights) - 1).bit_length()} or a higher power of two.",
        )
    if measure not in ("concentration", "renyi3"):
        msg = f"measure is {measure!r}"
        raise ParameterError(msg, "Pass 'concentration' or 'renyi3'.")
    lead, samples = record.shape[:-1], record.shape[-1]
    frames = _count_frames(samples, len(weights), step, centred)
    table = record.reshape(prod(lead), samples)
    if isinstance(rates, str):
        if rates != "adaptive":
            msg = f"rates is {rates!r}"
            raise ParameterError(msg, "Pass 'adaptive', a number, or one for each frame.")
        if not (isfinite(min_gain) and min_gain >= 1):
            msg = f"min_gain is {min_gain}, but no gain is less than 1"
            raise ParameterError(msg, "1.7 is usual.")
        chosen, gain = _core.choose_chirp_rates(table, weights, step, points, centred, measure, min_gain)
    else:
        chosen = _as_rates(rates, (*lead, frames)).reshape(prod(lead), frames)
        gain = _core.chirp_gain(table, weights, step, points, centred, chosen, measure)
        chosen = np.where(np.isnan(gain), np.nan, chosen)
    spectrum = _core.chirp_stft(table, weights, step, points, centred, chosen)
    return ChirpSpectrum(
        spectrum=spectrum.reshape(*lead, points, frames),
        rates=chosen.reshape(*lead, frames),
        gain=gain.reshape(*lead, frames),
        window=weights,
        window_name=name,
        hop=step,
        samples=samples,
        centred=centred,
    )


def inverse_chirp_stft(spectrum: ChirpSpectrum) -> FloatArray:
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

    Returns
    -------
    ndarray of float32 or float64, shape (..., samples)
        The record in the unit of the values, float32 from complex64; NaN where no finite frame weighs it
        (Σg² at most 1e-10 of the largest g²): in gaps, and at the
        record's ends where frames do not reach them.

    Raises
    ------
    ParameterError
        If hop and window leave samples without weight (NOLA fails), whatever the record.
    ShapeError
        If the number of frames is not that of the record.

    References
    ----------
    D. W. Griffin and J. S. Lim, "Signal estimation from modified short-time Fourier transform", IEEE Trans.
    Acoust. Speech Signal Process. 32, 236-243, 1984.
    """
    window = _as_window(spectrum.window)
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
    *lead, points, frames = spectrum.spectrum.shape
    expected = _count_frames(spectrum.samples, len(window), spectrum.hop, spectrum.centred)
    if frames != expected:
        msg = f"the spectrum has {frames} frames, but a record of {spectrum.samples} samples has {expected}"
        raise ShapeError(
            msg,
            "Keep the number of frames and of samples that chirp_stft returned.",
        )
    values = _core.inverse_chirp_stft(
        np.require(spectrum.spectrum, requirements=["C_CONTIGUOUS", "ALIGNED"]).reshape(
            prod(lead), points, frames
        ),
        window,
        spectrum.hop,
        spectrum.centred,
        np.require(spectrum.rates, dtype=np.float64, requirements=["C_CONTIGUOUS", "ALIGNED"]).reshape(
            prod(lead), frames
        ),
        spectrum.samples,
    )
    return values.reshape(*lead, spectrum.samples)


def _as_window(window: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return weights as the kernel takes them."""
    weights = as_samples(window, "window")
    if weights.ndim != 1:
        msg = f"window has shape {weights.shape}"
        raise ShapeError(msg, "Pass a one-dimensional window.")
    if weights.size == 0 or not np.isfinite(weights).all():
        msg = f"the window of {weights.size} samples is empty or not finite throughout"
        raise ParameterError(
            msg,
            "Pass finite weights, or the name of a window.",
        )
    return np.require(weights, dtype=np.float64, requirements=["C_CONTIGUOUS", "ALIGNED"])


def _choose_window(
    window: WindowName | npt.ArrayLike, length: SupportsIndex | None
) -> tuple[str, npt.NDArray[np.float64]]:
    """Return a window's name and its weights."""
    if isinstance(window, str):
        # To mypy an array_like may be any string; make_window refuses those that name no window.
        name = cast("WindowName", window)
        return name, make_window(name, _DEFAULT_LENGTH if length is None else length)
    weights = _as_window(window).copy()
    if length is not None and index(length) != len(weights):
        msg = f"length is {index(length)}, but the window has {len(weights)} samples"
        raise ShapeError(
            msg,
            "Leave length out where the window is an array.",
        )
    return "given", weights


def _as_hop(hop: SupportsIndex) -> int:
    step = index(hop)
    if step < 1:
        msg = f"hop is {step} samples"
        raise ParameterError(msg, "Pass 1 or more.")
    return step


def _count_frames(samples: int, length: int, hop: int, centred: bool) -> int:
    """Return the number of frames of a record, or refuse one too short to be cut."""
    if samples == 0:
        return 0
    least = (length + 1) // 2 + 1 if centred else length
    if samples < least:
        raise ParameterError(
            f"the record has {samples} samples, but frames of {length} need at least {least}"
            + (" to be reflected at its ends" if centred else ""),
            "Pass a longer record or a shorter window.",
        )
    return 1 + (samples if centred else samples - length) // hop


def _as_rates(rates: npt.ArrayLike, frames: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Return one finite rate for each frame of each row."""
    array = np.asarray(rates)
    if (
        array.dtype.kind not in "fiu"
        or array.ndim > len(frames)
        or array.shape not in ((), frames[-1:], frames)
    ):
        msg = f"rates has shape {array.shape} and type {array.dtype}, but the frames have shape {frames}"
        raise ShapeError(
            msg,
            "Pass one real number, one for each frame, or one for each frame of each row.",
        )
    if not np.isfinite(array).all():
        bad = array[~np.isfinite(array)][0]
        msg = f"rates holds {bad}, which is not a finite number"
        raise ParameterError(
            msg,
            "Put 0 where the rate of a frame is not known.",
        )
    return np.require(
        np.broadcast_to(array, frames), dtype=np.float64, requirements=["C_CONTIGUOUS", "ALIGNED"]
    )
