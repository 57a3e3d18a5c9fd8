"""The impedance E = Z·B of a station, from the quiet hours of its own record."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sesctl.evidence.surroundings import electric_rows, named_rows
from sesctl.types import Record

Array = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]

BAND_PERIODS_S = (7200.0, 3000.0, 1500.0, 750.0, 350.0, 150.0, 60.0)
LONGEST_GAP_S = 300.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Impedance:
    """Transfer functions from magnetic channels to dipoles, by bands of frequency.

    Parameters
    ----------
    frequencies : ndarray of float64, shape (band,)
        Middle of each band in Hz, increasing.
    scaled : ndarray of complex128, shape (band, dipole, channel)
        Z/√f in mV/km/nT/√Hz; over a uniform half space it is the same for all bands.
    coherence : ndarray of float64, shape (band, dipole)
        Squared multiple coherence: the share of the dipole's power that Z·B explains.
    """

    frequencies: Array
    scaled: Complex
    coherence: Array

    def predict(self, magnetic: Array, interval: float) -> Array:
        """Return the electric field that magnetic variations induce.

        Z/√f is interpolated over the logarithm of the frequency, and constant beyond the bands.

        Parameters
        ----------
        magnetic : ndarray of float64, shape (channel, sample)
            nT, without gaps.
        interval : float
            Sampling interval in s.

        Returns
        -------
        ndarray of float64, shape (dipole, sample)
            mV/km; the ends, as long as a few periods, suffer from the record's being cut.
        """
        samples = magnetic.shape[1]
        line = np.linspace(0.0, 1.0, samples)
        flat = magnetic - magnetic[:, :1] - (magnetic[:, -1:] - magnetic[:, :1]) * line
        spectrum = np.fft.rfft(flat, axis=1)
        frequency = np.fft.rfftfreq(samples, interval)
        at, known = np.log(np.maximum(frequency, 1e-9)), np.log(self.frequencies)
        dipoles, channels = self.scaled.shape[1:]
        field = np.zeros((dipoles, frequency.size), dtype=np.complex128)
        for i in range(dipoles):
            for k in range(channels):
                real = np.interp(at, known, self.scaled[:, i, k].real)
                imaginary = np.interp(at, known, self.scaled[:, i, k].imag)
                field[i] += np.sqrt(frequency) * (real + 1j * imaginary) * spectrum[k]
        return np.asarray(np.fft.irfft(field, samples, axis=1))


def estimate_impedance(
    nights: Sequence[Record], dipoles: Sequence[str], channels: Sequence[str]
) -> Impedance | None:
    """Estimate Z band by band by robust least squares [Egbert and Booker 1986].

    Every night is one window: its gaps of up to 5 min bridged, its straight line taken off, under a Hann
    taper. In a band all frequencies of all nights are equations E = √f ζ B, solved for ζ by Huber's
    weights (1.5 times the scale of the rest).

    Parameters
    ----------
    nights : sequence of Record
        Quiet hours of equal length; those with longer gaps are left out.
    dipoles, channels : sequence of str
        Names of the dipoles and of the magnetic channels.

    Returns
    -------
    Impedance or None
        None with fewer than three usable nights.
    """
    windows: list[tuple[Complex, Complex, npt.NDArray[np.floating]]] = []
    for night in nights:
        electric = bridged(electric_rows(night.select(list(dipoles))), night.interval)
        magnetic = bridged(named_rows(night, tuple(channels)), night.interval)
        if electric is not None and magnetic is not None:
            frequency = np.fft.rfftfreq(night.samples, night.interval)
            windows.append((_spectra(electric), _spectra(magnetic), frequency))
    if len(windows) < 3:
        return None
    middles, solved, coherences = [], [], []
    for long, short in pairwise(BAND_PERIODS_S):
        electric_parts, magnetic_parts = [], []
        for output_lines, given_lines, frequency in windows:
            # The first two lines hold what the taper leaks of drift.
            band = (frequency >= 1 / long) & (frequency < 1 / short) & (np.arange(frequency.size) >= 2)
            electric_parts.append(output_lines[:, band])
            magnetic_parts.append(given_lines[:, band] * np.sqrt(frequency[band]))
        output, given = np.concatenate(electric_parts, axis=1), np.concatenate(magnetic_parts, axis=1)
        if output.shape[1] < 4 * len(channels):
            continue
        rows = [_robust(given.T, row) for row in output]
        middles.append((long * short) ** -0.5)
        solved.append(np.stack([solution for solution, _ in rows]))
        coherences.append([share for _, share in rows])
    if not middles:
        return None
    return Impedance(
        frequencies=np.array(middles),
        scaled=np.stack(solved),
        coherence=np.array(coherences, dtype=np.float64),
    )


def bridged(values: Array, interval: float) -> Array | None:
    """Return rows with gaps of up to 5 min bridged by straight lines, or None if one is longer."""
    filled = values.copy()
    for row in filled:
        missing = ~np.isfinite(row)
        if not missing.any():
            continue
        edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]]).astype(int)))
        if (edges[1::2] - edges[::2]).max() * interval > LONGEST_GAP_S:
            return None
        at = np.arange(row.size)
        row[missing] = np.interp(at[missing], at[~missing], row[~missing])
    return filled


def _spectra(values: Array) -> Complex:
    from scipy.signal import detrend
    from scipy.signal.windows import hann

    tapered = detrend(values, axis=1) * hann(values.shape[1], sym=False)
    return np.asarray(np.fft.rfft(tapered, axis=1), dtype=np.complex128)


def _robust(given: Complex, output: Complex) -> tuple[Complex, float]:
    """Return the solution of output = given · ζ, and the share of the weighted power it explains."""
    weights = np.ones(output.size)
    solution: Complex = np.zeros(given.shape[1], dtype=np.complex128)
    for _ in range(20):
        root = np.sqrt(weights)
        solution = np.asarray(np.linalg.lstsq(given * root[:, None], output * root, rcond=None)[0])
        rest = np.abs(output - given @ solution)
        scale = max(float(np.median(rest)) / 1.1774, 1e-12)  # of one part of a complex normal number
        weights = np.minimum(1.0, 1.5 * scale / np.maximum(rest, 1e-12))
    rest = np.abs(output - given @ solution)
    power = float((weights * np.abs(output) ** 2).sum())
    return solution, 1.0 - float((weights * rest**2).sum()) / max(power, 1e-12)
