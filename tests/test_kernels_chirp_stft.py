from dataclasses import replace

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels import check_overlap, chirp_stft, inverse_chirp_stft, make_window

QUICK = settings(deadline=None, max_examples=100)
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


def chosen_twin(frame, window, n_fft, measure, min_gain):
    """Try every rate on one frame."""
    length = len(window)
    frame = frame - (window * frame).sum() / window.sum()
    rates = np.array(sorted(range(-16, 17), key=abs)) / (32 * length)
    scores = [concentration(np.fft.fft(frame * window * chirp(c, length), n_fft), measure) for c in rates]
    best = int(np.argmax(scores))
    gain = scores[best] / scores[0]
    return (rates[best], gain) if gain >= min_gain else (0.0, 1.0)


def relative_error(values, expected):
    return np.linalg.norm(values - expected) / np.linalg.norm(expected)


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


@pytest.mark.parametrize("measure", ["concentration", "renyi3"])
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_the_chosen_rate_is_that_of_the_most_concentrated_of_all_rates(measure, offset):
    values = np.random.default_rng(8).normal(size=(3, 500))
    got = chirp_stft(values + offset, "hamming", 48, 16, 64, rates="adaptive", measure=measure, min_gain=1.4)
    for row, rates, gains in zip(values, got.rates, got.gain, strict=True):
        frames = cut(row, 48, 16, centred=True)
        expected = [chosen_twin(frame, make_window("hamming", 48), 64, measure, 1.4) for frame in frames]
        np.testing.assert_allclose(rates, [rate for rate, _ in expected], atol=1e-15)
        np.testing.assert_allclose(gains, [gain for _, gain in expected], rtol=1e-9)
    assert (got.rates > 0).any()
    assert (got.rates < 0).any()
    assert (got.rates == 0).any()
    given = chirp_stft(values + offset, "hamming", 48, 16, 64, rates=got.rates, measure=measure)
    np.testing.assert_allclose(given.gain, got.gain, rtol=1e-9)
    np.testing.assert_array_equal(given.spectrum, got.spectrum)


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_a_linear_chirp_is_at_least_twice_as_concentrated_at_its_rate(direction, offset):
    rate = direction * 0.25 / 64
    n = np.arange(64) - 32
    values = np.cos(2 * np.pi * (0.25 * n + 0.5 * rate * n**2)) + offset
    got = chirp_stft(values, hop=64, rates="adaptive", centred=False)
    assert got.rates[0] == rate
    assert got.gain[0] > 2
    plain = chirp_stft(values - offset, hop=64, centred=False).spectrum[:, 0]
    chirped = chirp_stft(values - offset, hop=64, rates=rate, centred=False).spectrum[:, 0]
    assert concentration(chirped, "concentration") > 2 * concentration(plain, "concentration")


def test_the_sign_of_a_chirp_is_found_at_a_signal_to_noise_ratio_of_10_db():
    rng = np.random.default_rng(9)
    n = np.arange(64) - 32
    signs = rng.choice([-1, 1], 400)
    phases = rng.uniform(0, 2 * np.pi, (400, 1))
    signal = np.cos(2 * np.pi * (0.25 * n + 0.5 * signs[:, None] * 0.25 / 64 * n**2) + phases)
    noise = rng.normal(0, np.sqrt(0.5 / 10), (400, 64))
    got = chirp_stft(signal + noise, hop=64, rates="adaptive", centred=False)
    np.testing.assert_array_equal(np.sign(got.rates[:, 0]), signs)


def test_white_noise_mostly_stays_without_chirp():
    values = np.random.default_rng(10).normal(size=64_000)
    chirped = chirp_stft(values, hop=64, rates="adaptive").rates != 0
    assert 0 < chirped.mean() < 0.1


def test_a_stricter_gain_chirps_fewer_frames():
    values = np.random.default_rng(11).normal(size=6400)
    shares = [(chirp_stft(values, rates="adaptive", min_gain=g).rates != 0).mean() for g in (1.0, 1.7, 50.0)]
    assert shares[0] > 0.9
    assert shares[0] > shares[1] > shares[2] == 0


