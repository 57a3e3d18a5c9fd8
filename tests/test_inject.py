"""Embedding: what is added is known to the sample, and nothing else changes."""

from dataclasses import replace

import numpy as np
import pytest

from field_records import at, quiet_field, with_gap
from sesctl.errors import ParameterError
from sesctl.inject import embed
from sesctl.types import Channel, Dipole, Origin, Station
from sesctl.types.instants import SECOND
from sesctl.waveforms import Boxcar

ONSET = at("2020-01-01T12:00")
STATION = Station(
    name="hkb",
    channels=(
        Dipole(name="N", azimuth_deg=0.0),
        Channel(name="Bx", quantity="magnetic", unit="nT"),
        Dipole(name="E", azimuth_deg=90.0),
    ),
)


def background(**changes):
    record = quiet_field(24, dipoles=("N", "Bx", "E"))
    return replace(record, station=STATION, **changes)


def put(record, **changes):
    options = {"onset": ONSET, "amplitude": 12.0, "azimuth_deg": 0.0, "activity_id": "one", **changes}
    return embed(record, Boxcar(duration_s=1500.0), **options)


def added(record, **changes):
    return put(record, **changes)[0].values.astype(float) - record.values


def test_the_strongest_dipole_shows_the_amplitude_within_its_edges_and_nothing_outside():
    record = background()
    difference = added(record, amplitude=-12.0)
    inside = (record.times() >= ONSET) & (record.times() < ONSET + 1500 * SECOND)
    np.testing.assert_allclose(difference[0, inside], -12.0, atol=1e-4)
    assert not difference[0, ~inside].any()


def test_each_dipole_shows_the_projection_of_one_field():
    difference = added(background(), azimuth_deg=30.0)[:, 4400]
    assert abs(difference[0]) == pytest.approx(12.0, abs=1e-4)
    assert abs(difference[2] / difference[0]) == pytest.approx(np.tan(np.radians(30)), abs=1e-4)


def test_magnetic_channels_the_quality_and_the_origins_are_kept():
    origins = (Origin("hkb", 18_262, "abc"),)
    record = with_gap(background(origins=origins), ONSET + 100 * SECOND, 100, ["N"])
    kept = record.values.copy()
    result, _ = put(record)
    np.testing.assert_array_equal(result.values[1], record.values[1])
    np.testing.assert_array_equal(np.isnan(result.values), np.isnan(record.values))
    np.testing.assert_array_equal(result.quality, record.quality)
    np.testing.assert_array_equal(record.values, kept)
    assert result.origins == origins


def test_the_truth_is_what_was_added():
    (truth,) = put(background())[1]
    assert (truth.station, truth.start, truth.end) == ("hkb", ONSET, ONSET + 1500 * SECOND)
    assert (truth.amplitude, truth.activity_id) == (12.0, "one")


@pytest.mark.parametrize("onset", ["2019-12-31T23:50", "2020-01-01T23:50"])
def test_a_signal_over_an_end_of_the_record_is_added_in_part(onset):
    difference = added(background(), onset=at(onset))
    assert 0 < np.count_nonzero(difference[0]) < 150


@pytest.mark.parametrize("onset", ["2019-12-31T23:34", "2020-01-02T00:00"])
def test_a_signal_that_misses_the_record_is_refused(onset):
    with pytest.raises(ParameterError, match="lies outside the record"):
        put(background(), onset=at(onset))
