"""What holds for all kernels: the same bits for any number of threads and any vector instructions."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from sesctl import kernels
from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels.threads import as_threads


def run_all(dtype, threads):
    """Return every array that the kernels return for a record with gaps, spikes and steps."""
    rng = np.random.default_rng(1)
    # Odd numbers of rows and samples, so that some lanes and blocks stay incomplete.
    values = rng.normal(size=(37, 5003)).cumsum(axis=-1) + 1e4
    values[rng.random(values.shape) < 0.01] += 100
    values[5:, rng.integers(0, 5003, 60)] = np.nan
    values[-1, 100:2000] = np.nan
    values[-2, ::2] = np.nan
    values = values.astype(dtype)
    times = np.sort(rng.integers(0, 4000, 5003)) * 1_000_000
    contrast = kernels.edge_contrast(values, 18, threads=threads)
    pairs = kernels.find_opposite_edges(contrast, 20, 1000, 2.0, 9, 18, threads=threads)
    scores = kernels.find_intervals(contrast, 3.0, 1.0, merge_gap=2, threads=threads)
    spectrum = kernels.chirp_stft(values, rates="adaptive", min_gain=1.4, threads=threads)
    fixed = kernels.chirp_stft(values, "hamming", 48, threads=threads)
    return [
        *(kernels.smooth_savgol(values, window, order, threads=threads) for window, order in WINDOWS),
        *(kernels.moving_average(values, window, threads=threads) for window in (3, 31, 1001)),
        *(kernels.running_median(values, window, threads=threads) for window in (3, 61, 361, 1001)),
        *(array for window in (3, 11, 101) for array in kernels.despike(values, window, threads=threads)),
        *kernels.despike(values, 11, 3.0, 0.5, threads=threads),
        *kernels.fill_gaps(values, 30, threads=threads),
        *kernels.grid_samples(times, values, 0, 1_000_000, 4100, threads=threads),
        *kernels.grid_samples(np.arange(5003), values, 0, 1, 5003, threads=threads),
        contrast,
        *(getattr(pairs, name) for name in ("row", "start", "end", "score", "sign")),
        *(getattr(scores, name) for name in ("row", "start", "end", "peak")),
        *(getattr(each, name) for each in (spectrum, fixed) for name in ("spectrum", "rates", "gain")),
        kernels.inverse_chirp_stft(spectrum, threads=threads),
    ]


WINDOWS = [(61, 3), (361, 3), (1001, 5), (5, 0)]


def fingerprint():
    """Return one hash of all that the kernels return, and the instructions they used."""
    whole = hashlib.sha256()
    for dtype in (np.float32, np.float64):
        for array in run_all(dtype, 1):
            # A zero or NaN may have any sign.
            whole.update(np.where(np.isnan(array), np.nan, array + 0).tobytes())
    return whole.hexdigest(), kernels.active_isa()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_any_number_of_threads_gives_the_same_bits(dtype):
    alone = run_all(dtype, 1)
    for threads in (2, 5):
        for one, several in zip(alone, run_all(dtype, threads), strict=True):
            np.testing.assert_array_equal(one, several)


@pytest.mark.parametrize("isa", ["baseline", "avx2"])
def test_narrower_instructions_give_the_same_bits(isa):
    here, active = fingerprint()
    if isa == "avx2" and active == "baseline":
        pytest.skip(f"this processor has no {isa}")
    program = "from test_kernels_threads import fingerprint; print(*fingerprint())"
    printed = in_fresh_process(program, isa)
    assert printed.stdout.split() == [here, isa], printed.stderr


def in_fresh_process(program, isa):
    environment = os.environ | {"SESCTL_ISA": isa, "PYTHONPATH": os.pathsep.join([*sys.path])}
    return subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_instructions_that_no_processor_has_are_refused_by_name():
    program = "import numpy, sesctl.kernels as k; k.running_median(numpy.zeros(9), 3)"
    failed = in_fresh_process(program, "abacus")
    assert failed.returncode != 0
    assert "SESCTL_ISA is 'abacus', but this processor goes from baseline to" in failed.stderr


def test_as_many_threads_as_the_process_has_cores_are_the_default():
    assert as_threads(None) == len(os.sched_getaffinity(0))
    assert as_threads(np.int16(3)) == 3


@pytest.mark.parametrize("threads", [0, -1])
def test_no_threads_are_refused(threads):
    with pytest.raises(ParameterError, match=f"threads is {threads}") as caught:
        kernels.running_median(np.zeros(9), 3, threads=threads)
    assert caught.value.hint


@pytest.mark.parametrize(
    "kernel",
    [
        kernels.smooth_savgol,
        kernels.moving_average,
        kernels.running_median,
        lambda values, **options: kernels.despike(values, **options)[0],
        lambda values, **options: kernels.fill_gaps(values, 3, **options)[0],
        lambda values, **options: kernels.edge_contrast(values, 5, **options),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_result_is_written_where_it_is_wanted(kernel, dtype):
    values = np.random.default_rng(2).normal(size=(2, 200)).astype(dtype)
    values[0, 50] = np.nan
    out = np.empty_like(values)
    assert kernel(values, out=out) is out
    np.testing.assert_array_equal(out, kernel(values))


@pytest.mark.parametrize(
    ("out", "fault"),
    [
        (np.empty(8), r"out has shape \(8,\) and type float64, but the result has shape \(9,\)"),
        (np.empty(9, np.float32), "type float32, but the result has .* type float64"),
        (np.empty(18)[::2], "not C-contiguous"),
        ([0.0] * 9, "out has type"),
    ],
)
def test_where_a_result_cannot_be_written_is_refused(out, fault):
    with pytest.raises(ShapeError, match=fault) as caught:
        kernels.running_median(np.zeros(9), 3, out=out)
    assert caught.value.hint


def test_a_result_is_not_written_over_its_values_nor_into_read_only_memory():
    values = np.zeros(9)
    with pytest.raises(ShapeError, match="shares memory"):
        kernels.smooth_savgol(values, 3, 1, out=values)
    frozen = np.zeros(9)
    frozen.flags.writeable = False
    with pytest.raises(ShapeError, match="writeable"):
        kernels.smooth_savgol(values, 3, 1, out=frozen)
