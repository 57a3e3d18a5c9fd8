"""Every bad file is one error in one sentence, which names what is wrong and where; odd ones are read."""

from pathlib import Path

import numpy as np
import pytest

from sesctl.errors import ParameterError, ReadError, SesctlError, StationError
from sesctl.ingest import read, read_station_file
from sesctl.pipeline import ingest
from sesctl.types import Quality

BAD = Path(__file__).parent / "golden" / "bad"
GOLDEN_ODD = BAD.parent / "odd"
EDL = Path(__file__).parent / "golden" / "real" / "auslamp-sa225-2-edl"

SENTENCES = dict(line.split("\t") for line in (BAD / "SENTENCES.tsv").read_text().splitlines())
STATION_FILES = [name for name in SENTENCES if name.endswith(".toml")]
FILES = [name for name in SENTENCES if not name.endswith(".toml")]


def error_of(kind, function, *arguments, **keywords):
    with pytest.raises(SesctlError) as caught:
        function(*arguments, **keywords)
    assert type(caught.value) is kind
    assert "\n" not in caught.value.message
    return caught.value


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_named_with_its_fault(name):
    station = EDL / "station.toml" if name.endswith(".EX") else None
    dipoles = ["Ex"] if station else None
    error = error_of(ReadError, read, BAD / name, station, dipoles=dipoles)
    assert error.message == SENTENCES[name]
    assert error.hint


@pytest.mark.parametrize("name", STATION_FILES)
def test_a_bad_station_file_is_named_with_its_key_and_value(name):
    assert error_of(StationError, read_station_file, BAD / name).message == SENTENCES[name]


def test_every_bad_file_is_tested():
    assert {each.name for each in BAD.iterdir()} == SENTENCES.keys() | {"SENTENCES.tsv"}


@pytest.mark.parametrize("name", ["nowhere.csv", "NOWHERE_180518010000.EX", "nowhere", "nowhere.TXT"])
def test_a_missing_file_is_named(tmp_path, name):
    error = error_of(ReadError, read, tmp_path / name)
    assert error.message == f"there is no file or folder {tmp_path / name}"


def test_a_missing_station_file_is_a_fault_of_the_station(tmp_path):
    error = error_of(StationError, read, BAD / "single.csv", tmp_path / "hkb.toml")
    assert error.message == f"there is no file {tmp_path / 'hkb.toml'}"


def test_a_folder_without_anything_readable_is_named(tmp_path):
    (tmp_path / "notes.txt").write_text("rain\n")
    error = error_of(ReadError, read, tmp_path)
    assert error.message == f"the folder {tmp_path} holds no file of a known format"


def test_a_folder_of_two_formats_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("time,Ex\n")
    (tmp_path / "HKB_180518010000.EX").write_text("1\n")
    error = error_of(ReadError, read, tmp_path)
    assert error.message.endswith("holds files of different formats: HKB_180518010000.EX and a.csv")


def test_csv_files_of_one_folder_must_have_the_same_columns(tmp_path):
    (tmp_path / "a.csv").write_text("time,Ex\n2021-01-01T00:00:00Z,1\n")
    (tmp_path / "b.csv").write_text("time,Ey\n2021-01-01T00:00:10Z,1\n")
    error = error_of(ReadError, read, tmp_path)
    assert error.message == "b.csv has the columns Ey, a.csv has Ex"


def test_a_file_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    # The tests may run as a user who may read everything, so that the refusal is simulated.
    def refuse(self, *_):
        raise PermissionError(13, "Permission denied")

    file = tmp_path / "a.csv"
    file.write_text("time,Ex\n")
    monkeypatch.setattr(Path, "open", refuse)
    error = error_of(ReadError, read, file)
    assert error.message == f"{file} cannot be read (Permission denied)"


def test_a_folder_is_no_station_file(tmp_path):
    assert "cannot be read" in error_of(StationError, read_station_file, tmp_path).message


def test_an_unknown_dipole_is_answered_with_the_nearest_name():
    error = error_of(StationError, read, EDL, EDL / "station.toml", dipoles=["ex"])
    assert error.message == "station SA225-2 has no dipole 'ex'"
    assert error.hint == "It has Ex, Ey, Bx, By; did you mean Ex?"


