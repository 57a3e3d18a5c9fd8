"""`ica` and `sobi`: known mixtures come apart, an SES comes back in mV/km, poor stations are told."""

import numpy as np
import pytest

from separated_days import CONTEXT, MIXING, SAMPLES, boxcar, days_of, instant, quiet, sources
from sesctl import registry
from sesctl.kernels import running_median
from sesctl_plugins.deviations import block_means, regressed, without_baseline
from sesctl_plugins.ica import fast_ica
from sesctl_plugins.sobi import joint_diagonal, second_order
from sesctl_plugins.surrogates import phase_randomised
from sesctl_plugins.unmixing import whitening

LAGS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120)
UNMIX = {"ica": lambda x: fast_ica(x, 0, 5), "sobi": lambda x: second_order(x, LAGS)}
ONSET = CONTEXT + 4000


@pytest.fixture(params=["ica", "sobi"])
def detector(request):
    return registry.make(registry.find(request.param))


def best(detector, days):
    return max(detector.propose(detector.score(days), days), key=lambda each: each.raw_score)


def recovered(unmixing, known):
    """Return, for each source, the largest correlation with a component."""
    mixed = MIXING @ known
    found = unmixing(mixed).unmixing @ mixed
    size = len(known)
    return np.abs(np.corrcoef(known, found)[:size, size:]).max(axis=1)


@pytest.mark.parametrize("name", UNMIX)
@pytest.mark.parametrize("seed", range(5))
def test_fixed_sources_are_recovered_with_a_correlation_of_at_least_0_99(name, seed):
    assert recovered(UNMIX[name], sources(seed, 2160)).min() >= 0.99


@pytest.mark.parametrize("name", UNMIX)
def test_the_mixing_goes_back_to_the_dipoles(name):
    mixed = MIXING @ sources(1, 2160)
    found = UNMIX[name](mixed)
    np.testing.assert_allclose(found.mixing @ found.unmixing, np.eye(3), atol=1e-9)
    assert (np.abs(found.mixing).max(axis=0) == found.mixing.max(axis=0)).all(), (
        "the largest share is positive"
    )


def test_starts_disagree_on_gaussian_noise_and_agree_on_sources():
    rng = np.random.default_rng(0)
    assert fast_ica(MIXING @ sources(0, 2160), 0, 5).stability.min() > 0.99
    assert fast_ica(rng.normal(size=(3, 2160)), 0, 5).stability.min() < 0.95


def test_matrices_that_share_axes_are_made_diagonal_by_them():
    rng = np.random.default_rng(3)
    axes, _ = np.linalg.qr(rng.normal(size=(4, 4)))
    known = rng.normal(size=(6, 4))
    turn, diagonal = joint_diagonal(np.stack([axes.T @ np.diag(each) @ axes for each in known]))
    order = np.abs(turn @ axes.T).argmax(axis=1)
    np.testing.assert_allclose(np.abs(turn @ axes.T)[np.arange(4), order], 1.0, atol=1e-9)
    np.testing.assert_allclose(diagonal, known[:, order], atol=1e-9)


def test_dipoles_that_repeat_each_other_lower_the_rank():
    fields = sources(0, 2160)
    closed = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0]]) @ fields
    assert [len(whitening(each)[0]) for each in (fields, closed, fields[[0, 0, 0]], 0 * fields)] == [
        3,
        2,
        1,
        0,
    ]


@pytest.mark.parametrize("field", [(12.0, 3.0), (-8.0, 8.0), (4.0, -11.0)])
def test_amplitude_and_sign_of_an_ses_come_back_within_15_percent(detector, field):
    signal, heights = boxcar(field)
    found = best(detector, days_of(quiet() + signal))
    strongest = int(np.abs(heights).argmax())
    assert found.amplitudes[f"D{strongest}"] == pytest.approx(heights[strongest], rel=0.15)
    assert abs(found.start - instant(ONSET)) <= 60_000_000
    assert abs(found.end - instant(ONSET + 162)) <= 60_000_000
    assert found.raw_score > detector.threshold


def test_what_one_dipole_alone_shows_scores_less_than_what_the_station_shows(detector):
    pump = np.zeros((3, SAMPLES))
    pump[0, ONSET : ONSET + 162] = 12.0
    alone, together = days_of(quiet() + pump), days_of(quiet() + boxcar((12.0, 3.0))[0])
    strength = [
        max((each.raw_score for each in detector.propose(detector.score(days), days)), default=0.0)
        for days in (alone, together)
    ]
    assert strength[0] < 0.5 * strength[1]


