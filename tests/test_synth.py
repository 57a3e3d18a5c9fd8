import dataclasses
import datetime as dt

import numpy as np
import pytest

from sesctl.errors import ParameterError, ReadError, ShapeError
from sesctl.synth import preset, simulate, simulate_days
from sesctl.synth.measure import measure_noise, worst_deviation
from sesctl.synth.parameters import digest
from sesctl.synth.presets import parse_parameters, read_parameters
from sesctl.synth.simulate import field_components
from sesctl.synth.span import Span
from sesctl.types import Record
from sesctl.types.instants import DAY

MONDAY = dt.date(1999, 1, 18)
MONDAY_NUMBER = (MONDAY - dt.date(1970, 1, 1)).days


@pytest.fixture(scope="module")
def week():
    """Eight days of HKB, every part of which has something in it."""
    return simulate_days(preset("hkb"), 4, MONDAY, 8)


def test_a_day_is_the_same_whichever_days_are_made_with_it(week):
    for day in (0, 3, 7):
        alone = simulate_days(preset("hkb"), 4, MONDAY + dt.timedelta(days=day), 1)
        there = slice(day * 8640, (day + 1) * 8640)
        np.testing.assert_array_equal(alone.values, week.values[:, there])
        np.testing.assert_array_equal(alone.quality, week.quality[:, there])
        assert alone.origins[0] == week.origins[day]


def test_the_number_of_workers_changes_nothing():
    parameters = preset("ota")
    done = []
    many = simulate(parameters, 20, 3, first_day=MONDAY, workers=2, progress=done.append)
    one = simulate_days(parameters, 3, MONDAY, 20)
    np.testing.assert_array_equal(many.record.values, one.values)
    assert many.record.origins == one.origins
    assert done == [16, 4]


def test_seeds_and_stations_change_every_sample_of_noise():
    one, other = (simulate("ota", 1, seed).record.values for seed in (1, 2))
    known = ~np.isnan(one) & ~np.isnan(other)
    assert (one[known] != other[known]).mean() > 0.99


def test_a_record_says_where_it_comes_from(week):
    parameters = preset("hkb")
    assert week.start == MONDAY_NUMBER * DAY
    assert [channel.name for channel in week.station.channels] == ["dp1", "dp2", "dp3", "bx", "by"]
    assert week.origins[2].day == MONDAY_NUMBER + 2
    assert week.origins[2].source == digest(parameters, 4)
    other_soil = dataclasses.replace(parameters.soil, shallow_ohm_m=1.0)
    assert (
        digest(parameters, 5)
        != digest(parameters, 4)
        != digest(dataclasses.replace(parameters, soil=other_soil), 4)
    )


def test_days_join_without_a_step():
    parameters = preset("ota")
    parts = field_components(parameters, 2, Span(MONDAY_NUMBER, 6, 8640))
    for name in ("natural", "electrodes", "magnetic"):
        steps = np.abs(np.diff(parts[name]))
        seams = steps[:, 8639::8640]
        assert seams.max() <= np.quantile(steps, 0.9999), name


@pytest.mark.parametrize("name", ["hkb", "mts", "ota"])
def test_trains_run_by_day_and_rest_by_night(name):
    parts = field_components(preset(name), 1, Span(MONDAY_NUMBER, 5, 8640))
    local_hour = (np.arange(5 * 8640) / 360 + 9) % 24
    trains = parts["trains"]
    by_day = trains[:, (local_hour > 6.5) & (local_hour < 23)]
    at_night = trains[:, (local_hour > 0.5) & (local_hour < 5.5)].reshape(3, -1)
    assert by_day.std() > 3 * np.median(np.abs(at_night)) + 0.1
    # Freight is the exception: most of the night there is no current at all.
    assert (at_night == 0).mean() > 0.7


def test_fewer_trains_run_at_weekends():
    parameters = preset("hkb")
    trains = field_components(parameters, 1, Span(MONDAY_NUMBER, 14, 8640))["trains"][0]
    # Days of UTC start at 09:00 there: the first nine hours of a column belong to the same civil day.
    power = (trains.reshape(14, 8640)[:, 360:5000] ** 2).mean(axis=1)
    weekend = [5, 6, 12, 13]
    assert power[weekend].mean() < np.delete(power, weekend).mean()


