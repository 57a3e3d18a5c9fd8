"""Earthquakes, stations and days: what is paired, what is used, and what serves as control."""

import numpy as np
import pytest

from labelled_days import labelled
from sesctl.errors import ParameterError, ReadError, StationError
from sesctl.pairing import (
    Pair,
    PairingRule,
    UsableRule,
    full_range_days,
    great_circle_km,
    labels_of,
    minute_days,
    pair_up,
    quiet_controls,
    read_earthquakes,
    usable_days,
)
from sesctl.pairing.earthquakes import EARTH_RADIUS_KM
from sesctl.types import Channel, Quality, Record, Station
from sesctl.types.instants import DAY, from_iso

HOUR = DAY // 24
MAGN = Channel(name="magn", quantity="electromagnetic", unit="AETA")
LIST = """time,latitude,longitude,depth,mag,place
2018-09-20T05:00:00Z,33.10,96.70,10,4.6,"Yushu, Qinghai"
2018-09-08T10:31:00+08:00,23.28,101.53,11,5.9,Mojiang
2018-09-01T23:59:59Z,32.30,97.10,10,3.7,
2018-09-02T12:00:00Z,32.10,97.00,10,3.5,
"""


def station(name="Yushu", latitude=32.08, longitude=97.01):
    return Station(name=name, channels=(MAGN,), latitude=latitude, longitude=longitude)


@pytest.fixture
def quakes(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return read_earthquakes(path)


def test_distances_are_those_of_great_circles():
    quarter = np.pi / 2 * EARTH_RADIUS_KM
    assert great_circle_km(0, 30, 90, 77) == pytest.approx(quarter)
    assert great_circle_km(0, 179.5, 0, -179.5) == pytest.approx(quarter / 90)
    assert great_circle_km(10, 20, 10, 20) == 0
    assert great_circle_km(0, 0, 0, 180) == pytest.approx(2 * quarter)
    # The paper's own example lies beyond its limit of 75 km.
    assert great_circle_km(33.10, 96.70, 32.08, 97.01) == pytest.approx(117, abs=1)


def test_a_list_is_read_in_order_of_time_whatever_else_it_holds(quakes):
    assert [each.magnitude for each in quakes] == [3.7, 3.5, 5.9, 4.6]
    assert quakes[2].instant == from_iso("2018-09-08T02:31:00Z")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the columns are missing, without time"),
        ("time,lat,lon\n", "line 1: the columns are time, lat, lon, without magnitude"),
        ("time,lat,lon,mag\n", "lists no earthquake"),
        ("time,lat,lon,mag\n2018-01-01,1,2,3\n", "line 2: '2018-01-01' has no offset from UTC"),
        ("time,lat,lon,mag\n\n2018-01-01T00:00Z,1,2\n", "line 3: the line has 3 cells"),
        ("time,lat,lon,mag\n2018-01-01T00:00Z,1,x,3\n", "line 2: the longitude is 'x'"),
        ("time,lat,lon,mag\n2018-01-01T00:00Z,91,2,3\n", "line 2: an earthquake has a latitude of 91.0°"),
        ("time,lat,lon,mag\n9999-12-31T00:00Z,1,2,3\n", "line 2: an earthquake's time, .* lies beyond"),
        ("time,lat,lon,mag\n2018-01-01T00:00Z,1,2,nan\n", "line 2: an earthquake has a magnitude of nan"),
    ],
)
def test_a_wrong_list_is_refused_with_the_line(tmp_path, text, message):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReadError, match=message):
        read_earthquakes(path)
    with pytest.raises(ReadError, match="cannot be read"):
        read_earthquakes(tmp_path / "none.csv")


def test_earthquakes_are_paired_by_magnitude_and_distance(quakes):
    stations = [station(), station("Mojiang", 23.4, 101.7), station("Far", 0.0, 0.0)]
    pairs = pair_up(stations, quakes, PairingRule())
    assert [(pair.station, quakes[pair.earthquake].magnitude) for pair in pairs] == [(0, 3.7), (1, 5.9)]
    assert pairs[0].distance_km == pytest.approx(25.9, abs=0.5)
    wider = pair_up(stations, quakes, PairingRule(min_magnitude=3.5, max_distance_km=120))
    assert [(pair.station, quakes[pair.earthquake].magnitude) for pair in wider] == [
        (0, 3.7),
        (0, 3.5),
        (1, 5.9),
        (0, 4.6),
    ]
    with pytest.raises(ParameterError, match="within 5 km of a station: the nearest is 22 km"):
        pair_up(stations, quakes, PairingRule(max_distance_km=5))
    with pytest.raises(ParameterError, match="none is that strong"):
        pair_up(stations, quakes, PairingRule(min_magnitude=9))
    with pytest.raises(StationError, match="station Lost has no position"):
        pair_up([Station(name="Lost", channels=(MAGN,))], quakes, PairingRule())