def test_a_dead_dipole_is_left_out_and_the_others_are_searched(detector):
    rows = quiet() + boxcar((10.0, 10.0))[0]
    rows[1] = np.nan
    days = days_of(rows)
    found = best(detector, days)
    assert set(found.amplitudes) == {"D0", "D2"}
    assert np.isnan(detector.score(days).values[0, 1]).all()
    assert detector.not_judged(days) == {}


def test_a_day_with_one_dipole_left_is_not_judged_and_the_others_are(detector):
    rows = quiet()
    rows[1:] = np.nan
    reasons = detector.not_judged(days_of(rows))
    assert list(reasons) == [0]
    assert "2 of its 3 dipoles" in reasons[0]
    assert detector.not_judged(days_of(quiet())) == {}


def test_identical_dipoles_are_one_component_that_both_show(detector):
    signal, _ = boxcar((12.0, 0.0))
    row = quiet()[0] + signal[0]
    found = best(detector, days_of(np.stack([row, row])))
    assert found.amplitudes["D0"] == pytest.approx(found.amplitudes["D1"])
    assert found.amplitudes["D0"] == pytest.approx(12.0, rel=0.15)


def test_a_triangle_of_dipoles_that_share_electrodes_is_separated_at_rank_2(detector):
    signal, _ = boxcar((9.0, 7.0))
    rows = quiet()[:2] + signal[:2]
    found = best(detector, days_of(np.stack([rows[0], rows[1], rows[0] + rows[1]])))
    assert found.amplitudes["D2"] == pytest.approx(16.0, rel=0.15)


def test_an_ses_in_one_dipoles_gap_is_found_on_the_others(detector):
    signal, _ = boxcar((10.0, 9.0))
    rows = quiet() + signal
    rows[0, ONSET - 1500 : ONSET + 1500] = np.nan
    rows[1, 1000:1500] = np.nan
    found = best(detector, days_of(rows))
    assert abs(found.start - instant(ONSET)) <= 60_000_000
    assert "D0" not in found.amplitudes
    assert found.amplitudes["D2"] == pytest.approx(13.4, rel=0.15)


def test_the_same_day_scores_the_same_in_another_batch(detector):
    days = days_of(quiet() + boxcar((12.0, 3.0))[0])
    again = days_of(quiet() + boxcar((12.0, 3.0))[0])
    assert detector.propose(detector.score(days), days) == detector.propose(detector.score(again), again)


def test_a_constant_day_has_no_candidate(detector):
    days = days_of(np.full((3, SAMPLES), 7.0))
    assert detector.propose(detector.score(days), days) == []


def test_surrogates_have_the_spectrum_and_the_gaps_of_the_record():
    rng = np.random.default_rng(0)
    values = np.cumsum(rng.normal(size=2000))
    made = phase_randomised(values, 3, rng)
    np.testing.assert_allclose(
        np.abs(np.fft.rfft(made))[:, 1:-1],
        np.abs(np.fft.rfft(values - values.mean()))[None, 1:-1].repeat(3, 0),
    )
    assert np.abs(np.corrcoef(made)[0, 1]) < 0.9
    values[100:200] = np.nan
    assert (np.isnan(phase_randomised(values, 2, rng)) == np.isnan(values)).all()


def test_missing_dipoles_are_estimated_from_the_others_by_regression():
    rng = np.random.default_rng(0)
    base = rng.normal(size=(2, 500))
    values = np.stack([base[0], base[1], 2.0 * base[0] - base[1]])
    gappy = values.copy()
    gappy[2, 100:200] = np.nan
    gappy[:, 300:310] = np.nan
    filled = regressed(gappy, np.cov(values))
    np.testing.assert_allclose(filled[2, 100:200], values[2, 100:200], atol=1e-9)
    assert np.isnan(filled[:, 300:310]).all()
    assert (filled[:, :100] == values[:, :100]).all()


def test_the_baseline_is_the_running_median_of_minute_means():
    rng = np.random.default_rng(0)
    row = rng.normal(size=(1, 6 * 400))
    row[0, :8] = np.nan
    means = block_means(row, 6)
    assert np.isnan(means[0, 0])
    assert means[0, 1] == pytest.approx(row[0, 8:12].mean())
    fine, coarse = without_baseline(row, means, 6, 101)
    slow = running_median(means, window=101)
    np.testing.assert_allclose(coarse, means - slow)
    middle = 6 * 200 + 3  # half a sample after the middle of its minute
    expected = row[0, middle] - (slow[0, 200] + (slow[0, 201] - slow[0, 200]) * 0.5 / 6)
    assert fine[0, middle] == pytest.approx(expected)
