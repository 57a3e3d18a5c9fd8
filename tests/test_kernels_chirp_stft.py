import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from chirp_twins import TOLERANCE, WINDOWS, chirp, twin
from sesctl import _core
from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels import chirp_stft, inverse_chirp_stft, make_window

QUICK = settings(deadline=None, max_examples=100)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize(("length", "hop", "n_fft"), [(64, 8, 64), (33, 5, 128), (48, 48, 64), (1, 1, 2)])
def test_every_frame_is_the_fft_of_its_windowed_chirped_samples(
    *, dtype, window, centred, length, hop, n_fft
):
    values = np.random.default_rng(1).normal(1, 1, 301).astype(dtype)
    got = chirp_stft(values, window, length, hop, n_fft, rates=3e-4, centred=centred)
    expected = twin(values, make_window(window, length), hop, n_fft, 3e-4, centred=centred)
    assert got.spectrum.dtype == (np.complex64 if dtype is np.float32 else np.complex128)
    assert got.spectrum.shape == expected.shape
    np.testing.assert_allclose(got.spectrum, expected, atol=TOLERANCE[dtype] * abs(expected).max())


@pytest.mark.parametrize("rate", [0.0, 1 / 256, -1 / 300])
def test_the_spectrum_is_that_of_scipy_with_the_same_complex_window(rate):
    values = np.random.default_rng(2).normal(size=640)
    window = make_window("hann", 64)
    # SciPy conjugates its window.
    oracle = scipy.signal.ShortTimeFFT(
        np.conj(window * chirp(rate, 64)), 8, fs=1, fft_mode="twosided", mfft=64, phase_shift=None
    )
    got = chirp_stft(values, rates=rate).spectrum
    # SciPy lays other samples beyond the ends, and counts frames from the first that touches the record.
    inside = slice(4, 77)
    np.testing.assert_allclose(got[:, inside], oracle.stft(values, p0=0, p1=81)[:, inside], atol=1e-11)


def test_without_chirp_the_spectrum_is_the_ordinary_one_and_its_own_mirror_image():
    values = np.random.default_rng(3).normal(size=256)
    got = chirp_stft(values)
    np.testing.assert_allclose(got.spectrum, twin(values, make_window("hann", 64), 8, 64, 0.0), atol=1e-12)
    np.testing.assert_allclose(got.spectrum[1:32], np.conj(got.spectrum[:32:-1]), atol=1e-12)
    np.testing.assert_array_equal(got.gain, 1.0)
    assert got.n_fft == 64


def test_opposite_rates_mirror_each_other_over_frequency():
    values = np.random.default_rng(4).normal(size=256)
    rising, falling = (chirp_stft(values, rates=c).spectrum for c in (1e-3, -1e-3))
    np.testing.assert_allclose(falling[1:], np.conj(rising[:0:-1]), atol=1e-12)


@QUICK
@given(
    values=hnp.arrays(
        st.sampled_from([np.float32, np.float64]),
        st.tuples(st.integers(0, 3), st.integers(20, 90)),
        elements=st.floats(-1e4, 1e4, width=32),
        fill=st.nothing(),
    ),
    window=st.sampled_from(WINDOWS),
    length=st.integers(1, 32),
    hop=st.integers(1, 40),
    n_fft=st.sampled_from([32, 64]),
    rate=st.floats(-0.02, 0.02),
    centred=st.booleans(),
)
def test_any_record_agrees_with_the_twin(*, values, window, length, hop, n_fft, rate, centred):
    if not centred:
        length = min(length, values.shape[-1])
    got = chirp_stft(values, window, length, hop, n_fft, rates=rate, centred=centred)
    size = max(1e-30, np.abs(values).max(initial=0.0) * length)
    for row, spectrum in zip(values, got.spectrum, strict=True):
        expected = twin(row, make_window(window, length), hop, n_fft, rate, centred=centred)
        np.testing.assert_allclose(spectrum, expected, atol=size * TOLERANCE[values.dtype.type])


@pytest.mark.parametrize("rates", [0.0, 1e-3, "adaptive"])
def test_frames_that_touch_a_missing_sample_are_missing_and_no_others(rates):
    values = np.random.default_rng(12).normal(size=(2, 400))
    clean = chirp_stft(values, rates=rates)
    values[1, 200] = np.nan
    got = chirp_stft(values, rates=rates)
    centres = np.arange(0, 401, 8)
    touched = np.zeros((2, 51), bool)
    touched[1] = (centres - 32 <= 200) & (centres + 32 > 200)
    np.testing.assert_array_equal(np.isnan(got.gain), touched)
    np.testing.assert_array_equal(np.isnan(got.rates), touched)
    np.testing.assert_array_equal(np.isnan(got.spectrum), np.broadcast_to(touched[:, None, :], (2, 64, 51)))
    np.testing.assert_array_equal(
        got.spectrum.swapaxes(1, 2)[~touched], clean.spectrum.swapaxes(1, 2)[~touched]
    )


