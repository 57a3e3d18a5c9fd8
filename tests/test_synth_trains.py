import numpy as np
import pytest

from sesctl.errors import ParameterError
from sesctl.synth import preset
from sesctl.synth.leakage import (
    _unit_field,
    inverse_distance,
    is_far,
    leakage_table,
    return_weights,
)
from sesctl.synth.motion import phases, trip_s
from sesctl.synth.railway import Railway, Timetable
from sesctl.synth.timetable import departures
from sesctl.synth.trains import _visited

LINE = Railway(
    name="line",
    track=((0, -20_000), (0, 20_000)),
    substations_m=(5000.0, 15_000.0, 25_000.0, 35_000.0),
    stops_m=(2000.0, 10_000.0, 20_000.0, 38_000.0),
    rail_conductance_s_per_km=1.0,
    rail_resistance_ohm_per_km=0.03,
)


def test_the_potential_of_a_cell_is_the_sum_over_its_points():
    edges = np.array([[0.0, 0.0], [300.0, 400.0]])
    places = np.array([[120.0, -50.0], [-300.0, 900.0]])
    steps = (np.arange(20_000) + 0.5) / 20_000
    points = edges[0] + steps[:, None] * (edges[1] - edges[0])
    slow = [(500 / 20_000 / np.hypot(*(points - place).T)).sum() for place in places]
    assert inverse_distance(edges, places)[:, 0] == pytest.approx(slow, rel=1e-6)


def test_a_train_shares_its_return_between_its_neighbours_by_distance():
    weights = return_weights(np.array([0.0, 10.0, 30.0]), np.array([-5.0, 0.0, 2.5, 25.0, 40.0]))
    assert weights == pytest.approx(
        np.array([[1, 0, 0], [1, 0, 0], [0.75, 0.25, 0], [0, 0.25, 0.75], [0, 0, 1]])
    )


def test_the_field_of_a_train_is_that_of_the_leakage_equation():
    electrodes = np.array([[[1500.0, 200.0], [4000.0, 900.0]]])
    length = np.hypot(2500.0, 700.0)
    table = _unit_field(LINE, electrodes, np.array([length]), 80.0, 1.0)
    train, step = 12_000.0, 1.0
    x = np.arange(0, 40_000, step) + step / 2
    reach = 1000 / np.sqrt(0.03)
    assert LINE.leakage_length_m() == pytest.approx(reach)

    def leak(place):
        density = np.exp(-np.abs(x - place) / reach)
        return density / (density.sum() * step)

    density = leak(train) - 0.3 * leak(5000.0) - 0.7 * leak(15_000.0)
    volts = [
        80.0 / (2 * np.pi) * (density * step / np.hypot(east, north - (x - 20_000))).sum()
        for east, north in electrodes[0]
    ]
    expected = -(volts[1] - volts[0]) / length * 1e6
    assert table[0, round(train / 50)] == pytest.approx(expected, rel=2e-3)


def test_a_train_at_a_substation_has_no_field():
    table = leakage_table(preset("hkb"), preset("hkb").railways[0])
    at = table.at(np.array([19_500.0, 24_000.0]), np.zeros(2))
    assert np.abs(at[:, 0]).max() < 1e-2 * np.abs(at[:, 1]).max()


def test_wet_ground_takes_more_current_near_the_train():
    table = leakage_table(preset("mts"), preset("mts").railways[0])
    position = np.array([20_000.0])
    dry, half, wet = (table.at(position, np.array([wetness])) for wetness in (0.0, 0.5, 1.0))
    assert not np.allclose(dry, wet, rtol=0.01)
    assert half == pytest.approx((dry + wet) / 2)


def test_only_the_distant_line_counts_as_a_distant_source():
    assert [is_far(preset(name), preset(name).railways[0]) for name in ("hkb", "mts", "ota")] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("freight", [True, False])
def test_a_train_goes_smoothly_from_end_to_end(up, freight):
    draw = np.random.default_rng(0)
    run = phases(LINE, np.array([100.0]), np.array([up]), np.array([freight]), draw)
    step, _, position, current = _visited(run, 1.0)
    ends = LINE.stops_m if up else LINE.stops_m[::-1]
    assert position[[0, -1]] == pytest.approx([ends[0], ends[-1]], abs=5)
    assert np.all(np.diff(step) == 1)
    assert np.abs(np.diff(position)).max() <= LINE.top_speed_m_s + 1e-6
    assert step[0] == 100
    assert current.max() <= 1.5
    if not freight:
        assert current.min() == -LINE.regenerated_fraction
        assert (np.abs(np.diff(position)) < 1e-9).sum() > 20


def test_a_timetable_is_kept_from_day_to_day_and_changes_once_a_year():
    monday = 10_609  # 18 January 1999
    line = Railway(**{**LINE.__dict__, "timetable": Timetable(delay_s=0, cancelled_fraction=0,
                                                              night_freight_probability=0)})  # fmt: skip
    trip = trip_s(line)
    days = [departures(line, 1, day, trip).time_s for day in (monday, monday + 1, monday + 5, monday + 70)]
    np.testing.assert_array_equal(days[0], days[1])
    assert days[2].size < days[0].size
    assert days[3].shape != days[0].shape or not np.array_equal(days[3], days[0])
    assert days[0].min() >= 5.5 * 3600
    assert days[0].max() + trip <= 24 * 3600 + 3600 * 0.5


def test_rush_hours_have_more_trains():
    times = departures(LINE, 1, 10_609, trip_s(LINE)).time_s / 3600
    rush = ((times > 7) & (times < 9)).sum()
    noon = ((times > 11) & (times < 13)).sum()
    assert rush > noon


def test_a_railway_off_its_track_is_refused():
    with pytest.raises(ParameterError, match=r"substations from 5000.0 m to 50000.0 m lie off its track"):
        Railway(**{**LINE.__dict__, "substations_m": (5000.0, 50_000.0)})
    with pytest.raises(ParameterError, match="do not increase"):
        Railway(**{**LINE.__dict__, "stops_m": (5000.0, 5000.0)})
    with pytest.raises(ParameterError, match="1 stops"):
        Railway(**{**LINE.__dict__, "stops_m": (5000.0,)})
    with pytest.raises(ParameterError, match="rail_conductance_s_per_km is 99"):
        Railway(**{**LINE.__dict__, "rail_conductance_s_per_km": 99})