def test_an_unknown_column_is_answered_with_the_nearest_name(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("time,north,east\n2021-01-01T00:00:00Z,1,2\n")
    error = error_of(StationError, read, file, dipoles=["nroth"])
    assert (error.message, error.hint) == (
        "a.csv has no column 'nroth'",
        "It has north, east; did you mean north?",
    )


def test_a_magnetic_channel_of_a_lemi424_is_no_dipole():
    folder = EDL.parent / "passcal-lemi424-magdalena"
    error = error_of(StationError, read, folder, dipoles=["Bx"])
    assert error.message == "passcal-lemi424-magdalena has no dipole 'Bx'"


def test_a_loggers_channel_without_a_file_is_named(tmp_path):
    for name in ("S_180518010000.EX", "S_180518020000.EX"):
        (tmp_path / name).write_text("1\n2\n")
    error = error_of(StationError, read, tmp_path, EDL / "station.toml", dipoles=["Ex", "Ey"])
    assert error.message == f"the folder {tmp_path} has no channel 'EY'"


def test_a_loggers_files_need_a_station_file_with_an_interval(tmp_path):
    assert "no station file" in error_of(ReadError, read, EDL).message
    text = (EDL / "station.toml").read_text().replace("interval_s = 0.1", "")
    (tmp_path / "station.toml").write_text(text)
    error = error_of(ReadError, read, EDL, tmp_path / "station.toml")
    assert "no interval_s in the station file" in error.message


def test_files_of_two_loggers_are_not_mixed(tmp_path):
    for name in ("A_180518010000.EX", "B_180518010000.EX"):
        (tmp_path / name).write_text("1\n2\n")
    error = error_of(ReadError, read, tmp_path, EDL / "station.toml", dipoles=["Ex"])
    assert error.message.endswith("holds files of several loggers: A, B")


def test_an_unknown_time_zone_is_named():
    error = error_of(ParameterError, read, BAD / "naive.csv", tz="Tokyo")
    assert error.message == "'Tokyo' is not the IANA name of a time zone"


@pytest.mark.parametrize(
    ("clock", "sentence"),
    [
        ("2021-11-07 01:30:00", "line 3: the local time 2021-11-07 01:30:00 occurs twice in America/Denver"),
        ("2021-03-14 02:30:00", "line 3: the local time 2021-03-14 02:30:00 occurs never in America/Denver"),
    ],
)
def test_a_local_time_that_a_clock_change_makes_unclear_is_refused(tmp_path, clock, sentence):
    file = tmp_path / "a.csv"
    day = clock[:10]
    file.write_text(f"time,Ex\n{day} 00:00:00,1\n{clock},2\n{day} 05:00:00,3\n")
    assert sentence in error_of(ReadError, read, file, tz="America/Denver").message


def test_an_interval_that_contradicts_the_times_is_refused(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("time,Ex\n2021-01-01T00:00:00Z,1\n2021-01-01T00:00:01Z,1\n")
    text = 'name = "hkb"\nlatitude = 43\nlongitude = 141\ntimezone = "Asia/Tokyo"\ninterval_s = 10\n'
    (tmp_path / "s.toml").write_text(text + '[[dipoles]]\nname = "Ex"\n')
    error = error_of(ReadError, read, file, tmp_path / "s.toml")
    assert error.message == "a.csv has a value every 1 s, the station file says interval_s = 10"


def test_no_bad_file_leaves_anything_of_an_archive(tmp_path):
    # A record has one sampling interval; an archive keeps the two of this file apart.
    for name in set(FILES) - {"changing.csv"}:
        station = EDL / "station.toml" if name.endswith(".EX") else None
        with pytest.raises(SesctlError) as caught:
            ingest(
                [BAD / name],
                tmp_path / "archive",
                station_file=station,
                tz=None,
                policy="error",
                progress=lambda files, total, days: None,
            )
        assert "\n" not in caught.value.message
        assert not (tmp_path / "archive").exists(), name


WHOLE = [[1.5, 2.5, 3.5, 4.5, 5.5, 6.5], [0, -1, -2, -3, -4, -5]]
"""What each odd file holds, but where it says otherwise."""
ODD = {
    "blanks.csv": ({}, "", ()),
    "bom.csv": ({}, "", ()),
    "contradiction.csv": (
        {2: (4.5, -3)},
        "1 row out of order was sorted, 1 duplicate time was averaged",
        [2],
    ),
    "gap.csv": ({2: (np.nan, np.nan)}, "", ()),
    "lost_end.csv": ({}, "", ()),
    "old_mac.csv": ({}, "", ()),
    "shuffled.csv": ({}, "4 rows out of order were sorted", ()),
    "twice.csv": ({}, "6 duplicate times were averaged", range(6)),
    "twice_over.csv": ({}, "5 rows out of order were sorted, 6 duplicate times were averaged", range(6)),
    "windows.csv": ({}, "", ()),
    "words_for_missing.csv": ({2: (np.nan, np.nan)}, "", ()),
}


def test_numbers_that_may_stand_for_missing_values_are_named(tmp_path):
    def written(missing):
        cells = [-9999 if row in missing else row / 7 for row in range(60)]
        rows = [f"2021-03-01T00:{k // 6:02d}:{k % 6}0Z,{cell},{111 * k}" for k, cell in enumerate(cells)]
        (tmp_path / "day.csv").write_text("\n".join(["time,Ex,Ey", *rows, ""]))
        return read(tmp_path / "day.csv")

    reading = written(range(20, 25))
    assert reading.notes == (
        "day.csv: column Ex holds -9999 in 5 rows; if that stands for a missing value, write nan there",
    )
    assert reading.record.values[0, 20] == -9999  # it is said, and nothing is changed
    assert written([20]).notes == ()  # once is no habit; and Ey passes through 999 and 9999 on its way


@pytest.mark.parametrize("time", ["01/03/2021 00:00:10", "1 March 2021", "20:00"])
def test_a_time_that_is_not_iso_8601_is_not_said_not_to_exist(tmp_path, time):
    (tmp_path / "day.csv").write_text(f"time,Ex\n{time},1\n{time},2\n")
    with pytest.raises(ReadError, match=f"line 2 has the time '{time}', which is not ISO 8601"):
        read(tmp_path / "day.csv", tz="UTC")


def test_every_odd_file_is_tested():
    assert {each.name for each in GOLDEN_ODD.iterdir()} == set(ODD)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_is_read_flagged_and_noted(name):
    changed, note, averaged = ODD[name]
    reading = read(GOLDEN_ODD / name)
    expected = np.array(WHOLE, dtype=np.float32)
    for sample, values in changed.items():
        expected[:, sample] = values
    np.testing.assert_array_equal(reading.record.values, expected)
    assert reading.notes == ((f"{name}: {note}",) if note else ())
    quality = np.where(np.isnan(expected), Quality.GAP, 0).astype(np.uint8)
    quality[:, list(averaged)] |= np.uint8(Quality.OVERLAP)
    np.testing.assert_array_equal(reading.record.quality, quality)