def test_leading_axes_are_kept_and_rows_do_not_mix():
    values = np.random.default_rng(14).normal(size=(2, 3, 200))
    got = chirp_stft(values, rates="adaptive", min_gain=1.2)
    assert got.spectrum.shape == (2, 3, 64, 26)
    assert got.rates.shape == got.gain.shape == (2, 3, 26)
    one = chirp_stft(values[1, 2], rates="adaptive", min_gain=1.2)
    np.testing.assert_array_equal(got.spectrum[1, 2], one.spectrum)
    np.testing.assert_array_equal(got.rates[1, 2], one.rates)


@pytest.mark.parametrize("kind", [np.int16, np.uint8, np.bool_, np.float16, ">f8", "unaligned"])
def test_any_real_input_is_taken_and_left_alone(kind):
    numbers = np.random.default_rng(15).integers(0, 2, (2, 200))
    if kind == "unaligned":
        values = np.frombuffer(b" " + numbers.astype(np.float64).tobytes(), np.uint8)[1:].view(np.float64)
        values = values.reshape(2, 200)
    else:
        values = np.asfortranarray(numbers.astype(kind))[:, ::2]
        numbers = numbers[:, ::2]
    values.flags.writeable = False
    before = values.copy()
    got = chirp_stft(values)
    np.testing.assert_array_equal(got.spectrum, chirp_stft(numbers.astype(np.float64)).spectrum)
    np.testing.assert_array_equal(values, before)
    assert got.spectrum.dtype == np.complex128


@pytest.mark.parametrize("values", [np.zeros(100, complex), np.array(["1"] * 100), [None] * 100, 1.0])
def test_what_is_not_a_real_record_is_refused(values):
    with pytest.raises(ShapeError, match="values"):
        chirp_stft(values)


def test_a_window_may_be_given_as_an_array():
    values = np.random.default_rng(16).normal(size=300)
    window = scipy.signal.get_window(("kaiser", 6.0), 40)
    got = chirp_stft(values, window)
    np.testing.assert_allclose(got.spectrum, twin(values, window, 8, 64, 0.0), atol=1e-12)
    np.testing.assert_allclose(inverse_chirp_stft(got), values, atol=1e-12)
    window[:] = 0
    assert got.window.max() > 0.9


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"n_fft": 96}, ParameterError, "n_fft is 96 and the window has 64"),
        ({"n_fft": 32}, ParameterError, "n_fft is 32 and the window has 64"),
        ({"n_fft": -64}, ParameterError, "n_fft is -64"),
        ({"n_fft": 2**21}, ParameterError, "n_fft is 2097152 .* at most 1048576"),
        ({"n_fft": 2**70}, ParameterError, "n_fft is 1180591620717411303424"),
        ({"n_fft": 64.0}, ParameterError, "n_fft is 64.0, which is not an integer"),
        ({"length": 0}, ParameterError, "length is 0"),
        ({"window": "triangle"}, ParameterError, "triangle"),
        ({"window": np.ones(3), "length": 4}, ShapeError, "length is 4, but the window has 3"),
        ({"rates": "fast"}, ParameterError, "fast"),
        ({"rates": np.nan}, ParameterError, "nan"),
        ({"rates": np.zeros(7)}, ShapeError, r"\(7,\)"),
        ({"rates": 1j}, ShapeError, "complex"),
        ({"rates": "adaptive", "min_gain": 0.5}, ParameterError, "min_gain is 0.5"),
        ({"rates": "adaptive", "min_gain": np.nan}, ParameterError, "min_gain is nan"),
        ({"measure": "kurtosis"}, ParameterError, "kurtosis"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_to_do(parameters, error, message):
    with pytest.raises(error, match=message) as caught:
        chirp_stft(np.zeros(300), **parameters)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("length", "centred", "least"),
    [(64, True, 33), (63, True, 33), (1, True, 2), (64, False, 64), (1, False, 1)],
)
def test_the_shortest_record_is_the_shortest_that_fills_a_frame(length, centred, least):
    for hop in (1, 8):
        spectrum = chirp_stft(np.ones(least), "rectangular", length, hop, centred=centred)
        assert np.isfinite(spectrum.spectrum).all()
    if least > 1:
        with pytest.raises(ParameterError, match=f"has {least - 1} samples.*at least {least}"):
            chirp_stft(np.ones(least - 1), "rectangular", length, 8, centred=centred)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("hop", [65, 10**12, 10**30])
def test_a_hop_beyond_the_record_leaves_one_frame(*, hop, centred):
    values = np.random.default_rng(19).normal(size=64)
    got = chirp_stft(values, hop=hop, centred=centred)
    np.testing.assert_array_equal(got.spectrum, chirp_stft(values, hop=65, centred=centred).spectrum)
    assert got.spectrum.shape == (64, 1)
    assert got.hop == hop


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_compiled_transform_leaves_infinite_samples_out(dtype):
    values = np.random.default_rng(20).normal(size=(1, 200)).astype(dtype)
    values[0, 100] = np.inf
    window, rates = make_window("hann", 64), np.full((1, 26), 1e-3)
    gain = _core.chirp_gain(values, window, 8, 64, True, rates, "concentration")
    spectrum = _core.chirp_stft(values, window, 8, 64, True, rates)
    touched = abs(np.arange(0, 201, 8) + 0.5 - 100) <= 32
    np.testing.assert_array_equal(np.isnan(gain[0]), touched)
    np.testing.assert_array_equal(np.isnan(spectrum[0]), np.broadcast_to(touched, (64, 26)))


