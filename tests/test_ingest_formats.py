"""Each format's own: values pinned from real files, and what its files say beside the values."""

import importlib.util
import tomllib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from sesctl.errors import ReadError
from sesctl.ingest import read
from sesctl.ingest.aeta import earthquake_in
from sesctl.ingest.gather import gather
from sesctl.ingest.read import request_for
from sesctl.ingest.reader_table import recognised
from sesctl.types.instants import from_iso, iso

REAL = Path(__file__).parent / "golden" / "real"
BOU = REAL / "usgs-bou-minute"
REMARKS = REAL / "jma-kakioka-remarks-2006-12" / "ek200612.kak"
PATTERNS = tomllib.loads(files("sesctl.ingest").joinpath("aeta_patterns.toml").read_text("utf-8"))


def test_a_day_of_boulder_is_read_by_the_minute_with_its_place_and_units():
    record = read(BOU / "bou20141101vmin.min").record
    station = record.station
    assert (station.name, station.latitude, station.longitude) == ("BOU", 40.137, pytest.approx(-105.236))
    assert [(each.name, each.unit) for each in station.channels] == [
        ("H", "nT"),
        ("D", "arcmin"),
        ("Z", "nT"),
        ("F", "nT"),
    ]
    assert (iso(record.start), record.interval, record.samples) == ("2014-11-01T00:00:00Z", 60, 1440)
    assert not record.quality.any()
    first = next(
        line for line in (BOU / "bou20141101vmin.min").read_text().splitlines() if line[:4] == "2014"
    )
    np.testing.assert_array_equal(
        record.values[:, 0], np.float32([float(each) for each in first.split()[3:]])
    )


def test_a_month_of_boulder_has_the_range_its_description_gives():
    record = read(BOU / "BOU201601vmin.min", dipoles=None).record
    assert record.samples == 41_592
    by_name = dict(zip([each.name for each in record.station.channels], record.values, strict=True))
    assert (by_name["H"].min(), by_name["H"].max()) == pytest.approx((20732.1, 20866.1), abs=0.05)
    assert (by_name["E"].min(), by_name["E"].max()) == pytest.approx((-169.6, -18.1), abs=0.05)
    assert (by_name["Z"].min(), by_name["Z"].max()) == pytest.approx((47305.9, 47380.3), abs=0.05)


def iaga(folder, rows, components=("H", "D", "Z", "F")):
    head = [" Format                 IAGA-2002", " IAGA CODE              XYZ"]
    names = "".join(f"XYZ{name}".rjust(10) for name in components)
    lines = [*(f"{line:<69}|" for line in head), f"{'DATE       TIME         DOY ' + names:<69}|", *rows, ""]
    (folder / "xyz.sec").write_text("\n".join(lines))
    return folder / "xyz.sec"


def test_iaga2002_by_the_second_with_missing_and_unrecorded_values(tmp_path):
    rows = [
        f"2021-03-01 00:00:{second:02d}.000 060     {20000 + second:9.2f} 99999.00  88888.00     -1.50"
        for second in range(5)
    ]
    reading = read(iaga(tmp_path, rows))
    assert (reading.record.interval, reading.record.samples) == (1, 5)
    np.testing.assert_array_equal(reading.record.values[0], 20000 + np.arange(5, dtype=np.float32))
    assert np.isnan(reading.record.values[1:3]).all()
    np.testing.assert_array_equal(reading.record.values[3], np.float32(-1.5))
    assert reading.notes == ("xyz.sec: D holds no value", "xyz.sec: Z holds no value")


def test_geoelectric_components_of_iaga2002_are_dipoles(tmp_path):
    rows = [f"2021-03-01 00:0{k}:00.000 060 {k}.5 2 88888.00 88888.00" for k in range(3)]
    station = read(iaga(tmp_path, rows, ("EX", "EY", "EN", "EE"))).record.station
    assert [each.unit for each in station.dipoles] == ["mV/km"] * 4


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("2021-02-30 00:00:00.000 061 1 2 3 4", "line 5 has the time '2021-02-30 00:00:00.000'"),
        ("2021-03-01 00:01:00.000 060 1 2 3", "line 5 has 6 columns, IAGA-2002 has 7"),
        ("2021-03-01 00:01:00.000 060 1 2 x 4", "line 5 holds 'x', which is no number"),
        ("20210301 00:01:00.000 060 1 2 3 4", "line 5 has the time '20210301 00:01:00.000'"),
    ],
)
def test_a_wrong_row_of_iaga2002_is_named(tmp_path, row, sentence):
    file = iaga(tmp_path, ["2021-03-01 00:00:00.000 060 1 2 3 4", row])
    with pytest.raises(ReadError, match="xyz.sec: " + sentence.replace(".", r"\.")):
        read(file)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # ObsPy's own, on being imported here
