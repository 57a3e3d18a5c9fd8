"""Cutting into days: every sample once, whole days, fixed offsets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesctl.errors import ParameterError
from sesctl.segment import cut_days
from sesctl.types import Dipole, Origin, Quality, Record, Station

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
STATION = Station(name="hkb", channels=(Dipole(name="Ex"), Dipole(name="Ey")))


def record(samples, start=0, interval=600.0, **rest):
    values = np.arange(2 * samples, dtype=np.float32).reshape(2, samples)
    return Record(station=STATION, values=values, start=start, interval=interval, **rest)


def test_a_day_is_the_day_of_the_offset():
    cut = cut_days(record(288), day_offset=9 * HOUR)
    assert cut.starts.tolist() == [-9 * HOUR, 15 * HOUR, 39 * HOUR]
    assert np.isnan(cut.values[0, :, :54]).all()
    np.testing.assert_array_equal(cut.values[1, 0], np.arange(90, 234))
    assert cut.quality[0, 0, 0] == Quality.GAP


def test_an_offset_to_the_west_begins_later():
    cut = cut_days(record(144), day_offset=-6 * HOUR)
    assert cut.starts.tolist() == [-18 * HOUR, 6 * HOUR]


def test_a_record_of_exactly_one_day_is_one_day():
    assert len(cut_days(record(144, start=3 * DAY))) == 1


def test_one_sample_makes_a_whole_day():
    cut = cut_days(record(1, start=-DAY + 10 * HOUR))
    assert cut.starts.tolist() == [-DAY]
    assert cut.live_samples().tolist() == [1]
    assert cut.values[0, 0, 60] == 0


def test_context_is_what_lies_around_and_nan_beyond_the_record():
    cut = cut_days(record(288), context=10)
    np.testing.assert_array_equal(cut.values[0, 0, -10:], np.arange(144, 154))
    np.testing.assert_array_equal(cut.values[1, 0, :10], np.arange(134, 144))
    assert np.isnan(cut.values[0, :, :10]).all()
    assert np.isnan(cut.values[1, :, -10:]).all()


def test_a_context_longer_than_the_record_is_nan_beyond_it():
    cut = cut_days(record(3), context=500)
    assert np.isfinite(cut.values).sum() == 6


@given(
    samples=st.integers(1, 500),
    start=st.integers(-1000, 1000),
    offset=st.integers(-12, 14),
    context=st.integers(0, 300),
)
def test_every_sample_is_in_exactly_one_day_at_its_instant(samples, start, offset, context):
    whole = record(samples, start=start * 600 * SECOND)
    cut = cut_days(whole, day_offset=offset * HOUR, context=context)
    assert cut.live_samples().sum() == samples
    assert (cut.live_samples() > 0).all()
    for day in range(len(cut)):
        instants = cut.row_start(day) + np.arange(cut.values.shape[2]) * 600 * SECOND
        at = (instants - whole.start) // (600 * SECOND)
        inside = (at >= 0) & (at < samples)
        np.testing.assert_array_equal(cut.values[day][:, inside], whole.values[:, at[inside]])
        assert np.isnan(cut.values[day][:, ~inside]).all()


def test_quality_is_carried():
    quality = np.zeros((2, 144), dtype=np.uint8)
    quality[1, 7] = Quality.OVERLAP
    assert cut_days(record(144, quality=quality)).quality[0, 1, 7] == Quality.OVERLAP


def test_origins_are_those_of_the_utc_days_of_the_day_proper():
    origins = [Origin("hkb", day, f"{day}") for day in range(3)]
    days = cut_days(record(432, origins=origins), context=100)
    assert [[each.day for each in day] for day in days.origins] == [[0], [1], [2]]
    shifted = cut_days(record(432, origins=origins), day_offset=9 * HOUR)
    assert [[each.day for each in day] for day in shifted.origins] == [[0], [0, 1], [1, 2], [2]]


@pytest.mark.parametrize(
    ("arguments", "parameters", "sentence"),
    [
        (
            {"start": 5 * SECOND},
            {},
            "starts at 1970-01-01T00:00:05Z, 5 s after an instant of the day's grid of 600 s",
        ),
        ({"interval": 7.0}, {}, "a day is no whole number of sampling intervals of 7 s"),
        ({}, {"day_offset": DAY}, "the day offset is 24 h"),
        ({}, {"day_offset": 60 * SECOND}, "60 s after an instant of the day's grid"),
        ({}, {"context": -1}, "the context is -1 samples"),
    ],
)
def test_what_makes_no_days_is_refused_by_name(arguments, parameters, sentence):
    with pytest.raises(ParameterError, match=sentence):
        cut_days(record(10, **arguments), **parameters)


def test_an_empty_record_is_refused():
    with pytest.raises(ParameterError, match="has no sample"):
        cut_days(record(0))
