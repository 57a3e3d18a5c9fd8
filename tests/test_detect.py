"""Scanning: what is found does not depend on how the record is cut, stored or batched."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from field_records import HOUR, at, quiet_field, with_boxcar, with_gap, write_csv
from sesctl import pipeline, registry
from sesctl.archive import create_or_open
from sesctl.errors import ParameterError, StationError
from sesctl.pipeline import RecordSource, Scan
from sesctl.types import Channel, Dipole, Record, Station
from sesctl.types.instants import DAY, SECOND

INFO = registry.find("boxcar")
QUICK = settings(deadline=None, max_examples=15)


def found(*sources, **options):
    sources = [RecordSource(each) if isinstance(each, Record) else each for each in sources]
    return pipeline.detect(sources, INFO, registry.make(INFO), Scan(**options))


def summary(catalogue):
    return [
        (e.station, e.start, e.end, e.dipoles, round(e.amplitude, 3), round(e.raw_score, 2))
        for e in catalogue.events
    ]


@pytest.fixture(scope="module")
def long_record():
    """Return 9 days with boxcars, one over a midnight, a gap of hours and two days without a value."""
    record = quiet_field(9 * 24, interval=10.0)
    for day, hour, minutes, heights in (
        (0, 5.0, 20, {"Ex": 12.0}),
        (0, 20.5, 40, {"Ey": -8.0}),
        (1, 23.75, 30, {"Ex": -10.0, "Ey": 5.0}),
        (3, 0.0, 25, {"Ex": 9.0}),
        (7, 12.0, 150, {"Ex": 15.0, "Ey": 15.0}),
        (8, 23.0, 25, {"Ey": 9.0}),
    ):
        record = with_boxcar(record, record.start + day * DAY + round(hour * HOUR), 60 * minutes, heights)
    record = with_gap(record, record.start + 2 * DAY + 6 * HOUR, 4 * 3600)
    return with_gap(record, record.start + 4 * DAY, 2 * 86_400)


EXPECTED = [(0, 5.0), (0, 20.5), (1, 23.75), (3, 0.0), (7, 12.0), (8, 23.0)]


def test_every_boxcar_is_found_once_and_nothing_else(long_record):
    starts = [(event.start - long_record.start) / HOUR for event in found(long_record).events]
    assert starts == pytest.approx([24 * day + hour for day, hour in EXPECTED], abs=1 / 60)


@pytest.mark.parametrize("batch", [1, 3])
def test_the_size_of_a_batch_changes_nothing(long_record, monkeypatch, batch):
    together = summary(found(long_record))
    monkeypatch.setattr("sesctl.pipeline.scanning.BATCH_DAYS", batch)
    assert summary(found(long_record)) == together


def test_a_record_in_memory_and_in_an_archive_give_the_same(long_record, tmp_path):
    with create_or_open(tmp_path / "archive") as store:
        store.write(long_record)
    stored = found(*pipeline.open_sources(tmp_path / "archive", wanted=INFO.interval))
    assert summary(stored) == summary(found(long_record))
    assert stored.exposure == found(long_record).exposure


def test_how_a_record_is_split_into_files_changes_nothing(tmp_path):
    record = with_boxcar(quiet_field(30), at("2020-01-01T23:45"), 1800, {"Ex": 12.0, "Ey": -7.0})
    whole = write_csv(record, tmp_path / "hkb.csv")
    pieces = tmp_path / "pieces"
    pieces.mkdir()
    header, *rows = whole.read_text().splitlines()
    cuts = [0, 7, 4000, 8600, 8640, len(rows)]
    for number, (first, last) in enumerate(itertools.pairwise(cuts)):
        (pieces / f"{9 - number}.csv").write_text("\n".join([header, *rows[first:last]]) + "\n")
    expected = summary(found(*pipeline.open_sources(whole)))
    assert len(expected) == 1
    folder = [("hkb", *rest) for _, *rest in summary(found(*pipeline.open_sources(pieces)))]
    assert folder == expected
    assert summary(found(record)) == expected


@pytest.mark.parametrize("interval", [1.0, 2.5, 4.0])
def test_a_finer_record_gives_the_same_event_from_memory_and_from_an_archive(tmp_path, interval):
    onset = at("2020-01-01T23:50")
    record = with_boxcar(
        quiet_field(10, start="2020-01-01T20:00", interval=interval), onset, 1500, {"Ex": 12.0}
    )
    (event,) = found(record).events
    assert abs(event.start - onset) <= 20 * SECOND
    assert abs(event.end - onset - 1500 * SECOND) <= 20 * SECOND
    with create_or_open(tmp_path / "archive") as store:
        store.write(record)
    assert summary(found(*pipeline.open_sources(tmp_path / "archive", wanted=10.0))) == summary(found(record))


@pytest.mark.parametrize("seconds_after_midnight", [-1490, -750, -20, -10, 0, 10, 20])
@pytest.mark.parametrize("offset_h", [0, 9, -6])
def test_an_event_near_midnight_is_found_once_whatever_the_day(seconds_after_midnight, offset_h, monkeypatch):
    midnight = at("2020-01-02") - offset_h * HOUR
    onset = midnight + seconds_after_midnight * SECOND
    record = quiet_field(20, start="2020-01-01T14:00")
    record = replace(record, start=midnight - 10 * HOUR)
    record = with_boxcar(record, onset, 1500, {"Ex": 12.0})
    for batch in (1, 8):
        monkeypatch.setattr("sesctl.pipeline.scanning.BATCH_DAYS", batch)
        (event,) = found(record, day_offset=offset_h * HOUR).events
        assert abs(event.start - onset) <= 10 * SECOND
        assert abs(event.end - onset - 1500 * SECOND) <= 10 * SECOND


@pytest.mark.parametrize("offset_h", [0, 9])
def test_an_event_over_midnight_belongs_to_the_day_of_its_onset(offset_h):
    midnight = at("2020-01-02") - offset_h * HOUR
    record = with_boxcar(quiet_field(60), midnight - 900 * SECOND, 1800, {"Ex": 12.0})
    offset = offset_h * HOUR
    assert len(found(record, day_offset=offset, until=midnight).events) == 1
    assert found(record, day_offset=offset, since=midnight).events == ()


@pytest.mark.parametrize("hours", [0.5, 1.0, 3.0])
def test_a_record_shorter_than_a_day_is_scanned(hours):
    record = quiet_field(hours, start="2020-01-01T17:17:20")
    assert found(record).events == ()
    onset = record.start + 420 * SECOND
    (event,) = found(with_boxcar(record, onset, 600, {"Ey": 10.0})).events
    assert abs(event.start - onset) <= 30 * SECOND


def test_a_record_of_a_few_samples_is_scanned():
    for samples in (1, 2, 61):
        record = quiet_field(samples / 360)
        assert found(record).events == ()
        assert found(record).exposure[0].live_hours == pytest.approx(samples / 360)


def test_the_exposure_counts_hours_with_a_value_on_some_dipole():
    record = with_gap(quiet_field(36, start="2020-01-01T12:00"), at("2020-01-02T06:00"), 7200)
    record = with_gap(record, at("2020-01-02T14:00"), 3600, ["Ex"])  # Ey has a value
    (exposure,) = found(record).exposure
    assert exposure.live_hours == pytest.approx(34.0)
    assert exposure.skipped_hours == pytest.approx(14.0)
    assert exposure.days == 2
    (alone,) = found(record, dipoles=["Ex"]).exposure
    assert alone.live_hours == pytest.approx(33.0)


def test_days_without_a_value_are_not_counted_as_scanned(long_record):
    (exposure,) = found(long_record).exposure
    assert exposure.days == 7
    assert exposure.live_hours == pytest.approx(7 * 24 - 4)
    assert exposure.skipped_hours == pytest.approx(4)


def test_the_exposure_in_days_of_another_zone_counts_each_hour_once(long_record):
    (exposure,) = found(long_record, day_offset=9 * HOUR).exposure
    assert exposure.live_hours == pytest.approx(7 * 24 - 4)
    assert exposure.live_hours + exposure.skipped_hours == pytest.approx(24 * exposure.days)


def test_a_dipole_without_any_value_adds_no_exposure_and_no_event():
    record = with_gap(quiet_field(24), at("2020-01-01"), 86_400, ["Ex"])
    assert found(record).exposure[0].live_hours == 24
    silent = found(record, dipoles=["Ex"])
    assert silent.events == ()
    assert silent.exposure[0].live_hours == 0
    assert silent.exposure[0].days == 0


def test_magnetic_channels_are_not_scanned():
    channels = (Channel(name="Bx", quantity="magnetic", unit="nT"), Dipole(name="Ex"))
    record = replace(quiet_field(24), station=Station(name="hkb", channels=channels))
    record = with_boxcar(record, at("2020-01-01T12:00"), 1500, {"Bx": 50.0})
    assert found(record).events == ()
    with pytest.raises(StationError, match="has no dipole 'Bx'"):
        found(record, dipoles=["Bx"])
    with pytest.raises(StationError, match="station hkb has no dipole"):
        found(record.select(["Bx"]))


def test_nothing_to_scan_is_an_error_and_not_an_empty_catalogue():
    with pytest.raises(ParameterError, match="there is no day to scan"):
        found(quiet_field(1), since=at("2021-01-01"))


def test_progress_is_told_every_day(long_record, monkeypatch):
    monkeypatch.setattr("sesctl.pipeline.scanning.BATCH_DAYS", 3)
    told = []
    pipeline.detect(
        [RecordSource(long_record)],
        INFO,
        registry.make(INFO),
        Scan(),
        lambda done, total: told.append((done, total)),
    )
    assert told == [(3, 7), (4, 7), (7, 7)]


@pytest.mark.parametrize("gap_min", [1, 10, 45, 200])
@pytest.mark.parametrize("hour", [5.0, 23.9])
def test_a_gap_is_no_event_even_where_the_level_differs_behind_it(gap_min, hour):
    record = quiet_field(36, noise=0.05)
    start = record.start + round(hour * HOUR)
    record = with_boxcar(record, start, 48 * 3600, {"Ex": 40.0})
    record = with_gap(record, start - 60 * SECOND, 60 * gap_min)
    assert found(record).events == ()


@pytest.mark.parametrize("height", [3.0, -30.0, 3000.0])
@pytest.mark.parametrize("hour", [0.0, 12.0, 23.95])
def test_a_single_step_is_no_event(height, hour):
    record = quiet_field(30, noise=0.05)
    start = record.start + round(hour * HOUR)
    assert found(with_boxcar(record, start, 48 * 3600, {"Ex": height})).events == ()


@pytest.mark.parametrize("samples", [1, 3])
def test_a_spike_is_no_event(samples):
    record = quiet_field(24, noise=0.05)
    assert found(with_boxcar(record, at("2020-01-01T12:00"), 10 * samples, {"Ex": 5000.0})).events == ()


@pytest.mark.parametrize("per_hour", [1.0, 20.0])
def test_a_slow_drift_is_no_event(per_hour):
    record = quiet_field(48, noise=0.05)
    hours = (record.times() - record.start) / HOUR
    values = record.values + (per_hour * hours + 30 * np.sin(hours / 24 * 2 * np.pi)).astype(np.float32)
    assert found(replace(record, values=values)).events == ()


def test_a_constant_record_has_no_event():
    record = quiet_field(24, noise=0.0)
    assert found(record).events == ()
    assert found(replace(record, values=np.zeros_like(record.values))).events == ()


@QUICK
@given(
    seed=st.integers(0, 2**32 - 1),
    onset=st.integers(700, 5000),
    minutes=st.integers(15, 120),
    height=st.floats(6.0, 500.0),
    negative=st.booleans(),
    dipole=st.sampled_from(["Ex", "Ey"]),
)
def test_a_boxcar_in_white_noise_is_found_where_it_is(seed, onset, minutes, height, negative, dipole):
    quiet = quiet_field(20, noise=0.5, seed=seed)
    height = -height if negative else height
    start = quiet.start + onset * 10 * SECOND
    events = found(with_boxcar(quiet, start, 60 * minutes, {dipole: height})).events
    assert len(events) == 1
    assert abs(events[0].start - start) <= 20 * SECOND
    assert abs(events[0].end - start - minutes * 60 * SECOND) <= 20 * SECOND
    assert events[0].amplitude == pytest.approx(height, rel=0.15)
    assert events[0].dipoles == (dipole,)
