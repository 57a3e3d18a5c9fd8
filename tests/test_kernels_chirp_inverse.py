from dataclasses import replace

import numpy as np
import pytest

from chirp_twins import TOLERANCE, WINDOWS
from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels import chirp_stft, inverse_chirp_stft


def relative_error(values, expected):
    return np.linalg.norm(values - expected) / np.linalg.norm(expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("rates", [0.0, 2e-3, "adaptive", "each"])
@pytest.mark.parametrize(("hop", "n_fft", "samples"), [(8, 64, 400), (16, 128, 399), (5, 64, 33)])
def test_the_inverse_returns_the_record(*, dtype, window, rates, hop, n_fft, samples):
    rng = np.random.default_rng(5)
    values = (1e4 + 10 * rng.normal(size=(2, 2, samples))).astype(dtype)
    if rates == "each":
        rates = rng.uniform(-1 / 128, 1 / 128, 1 + samples // hop)
    spectrum = chirp_stft(values, window, 64, hop, n_fft, rates=rates, min_gain=1.0)
    back = inverse_chirp_stft(spectrum)
    assert back.dtype == dtype
    assert relative_error(back, values) < TOLERANCE[dtype]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_inverse_is_exact_wherever_a_finite_frame_weighs_the_record(dtype):
    values = np.random.default_rng(6).normal(size=500).astype(dtype)
    values[200:210] = np.nan
    back = inverse_chirp_stft(chirp_stft(values, rates="adaptive"))
    # Frames of 64 every 8, centred at multiples of 8: the last whole one before the gap is centred at 168 and
    # ends with 199; the first after it begins with 216, whose Hann weight is 0.
    lost = np.zeros(500, bool)
    lost[200:217] = True
    np.testing.assert_array_equal(np.isnan(back), lost)
    # Where a single taper reaches, rounding grows by one over its weight, 1 / sin²(π/64) at most.
    error = abs(back - values)[~lost].max()
    assert error < 1e3 * np.finfo(dtype).eps


def test_the_inverse_of_frames_inside_the_record_leaves_out_what_they_do_not_weigh():
    values = np.random.default_rng(7).normal(size=133)
    back = inverse_chirp_stft(chirp_stft(values, "hann", 32, 16, centred=False))
    np.testing.assert_array_equal(np.isnan(back), np.isin(np.arange(133), [0, 128, 129, 130, 131, 132]))
    np.testing.assert_allclose(back[1:128], values[1:128], atol=1e-12)


def test_the_inverse_of_a_filtered_spectrum_is_real_and_of_its_type():
    values = np.cos(2 * np.pi * np.arange(512) / 8) + np.cos(2 * np.pi * np.arange(512) / 32)
    spectrum = chirp_stft(values)
    passed = spectrum.spectrum * (np.abs(np.fft.fftfreq(64)) < 1 / 16)[:, None]
    back = inverse_chirp_stft(replace(spectrum, spectrum=passed))
    np.testing.assert_allclose(back[64:-64], np.cos(2 * np.pi * np.arange(512) / 32)[64:-64], atol=1e-6)


@pytest.mark.parametrize("shape", [(0, 100), (3, 0), (0, 0), (2, 0, 100)])
@pytest.mark.parametrize("rates", [0.0, "adaptive"])
def test_no_rows_or_no_samples_give_an_empty_spectrum_that_inverts(shape, rates):
    spectrum = chirp_stft(np.zeros(shape, np.float32), rates=rates)
    assert spectrum.spectrum.shape == (*shape[:-1], 64, 13 if shape[-1] else 0)
    back = inverse_chirp_stft(spectrum)
    assert back.shape == shape
    assert back.dtype == np.float32


@pytest.mark.parametrize(("window", "hop"), [("hann", 64), ("rectangular", 65)])
def test_a_record_that_its_frames_do_not_hold_is_not_inverted(window, hop):
    spectrum = chirp_stft(np.zeros(300), window, hop=hop)
    with pytest.raises(
        ParameterError, match=rf"{window} window of 64 samples every {hop} samples.*NOLA"
    ) as caught:
        inverse_chirp_stft(spectrum)
    assert caught.value.hint


def test_a_spectrum_that_lost_its_frames_is_refused():
    spectrum = chirp_stft(np.zeros(300))
    with pytest.raises(ShapeError, match="complex64 or complex128"):
        replace(spectrum, spectrum=abs(spectrum.spectrum))
    with pytest.raises(ShapeError, match="rates has shape"):
        replace(spectrum, spectrum=spectrum.spectrum[:, :-1])
    with pytest.raises(ShapeError, match="38 frames, but a record of 200 samples has 26"):
        inverse_chirp_stft(replace(spectrum, samples=200))


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"hop": 0}, ParameterError, "hop is 0"),
        ({"samples": -5}, ParameterError, "-5 samples"),
        ({"samples": 10**15}, ShapeError, "38 frames, but a record of 1000000000000000 samples"),
        ({"window": np.ones(65)}, ParameterError, "n_fft is 64 and the window has 65"),
        ({"window": np.zeros(64)}, ParameterError, "largest weight of the window is 0.0"),
        ({"rates": np.full(38, 1e300)}, ParameterError, r"rates holds 1e\+300"),
        ({"rates": np.zeros(38, complex)}, ShapeError, "rates has type complex128"),
        ({"spectrum": np.zeros((96, 38), complex)}, ParameterError, "n_fft is 96"),
        ({"spectrum": np.zeros((0, 38), complex)}, ParameterError, "n_fft is 0"),
    ],
)
def test_what_no_transform_returned_is_refused_with_what_to_do(changed, error, message):
    spectrum = chirp_stft(np.zeros(300))
    with pytest.raises(error, match=message) as caught:
        inverse_chirp_stft(replace(spectrum, **changed))
    assert caught.value.hint
