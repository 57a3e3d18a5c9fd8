import numpy as np
from numpy.typing import NDArray

# Each function returns the type that it is given, which overloads cannot say: to mypy, those on float32 and
# float64 arrays overlap.
_FloatArray = NDArray[np.float32] | NDArray[np.float64]
_ComplexArray = NDArray[np.complex64] | NDArray[np.complex128]

__version__: str

def active_isa() -> str: ...
def first_infinite(samples: _FloatArray, threads: int = 1) -> int: ...
def grid_samples(
    times: NDArray[np.int64],
    values: _FloatArray,
    start: int,
    interval: int,
    count: int,
    threads: int = 1,
    refuse_infinite: bool = False,
) -> tuple[_FloatArray, NDArray[np.uint32]]: ...
def fill_gaps(
    values: _FloatArray, max_length: int, threads: int = 1, out: _FloatArray | None = None
) -> tuple[_FloatArray, NDArray[np.bool_]]: ...
def despike(
    values: _FloatArray,
    window: int,
    n_sigma: float,
    floor: float,
    threads: int = 1,
    out: _FloatArray | None = None,
) -> tuple[_FloatArray, NDArray[np.bool_]]: ...
def smooth_savgol(
    values: _FloatArray, window: int, order: int, threads: int = 1, out: _FloatArray | None = None
) -> _FloatArray: ...
def moving_average(
    values: _FloatArray, window: int, threads: int = 1, out: _FloatArray | None = None
) -> _FloatArray: ...
def running_median(
    values: _FloatArray, window: int, threads: int = 1, out: _FloatArray | None = None
) -> _FloatArray: ...
def chirp_stft(
    values: _FloatArray,
    window: NDArray[np.float64],
    hop: int,
    n_fft: int,
    centred: bool,
    rates: NDArray[np.float64],
    onesided: bool = False,
    threads: int = 1,
) -> _ComplexArray: ...
def chirp_gain(
    values: _FloatArray,
    window: NDArray[np.float64],
    hop: int,
    n_fft: int,
    centred: bool,
    rates: NDArray[np.float64],
    measure: str,
    threads: int = 1,
) -> NDArray[np.float64]: ...
def choose_chirp_rates(
    values: _FloatArray,
    window: NDArray[np.float64],
    hop: int,
    n_fft: int,
    centred: bool,
    measure: str,
    min_gain: float,
    threads: int = 1,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def inverse_chirp_stft(
    spectrum: _ComplexArray,
    window: NDArray[np.float64],
    hop: int,
    centred: bool,
    rates: NDArray[np.float64],
    samples: int,
    threads: int = 1,
) -> _FloatArray: ...
def check_overlap(window: NDArray[np.float64], hop: int) -> tuple[bool, bool]: ...
def find_intervals(
    probability: _FloatArray,
    high: float,
    low: float,
    min_length: int,
    max_length: int,
    merge_gap: int,
    threads: int = 1,
    refuse_infinite: bool = False,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]: ...
def refit_edges(
    values: _FloatArray,
    row: NDArray[np.int64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    radius: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]: ...
def edge_contrast(
    values: _FloatArray, half_window: int, threads: int = 1, out: _FloatArray | None = None
) -> _FloatArray: ...
def find_opposite_edges(
    contrast: _FloatArray,
    min_length: int,
    max_length: int,
    min_score: float,
    max_events: int,
    half_window: int,
    threads: int = 1,
) -> tuple[
    NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int8]
]: ...