@pytest.mark.parametrize("n_fft", [0, 32, 96, 2**21, 2**62])
def test_the_compiled_transform_refuses_a_length_before_it_allocates_for_it(n_fft):
    with pytest.raises(ParameterError, match=f"transform.* {n_fft}"):
        _core.chirp_stft(np.zeros((1, 300)), np.ones(64), 8, n_fft, True, np.zeros((1, 38)))


def test_the_longest_frame_is_a_long_record_in_one():
    values = np.random.default_rng(21).normal(size=2**20).astype(np.float32)
    got = chirp_stft(values, "rectangular", 2**20, 2**20, 2**20, centred=False)
    expected = np.fft.fft(values.astype(np.float64))[:, None]
    np.testing.assert_allclose(got.spectrum, expected, atol=1e-6 * abs(expected).max())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_fft", [1, 2, 8, 16, 32, 64, 128])
def test_a_onesided_spectrum_is_half_of_the_two_sided_one(dtype, n_fft):
    values = np.random.default_rng(22).normal(size=(2, 300)).astype(dtype)
    values[1, 100] = np.nan
    whole = chirp_stft(values, "rectangular", n_fft, n_fft=n_fft)
    half = chirp_stft(values, "rectangular", n_fft, n_fft=n_fft, onesided=True)
    assert half.n_fft == n_fft
    np.testing.assert_array_equal(half.spectrum, whole.spectrum[:, : n_fft // 2 + 1])
    np.testing.assert_array_equal(half.two_sided, whole.two_sided)
    np.testing.assert_array_equal(half.gain, whole.gain)
    if n_fft >= 8:
        np.testing.assert_array_equal(inverse_chirp_stft(half), inverse_chirp_stft(whole))


@pytest.mark.parametrize("rates", ["adaptive", 1e-3])
def test_a_chirped_spectrum_has_two_sides(rates):
    with pytest.raises(ParameterError, match="onesided spectrum holds frames of rate 0 alone") as caught:
        chirp_stft(np.zeros(300), rates=rates, onesided=True)
    assert caught.value.hint


@pytest.mark.parametrize("length", [64, 61])
def test_an_offset_leaves_no_rounding_in_a_spectrum_of_float32(length):
    rng = np.random.default_rng(23)
    values = (rng.normal(size=2000) + 1e4).astype(np.float32)
    got = chirp_stft(values, "hann", length).spectrum
    expected = twin(values, make_window("hann", length), 8, 64, 0.0)
    # Where the offset has no power, single precision would be wrong by 1e-3 and more.
    quiet = abs(np.fft.fft(make_window("hann", length), 64)) < 1e-9
    assert quiet.sum() == (61 if length == 64 else 1)
    np.testing.assert_allclose(got[quiet], expected[quiet], atol=3e-5)
    np.testing.assert_allclose(got, expected, rtol=3e-7, atol=3e-5)


@pytest.mark.parametrize("size", [1e-30, 1e38])
def test_samples_as_large_and_as_small_as_float32_holds_are_transformed(size):
    values = np.full(128, np.float32(size))
    values[::2] *= -1
    got = chirp_stft(values, "rectangular", 2, 1, 2, centred=False).spectrum
    np.testing.assert_allclose(got, twin(values, np.ones(2), 1, 2, 0.0, centred=False), rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_both_parts_of_a_missing_frame_are_missing_wherever_it_stands(dtype):
    for missing in range(0, 400, 10):
        values = np.random.default_rng(24).normal(size=400).astype(dtype)
        values[missing] = np.nan
        got = chirp_stft(values).spectrum
        touched = np.broadcast_to(np.abs(np.arange(0, 401, 8) - missing - 0.5) <= 32, got.shape)
        np.testing.assert_array_equal(np.isnan(got.real) & np.isnan(got.imag), touched)
        assert np.isfinite(got[~touched]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_frame_of_many_long_records_is_that_of_its_samples_alone(dtype):
    # More than a cache holds, and more frames than are held at once; a gap, and chirps beside none.
    values = np.random.default_rng(25).normal(size=(16, 5003)).astype(dtype)
    values[3, 2000:2040] = np.nan
    frames = np.lib.stride_tricks.sliding_window_view(values, 64, axis=-1)[:, ::8]
    rates = np.zeros(frames.shape[:2])
    rates[:, 5::7] = 1e-3
    for chosen, onesided in ((rates, False), (0.0 * rates, True)):
        got = chirp_stft(values, rates=chosen, centred=False, onesided=onesided).spectrum
        alone = [
            chirp_stft(
                frames[row, :, :], rates=chosen[row, :, None], centred=False, onesided=onesided
            ).spectrum
            for row in range(len(values))
        ]
        assert got.nbytes > 2 * 2**20
        np.testing.assert_array_equal(got, np.array(alone)[..., 0].swapaxes(1, 2))