@pytest.mark.parametrize(("name", "aim", "tolerance"), [("hkb", 10, 1), ("mts", 6, 1), ("ota", 3, 0.5)])
def test_presets_are_as_noisy_as_the_stations_they_are_named_after(name, aim, tolerance):
    deviations = [
        worst_deviation(simulate(name, 8, seed, first_day=MONDAY).record.electric()) for seed in range(10)
    ]
    assert np.mean(deviations) == pytest.approx(aim, abs=tolerance)
    assert deviations == pytest.approx([aim] * 10, abs=2 * tolerance)


def test_noise_of_a_known_record_is_measured_right():
    generator = np.random.default_rng(0)
    values = 0.01 * generator.standard_normal((1, 3 * 8640))
    loud = (np.arange(3 * 8640) // 360) % 24 < 12
    values[0, loud] = 5 * generator.standard_normal(loud.sum())
    values[0, 100:400] = np.nan
    record = simulate_days(preset("ota"), 1, MONDAY, 3).select(["dp1"])
    record = dataclasses.replace(
        record, values=values.astype(np.float32), quality=np.zeros((1, 25_920), np.uint8)
    )
    (noise,) = measure_noise(record)
    assert noise.deviation == pytest.approx(5, rel=0.03)
    assert noise.mad_to_sd < 0.3
    assert noise.median_deviation < 1
    with pytest.raises(ShapeError, match="no whole number of days"):
        measure_noise(
            dataclasses.replace(record, values=record.values[:, :100], quality=record.quality[:, :100])
        )


def test_gaps_are_marked_and_samples_beyond_the_range_are_clipped():
    parameters = preset("hkb")
    parameters = dataclasses.replace(
        parameters, instrument=dataclasses.replace(parameters.instrument, gaps_per_day=5.0, range_mv_km=30.0)
    )
    record: Record = simulate_days(parameters, 1, MONDAY, 2)
    assert np.isnan(record.values).any()
    assert np.nanmax(np.abs(record.values[:3])) <= 30
    assert ((record.quality & 16) > 0).any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: simulate("nowhere", 1, 1), "no preset 'nowhere'"),
        (lambda: simulate("ota", 0, 1), "0 days"),
        (lambda: simulate("ota", 1, -1), "seed is -1"),
        (lambda: simulate("ota", 1, 1, workers=0), "0 workers"),
    ],
)
def test_an_impossible_simulation_is_refused(call, message):
    with pytest.raises(ParameterError, match=message):
        call()


OWN = """
name = "own"
electrodes = [{name = "a", east_m = 0, north_m = 0}, {name = "b", east_m = 0, north_m = 1000}]
dipoles = [{name = "ns", first = "a", second = "b"}]
"""


def test_ones_own_station_is_read_from_toml(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN + "[soil]\nshallow_ohm_m = 7\n")
    parameters = read_parameters(path)
    assert parameters.soil.shallow_ohm_m == 7
    dipole = parameters.station().dipoles[0]
    assert (dipole.length_m, dipole.azimuth_deg) == (1000, 0)
    assert simulate(parameters, 1, 1).record.values.shape == (3, 8640)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (OWN + "[soil]\nshalow_ohm_m = 7\n", "soil.shalow_ohm_m"),
        (OWN + "[soil]\nshallow_ohm_m = -7\n", "shallow_ohm_m is -7.*outside"),
        (OWN.replace('second = "b"', 'second = "c"'), "electrode 'c'"),
        (OWN + "[site]\npump_dipole = 1\n", "pump_dipole 1 is none"),
        (OWN + "[instrument]\ninterval_s = 7\n", "no whole number of samples"),
        (OWN.replace('name = "own"', 'name = "own"\ntimezone = "Mars/Olympus"'), "'Mars/Olympus' is unknown"),
        (OWN.replace("north_m = 1000", "north_m = 0"), "shorter than 1 m"),
    ],
)
def test_a_wrong_station_file_says_what_is_wrong(text, message):
    with pytest.raises(ParameterError, match=message):
        parse_parameters(text, "own.toml")


def test_a_file_that_is_no_station_is_refused(tmp_path):
    with pytest.raises(ReadError, match="no TOML"):
        parse_parameters("= 1", "own.toml")
    with pytest.raises(ReadError, match="cannot be read"):
        read_parameters(tmp_path / "none.toml")
