"""Reading real recordings and CSV: values, units, times, quality and origin."""

import datetime as dt
import re
from pathlib import Path

import numpy as np
import pytest
import scipy.signal
from hypothesis import assume, given
from hypothesis import strategies as st

from sesctl.errors import ReadError
from sesctl.ingest import read
from sesctl.ingest.sampling import set_interval
from sesctl.resample import resample
from sesctl.segment import cut_days
from sesctl.types import Quality
from sesctl.types.instants import DAY, SECOND, from_iso, iso

REAL = Path(__file__).parent / "golden" / "real"
EDL = REAL / "auslamp-sa225-2-edl"
LEMI = REAL / "passcal-lemi424-magdalena"
STATION = EDL / "station.toml"


@pytest.fixture(scope="module")
def hour():
    return read(EDL, STATION).record


def csv(folder, rows, header="time,Ex", name="data.csv", end="\n"):
    file = folder / name
    file.write_bytes(end.join([header, *rows, ""]).encode())
    return file


def test_the_hour_of_a_quiet_station_is_in_mv_per_km(hour):
    assert iso(hour.start) == "2018-05-18T01:00:00Z"
    assert (hour.samples, hour.interval) == (36_000, 0.1)
    # First lines 53976 and 186309 µV behind an amplifier of 10, over 46 and 43 m.
    assert hour.values[0, 0] == np.float32(53976 / 10 / 46)
    assert hour.values[1, 0] == np.float32(186309 / 10 / 43)
    assert hour.values[0].min() == pytest.approx(114.6, abs=0.05)
    assert hour.values[0].max() == pytest.approx(118.4, abs=0.05)
    assert np.median(hour.values[0]) == pytest.approx(116.4, abs=0.05)
    assert np.median(hour.values[1]) == pytest.approx(430.7, abs=0.05)
    assert hour.values[2, 0] == np.float32(-3656972 / 1e7 * 70_000)
    assert not hour.quality.any()


