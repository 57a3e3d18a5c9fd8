"""The kernels' workloads, and for each what else anyone could use for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

DAYS = 200
DAY = 8640

Call = Callable[[], Any]


@dataclass(frozen=True)
class Workload:
    """One row of the table.

    Parameters
    ----------
    name : str
        What the row is called.
    what : str
        What is computed, on how much.
    array : ndarray
        The input, whose copy is timed beside.
    ours : callable
        Our kernel on it.
    peers : dict from str to callable
        Prepares the same by others, where they are installed.
    """

    name: str
    what: str
    array: np.ndarray
    ours: Call
    peers: dict[str, Callable[[], Call]]


def all_workloads(dtype: np.dtype, threads: int, days: int = DAYS) -> Iterator[Workload]:
    """Yield every workload, with its data in `dtype`; `days` is that of the filters."""
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((days, DAY), dtype=np.float32).astype(dtype)
    with_gaps = noise.copy()
    with_gaps[rng.random(noise.shape) < 0.02] = np.nan
    yield from _smoothing(noise, with_gaps, threads)
    yield from _medians(noise, with_gaps, threads)
    yield from _transforms(rng.standard_normal((2 * days, 1440)).astype(dtype), threads, days)
    yield _intervals(noise, threads)
    yield _segment(noise, rng, threads)


def _installed(peers: dict[str, Callable[[], Call]]) -> dict[str, Callable[[], Call]]:
    """Return the peers that are installed; each is named after its package."""
    return {name: make for name, make in peers.items() if find_spec(name) is not None}


def _smoothing(noise: np.ndarray, with_gaps: np.ndarray, threads: int) -> Iterator[Workload]:
    from sesctl.kernels import despike, fill_gaps, moving_average, smooth_savgol

    def savgol(window: int) -> Call:
        from scipy.signal import savgol_filter

        return lambda: savgol_filter(noise, window, 3, axis=-1)

    for window in (61, 361):
        yield Workload(
            f"savgol{window}",
            f"Savitzky-Golay of order 3 over {window} samples",
            noise,
            lambda window=window: smooth_savgol(noise, window, 3, threads=threads),
            _installed({"scipy": lambda window=window: savgol(window)}),
        )

    def clean() -> np.ndarray:
        despiked, _ = despike(with_gaps, 11, threads=threads)
        # As sesctl.clean does, in place or over what is needed no longer.
        filled, _ = fill_gaps(despiked, 30, threads=threads, out=despiked)
        smoothed = smooth_savgol(filled, 61, 3, threads=threads)
        return moving_average(smoothed, 31, threads=threads, out=filled)

    def smooth_alone() -> Call:
        from scipy.ndimage import uniform_filter1d
        from scipy.signal import savgol_filter

        return lambda: uniform_filter1d(savgol_filter(noise, 61, 3, axis=-1), 31, axis=-1)

    yield Workload(
        "clean",
        "Hampel over 11, short gaps filled, Savitzky-Golay over 61, mean of 31; 2 % missing "
        "(peer: the last two alone, nothing missing)",
        with_gaps,
        clean,
        _installed({"scipy": smooth_alone}),
    )

    def move_mean() -> Call:
        import bottleneck

        return lambda: bottleneck.move_mean(noise, 121, axis=-1)

    def uniform_filter() -> Call:
        from scipy.ndimage import uniform_filter1d

        return lambda: uniform_filter1d(noise, 121, axis=-1)

    yield Workload(
        "mean121",
        "mean of 121 samples",
        noise,
        lambda: moving_average(noise, 121, threads=threads),
        _installed({"bottleneck": move_mean, "scipy": uniform_filter}),
    )


def _medians(noise: np.ndarray, with_gaps: np.ndarray, threads: int) -> Iterator[Workload]:
    from sesctl.kernels import running_median

    def move_median(values: np.ndarray, window: int) -> Call:
        import bottleneck

        # With min_count, as a window at a gap has fewer samples.
        return lambda: bottleneck.move_median(values, window, min_count=1, axis=-1)

    for name, window, values in (
        ("median61", 61, noise),
        ("median61_nan", 61, with_gaps),
        ("median1001", 1001, noise),
    ):
        yield Workload(
            name,
            f"median of {window} samples" + (", 2 % missing" if values is with_gaps else ""),
            values,
            lambda values=values, window=window: running_median(values, window, threads=threads),
            _installed({"bottleneck": lambda values=values, window=window: move_median(values, window)}),
        )


def _transforms(records: np.ndarray, threads: int, days: int) -> Iterator[Workload]:
    from scipy.signal import get_window

    from sesctl.kernels import chirp_stft

    length, hop = 64, 8
    hann = get_window("hann", length)
    some = records[: days // 5]
    rates = np.arange(-16, 17) / (32 * length)
    chirps = hann * np.exp(-1j * np.pi * rates[:, None] * (np.arange(length) - length / 2) ** 2)

    def torch_chirps() -> Call:
        import torch

        torch.set_num_threads(threads)
        # stft conjugates no window, and takes a complex one only for complex samples.
        samples = torch.tensor(some + 0j).to(_complex(torch, records.dtype))
        windows = torch.tensor(chirps).to(samples.dtype)
        return lambda: [torch.stft(samples, length, hop, window=w, return_complex=True) for w in windows]

    yield Workload(
        "chirp33",
        f"{len(some)} days of 1440 samples in frames of 64, 33 chirp rates, the best chosen "
        "(peers: not chosen)",
        some,
        lambda: chirp_stft(some, "hann", length, hop, 64, rates="adaptive", threads=threads),
        _installed({"torch": torch_chirps}),
    )

    def torch_plain() -> Call:
        import torch

        torch.set_num_threads(threads)
        samples, window = torch.tensor(records), torch.tensor(hann.astype(records.dtype))
        return lambda: torch.stft(samples, length, hop, window=window, return_complex=True)

    def librosa_plain() -> Call:
        import librosa

        return lambda: librosa.stft(records, n_fft=length, hop_length=hop, window="hann")

    yield Workload(
        "stft0",
        f"{len(records)} days of 1440 samples in frames of 64, no chirp, the frequencies from 0 to half",
        records,
        lambda: chirp_stft(records, "hann", length, hop, 64, onesided=True, threads=threads),
        _installed({"torch": torch_plain, "librosa": librosa_plain}),
    )


def _complex(torch: Any, dtype: np.dtype) -> Any:
    return torch.complex64 if dtype == np.float32 else torch.complex128


def _intervals(noise: np.ndarray, threads: int) -> Workload:
    from scipy.ndimage import gaussian_filter1d

    from sesctl.kernels import find_intervals

    smooth = gaussian_filter1d(noise, 30, axis=-1)
    scores = ((smooth - smooth.min()) / (smooth.max() - smooth.min())).astype(noise.dtype)

    def differences() -> list[tuple[np.ndarray, np.ndarray]]:
        found = []
        for row in scores:
            change = np.diff(np.concatenate([[0], (row > 0.6).view(np.int8), [0]]))
            found.append((np.flatnonzero(change == 1), np.flatnonzero(change == -1)))
        return found

    def trigger() -> Call:
        from obspy.signal.trigger import trigger_onset

        return lambda: [trigger_onset(row, 0.6, 0.5) for row in scores]

    return Workload(
        "intervals",
        "intervals above 0.6, down to 0.5 (numpy: without hysteresis)",
        scores,
        lambda: find_intervals(scores, 0.6, 0.5, threads=threads),
        _installed({"numpy": lambda: differences, "obspy": trigger}),
    )


def _segment(noise: np.ndarray, rng: np.random.Generator, threads: int) -> Workload:
    from sesctl.kernels import grid_samples

    kept = rng.random(noise.size) > 0.01
    seconds = 10 * np.arange(noise.size)[kept]
    values = noise.ravel()[kept]
    times = seconds * 1_000_000

    def group() -> Call:
        import polars as pl

        table = pl.DataFrame({"t": seconds.astype("datetime64[s]").astype("datetime64[ms]"), "v": values})
        return lambda: table.group_by_dynamic("t", every="10s").agg(pl.col("v").mean())

    return Workload(
        "segment",
        f"{len(values) / 1e6:.1f} million samples at times of their own, 1 % missing, to a grid of 10 s",
        values,
        lambda: grid_samples(times, values, 0, 10_000_000, noise.size, threads=threads),
        _installed({"polars": group}),
    )