@pytest.mark.skipif(importlib.util.find_spec("obspy") is None, reason="the extra seismo is not installed")
def test_miniseed_of_boulder_has_the_minutes_and_values_that_obspy_gives(tmp_path):
    import obspy

    text = 'name = "BOU"\nlatitude = 40\nlongitude = 254\ntimezone = "UTC"\n'
    for name in ("H", "NT.BOU.R0.Z"):
        text += f'[[channels]]\nname = "{name[-1]}"\nchannel = "{name}"\nquantity = "magnetic"\nunit = "nT"\n'
    (tmp_path / "bou.toml").write_text(text)
    record = read(BOU / "BOU20200827-30_min.mseed", tmp_path / "bou.toml").record
    assert (iso(record.start), record.interval, record.samples) == ("2020-08-27T00:00:00Z", 60, 5760)
    assert np.isfinite(record.values).all()
    stream = obspy.read(str(BOU / "BOU20200827-30_min.mseed"))
    for row, code in enumerate("HZ"):
        (trace,) = stream.select(channel=code).merge()
        np.testing.assert_array_equal(record.values[row], trace.data.astype(np.float32))


@pytest.mark.skipif(importlib.util.find_spec("obspy") is None, reason="the extra seismo is not installed")
def test_miniseed_says_no_units_and_needs_a_station_file():
    with pytest.raises(ReadError, match="holds numbers without units, and there is no station file"):
        read(BOU / "BOU20200827-30_min.mseed")


@pytest.mark.parametrize("spelling", PATTERNS["spellings"], ids=lambda each: each["text"])
def test_each_known_spelling_of_an_earthquake_is_understood(spelling):
    expected = {key: spelling[key] for key in ("magnitude", "distance_km") if key in spelling}
    assert earthquake_in(spelling["text"]) == expected


def test_an_aeta_file_keeps_its_unit_and_carries_its_earthquake(tmp_path):
    rows = [f"2018-09-01 {minute // 60:02d}:{minute % 60:02d}:00,{minute}" for minute in range(120)]
    file = tmp_path / "AETA_43.csv"
    file.write_text("\n".join(["# Ms 4.2, distance = 33 km", "time,em", *rows, ""]))
    reading = read(file, tz="Asia/Shanghai")
    (channel,) = reading.record.station.channels
    assert (channel.unit, reading.record.interval) == ("AETA", 60)
    assert iso(reading.record.start) == "2018-08-31T16:00:00Z"
    (remark,) = reading.annotations
    assert remark.kind == "earthquake"
    assert dict(remark.values) == {"magnitude": 4.2, "distance_km": 33.0}


def test_an_aeta_instrument_of_every_third_minute_has_that_interval(tmp_path):
    rows = [f"{1535760000 + 60 * row},{row if row % 3 == 0 else ''}" for row in range(1440)]
    file = tmp_path / "AETA_3.csv"
    file.write_text("\n".join(["time,em", *rows, ""]))
    record = read(file).record
    assert (record.interval, record.samples) == (180, 480)
    assert np.isfinite(record.values).all()


def remarks_of(path, tz="UTC"):
    with gather(
        recognised(path), [path], name=path.name, station_file=None, request=request_for(None, tz, "error")
    ) as got:
        return got.annotations


def test_the_remarks_of_kakioka_are_read_with_their_times_and_components():
    remarks = remarks_of(REMARKS)
    assert len(remarks) == 30
    calibration = remarks[1]
    assert calibration.text == "Input an artificial signal for calibration (noise, 1 s data)"
    assert calibration.channels == ("EW",)
    assert (iso(calibration.start), iso(calibration.end)) == ("2006-12-01T06:47:00Z", "2006-12-01T06:53:00Z")
    every_day = remarks[0]
    assert (iso(every_day.start), iso(every_day.end)) == ("2006-12-01T00:00:00Z", "2007-01-01T00:00:00Z")
    rain = next(each for each in remarks if "rainfall" in each.text)
    assert rain.text == (
        "The value decreased gradually by rainfall (about -60mV/km). (comment, 1 s and 1 min data)"
    )
    assert (iso(rain.start), iso(rain.end)) == ("2006-12-26T13:00:00Z", "2006-12-28T21:00:00Z")
    moment = next(each for each in remarks if each.start == from_iso("2006-12-02T07:51:00Z"))
    assert iso(moment.end) == "2006-12-02T07:52:00Z"
    misplaced = next(each for each in remarks if each.start == from_iso("2006-12-29T11:00:00Z"))
    assert iso(misplaced.end) == "2006-12-29T14:00:00Z"
    assert len(next(each for each in remarks if "Stop of measurement" in each.text).channels) == 1


def test_remarks_are_in_the_zone_that_is_named():
    assert iso(remarks_of(REMARKS, "Asia/Tokyo")[1].start) == "2006-11-30T21:47:00Z"


def test_remarks_without_a_zone_are_refused():
    with pytest.raises(ReadError, match="does not state the time zone"):
        remarks_of(REMARKS, None)


def test_remarks_beside_a_record_come_with_it(tmp_path):
    (tmp_path / "kak.csv").write_text("time,EW\n2006-12-01T06:50:00Z,1\n2006-12-01T06:50:10Z,2\n")
    (tmp_path / REMARKS.name).write_bytes(REMARKS.read_bytes())
    reading = read(tmp_path, tz="UTC")
    assert len(reading.annotations) == 30
    assert (
        sum(each.touches(reading.record.start, reading.record.end, ("EW",)) for each in reading.annotations)
        == 2
    )
