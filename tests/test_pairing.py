import numpy as np
import pytest

from sesctl.errors import ParameterError, ReadError, StationError
from sesctl.pairing import (
    Pair,
    PairingRule,
    UsableRule,
    band_features,
    components,
    fit_band_power,
    full_range_days,
    great_circle_km,
    honest_split,
    labels_of,
    minute_days,
    pair_up,
    paper_split,
    permuted_labels,
    quiet_controls,
    read_earthquakes,
    resampled_accuracy,
    unambiguous,
    usable_days,
)
from sesctl.pairing.earthquakes import EARTH_RADIUS_KM
from sesctl.synth import aeta_set
from sesctl.types import BeforeAfter, Channel, LabelledDays, Quality, Record, Station
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


@pytest.fixture(scope="module")
def network():
    """Return the usable days of a small synthetic network."""
    return usable_days(aeta_set(120, stations=30, seed=7))[0]


@pytest.fixture(scope="module")
def null_network():
    return usable_days(aeta_set(60, stations=30, strength=0.0, seed=7))[0]


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


def labelled(values, full_range=None):
    days = len(values)
    numbers = np.arange(days, dtype=np.int64)
    labels = BeforeAfter(
        before=numbers % 2 == 0,
        event=numbers,
        earthquake=numbers,
        station=np.zeros(days, dtype=np.int64),
        start=numbers * DAY,
        instant=numbers * DAY,
        stations=("a",),
    )
    clipped = np.zeros(days, dtype=bool) if full_range is None else np.array(full_range)
    return LabelledDays(values=values.astype(np.float32), full_range=clipped, labels=labels)


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


def test_the_honest_split_shares_no_station_no_earthquake_and_no_day(network):
    labels = network.labels
    split = honest_split(labels, seed=3)
    parts = (split.training, split.validation, split.test)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        for name in ("station", "earthquake"):
            values = getattr(labels, name)
            assert not set(values[parts[one]]) & set(values[parts[other]])
    everything = np.concatenate(parts)
    key = labels.station[everything] * 100_000 + labels.start[everything] // DAY
    assert len(np.unique(key)) == len(key)
    kept, ambiguous = unambiguous(labels)
    np.testing.assert_array_equal(np.sort(everything), kept)
    assert ambiguous == split.ambiguous > 0
    assert len(split.test) >= 0.2 * len(kept)


def test_the_papers_split_takes_all_days_and_breaks_events(network):
    split = paper_split(network.labels, seed=3)
    everything = np.concatenate([split.training, split.validation, split.test])
    np.testing.assert_array_equal(np.sort(everything), np.arange(len(network)))
    assert len(split.test) == round(0.2 * len(network))
    shared = set(network.labels.event[split.test]) & set(network.labels.event[split.training])
    assert len(shared) > 100


@pytest.mark.parametrize("split", [paper_split, honest_split])
def test_a_split_that_leaves_nothing_to_learn_from_is_refused(network, split):
    with pytest.raises(ParameterError, match="leave nothing to learn from"):
        split(network.labels, seed=0, validation=0.5, test=0.5)
    one = network.labels[network.labels.station == 0]
    with pytest.raises(ParameterError, match=r"1 group\(s\)"):
        honest_split(one, seed=0)


def test_permuted_labels_exchange_whole_events_and_give_a_day_one_label(network):
    labels = network.labels
    changed = permuted_labels(labels, seed=1) != labels.before
    by_event = [set(changed[labels.event == event]) for event in np.unique(labels.event)]
    assert all(len(each) == 1 for each in by_event)
    assert 0.3 < np.mean([each.pop() for each in by_event]) < 0.7
    kept, _ = unambiguous(labels)
    permuted = BeforeAfter(**{**vars(labels), "before": permuted_labels(labels, seed=1)})
    np.testing.assert_array_equal(unambiguous(permuted)[0], kept)


def test_components_join_what_shares_a_station_or_an_earthquake():
    labels = labelled(np.zeros((5, 1440))).labels
    joined = BeforeAfter(
        **{
            **vars(labels),
            "earthquake": np.array([9, 9, 4, 4, 7]),
            "station": np.array([0, 1, 1, 2, 3]),
            "stations": ("a", "b", "c", "d"),
        }
    )
    np.testing.assert_array_equal(components(joined), [0, 0, 0, 0, 1])


def test_intervals_of_an_accuracy_are_those_of_whole_events():
    event = np.repeat(np.arange(40), 25)
    right = np.repeat(np.arange(40) % 4 != 0, 25)
    accuracy, low, high = resampled_accuracy(right, event)
    assert accuracy == 0.75
    # √(0.75 · 0.25 / 40) for 40 events that are all right or all wrong, not / 1000.
    assert (high - low) / 2 == pytest.approx(1.96 * np.sqrt(0.75 * 0.25 / 40), rel=0.15)
    with pytest.raises(ParameterError, match="no day"):
        resampled_accuracy(right[:0], event[:0])


def judged(days, before=None):
    """Return the accuracy of the baseline on other stations, with its interval by earthquakes."""
    labels = days.labels
    before = labels.before if before is None else before
    features, split = band_features(days.values), honest_split(labels, seed=0, test=0.4)
    model = fit_band_power(features[split.training], before[split.training])
    right = (model.probability(features[split.test]) > 0.5) == before[split.test]
    assert right.mean() == model.accuracy(features[split.test], before[split.test])
    # The stations of one earthquake see the same storms: they are resampled together.
    return resampled_accuracy(right, labels.earthquake[split.test])


def test_the_baseline_sees_the_disturbance_and_nothing_in_the_null_set_or_in_permuted_labels(
    network, null_network
):
    accuracy, low, _ = judged(network)
    assert accuracy > 0.7
    assert low > 0.6
    for days, before in ((null_network, None), (network, permuted_labels(network.labels, seed=5))):
        accuracy, low, _ = judged(days, before)
        assert accuracy == pytest.approx(0.5, abs=0.06)
        assert low < 0.5


def test_the_baseline_refuses_what_it_cannot_learn_from(network):
    gap = network.values[:2].copy()
    gap[1, 5] = np.nan
    with pytest.raises(ParameterError, match="1 of 2 days have gaps"):
        band_features(gap)
    with pytest.raises(ParameterError, match="all 2 training days lie before"):
        fit_band_power(np.zeros((2, 8)), np.array([True, True]))


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
