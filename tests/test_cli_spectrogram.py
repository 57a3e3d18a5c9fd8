"""`sesctl spectrogram` from files to pictures, arrays, tables and maps."""

import csv
import datetime as dt
import json
from dataclasses import replace

import matplotlib.image
import numpy as np
import pytest

from program import sesctl
from sesctl.ingest import read
from sesctl.pipeline import RecordSource
from sesctl.pipeline.spectrograms import stems_of
from sesctl.types import Dipole, Record, Station

START = dt.datetime(2018, 9, 1, tzinfo=dt.UTC)
STATION = """name = "Yushu"
latitude = 32.08
longitude = 97.01
timezone = "Asia/Shanghai"
[[channels]]
name = "magn"
quantity = "electromagnetic"
unit = "AETA"
"""


def write_minutes(path, values):
    lines = ["time,magn"]
    lines += [
        f"{(START + dt.timedelta(minutes=minute)).strftime('%Y-%m-%dT%H:%M:%SZ')},{value:.3f}"
        for minute, value in enumerate(values)
        if np.isfinite(value)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    """Return an AETA file of five days, the third with a gap and the fourth clipped, and its values."""
    path = tmp_path_factory.mktemp("aeta") / "aeta_Yushu.csv"
    values = 20 + np.random.default_rng(0).normal(size=5 * 1440)
    values[2 * 1440 + 600 : 2 * 1440 + 700] = np.nan
    values[3 * 1440 + 100 : 3 * 1440 + 120] = 500
    write_minutes(path, values)
    return path, values


def run(*arguments):
    done = sesctl("spectrogram", *arguments)
    return done.status, done.out, done.err


def test_every_day_gets_a_picture_and_the_arrays_that_make_the_record_again(record, tmp_path):
    path, values = record
    code, out, _ = run(path, "--to", tmp_path / "out", "--until", "2018-09-04", "--json")
    made = json.loads(out)
    assert code == 0
    assert (made["cola"], made["nola"], made["spectrograms"]) == (True, True, 3)
    assert made["reconstruction_error"] < 1e-6
    names = sorted(each.name for each in (tmp_path / "out").iterdir())
    assert names == [f"aeta_Yushu-2018-09-0{day}-magn.{kind}" for day in (1, 2, 3) for kind in ("npz", "png")]
    assert matplotlib.image.imread(tmp_path / "out" / names[1]).std() > 0.1
    with np.load(tmp_path / "out" / names[4]) as arrays:
        np.testing.assert_allclose(arrays["values"], values[2 * 1440 : 3 * 1440], atol=1e-3)
        assert arrays["decibels"].shape == (32, 181)
        assert arrays["spectrum"].shape == (64, 181)
        assert arrays["image"].shape == (32, 32, 3)
        assert arrays["frequency_hz"][-1] == pytest.approx(1 / 120)
        assert arrays["time_us"][1] - arrays["time_us"][0] == 8 * 60e6
        assert np.isnan(arrays["decibels"][:, 80]).all()
        np.testing.assert_array_equal(arrays["scale_db"], made["scale_db"])


def test_overlap_is_reported_and_without_it_nothing_is_made_again(record, tmp_path):
    path, _ = record
    code, out, _ = run(path, "--to", tmp_path, "--until", "2018-09-02", "--hop", 80)
    assert code == 0
    assert "a hann window of 64 samples every 80: COLA fails, NOLA fails" in out
    assert "unknown, since NOLA fails" in out


def test_ordinary_and_chirped_windows_are_compared(record, tmp_path):
    path, _ = record
    one = ("--until", "2018-09-02", "--quiet")
    assert run(path, "--to", tmp_path / "one", *one)[0] == 0
    assert run(path, "--to", tmp_path / "both", *one, "--compare")[0] == 0
    wide, narrow = (
        matplotlib.image.imread(tmp_path / name / "aeta_Yushu-2018-09-01-magn.png").shape[1]
        for name in ("both", "one")
    )
    assert wide > narrow


def test_waveforms_are_black_and_white_pixels(record, tmp_path):
    path, _ = record
    code, out, _ = run(path, "--to", tmp_path, "--style", "waveform")
    assert code == 0
    assert "5 waveforms" in out
    pixels = matplotlib.image.imread(tmp_path / "aeta_Yushu-2018-09-03-magn-waveform.png")[..., 0]
    assert pixels.shape == (512, 512)
    assert set(np.unique(pixels)) == {0.0, 1.0}
    assert not pixels[:, 220:240].any()


@pytest.fixture
def station(tmp_path, record):
    path = tmp_path / "station.toml"
    path.write_text(STATION, encoding="utf-8")
    return path


def test_days_are_labelled_and_every_one_is_accounted_for(record, station, tmp_path):
    path, _ = record
    assert read(path, station).record.station.latitude == 32.08
    quakes = tmp_path / "quakes.csv"
    quakes.write_text("time,latitude,longitude,mag\n2018-09-03T04:00:00Z,32.3,97.1,4.2\n", encoding="utf-8")
    days = ("--days-before", 2, "--days-after", 4)
    to = tmp_path / "out"
    code, out, _ = run(path, "--station", station, "--to", to, "--earthquakes", quakes, *days, "--json")
    made = json.loads(out)
    assert code == 0
    assert (made["events"], made["days"], made["before"], made["after"]) == (1, 6, 2, 1)
    assert made["dropped"] == {"no sample": 2, "incomplete": 0, "full range": 1}
    with np.load(to / "images.npz") as arrays:
        assert arrays["images"].shape == (3, 32, 32, 3)
        assert arrays["images"].dtype == np.uint8
        np.testing.assert_array_equal(arrays["before"], [True, True, False])
        assert list(arrays["stations"]) == ["Yushu"]
    with (to / "events.csv").open(encoding="utf-8") as file:
        (event,) = csv.DictReader(file)
    assert (event["days_before"], event["days_after"], event["dropped_no_sample"]) == ("2", "1", "2")
    assert float(event["distance_km"]) == pytest.approx(25.9, abs=0.2)
    with (to / "days.csv").open(encoding="utf-8") as file:
        fates = [row["fate"] for row in csv.DictReader(file)]
    assert fates == ["used", "used", "full range", "used", "no sample", "no sample"]
    for name in ("map.png", "images.png"):
        assert matplotlib.image.imread(to / name).std() > 0.02


def test_a_day_of_another_zone_has_its_own_date_and_one_too_short_is_left_out(tmp_path):
    path = tmp_path / "aeta_Yushu.csv"
    # Begins at 08:00 UTC on 2 September and ends 20 min after local midnight of the 4th.
    values = np.full(2 * 1440 + 15 * 60 + 20, np.nan)
    values[32 * 60 :] = 20 + np.random.default_rng(0).normal(size=values.size - 32 * 60)
    write_minutes(path, values)
    code, out, _ = run(path, "--to", tmp_path / "out", "--day-tz", "+09:00", "--json")
    made = json.loads(out)
    assert code == 0
    assert (made["spectrograms"], made["days_too_short"], len(set(made["files"]))) == (2, 1, 4)
    names = sorted(each.name for each in (tmp_path / "out").glob("*.png"))
    assert names == [f"aeta_Yushu-2018-09-0{day}-magn.png" for day in (2, 3)]
    code, _, error = run(path, "--to", tmp_path / "none", "--day-tz", "+09:00", "--since", "2018-09-04")
    assert code == 1
    assert "no day with more than 32 samples" in error


def test_one_station_at_two_intervals_has_files_of_each():
    record = Record(
        station=Station(name="A", channels=(Dipole(name="NS"),)),
        values=np.zeros((1, 1440), dtype=np.float32),
        start=0,
        interval=60.0,
    )
    fine = RecordSource(replace(record, interval=10.0))
    chosen = [(each, np.zeros(1, dtype=np.int64), ["NS"]) for each in (fine, RecordSource(record))]
    stem = stems_of(chosen, 0)
    names = [stem(each, 0, "NS") for each, _, _ in chosen]
    assert names == ["A-10s-1970-01-01-NS", "A-60s-1970-01-01-NS"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--size", "100000"], "height of an image is 100000 pixels, more than 4096"),
        (["--n-fft", "1048576", "--hop", "1"], "more than 268435456"),
        (["--compare", "--style", "waveform"], "--style waveform none"),
        (["--length", "64", "--n-fft", "48"], "n_fft is 48"),
        (["--channel", "bz"], "no channel 'bz'"),
        (["--since", "2030-01-01"], "there is no day to show"),
        (["--since", "2030-01-01", "--style", "waveform"], "there is no day to show"),
        (["--earthquakes", "none.csv"], "none.csv cannot be read"),
        (["--earthquakes", "none.csv", "--channel", "a", "--channel", "b"], "2 channels are named"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(record, tmp_path, arguments, message):
    code, out, error = run(record[0], "--to", tmp_path, *arguments)
    assert (code, out) == (1, "")
    assert message in error


def test_a_station_without_a_position_and_one_without_usable_days_are_refused(record, station, tmp_path):
    quakes = tmp_path / "quakes.csv"
    quakes.write_text("time,latitude,longitude,mag\n2019-09-03T04:00:00Z,32.3,97.1,4.2\n", encoding="utf-8")
    arguments = (record[0], "--to", tmp_path / "out", "--earthquakes", quakes)
    code, _, error = run(*arguments)
    assert code == 1
    assert "has no position" in error
    code, _, error = run(*arguments, "--station", station)
    assert code == 1
    assert "none of 28 days around 1 event can be used: 28 no sample" in error


def test_controls_are_labelled_by_quiet_times_and_have_no_magnitude(record, station, tmp_path):
    quakes = tmp_path / "quakes.csv"
    quakes.write_text("time,latitude,longitude,mag\n2018-10-01T04:00:00Z,32.3,97.1,4.2\n", encoding="utf-8")
    arguments = (record[0], "--station", station, "--earthquakes", quakes, "--controls")
    near = ("--days-before", 1, "--days-after", 1)
    code, out, _ = run(*arguments, *near, "--to", tmp_path / "out", "--longest-gap", 120)
    assert code == 0
    assert "1 control; of 2 days" in out
    with (tmp_path / "out" / "events.csv").open(encoding="utf-8") as file:
        (control,) = csv.DictReader(file)
    assert control["time"][:7] == "2018-09"
    assert (control["magnitude"], control["distance_km"]) == ("", "")
    code, _, error = run(*arguments, "--to", tmp_path / "long")
    assert code == 1
    assert "no station has a quiet time" in error