@pytest.mark.parametrize(("folder", "files"), [(EDL, 4), (LEMI, 2)])
def test_real_files_are_those_their_description_names(folder, files):
    named = set(re.findall(r"^([0-9a-f]{64})  ", (folder / "README.md").read_text(), re.MULTILINE))
    record = read(folder, STATION if folder == EDL else None).record
    sources = {origin.source for origin in record.origins}
    assert len(sources) == files
    assert sources <= named
    assert {origin.day for origin in record.origins} == {int(each) // DAY for each in record.times()}


def test_one_file_of_a_logger_is_its_channel_alone():
    record = read(EDL / "SA225-2_180518010000.EY", STATION, dipoles=["Ey"]).record
    assert [channel.name for channel in record.station.channels] == ["Ey"]
    assert record.samples == 36_000


def test_the_hour_at_10_s_agrees_with_scipy(hour):
    slow = resample(hour.electric(), 10)
    assert iso(slow.start) == "2018-05-18T01:00:00Z"
    assert slow.samples == 360
    taps = scipy.signal.firwin(4401, 0.9 / 100, window=("kaiser", 0.1102 * 61.3))
    for row in range(2):
        oracle = np.convolve(hour.values[row].astype(float), taps, mode="same")[::100]
        np.testing.assert_allclose(slow.values[row, 22:-22], oracle[22:-22], atol=1e-4)
    assert np.isfinite(slow.values).all()
    assert cut_days(slow).live_samples().tolist() == [360]


def test_consecutive_files_of_a_logger_are_one_record_with_their_gap(tmp_path):
    (tmp_path / "S_180518010000.EX").write_text("460\n920\n\n")
    (tmp_path / "S_180518010001.EX").write_text("1380\n")
    reading = read(tmp_path, STATION, dipoles=["Ex"])
    np.testing.assert_allclose(reading.record.values[0], [1, 2, *[np.nan] * 8, 3])
    assert reading.notes == ()


def test_channels_of_unequal_length_are_kept_and_noted(tmp_path):
    (tmp_path / "S_180518010000.EX").write_text("460\n460\n")
    (tmp_path / "S_180518010000.EY").write_text("430\n")
    reading = read(tmp_path, STATION, dipoles=["Ex", "Ey"])
    assert np.isnan(reading.record.values).tolist() == [[False, False], [False, True]]
    assert "differ in length (S_180518010000.EX 2, S_180518010000.EY 1 samples)" in reading.notes[0]


def test_overlapping_files_of_a_logger_are_averaged_flagged_and_noted(tmp_path):
    (tmp_path / "S_180518010000.EX").write_text("460\n" * 11)
    (tmp_path / "S_180518010001.EX").write_text("920\n920\n")
    reading = read(tmp_path, STATION, dipoles=["Ex"])
    np.testing.assert_allclose(reading.record.values[0, -2:], [1.5, 2])
    assert reading.record.quality[0, -2] == Quality.OVERLAP
    assert reading.notes == (f"{tmp_path.name}: 1 duplicate time was averaged",)


def test_a_lemi424_without_a_station_file_has_four_dipoles_in_mv_per_km():
    record = read(LEMI / "202010010000.TXT").record
    assert [channel.name for channel in record.station.dipoles] == ["E1", "E2", "E3", "E4"]
    assert (record.station.name, record.interval, record.samples) == ("202010010000", 1.0, 120)
    assert iso(record.start) == "2020-10-01T00:00:00Z"
    np.testing.assert_array_equal(record.values[:, 0], np.float32([147.730, -104.576, 198.558, 25.659]))
    np.testing.assert_array_equal(record.values[:, -1], np.float32([145.143, -108.399, 195.921, 21.829]))


def test_a_folder_of_lemi424_files_is_one_record_with_a_gap():
    record = read(LEMI, dipoles=["E2"]).record
    assert record.samples == 86_400 + 120
    assert np.isfinite(record.values).sum() == 240
    assert record.values[0, 86_400] == np.float32(-57.903)
    assert [len(day) for day in cut_days(record).origins] == [1, 1]


def test_a_station_file_picks_and_scales_the_channels_of_a_lemi424(tmp_path):
    (tmp_path / "s.toml").write_text(
        'name = "mag"\nlatitude = 34.1\nlongitude = -107.2\ntimezone = "America/Denver"\n'
        '[[dipoles]]\nname = "N"\nchannel = "E3"\nunit = "uV"\nlength_m = 50\npolarity = -1\n'
        '[[channels]]\nname = "Bx"\nquantity = "magnetic"\nunit = "nT"\n'
    )
    record = read(LEMI / "202010010000.TXT", tmp_path / "s.toml").record
    np.testing.assert_allclose(record.values[:, 0], [-198.558e-3 / 0.05, 23773.506], rtol=1e-6)
    assert record.station.timezone == "America/Denver"


def test_order_and_duplicates_are_repaired_flagged_and_noted(tmp_path):
    rows = [
        "2021-01-01T00:00:20Z,3",
        "2021-01-01T00:00:00Z,1",
        "2021-01-01T00:00:20Z,5",
        "2021-01-01T00:00:10Z,2",
    ]
    reading = read(csv(tmp_path, rows))
    np.testing.assert_array_equal(reading.record.values, [[1, 2, 4]])
    np.testing.assert_array_equal(reading.record.quality, [[0, 0, Quality.OVERLAP]])
    assert reading.notes == ("data.csv: 2 rows out of order were sorted, 1 duplicate time was averaged",)


def test_samples_go_to_the_nearest_instant_of_the_most_frequent_step(tmp_path):
    rows = [f"2021-01-01T00:00:{second:06.3f}Z,{second}" for second in (0, 10, 20.4, 29.6, 40, 50)]
    record = read(csv(tmp_path, rows)).record
    assert record.interval == 10
    np.testing.assert_allclose(record.values[0], [0, 10, 20.4, 29.6, 40, 50], rtol=1e-6)


def test_a_jittering_clock_has_the_interval_it_is_set_to(tmp_path):
    rng = np.random.default_rng(1)
    start = from_iso("2021-01-01T00:00:00Z")
    rows = [f"{iso(start + k * 10 * SECOND + int(rng.integers(0, 4000)))},{k}" for k in range(300)]
    record = read(csv(tmp_path, rows)).record
    assert record.interval == 10
    np.testing.assert_array_equal(record.values[0], np.arange(300))


def test_local_times_are_read_in_their_zone_on_both_sides_of_a_clock_change(tmp_path):
    rows = ["2021-03-14 01:59:50,1", "2021-03-14 03:00:00,2", "2021-03-14 03:00:10,3"]
    record = read(csv(tmp_path, rows), tz="America/Denver").record
    assert iso(record.start) == "2021-03-14T08:59:50Z"
    np.testing.assert_array_equal(record.values, [[1, 2, 3]])


def test_offsets_from_utc_may_differ_from_row_to_row(tmp_path):
    record = read(csv(tmp_path, ["2021-01-01T09:00:00+09:00,1", "2021-01-01T00:00:10.000000999Z,2"])).record
    assert iso(record.start) == "2021-01-01T00:00:00Z"
    assert (record.interval, record.samples) == (10, 2)


def test_byte_order_mark_windows_line_ends_and_blank_lines_are_no_fault(tmp_path):
    file = csv(
        tmp_path,
        ["2021-01-01T00:00:00Z, 1", "", "2021-01-01T00:00:10Z,NaN", "2021-01-01T00:00:20Z,"],
        end="\r\n",
    )
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    record = read(file).record
    np.testing.assert_array_equal(record.values, [[1, np.nan, np.nan]])


def test_numbers_may_stand_between_blanks_and_have_a_sign(tmp_path):
    rows = ["2021-01-01T00:00:00Z,  +1.5 ", "2021-01-01T00:00:10Z, NaN ", "2021-01-01T00:00:20Z,   "]
    np.testing.assert_array_equal(read(csv(tmp_path, rows)).record.values, [[1.5, np.nan, np.nan]])


def test_a_loggers_lines_may_hold_blanks(tmp_path):
    (tmp_path / "S_180518010000.EX").write_text(" +460\n \n920 \n")
    record = read(tmp_path, STATION, dipoles=["Ex"]).record
    np.testing.assert_allclose(record.values, [[1, np.nan, 2]])


def test_columns_that_are_not_asked_for_may_hold_text(tmp_path):
    file = csv(tmp_path, ["2021-01-01T00:00:00Z,1,rain", "2021-01-01T00:00:10Z,2,"], header="time,Ex,remark")
    np.testing.assert_array_equal(read(file, dipoles=["Ex"]).record.values, [[1, 2]])
    with pytest.raises(ReadError, match="line 2, column remark holds 'rain'"):
        read(file)


def test_a_folder_of_csv_files_is_one_record(tmp_path):
    csv(tmp_path, ["2021-01-02T00:00:00Z,3"], name="b.csv")
    csv(tmp_path, ["2021-01-01T23:59:40Z,1", "2021-01-01T23:59:50Z,2"], name="a.csv")
    record = read(tmp_path).record
    np.testing.assert_array_equal(record.values, [[1, 2, 3]])
    assert len(record.origins) == 2


def test_a_dead_dipole_is_noted(tmp_path):
    reading = read(csv(tmp_path, ["2021-01-01T00:00:00Z,1,", "2021-01-01T00:00:10Z,2,"], header="time,Ex,Ey"))
    assert reading.notes == ("data.csv: Ey holds no value",)


def test_a_single_row_is_enough_where_the_interval_is_given(tmp_path):
    (tmp_path / "s.toml").write_text(
        'name = "hkb"\nlatitude = 43\nlongitude = 141\ntimezone = "Asia/Tokyo"\ninterval_s = 10\n'
        '[[dipoles]]\nname = "Ex"\n'
    )
    record = read(csv(tmp_path, ["2021-01-01T00:00:00Z,1"]), tmp_path / "s.toml").record
    assert (record.interval, record.samples, record.station.name) == (10, 1, "hkb")


@pytest.mark.parametrize(
    ("name", "station"), [("HKB 2021.csv", "HKB-2021"), ("_a.csv", "a"), ("地電.csv", "station")]
)
def test_a_station_without_a_file_is_named_after_the_data(tmp_path, name, station):
    rows = ["2021-01-01T00:00:00Z,1", "2021-01-01T00:00:10Z,1"]
    assert read(csv(tmp_path, rows, name=name)).record.station.name == station


@given(
    start=st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)),
    interval=st.integers(1, 10**9),
    values=st.lists(st.floats(width=32, allow_infinity=False), min_size=3, max_size=30),
)
def test_a_record_written_as_csv_is_read_back(tmp_path_factory, start, interval, values):
    assume(set_interval(interval) == interval)  # not what a slow clock makes of a rounder interval
    begin = from_iso(start.isoformat() + "Z")
    values[0] = 1.5  # some sample has a value
    rows = [f"{iso(begin + k * interval)},{value!r}" for k, value in enumerate(values)]
    record = read(csv(tmp_path_factory.mktemp("csv"), rows)).record
    assert (record.start, record.interval_us) == (begin, interval)
    np.testing.assert_array_equal(record.values[0], np.float32(values))
    assert {origin.day for origin in record.origins} == {int(each) // DAY for each in record.times()}