@pytest.mark.parametrize("rates", [0.0, 1e-3, "adaptive"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_frames_that_touch_a_missing_sample_are_missing_and_no_others(rates, bad):
    values = np.random.default_rng(12).normal(size=(2, 400))
    clean = chirp_stft(values, rates=rates)
    values[1, 200] = bad
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


@pytest.mark.parametrize("value", [0.0, 1e4, 0.1, 1e300])
@pytest.mark.parametrize("rates", [1e-3, "adaptive"])
def test_a_constant_record_has_no_chirp(value, rates):
    got = chirp_stft(np.full(200, value), rates=rates)
    np.testing.assert_array_equal(got.gain, 1.0)
    np.testing.assert_array_equal(got.rates, 0.0 if rates == "adaptive" else rates)


@pytest.mark.parametrize("size", [1e-150, 1e150])
def test_the_choice_does_not_depend_on_the_unit(size):
    values = np.random.default_rng(13).normal(size=1000)
    np.testing.assert_array_equal(
        chirp_stft(values, rates="adaptive").rates, chirp_stft(size * values, rates="adaptive").rates
    )


def test_leading_axes_are_kept_and_rows_do_not_mix():
    values = np.random.default_rng(14).normal(size=(2, 3, 200))
    got = chirp_stft(values, rates="adaptive", min_gain=1.2)
    assert got.spectrum.shape == (2, 3, 64, 26)
    assert got.rates.shape == got.gain.shape == (2, 3, 26)
    one = chirp_stft(values[1, 2], rates="adaptive", min_gain=1.2)
    np.testing.assert_array_equal(got.spectrum[1, 2], one.spectrum)
    np.testing.assert_array_equal(got.rates[1, 2], one.rates)


@pytest.mark.parametrize("shape", [(0, 100), (3, 0), (0, 0), (2, 0, 100)])
@pytest.mark.parametrize("rates", [0.0, "adaptive"])
def test_no_rows_or_no_samples_give_an_empty_spectrum_that_inverts(shape, rates):
    spectrum = chirp_stft(np.zeros(shape, np.float32), rates=rates)
    assert spectrum.spectrum.shape == (*shape[:-1], 64, 13 if shape[-1] else 0)
    back = inverse_chirp_stft(spectrum)
    assert back.shape == shape
    assert back.dtype == np.float32


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


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("length", [1, 2, 7, 64])
def test_windows_are_the_periodic_ones_of_scipy(name, length):
    expected = scipy.signal.get_window(name.replace("rectangular", "boxcar"), length)
    np.testing.assert_allclose(make_window(name, length), expected, atol=1e-15)


def test_a_window_may_be_given_as_an_array():
    values = np.random.default_rng(16).normal(size=300)
    window = scipy.signal.get_window(("kaiser", 6.0), 40)
    got = chirp_stft(values, window)
    np.testing.assert_allclose(got.spectrum, twin(values, window, 8, 64, 0.0), atol=1e-12)
    np.testing.assert_allclose(inverse_chirp_stft(got), values, atol=1e-12)
    window[:] = 0
    assert got.window.max() > 0.9


@pytest.mark.parametrize("name", [*WINDOWS, "sine"])
@pytest.mark.parametrize("hop", [1, 8, 16, 20, 32, 48, 64])
def test_overlap_is_judged_as_scipy_judges_it(name, hop):
    window = np.sin(np.pi * np.arange(64) / 64) if name == "sine" else make_window(name, 64)
    assert check_overlap(window, hop) == (
        scipy.signal.check_COLA(window, 64, 64 - hop),
        scipy.signal.check_NOLA(window, 64, 64 - hop),
    )


def test_frames_with_gaps_between_them_overlap_nowhere():
    assert check_overlap(np.ones(8), 8) == (True, True)
    assert check_overlap(np.ones(8), 9) == (False, False)


@pytest.mark.parametrize(("window", "hop"), [("hann", 64), ("rectangular", 65)])
def test_a_record_that_its_frames_do_not_hold_is_not_inverted(window, hop):
    spectrum = chirp_stft(np.zeros(300), window, hop=hop)
    with pytest.raises(
        ParameterError, match=rf"{window} window of 64 samples every {hop} samples.*NOLA"
    ) as caught:
        inverse_chirp_stft(spectrum)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"n_fft": 96}, ParameterError, "n_fft is 96 and the window has 64"),
        ({"n_fft": 32}, ParameterError, "n_fft is 32 and the window has 64"),
        ({"n_fft": -64}, ParameterError, "n_fft is -64"),
        ({"hop": 0}, ParameterError, "hop is 0"),
        ({"length": 0}, ParameterError, "length is 0"),
        ({"window": "triangle"}, ParameterError, "triangle"),
        ({"window": []}, ParameterError, "empty"),
        ({"window": [1.0, np.nan]}, ParameterError, "not finite"),
        ({"window": np.ones((2, 2))}, ShapeError, r"\(2, 2\)"),
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


def test_a_spectrum_that_lost_its_frames_is_refused():
    spectrum = chirp_stft(np.zeros(300))
    with pytest.raises(ShapeError, match="complex64 or complex128"):
        replace(spectrum, spectrum=abs(spectrum.spectrum))
    with pytest.raises(ShapeError, match="rates has shape"):
        replace(spectrum, spectrum=spectrum.spectrum[:, :-1])
    with pytest.raises(ShapeError, match="38 frames, but a record of 200 samples has 26"):
        inverse_chirp_stft(replace(spectrum, samples=200))
