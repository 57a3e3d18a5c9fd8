import numpy as np
import pytest

from chirp_twins import chirp, concentration, cut
from sesctl import _core
from sesctl.errors import ParameterError
from sesctl.kernels import chirp_stft, make_window


def chosen_twin(frame, window, n_fft, measure, min_gain):
    """Try every rate on one frame."""
    length = len(window)
    frame = frame - (window * frame).sum() / window.sum()
    rates = np.array(sorted(range(-16, 17), key=abs)) / (32 * length)
    scores = [concentration(np.fft.fft(frame * window * chirp(c, length), n_fft), measure) for c in rates]
    best = int(np.argmax(scores))
    gain = scores[best] / scores[0]
    return (rates[best], gain) if gain >= min_gain else (0.0, 1.0)


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


@pytest.mark.parametrize("rate", [1.5, -1e300, np.inf])
def test_a_rate_faster_than_any_sampled_chirp_is_refused(rate):
    for rates in (rate, np.append(np.zeros(12), rate)):
        with pytest.raises(ParameterError, match="rates") as caught:
            chirp_stft(np.zeros(100), rates=rates)
        assert caught.value.hint


def test_masked_rates_are_no_rates():
    rates = np.ma.masked_equal(np.append(np.zeros(12), 1.0), 1.0)
    with pytest.raises(ParameterError, match="rates holds nan"):
        chirp_stft(np.zeros(100), rates=rates)


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_the_choice_does_not_depend_on_the_scale_of_the_window(scale):
    values = np.random.default_rng(17).normal(size=1000)
    expected = chirp_stft(values, rates="adaptive")
    got = chirp_stft(values, scale * make_window("hann", 64), rates="adaptive")
    np.testing.assert_array_equal(got.rates, expected.rates)
    np.testing.assert_allclose(got.gain, expected.gain, rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_compiled_choice_of_rates_leaves_infinite_samples_out(dtype):
    values = np.random.default_rng(18).normal(size=(1, 200)).astype(dtype)
    expected = chirp_stft(values, rates="adaptive")
    values[0, 100] = np.inf
    rates, gain = _core.choose_chirp_rates(values, make_window("hann", 64), 8, 64, True, "renyi3", 1.7)
    touched = abs(np.arange(0, 201, 8) + 0.5 - 100) <= 32
    np.testing.assert_array_equal(np.isnan(rates[0]), touched)
    np.testing.assert_array_equal(np.isnan(gain[0]), touched)
    assert np.isfinite(expected.rates).all()


ODD = np.sin(2 * np.pi * np.arange(64) / 64)


@pytest.mark.parametrize("window", ["hann", ODD, ODD + 1e-9])
@pytest.mark.parametrize("size", [1e-43, 1e-31, 1e-29, 1.0, 1e29, 1e31, 1e38])
@pytest.mark.parametrize("offset", [0.0, 1.0, 1e4, 1e6, 1e7])
def test_samples_of_any_size_are_judged_as_in_float64(window, size, offset):
    rng = np.random.default_rng(41)
    values = rng.normal(size=2000) + 3 * np.cos(np.pi * 2e-4 * np.arange(2000.0) ** 2 + 1)
    values[1000:1200] = 0.0
    if offset > 0:
        values = values / offset + 1
    values = (values / abs(values).max() * size).astype(np.float32)
    single = chirp_stft(values, window, rates="adaptive", min_gain=1.3)
    double = chirp_stft(values.astype(np.float64), window, rates="adaptive", min_gain=1.3)
    # In the rounding of float32 a frame counts as constant.
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(values, 32, "reflect"), 64)[::8]
    frames = frames[: len(single.rates)].astype(np.float64)
    varied = abs(frames - frames.mean(axis=-1, keepdims=True)).max(axis=-1) > 1e-6 * abs(frames).max(axis=-1)
    assert varied.sum() > 150 or offset > 1e5 or size < 1e-40
    np.testing.assert_array_equal(single.rates[varied], double.rates[varied])
    np.testing.assert_allclose(single.gain[varied], double.gain[varied], rtol=1e-9)
