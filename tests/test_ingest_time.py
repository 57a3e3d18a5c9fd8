"""Time: epoch seconds, local clocks, leap seconds, drift, and a sampling that changes."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from sesctl.errors import ReadError
from sesctl.ingest import read
from sesctl.ingest.local_time import utc_of_local
from sesctl.ingest.repeated_hour import RepeatedHour
from sesctl.ingest.sampling import stretches
from sesctl.ingest.spool import Spool
from sesctl.types import Quality
from sesctl.types.instants import SECOND, from_iso, iso

START = from_iso("2021-01-01T00:00:00Z")


def csv(folder, rows, name="data.csv"):
    file = folder / name
    file.write_text("\n".join(["time,Ex", *rows, ""]))
    return file


@pytest.mark.parametrize("stamps", [("1609459200", "1609459210"), ("1609459200.000", "1609459210.25")])
def test_seconds_since_1970_are_times(tmp_path, stamps):
    record = read(csv(tmp_path, [f"{stamp},{k}" for k, stamp in enumerate(stamps)])).record
    assert iso(record.start) == "2021-01-01T00:00:00Z"
    assert record.samples == 2


def test_a_date_without_strokes_is_no_number_of_seconds(tmp_path):
    with pytest.raises(ReadError, match="line 2 has the time 20210101, a number too small"):
        read(csv(tmp_path, ["20210101,1", "20210102,2"]))


def test_seconds_and_texts_are_not_mixed(tmp_path):
    with pytest.raises(ReadError, match="line 3 has an offset from UTC, the one in line 2 is a number"):
        read(csv(tmp_path, ["1609459200,1", "2021-01-01T00:00:10Z,2"]))


def test_the_leap_second_is_the_midnight_after_it(tmp_path):
    rows = [
        "2016-12-31T23:59:58Z,1",
        "2016-12-31T23:59:59Z,2",
        "2016-12-31T23:59:60Z,3",
        "2017-01-01T00:00:01Z,5",
    ]
    record = read(csv(tmp_path, rows)).record
    np.testing.assert_array_equal(record.values, [[1, 2, 3, 5]])
    assert not record.quality.any()


def test_a_leap_second_beside_its_midnight_is_averaged_and_flagged(tmp_path):
    rows = ["2016-12-31T23:59:59Z,2", "2016-12-31T23:59:60Z,3", "2017-01-01T00:00:00Z,5"]
    record = read(csv(tmp_path, rows)).record
    np.testing.assert_array_equal(record.values, [[2, 4]])
    assert record.quality[0, 1] == Quality.OVERLAP


@pytest.mark.parametrize("stamp", ["2016-11-30T23:59:60Z", "2016-12-31T12:00:60Z"])
def test_a_61st_second_elsewhere_does_not_exist(tmp_path, stamp):
    with pytest.raises(ReadError, match=f"line 3 has the time '{stamp}', which does not exist"):
        read(csv(tmp_path, ["2016-01-01T00:00:00Z,1", f"{stamp},2"]))


@pytest.mark.parametrize(
    ("clock", "policy", "instant"),
    [
        ("2021-11-07T01:30:00", "earlier", "2021-11-07T07:30:00Z"),
        ("2021-11-07T01:30:00", "later", "2021-11-07T08:30:00Z"),
        ("2021-11-07T01:30:00", "drop", None),
        ("2021-03-14T02:30:00", "earlier", "2021-03-14T08:30:00Z"),
        ("2021-03-14T02:30:00", "later", "2021-03-14T09:30:00Z"),
        ("2021-03-14T02:30:00", "drop", None),
    ],
)
def test_a_named_policy_settles_a_time_that_a_clock_change_makes_unclear(clock, policy, instant):
    clear = from_iso(f"{clock[:10]}T12:00:00Z")
    readings = np.array([clear, from_iso(f"{clock}Z")], dtype=np.int64)
    instants, kept = utc_of_local(readings, ZoneInfo("America/Denver"), str, policy)
    assert len(instants) == (1 if instant is None else 2)
    assert iso(int(instants[-1])) == (instant or iso(int(instants[0])))
    assert (kept is None) == (instant is not None)


def test_a_row_that_is_dropped_at_a_clock_change_takes_its_value_along(tmp_path):
    rows = [
        "2021-11-07 00:59:50,1",
        "2021-11-07 01:00:00,2",
        "2021-11-07 02:00:00,3",
        "2021-11-07 02:00:10,4",
    ]
    record = read(csv(tmp_path, rows), tz="America/Denver", clock_change="drop").record
    assert record.values[0][np.isfinite(record.values[0])].tolist() == [1, 3, 4]


def two_hours(zone="Europe/Athens", minutes=10):
    """Return the readings of a clock through the night in which it was set back, and their instants."""
    instants = from_iso("2021-10-30T22:00:00Z") + np.arange(0, 360, minutes, dtype=np.int64) * 60 * SECOND
    readings = np.array([_reading(int(each), ZoneInfo(zone)) for each in instants], dtype=np.int64)
    return readings, instants


def _reading(instant, zone):
    moment = dt.datetime.fromtimestamp(instant / SECOND, zone).replace(tzinfo=dt.UTC)
    return round(moment.timestamp()) * SECOND


@pytest.mark.parametrize("minutes", [10, 60])
@pytest.mark.parametrize("cut", [None, 20])
def test_the_order_of_the_rows_tells_the_hour_that_occurs_twice_as_pandas_does(minutes, cut):
    pd = pytest.importorskip("pandas")
    readings, instants = two_hours(minutes=minutes)
    repeated = RepeatedHour()
    parts = [readings] if cut is None else [readings[:cut], readings[cut:]]  # a file comes in blocks
    found = [utc_of_local(part, ZoneInfo("Europe/Athens"), str, "infer", repeated)[0] for part in parts]
    repeated.leave()
    np.testing.assert_array_equal(np.concatenate(found), instants)
    naive = pd.to_datetime(readings, unit="us")
    told = naive.tz_localize("Europe/Athens", ambiguous="infer").tz_convert("UTC")
    np.testing.assert_array_equal(np.concatenate(found), told.as_unit("us").asi8)


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (slice(0, 18), r"line 14: the hour that occurs twice is there once"),
        (slice(18, None), r"line 2: the hour that occurs twice is there once"),
        ([*range(12, 17), *range(12, 24)], r"line \d+: the local time steps back for the second time"),
    ],
)
def test_an_hour_that_the_order_does_not_tell_is_refused_by_line(tmp_path, rows, fault):
    readings = two_hours()[0][rows]
    path = csv(tmp_path, [f"{iso(int(each))[:-1]},{k}" for k, each in enumerate(readings)])
    with pytest.raises(ReadError, match=fault):
        read(path, tz="Europe/Athens", clock_change="infer")


def test_a_file_through_both_hours_is_read_whole_and_in_spring_a_time_that_never_occurs_is_refused(tmp_path):
    readings, instants = two_hours()
    path = csv(tmp_path, [f"{iso(int(each))[:-1]},{k}" for k, each in enumerate(readings)])
    record = read(path, tz="Europe/Athens", clock_change="infer").record
    assert (record.start, record.samples) == (instants[0], len(instants))
    np.testing.assert_array_equal(record.values[0], np.arange(len(instants)))
    spring = [f"2021-03-28T0{2 + k // 6}:{k % 6}0:00,{k}" for k in range(18)]
    clear = [row for row in spring if "T03" not in row]
    record = read(csv(tmp_path, clear), tz="Europe/Athens", clock_change="infer").record
    np.testing.assert_array_equal(record.values[0], [*range(6), *range(12, 18)])
    with pytest.raises(ReadError, match="line 8: the local time 2021-03-28 03:00:00 occurs never"):
        read(csv(tmp_path, spring), tz="Europe/Athens", clock_change="infer")


def times_of(*spans):
    """Return instants of spans of (number, step in s), one after the other."""
    steps = np.concatenate([np.full(count, step * SECOND) for count, step in spans])
    return START + np.concatenate([[0], np.cumsum(steps)]).astype(np.int64)


@pytest.mark.parametrize("chunk", [100_000, 1000, 777])
def test_a_sampling_that_changes_is_two_stretches_that_meet_where_it_does(chunk):
    times = times_of((4000, 1), (3000, 10))
    chunks = [times[first : first + chunk] for first in range(0, len(times), chunk)]
    found = stretches(iter(chunks), None, "a.csv")
    assert [each.interval_us for each in found] == [SECOND, 10 * SECOND]
    assert found[1].begin == START + 4000 * SECOND
    assert found[0].end == found[1].begin


def test_an_hour_of_lost_samples_is_no_change_of_sampling():
    times = times_of((50_000, 1), (1800, 2), (50_000, 1))
    assert [each.interval_us for each in stretches(iter([times]), None, "a.csv")] == [SECOND]


def test_a_record_with_two_samplings_is_refused_by_name(tmp_path):
    times = times_of((200, 1), (200, 10))
    rows = [f"{iso(int(each))},1" for each in times]
    with pytest.raises(
        ReadError, match="sampled every 1 s until 2021-01-01T00:03:20Z, and every 10 s from then on"
    ):
        read(csv(tmp_path, rows))


def test_a_slow_clock_keeps_its_interval_and_its_drift_is_told(tmp_path):
    rows = [f"{iso(START + k * 10_000_300)},{k}" for k in range(20_000)]
    reading = read(csv(tmp_path, rows))
    assert reading.record.interval == 10
    assert reading.record.samples == 20_000 + round(19_999 * 300 / 1e7)
    (drift,) = reading.annotations
    assert drift.kind == "clock"
    assert dict(drift.values)["drift_s"] == pytest.approx(19_999 * 300e-6)
    assert dict(drift.values)["drift_ppm"] == pytest.approx(30, rel=0.01)
    assert any("+30 ppm" in note for note in reading.notes)


def test_files_whose_clocks_differ_by_less_than_half_an_interval_share_a_grid(tmp_path):
    for number, late in enumerate((0, 300_000)):
        first = START + number * 100 * SECOND
        csv(tmp_path, [f"{iso(first + k * SECOND + late)},{k}" for k in range(100)], f"{number}.csv")
    record = read(tmp_path).record
    assert record.samples == 200
    assert np.isfinite(record.values).all()


def test_rows_in_a_spool_come_back_by_time_whatever_order_they_came_in():
    rng = np.random.default_rng(0)
    times = START + np.arange(300_000, dtype=np.int64) * SECOND
    order = rng.permutation(len(times))
    with Spool() as spool:
        for part in np.array_split(order, 7):
            spool.add(0, ("a", "b"), times[part], np.stack([part, -part]).astype(np.float32))
        np.testing.assert_array_equal(np.concatenate(list(spool.times(10_000))), times)
        assert max(map(len, spool.times(10_000))) < 40_000
        low, high = times[1000], times[250_001]
        parts = list(spool.slices(int(low), int(high)))
    got = np.concatenate([part.times for part in parts])
    values = np.concatenate([part.values for part in parts], axis=1)
    rank = np.argsort(got)
    np.testing.assert_array_equal(got[rank], times[1000:250_001])
    np.testing.assert_array_equal(
        values[:, rank], np.stack([np.arange(1000, 250_001), -np.arange(1000, 250_001)])
    )
