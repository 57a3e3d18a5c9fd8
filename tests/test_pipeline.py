"""Sources and stages in their order: a piece of a record is that piece, wherever the record lies."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from field_records import HOUR, at, quiet_field, with_boxcar, with_gap, write_csv
from sesctl import pipeline, registry
from sesctl.archive import create_or_open, open_archive
from sesctl.pipeline import ArchiveSource, RecordSource, Scan
from sesctl.pipeline.prepare import batches, days_for, prepare, raw_days
from sesctl.plugin import DetectorInfo
from sesctl.types import Quality
from sesctl.types.instants import DAY, SECOND

INFO = registry.find("boxcar")
START = at("2020-01-01T17:30")
RECORD = with_gap(quiet_field(20, start="2020-01-01T17:30", interval=60.0), START + 3 * HOUR, 7000)
INSTANTS = st.integers(START - DAY, START + 2 * DAY)
QUICK = settings(deadline=None, max_examples=50)


@pytest.fixture(scope="module")
def archived(tmp_path_factory):
    """Return the record as an archive holds it."""
    path = tmp_path_factory.mktemp("sources") / "archive"
    with create_or_open(path) as store:
        store.write(RECORD)
    (source,) = pipeline.open_sources(path)
    return source


def samples(record, start, end):
    """Return the values of a record within [start, end) by their instants, gaps left out."""
    return {
        (int(instant), row): float(value)
        for instant, column in zip(record.times(), record.values.T, strict=True)
        for row, value in enumerate(column)
        if start <= instant < end and not np.isnan(value)
    }


@QUICK
@given(one=INSTANTS, other=INSTANTS)
def test_a_piece_holds_the_samples_of_its_time_and_no_others(one, other):
    start, end = sorted((one, other))
    piece = RecordSource(RECORD).read(start, end)
    assert samples(piece, -(2**62), 2**62) == samples(RECORD, start, end)


@settings(deadline=None, max_examples=15)
@given(one=INSTANTS, other=INSTANTS)
def test_memory_and_archive_give_the_same_piece(archived, one, other):
    start, end = sorted((one, other))
    assert samples(archived.read(start, end), start, end) == samples(RECORD, start, end)


@pytest.mark.parametrize("offset_h", [-11, -6, 0, 9, 14])
def test_days_cover_every_sample_once(archived, offset_h):
    offset = offset_h * HOUR
    for source in (RecordSource(RECORD), archived):
        starts = source.days(offset)
        assert (np.diff(starts) >= DAY).all()
        assert not ((starts + offset) % DAY).any()
        held = [samples(source.read(int(start), int(start) + DAY), -(2**62), 2**62) for start in starts]
        merged = {key: value for day in held for key, value in day.items()}
        assert sum(map(len, held)) == len(merged)
        assert merged == samples(RECORD, -(2**62), 2**62)


def spoilt(record):
    """Return a record with spikes, gaps and a lasting step in it, some of them about midnight."""
    values = record.values.copy()
    midnight = int((-record.start % DAY) // record.interval_us)
    values[:, midnight + 2000 :] += 50
    for at_sample in (50, midnight - 1, midnight + 1440, midnight + 3001):
        values[:, at_sample] += 300
    for at_sample in (80, midnight - 2, midnight + 1438, midnight + 2880):
        values[:, at_sample : at_sample + 4] = np.nan
    values[:, midnight + 700 : midnight + 760] = np.nan
    return replace(record, values=values)


@given(days=st.sets(st.integers(0, 40), min_size=1), size=st.integers(1, 9))
def test_a_batch_is_a_run_of_days_without_a_break(days, size):
    starts = np.array(sorted(days), dtype=np.int64) * DAY
    cut = list(batches(starts, size))
    assert np.concatenate(cut).tolist() == starts.tolist()
    assert all(1 <= len(batch) <= size and (np.diff(batch) == DAY).all() for batch in cut)


@pytest.mark.parametrize("interval", [60.0, 120.0, 300.0])
def test_a_day_prepared_alone_is_the_day_prepared_among_others(interval):
    source = RecordSource(quiet_field(70, start="2020-01-01T17:30", interval=60.0))
    starts = source.days(0)
    arguments = {"dipoles": ["Ey"], "interval": interval, "context_s": 3600.0}
    together = raw_days(source, starts, **arguments)
    for day, start in enumerate(starts):
        alone = raw_days(source, np.array([start]), **arguments)
        np.testing.assert_allclose(alone.values[0], together.values[day], rtol=1e-6)
        np.testing.assert_array_equal(alone.quality[0], together.quality[day])


@pytest.mark.parametrize(("context", "cleaning"), [(DAY / 1e6, "despike"), (600.0, "despike"), (0.0, "none")])
def test_days_for_a_detector_are_cleaned_alike_alone_and_among_others(context, cleaning):
    info = DetectorInfo(
        name="any", summary="any", make=dict, interval=60.0, context=context, cleaning=cleaning
    )
    record = spoilt(quiet_field(144, start="2020-01-01T17:30", interval=60.0))
    source = RecordSource(record)
    starts = source.days(0)
    raw, days = days_for(source, starts, info, ["Ey", "Ex"])
    assert raw.context == 0
    for day, start in enumerate(starts):
        lone, alone = days_for(source, np.array([start]), info, ["Ey", "Ex"])
        np.testing.assert_array_equal(lone.values[0], raw.values[day])
        np.testing.assert_array_equal(alone.values[0], days.values[day])
        np.testing.assert_array_equal(alone.quality[0], days.quality[day])


def test_cleaning_once_gives_what_cleaning_each_day_gives_but_for_the_ends_of_its_context():
    info = DetectorInfo(
        name="any", summary="any", make=dict, interval=60.0, context=DAY / 1e6, cleaning="despike"
    )
    source = RecordSource(spoilt(quiet_field(144, start="2020-01-01T17:30", interval=60.0)))
    starts = source.days(0)
    _, days = days_for(source, starts, info, ["Ex"])
    each = prepare(raw_days(source, starts, dipoles=["Ex"], interval=60.0, context_s=DAY / 1e6), info)
    ends = 190  # min, for the steps
    np.testing.assert_array_equal(days.values[:, :, ends:-ends], each.values[:, :, ends:-ends])
    np.testing.assert_array_equal(days.quality[:, :, ends:-ends], each.quality[:, :, ends:-ends])
    for bit in (Quality.DESPIKED, Quality.FILLED, Quality.STEP):
        assert (days.quality & bit).any()


def test_days_without_a_sample_are_none():
    source = RecordSource(RECORD)
    starts = np.array([at("2021-01-01")], dtype=np.int64)
    assert raw_days(source, starts, dipoles=["Ex"], interval=60.0, context_s=0.0) is None


def test_an_archive_is_opened_at_the_coarsest_interval_that_is_fine_enough(tmp_path):
    with create_or_open(tmp_path / "archive") as store:
        for interval in (1.0, 5.0, 60.0):
            store.write(quiet_field(0.5, interval=interval))
        store.write(quiet_field(0.5, interval=60.0, station="coarse"))
    opened = {
        wanted: [
            (each.station.name, each.interval)
            for each in pipeline.open_sources(tmp_path / "archive", wanted=wanted)
        ]
        for wanted in (10.0, 60.0, 0.1)
    }
    assert opened[10.0] == [("coarse", 60.0), ("hkb", 5.0)]
    assert opened[60.0] == [("coarse", 60.0), ("hkb", 60.0)]
    assert opened[0.1] == [("coarse", 60.0), ("hkb", 1.0)]
    assert len(pipeline.open_sources(tmp_path / "archive")) == 4


def test_a_file_is_as_measured_and_a_copy_says_how_it_was_made(tmp_path):
    assert RecordSource(RECORD).provenance == {}
    with create_or_open(tmp_path / "archive") as store:
        store.write(RECORD, provenance={"made": "by hand"})
    archive = open_archive(tmp_path / "archive")
    assert ArchiveSource(archive, archive.groups()[0]).provenance == {"made": "by hand"}


def test_each_event_is_seen_again_as_the_detector_saw_it(tmp_path):
    onset = at("2020-01-01T23:50")
    record = with_boxcar(quiet_field(30), onset, 1500, {"Ex": 12.0})
    sources = pipeline.open_sources(write_csv(record, tmp_path / "hkb.csv"))
    detector = registry.make(INFO)
    for offset in (0, 9 * HOUR):
        options = Scan(day_offset=offset)
        found = pipeline.detect(sources, INFO, detector, options)
        (view,) = pipeline.event_views(sources, found, INFO, detector, options)
        assert view.event == found.events[0]
        assert view.times[0] == view.event.start - HOUR
        assert view.times[-1] == view.event.end + HOUR - 10 * SECOND
        assert view.record.shape == view.cleaned.shape == view.score.shape == (2, len(view.times))
        first = round((view.times[0] - record.start) / (10 * SECOND))
        np.testing.assert_array_equal(view.record, record.values[:, first : first + len(view.times)])


def test_the_views_use_the_dipoles_that_were_scanned():
    record = with_boxcar(quiet_field(24), at("2020-01-01T12:00"), 1500, {"Ey": 12.0})
    sources, detector, options = [RecordSource(record)], registry.make(INFO), Scan(dipoles=["Ey"])
    found = pipeline.detect(sources, INFO, detector, options)
    (view,) = pipeline.event_views(sources, found, INFO, detector, options)
    assert list(view.dipoles) == ["Ey"]
