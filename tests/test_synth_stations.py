import datetime as dt

import numpy as np
import pytest
from scipy.stats import kstest

from sesctl.errors import ParameterError
from sesctl.synth import AetaParameters, StationParameters, preset, simulate, simulate_days
from sesctl.synth.measure import worst_deviation
from sesctl.synth.random_station import aimed_deviation, draw_distortion

MONDAY = dt.date(1999, 2, 1)


def test_random_stations_are_aimed_evenly_from_2_to_15():
    for first in (0, 1000, 2000):
        aims = (np.array([aimed_deviation(seed) for seed in range(first, first + 100)]) - 2) / 13
        assert kstest(aims, "uniform").statistic < 0.03


def test_random_stations_are_as_noisy_as_aimed():
    seeds = range(2000, 2006)
    ratios = []
    for seed in seeds:
        parameters = preset("random", seed)
        assert isinstance(parameters, StationParameters)
        ratios.append(
            worst_deviation(simulate_days(parameters, seed, MONDAY, 5).electric()) / aimed_deviation(seed)
        )
    assert np.log(ratios) == pytest.approx(np.zeros(6), abs=np.log(1.5))
    assert np.exp(np.mean(np.log(ratios))) == pytest.approx(1, abs=0.15)


def test_a_random_station_follows_from_its_seed_alone():
    assert preset("random", 7) == preset("random", 7)
    assert preset("random", 7) != preset("random", 8)
    assert simulate("random", 1, 7).parameters == preset("random", 7)


def test_dipoles_of_random_stations_differ_in_azimuth_and_share_electrodes():
    for seed in range(5):
        parameters = preset("random", seed)
        assert isinstance(parameters, StationParameters)
        dipoles = parameters.station().dipoles
        used = [name for dipole in dipoles for name in dipole.electrodes]
        assert len(set(used)) < len(used)
        azimuths = np.array([dipole.azimuth_deg for dipole in dipoles]) % 180
        between = np.abs(azimuths[:, None] - azimuths)[np.triu_indices(3, 1)]
        assert np.minimum(between, 180 - between).min() > 15


def test_distortion_has_gains_of_log_sd_0_3_and_turns_by_15_degrees():
    draw = np.random.default_rng(0)
    matrices = np.array([draw_distortion(draw) for _ in range(2000)])
    # The shear's determinant lies between cos 30° and 1, so that of the gains is the matrix's to a tenth.
    assert np.log(np.linalg.det(matrices)).std() == pytest.approx(0.3 * np.sqrt(2), rel=0.1)
    turned = np.degrees(np.arctan2(matrices[:, 1, 0], matrices[:, 0, 0]))
    assert np.abs(turned).max() < 30
    assert turned.std() == pytest.approx(30 / np.sqrt(12) * np.sqrt(2), rel=0.1)


def test_an_aeta_day_is_the_same_whichever_days_are_made_with_it():
    parameters = preset("aeta", 3)
    many = simulate_days(parameters, 3, MONDAY, 20)
    one = simulate_days(parameters, 3, MONDAY + dt.timedelta(days=17), 1)
    there = slice(17 * parameters.samples_per_day, 18 * parameters.samples_per_day)
    np.testing.assert_array_equal(one.values, many.values[:, there])


def test_aeta_instruments_differ_and_work_shows_in_their_records():
    medians = []
    for seed in range(5):
        simulation = simulate("aeta", 10, seed, first_day=MONDAY)
        assert isinstance(simulation.parameters, AetaParameters)
        values = simulation.record.values
        assert values.shape == (2, 10 * simulation.parameters.samples_per_day)
        assert np.nanmin(values) > 0
        hour = (np.arange(values.shape[1]) * simulation.record.interval / 3600 + 8) % 24
        noon, night = ((hour > low) & (hour < low + 4) for low in (10, 0))
        assert np.nanmedian(values[0, noon]) > 1.1 * np.nanmedian(values[0, night])
        medians.append(np.nanmedian(values[0]))
    assert np.std(np.log(medians)) > 0.2


def test_an_aeta_instrument_is_clipped_at_full_range_and_its_interval_is_checked():
    record = simulate_days(AetaParameters(name="low", full_range=30.0), 1, MONDAY, 5)
    assert np.nanmax(record.values) == 30
    np.testing.assert_array_equal((record.quality & 16) > 0, record.values == 30)
    with pytest.raises(ParameterError, match=r"90(.0)? s is neither 60 s nor 180 s"):
        AetaParameters(name="odd", interval_s=90)
