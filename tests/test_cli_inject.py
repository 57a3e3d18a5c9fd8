"""`sesctl inject` as a user runs it."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from field_records import HOUR, at, quiet_field, with_boxcar, with_gap, write_csv
from program import refused, sesctl
from sesctl.archive import create_or_open, open_archive
from sesctl.catalogue import read_truth
from sesctl.cli.inject import parse_hour
from sesctl.pipeline import synthesise
from sesctl.synth import preset
from sesctl.types import Dipole
from sesctl.types.instants import DAY, SECOND

STATION_FILE = """
name = "hkb"
latitude = 36.0
longitude = 138.0
timezone = "Asia/Tokyo"
[[dipoles]]
name = "Ex"
length_m = 100
azimuth_deg = 0
[[dipoles]]
name = "Ey"
length_m = 100
azimuth_deg = 90
"""


def field(days=2, **more):
    record = quiet_field(24 * days, **more)
    aimed = record.station.with_channels(
        Dipole(name=name, azimuth_deg=azimuth) for name, azimuth in (("Ex", 0.0), ("Ey", 90.0))
    )
    return replace(record, station=aimed)


@pytest.fixture
def source(tmp_path):
    """An archive of two quiet days."""
    with create_or_open(tmp_path / "in") as store:
        store.write(field())
    return tmp_path / "in"


def content(path):
    archive = open_archive(path)
    (group,) = archive.groups()
    days = archive.days(group)
    return archive.read(group, int(days[0]) * DAY, int(days[-1] + 1) * DAY)


def run(source, tmp_path, *arguments, to="out", truth="truth.csv"):
    return sesctl("inject", source, "--to", tmp_path / to, "--truth", tmp_path / truth, "-q", *arguments)


def test_one_boxcar_a_day_is_embedded_and_told(source, tmp_path):
    done = run(source, tmp_path)
    assert (done.status, done.err) == (0, "")
    truth = read_truth(tmp_path / "truth.csv")
    assert f"hkb: {len(truth)} signal" in done.out
    change = content(tmp_path / "out").values - content(source).values
    times = content(source).times()
    for ses in truth:
        assert (ses.shape, ses.station, ses.dipole) == ("boxcar", "hkb", "")
        assert 25 * 60 <= ses.duration_s <= 30 * 60
        assert 10 <= abs(ses.amplitude) <= 15
        inside = (times >= ses.start) & (times < ses.end)
        shown = change[:, inside].mean(axis=1)
        assert shown[np.argmax(np.abs(shown))] == pytest.approx(ses.amplitude, abs=1e-3)
        change[:, inside] = 0
    assert truth
    np.testing.assert_array_equal(change, 0)


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ("ramped", "ramped"),
        ("exponential", "exponential"),
        ("pulses", "pulse_train"),
        ("high-frequency", "high_frequency"),
    ],
)
def test_every_shape_has_its_name_in_the_truth(source, tmp_path, shape, told):
    run(source, tmp_path, "--shape", shape, "--hours", "3", "20")
    assert {ses.shape for ses in read_truth(tmp_path / "truth.csv")} == {told}


def test_mixed_shapes_have_several_names(source, tmp_path):
    run(source, tmp_path, "--shape", "mixed", "--rate", "8", "--hours", "1", "22")
    assert len({ses.shape for ses in read_truth(tmp_path / "truth.csv")}) >= 3


def test_options_set_amplitude_duration_hours_sign_azimuth_and_rate(source, tmp_path):
    run(
        *(source, tmp_path, "--amplitude", 4, 4.5, "--duration", 5, 6, "--hours", "02:30", 3),
        *("--sign", "-", "--azimuth", 30, "--rate", 2, "--day-tz", "+09:00", "--seed", 8),
    )
    truth = read_truth(tmp_path / "truth.csv")
    assert len(truth) == 4
    change = content(tmp_path / "out").values - content(source).values
    for ses in truth:
        assert -4.5 <= ses.amplitude <= -4
        assert 300 <= ses.duration_s <= 360
        assert 2.5 * HOUR <= (ses.start + 9 * HOUR) % DAY < 3 * HOUR
        first = (ses.start - at("2020-01-01")) // (10 * SECOND)
        ex, ey = change[:, first]
        assert ey / ex == pytest.approx(np.tan(np.radians(30)), abs=1e-3)


def test_the_seed_makes_other_signals_and_the_same_seed_the_same_file(source, tmp_path):
    run(source, tmp_path, "--seed", 1, to="one", truth="one.csv")
    run(source, tmp_path, "--seed", 1, to="two", truth="two.csv")
    run(source, tmp_path, "--seed", 2, to="three", truth="three.csv")
    one, two, three = ((tmp_path / f"{name}.csv").read_bytes() for name in ("one", "two", "three"))
    assert one == two != three


def test_a_repeated_call_changes_nothing(source, tmp_path):
    first = run(source, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert run(source, tmp_path) == first
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_files_are_a_source_as_well(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    write_csv(field(), raw / "two_days.csv")
    (tmp_path / "station.toml").write_text(STATION_FILE)
    with create_or_open(tmp_path / "in") as store:
        store.write(field())
    of_files = run(raw / "two_days.csv", tmp_path, "--station", tmp_path / "station.toml", to="files")
    assert of_files.status == 0
    run(tmp_path / "in", tmp_path, to="archive", truth="again.csv")
    assert (tmp_path / "truth.csv").read_bytes() == (tmp_path / "again.csv").read_bytes()
    np.testing.assert_array_equal(content(tmp_path / "files").values, content(tmp_path / "archive").values)
    # Each day's copy knows the file, and only its own day of it.
    days = [origin.day for origin in content(tmp_path / "files").origins]
    assert days == sorted(set(days))
    assert len(days) == 2


def test_what_is_left_out_is_counted_and_not_in_the_truth(tmp_path):
    with create_or_open(tmp_path / "in") as store:
        store.write(with_gap(field(), at("2020-01-01T13:10:00"), 600))
    done = run(tmp_path / "in", tmp_path, "--hours", 13, 13, "--rate", 2)
    assert "1 signal in 2 days" in done.out
    assert "2 left out for overlapping another" in done.out
    assert "1 left out where no dipole has a sample" in done.out
    assert [ses.start for ses in read_truth(tmp_path / "truth.csv")] == [at("2020-01-02T13:00:00")]


def test_injected_signals_are_found_again(tmp_path):
    synthesise(preset("ota"), tmp_path / "in", seed=1, first_day=dt.date(1999, 1, 1), days=2)
    run(tmp_path / "in", tmp_path, "--hours", 16, 19, "--amplitude", 15, 20, "--azimuth", 30)
    found = sesctl("detect", "--plugin", "boxcar", tmp_path / "out", "--json", "-q").json["events"]
    truth = read_truth(tmp_path / "truth.csv")
    assert len(truth) == 2
    for ses in truth:
        nearest = min(abs(at(event["start"][:19]) - ses.start) for event in found)
        assert nearest <= 60 * SECOND


@pytest.mark.parametrize("recording", [("event",), ("event.csv", "--station", "station.toml")])
def test_a_waveform_of_another_record_is_embedded_at_the_given_hour(source, tmp_path, monkeypatch, recording):
    monkeypatch.chdir(tmp_path)
    heights = {"Ex": 9.0, "Ey": -14.0}
    event = with_boxcar(field(1, noise=0.0, start="1999-01-16"), at("1999-01-16T16:37:00"), 1620, heights)
    write_csv(event, tmp_path / "event.csv")
    (tmp_path / "station.toml").write_text(STATION_FILE)
    with create_or_open(tmp_path / "event") as store:
        store.write(event)
    done = run(
        *(source, tmp_path, "--from-record", *recording),
        *("--from", "1999-01-17T01:37+09:00/1999-01-17T02:04+09:00"),
        *("--hours", 13, 13, "--day-tz", "Asia/Tokyo"),
    )
    assert done.status == 0
    truth = read_truth(tmp_path / "truth.csv")
    assert [(ses.shape, round(ses.amplitude, 2), ses.duration_s) for ses in truth] == [
        ("recorded", -14.0, 1620.0)
    ] * 2
    change = content(tmp_path / "out").values - content(source).values
    first = (truth[0].start - at("2020-01-01")) // (10 * SECOND)
    expected = np.repeat([[9.0], [-14.0]], 158, axis=1)
    np.testing.assert_allclose(change[:, first + 2 : first + 160], expected, atol=1e-3)


def test_a_note_says_that_the_source_holds_signals_already(source, tmp_path):
    run(source, tmp_path, "--hours", 3, 4)
    done = sesctl("inject", tmp_path / "out", "--to", tmp_path / "b", "--truth", tmp_path / "b.csv")
    assert "hkb holds injected signals already" in done.err
    assert done.status == 0


def test_the_source_is_never_written(source, tmp_path):
    line = refused("inject", source, "--to", source, "--truth", tmp_path / "truth.csv")
    assert "is the source" in line
    np.testing.assert_array_equal(content(source).values, field().values)
    assert not (tmp_path / "truth.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--rate", "0"), "the rate is 0 signals a day"),
        (("--amplitude", "15", "10"), "the amplitude is to lie between 15 and 10"),
        (("--duration", "0.1", "1"), "shorter than two samples"),
        (("--hours", "9", "31"), "not both within 0 to 24"),
        (("--hours", "nine", "10"), "'nine' is no hour of the day"),
        (("--azimuth", "north"), "neither random nor a number"),
        (("--day-tz", "Mars"), "'Mars' is no offset"),
        (("--shape", "high-frequency", "--duration", "1", "2"), "shorter than 200 s"),
        (("--from-record", "missing.csv", "--from", "1999-01-01T00:00Z"), "does not name the start and the"),
        (("--from-record", "missing.csv", "--from", "1999-01-01T00:00/1999-01-01T00:10"), "missing.csv"),
    ],
)
def test_what_cannot_be_embedded_is_refused_in_one_line_and_leaves_nothing(
    source, tmp_path, arguments, complaint
):
    truth = tmp_path / "truth.csv"
    assert complaint in refused("inject", source, "--to", tmp_path / "out", "--truth", truth, *arguments)
    assert not (tmp_path / "out").exists()
    assert not truth.exists()


@pytest.mark.parametrize(
    ("truth", "complaint"),
    [
        ("truth.txt", "a truth table ends in .csv"),
        ("nowhere/truth.csv", "cannot be written"),
        ("raw/truth.csv", "lies in the folder"),
        ("raw/day.csv", "is the record itself"),
    ],
)
def test_a_truth_table_that_cannot_be_written_is_refused_before_any_work(tmp_path, truth, complaint):
    (tmp_path / "raw").mkdir()
    write_csv(field(1), tmp_path / "raw" / "day.csv")
    (tmp_path / "station.toml").write_text(STATION_FILE)
    before = (tmp_path / "raw" / "day.csv").read_bytes()
    source = tmp_path / "raw" / "day.csv" if truth == "raw/day.csv" else tmp_path / "raw"
    line = refused(
        *("inject", source, "--station", tmp_path / "station.toml"),
        *("--to", tmp_path / "out", "--truth", tmp_path / truth),
    )
    assert complaint in line
    assert not (tmp_path / "out").exists()
    assert (tmp_path / "raw" / "day.csv").read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from-record", "a.csv"),
        ("--from", "1999-01-01T00:00Z/1999-01-01T00:10Z"),
        ("--from-record", "a.csv", "--from", "1999-01-01T00:00Z/1999-01-01T00:10Z", "--shape", "boxcar"),
        ("--from-record", "a.csv", "--from", "1999-01-01T00:00Z/1999-01-01T00:10Z", "--sign", "+"),
        ("--shape", "square"),
        ("--seed", "-1"),
    ],
)
def test_options_that_contradict_each_other_are_a_usage_error(source, tmp_path, arguments):
    done = run(source, tmp_path, *arguments)
    assert (done.status, done.out) == (2, "")


@pytest.mark.parametrize(
    ("text", "hour"), [("0", 0), ("13", 13), ("13.5", 13.5), ("13:30", 13.5), ("05:45", 5.75), ("24", 24)]
)
def test_hours_are_read_as_people_write_them(text, hour):
    assert parse_hour(text) == hour
