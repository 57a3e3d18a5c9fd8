import numpy as np
import pytest

from sesctl.errors import ParameterError
from sesctl.pairing import great_circle_km
from sesctl.synth import aeta_set
from sesctl.synth.aeta_network import (
    FIRST_DAY,
    HIGHEST_HZ,
    LOWEST_HZ,
    YEARS_DAYS,
    aeta_earthquakes,
    aeta_stations,
    disturbance,
    quiet_instant,
)
from sesctl.types.instants import DAY

SEED = 3


@pytest.fixture(scope="module")
def both():
    return [aeta_set(21, stations=3, strength=strength, seed=SEED) for strength in (0.0, 1.0)]


def test_a_set_has_half_its_days_before_and_half_after(both):
    labels = both[0].labels
    assert both[0].values.shape == (21 * 28, 1440)
    offset = (labels.start - labels.instant // DAY * DAY) // DAY
    np.testing.assert_array_equal(offset.reshape(21, 28), [[*range(-14, 0), *range(1, 15)]] * 21)
    np.testing.assert_array_equal(labels.before, offset < 0)
    assert set(labels.station) == set(range(3))


def test_only_days_with_an_earthquake_to_come_are_disturbed(both):
    null, disturbed = both
    labels = null.labels
    np.testing.assert_array_equal(np.isnan(null.values), np.isnan(disturbed.values))
    changed = (np.nan_to_num(null.values) != np.nan_to_num(disturbed.values)).any(axis=1)
    alive = np.isin(np.isfinite(null.values).sum(axis=1), (480, 1440))
    coming = [
        any(
            0 < (instant // DAY * DAY - start) // DAY <= 14
            for instant in np.unique(labels.instant[labels.station == station])
        )
        for station, start in zip(labels.station, labels.start, strict=True)
    ]
    np.testing.assert_array_equal(changed[alive], np.array(coming)[alive])


def test_a_station_day_is_the_same_for_every_event(both):
    labels = both[1].labels
    key = np.stack([labels.station, labels.start], axis=1)
    days, first, counts = np.unique(key, axis=0, return_index=True, return_counts=True)
    assert (counts > 1).any()
    for day, row in zip(days[counts > 1], first[counts > 1], strict=True):
        for other in np.flatnonzero((key == day).all(axis=1)):
            np.testing.assert_array_equal(both[1].values[other], both[1].values[row])


def test_the_disturbance_is_short_and_band_limited():
    days = np.stack([disturbance("X", day, 1, 1440) for day in range(60)])
    power = (np.abs(np.fft.rfft(days)) ** 2).sum(axis=0)
    frequency = np.fft.rfftfreq(1440, 60)
    inside = (frequency > LOWEST_HZ - 2e-4) & (frequency < HIGHEST_HZ + 2e-4)
    assert power[inside].sum() > 0.99 * power.sum()
    assert 0.1 < (days != 0).mean() < 0.25
    assert (np.abs(disturbance("X", 0, 1, 480)).max() > 0.3).all()


def test_controls_are_quiet_and_far_from_the_events_of_their_station(both):
    controls = aeta_set(21, stations=3, seed=SEED, controls=True)
    assert len(controls) == len(both[0])
    for station in range(3):
        own = both[0].labels.start[both[0].labels.station == station]
        assert not np.isin(controls.labels.start[controls.labels.station == station], own).any()
    silent = aeta_set(21, stations=3, strength=0.0, seed=SEED, controls=True)
    np.testing.assert_array_equal(silent.values, controls.values)


def test_every_event_is_near_enough_and_strong_enough():
    stations = aeta_stations(9, 4)
    for quake in aeta_earthquakes(40, stations, 4):
        assert quake.magnitude >= 3.6
        for station in stations[3 * quake.group : 3 * quake.group + 3]:
            assert great_circle_km(station.latitude, station.longitude, quake.latitude, quake.longitude) <= 75


@pytest.mark.parametrize("changed", [{"days": 27}, {"events": 0}, {"strength": -1.0}, {"seed": -1}])
def test_an_impossible_set_is_refused(changed):
    with pytest.raises(ParameterError, match="cannot be simulated"):
        aeta_set(**{"events": 3, "stations": 3, "seed": 0, **changed})


def test_a_station_whose_earth_never_rests_has_no_control():
    always = list(range(FIRST_DAY, FIRST_DAY + YEARS_DAYS, 28))
    with pytest.raises(ParameterError, match=f"{len(always)} earthquakes and no quiet time"):
        quiet_instant((0, 0, 0), always, 28, seed=0)
    free = quiet_instant((0, 0, 5), always[:-4], 28, seed=0)
    assert free // DAY > always[-5] + 28
    assert free % DAY == 5
