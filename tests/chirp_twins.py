"""The chirped transform of one frame at a time, by NumPy."""

import numpy as np

WINDOWS = ["hann", "hamming", "bartlett", "rectangular"]
TOLERANCE = {np.float32: 1e-6, np.float64: 1e-12}


def chirp(rate, length, start=0):
    """Return the chirp factor of a frame, exp(-jπc(n - L/2)²)."""
    n = np.arange(start, start + length) - length / 2
    return np.exp(-1j * np.pi * rate * n**2)


def cut(row, length, hop, centred):
    """Cut a record into frames, one by one."""
    if centred:
        frames = 1 + len(row) // hop
        row = np.pad(row, (length // 2, length), mode="reflect")
    else:
        frames = 1 + (len(row) - length) // hop
    return np.array([row[m * hop : m * hop + length] for m in range(frames)])


def twin(row, window, hop, n_fft, rates, *, centred=True):
    """Transform each frame on its own with NumPy's FFT; (n_fft, frame)."""
    length = len(window)
    frames = cut(row.astype(np.float64), length, hop, centred)
    factors = [chirp(rate, length) for rate in np.broadcast_to(rates, len(frames))]
    return np.array(
        [np.fft.fft(frame * window * factor, n_fft) for frame, factor in zip(frames, factors, strict=True)]
    ).T


def concentration(spectrum, measure):
    power = np.abs(spectrum[1 : len(spectrum) // 2]) ** 2
    p = power / power.sum()
    return (p**2).sum() if measure == "concentration" else np.sqrt((p**3).sum())