def test_an_event_has_the_days_before_and_after_but_not_its_own(quakes):
    rule = PairingRule(days_before=3, days_after=2)
    pairs = pair_up([station()], quakes, rule)
    labels = labels_of(pairs, ["Yushu"], rule)
    first = from_iso("2018-09-01T00:00:00Z")
    np.testing.assert_array_equal((labels.start - first) // DAY, [-3, -2, -1, 1, 2])
    np.testing.assert_array_equal(labels.before, [True, True, True, False, False])
    # One second before midnight in UTC is the next day in China.
    china = labels_of(pairs, ["Yushu"], rule, day_offset=8 * DAY // 24)
    np.testing.assert_array_equal(china.start - labels.start, np.full(5, 16 * DAY // 24))


def test_every_day_is_used_or_dropped_for_one_reason():
    values = np.tile(np.arange(1440.0), (7, 1))
    values[0] = np.nan
    values[1, 700:703] = np.nan
    values[2, 700:702] = np.nan
    values[3, :3] = np.nan
    values[4, np.arange(1440) % 3 != 0] = np.nan
    before = values.copy()
    kept, dropped, mask = usable_days(labelled(values, [True, True, False, False, False, True, False]))
    assert dropped == {"no sample": 1, "incomplete": 2, "full range": 1}
    np.testing.assert_array_equal(mask, [False, False, True, False, True, False, True])
    np.testing.assert_allclose(kept.values[0], np.arange(1440))
    # An instrument of every third minute has no value after 23:57: the last is repeated.
    np.testing.assert_allclose(kept.values[1], np.minimum(np.arange(1440), 1437))
    np.testing.assert_array_equal(values, before)
    lenient = UsableRule(longest_gap=3, full_range=True)
    assert usable_days(labelled(values, [True] * 7), lenient)[1] == {
        "no sample": 1,
        "incomplete": 0,
        "full range": 0,
    }


def test_a_day_at_full_range_is_known_by_its_limit_or_its_flat_top():
    values = np.random.default_rng(0).normal(size=(4, 1440)).astype(np.float32)
    values[1, 100:110] = 50
    values[2, [1, 3, 5]] = 50
    np.testing.assert_array_equal(full_range_days(values), [False, True, False, False])
    np.testing.assert_array_equal(full_range_days(values, limit=50), [False, True, True, False])
    np.testing.assert_array_equal(full_range_days(-values, limit=50), [False, True, True, False])
    values[3, ::2] = np.nan
    values[3, 200:220:2] = values[~np.isnan(values)].min() - 1
    values[3, 201:221:2] = np.nan
    assert full_range_days(values)[3]
    assert not full_range_days(np.full((2, 1440), np.nan, dtype=np.float32)).any()


@pytest.mark.parametrize("interval", [60.0, 180.0])
def test_days_of_a_record_lie_on_their_minutes(interval):
    samples = round(2.5 * 86_400 / interval)
    values = np.arange(samples, dtype=np.float32)[None]
    quality = np.zeros_like(values, dtype=np.uint8)
    quality[0, -1] = Quality.CLIPPED
    start = DAY // 2
    record = Record(station=station(), values=values, quality=quality, start=start, interval=interval)
    got, clipped = minute_days(record, np.array([0, DAY, 5 * DAY]))
    step = round(interval / 60)
    assert np.isnan(got[0, :720]).all()
    np.testing.assert_array_equal(got[0, 720::step], np.arange(720 // step))
    assert np.isfinite(got[1]).sum() == 1440 // step
    assert np.isnan(got[2]).all()
    np.testing.assert_array_equal(clipped, [False, False, False])
    assert minute_days(record, np.array([2 * DAY]))[1].all()


def test_a_record_of_another_interval_is_refused():
    record = Record(station=station(), values=np.zeros((1, 9), np.float32), start=0, interval=10.0)
    with pytest.raises(ParameterError, match="a sample every 10 s, not 60 or 180 s"):
        minute_days(record, np.array([0]))


def test_controls_share_no_day_and_keep_the_time_of_day_in_any_zone():
    rule = PairingRule(days_before=2, days_after=2)
    instants = [DAY * 100 + 7 * HOUR, DAY * 140 + 20 * HOUR]
    pairs = [
        Pair(station=0, earthquake=number, instant=instant, magnitude=4.0, distance_km=10.0)
        for number, instant in enumerate(instants)
    ]
    offset = 9 * HOUR
    starts = np.arange(60, 160, dtype=np.int64) * DAY - offset
    for seed in range(20):
        controls = quiet_controls(pairs, [starts], rule, seed=seed)
        assert [each.instant % DAY for each in controls] == [7 * HOUR, 20 * HOUR]
        days = labels_of(controls, ["a"], rule, offset).start
        assert len(np.unique(days)) == len(days) == 8


def test_controls_keep_away_from_every_event_of_their_station(quakes):
    rule = PairingRule(days_before=2, days_after=2)
    pairs = pair_up([station(), station("Other")], quakes, rule)
    first = quakes[0].instant // DAY
    days = [np.arange(first - 20, first + 20) * DAY, np.arange(first - 2, first + 3) * DAY]
    controls = quiet_controls(pairs, days, rule, seed=1)
    assert [control.station for control in controls] == [0]
    assert abs(controls[0].instant - pairs[0].instant) > 5 * DAY
    assert controls[0].instant % DAY == pairs[0].instant % DAY
    used = labels_of(controls, ["a", "b"], rule).start
    assert np.isin(used, days[0]).all()
    assert not np.isin(used, labels_of(pairs, ["a", "b"], rule).start).any()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"max_distance_km": 0}, "largest distance is 0 km"),
        ({"days_after": 0}, "14 days before and 0 after"),
        ({"days_before": 10**7}, "10000000 days before and 14 after an earthquake are more than 366"),
        ({"min_magnitude": float("nan")}, "least magnitude is nan"),
    ],
)
def test_an_impossible_rule_is_named(changed, message):
    with pytest.raises(ParameterError, match=message):
        PairingRule(**changed)
