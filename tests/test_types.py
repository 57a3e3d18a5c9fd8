"""The types refuse what they cannot mean, naming what disagrees."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesctl.errors import ParameterError, ShapeError, StationError
from sesctl.types import Candidate, Channel, Days, Dipole, Event, Quality, Record, Scores, Station
from sesctl.types.instants import DAY, day_offset, from_iso, iso

HKB = Station(name="hkb", channels=(Dipole(name="D1", length_m=100.0), Dipole(name="D2")))


def record(values, **changes):
    return Record(
        **{
            "station": HKB,
            "values": np.array(values, getattr(values, "dtype", np.float32)),
            "start": 0,
            "interval": 10.0,
            **changes,
        }
    )


def test_the_gap_bit_says_exactly_where_a_value_is_missing():
    made = record([[1, np.nan], [2, 3]], quality=np.array([[1, 4], [2, 0]], np.uint8))
    assert made.quality.tolist() == [[0, Quality.GAP | Quality.DESPIKED], [Quality.FILLED, 0]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": np.zeros((2, 3))}, "float64 of shape"),
        ({"values": np.zeros((3, 3), np.float32)}, "3 rows, station hkb has 2 channels"),
        ({"values": np.full((2, 3), np.inf, np.float32)}, "infinite"),
        ({"quality": np.zeros((2, 2), np.uint8)}, r"quality is uint8 of shape \(2, 2\), values"),
    ],
)
def test_a_record_names_what_disagrees(changes, message):
    with pytest.raises(ShapeError, match=message):
        record(**{"values": [[1, 2, 3], [4, 5, 6]], **changes})


@pytest.mark.parametrize("interval", [0.0, -1.0, float("nan"), float("inf"), 1 / 3, 1e-7])
def test_a_sampling_interval_is_a_positive_whole_number_of_microseconds(interval):
    with pytest.raises(ParameterError, match="sampling interval"):
        record([[1], [2]], interval=interval)


def test_channels_are_selected_by_name_and_a_wrong_name_is_told_the_right_ones():
    made = record([[1, 2], [3, 4]])
    assert made.select(["D2"]).values.tolist() == [[3, 4]]
    with pytest.raises(StationError, match="no channel 'D3'") as caught:
        made.select(["D3"])
    assert caught.value.hint == "It has D1, D2."


def test_only_dipoles_are_electric():
    station = replace(HKB, channels=(*HKB.channels, Channel(name="bx", quantity="magnetic", unit="nT")))
    made = record([[1], [2], [3]], station=station)
    assert [channel.name for channel in made.electric().station.channels] == ["D1", "D2"]
    with pytest.raises(StationError, match="no dipole"):
        made.select(["bx"]).electric()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Station(name="../etc", channels=HKB.channels), "station name '../etc'"),
        (lambda: Station(name="hkb", channels=()), "no channel"),
        (lambda: Station(name="hkb", channels=HKB.channels * 2), "2 channels named D1"),
        (lambda: Station(name="hkb", channels=HKB.channels, latitude=91.0), "latitude of 91.0°"),
        (lambda: Dipole(name="D1", length_m=0.0), "length of 0.0 m is not positive"),
        (lambda: Dipole(name="D1", azimuth_deg=900.0), "azimuth of 900° is not within"),
        (lambda: Dipole(name="D1", azimuth_deg=float("nan")), "azimuth of nan° is not within"),
        (lambda: Dipole(name="D1", electrodes=("a",)), "1 electrodes, not two"),
        (lambda: Dipole(name="a;b"), "channel name 'a;b'"),
    ],
)
def test_a_station_refuses_what_cannot_be(make, message):
    with pytest.raises(StationError, match=message):
        make()


def days(count=2, context=3, interval=3600.0, **changes):
    samples = round(86_400 / interval) + 2 * context
    fields = {
        "station": HKB,
        "values": np.zeros((count, 2, samples), np.float32),
        "starts": np.arange(count, dtype=np.int64) * DAY,
        "interval": interval,
        "context": context,
    }
    return Days(**{**fields, **changes})


def test_a_day_has_its_context_on_both_sides():
    made = days()
    assert made.samples_per_day == 24
    assert made.instant(1, 3) == DAY
    assert made.row_start(1) == DAY - 3 * 3600 * 1_000_000
    assert len(made[1:]) == 1
    assert made[1:].row_start(0) == made.row_start(1)


def test_live_samples_count_the_day_proper_where_any_channel_has_a_value():
    values = np.zeros((1, 2, 30), np.float32)
    values[0, 0, :] = np.nan
    values[0, 1, :8] = np.nan
    assert days(1, values=values).live_samples().tolist() == [24 - 5]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"context": 2}, "not a day of 24 and twice a context of 2"),
        ({"starts": np.zeros(3, np.int64)}, "not int64"),
        ({"origins": ((),)}, "origins describe 1 days, values 2"),
        ({"interval": 7.0}, "no whole number of sampling intervals"),
    ],
)
def test_days_name_what_disagrees(changes, message):
    with pytest.raises(ShapeError, match=message):
        days(**{"values": np.zeros((2, 2, 30), np.float32), **changes})


def test_scores_and_candidates_refuse_what_cannot_be():
    with pytest.raises(ShapeError, match="come without bounds"):
        Scores(values=np.zeros((1, 1, 2), np.float32), kind="window")
    with pytest.raises(ShapeError, match="1 windows"):
        Scores(values=np.zeros((1, 1, 1), np.float32), kind="window", bounds=np.zeros((2, 2), np.int64))
    with pytest.raises(ShapeError, match="not after its start"):
        Candidate(day=0, start=5, end=5, raw_score=1.0)
    with pytest.raises(ShapeError, match="score of nan"):
        Candidate(day=0, start=5, end=6, raw_score=float("nan"))
    with pytest.raises(ShapeError, match=r"outside 0\.\.1"):
        Event(station="hkb", start=0, end=1, amplitude=1, score=1.5, raw_score=2, dipoles=())


@given(st.integers(-(2**52), 2**52))
def test_instants_survive_iso_8601(instant):
    assert from_iso(iso(instant)) == instant


def test_instants_are_written_short():
    assert iso(1_577_842_620_000_000) == "2020-01-01T01:37:00Z"
    assert iso(1_577_842_620_500_000) == "2020-01-01T01:37:00.500000Z"


@pytest.mark.parametrize("text", ["2020-01-01T00:00:00", "yesterday", "2020-02-30T00:00:00Z", ""])
def test_a_time_without_offset_or_sense_is_refused(text):
    with pytest.raises(ParameterError):
        from_iso(text)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("UTC", 0),
        ("+09:00", 9),
        ("-0330", -3.5),
        ("Asia/Tokyo", 9),
        ("Europe/Athens", 2),
        ("Australia/Adelaide", 9.5),
    ],
)
def test_a_day_begins_at_a_fixed_offset_in_standard_time(text, hours):
    assert day_offset(text) == round(hours * 3_600_000_000)


@pytest.mark.parametrize("text", ["+25:00", "Nowhere", "", "../../etc/passwd"])
def test_a_day_offset_that_is_none_is_refused(text):
    with pytest.raises(ParameterError, match="no offset from UTC"):
        day_offset(text)
