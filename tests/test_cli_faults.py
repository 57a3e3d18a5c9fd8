"""What the program refuses: one clear line, exit status 1, and nothing left behind."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from field_records import REAL_HOUR, at, quiet_field, with_boxcar, write_csv
from program import refused, sesctl
from sesctl.archive import create_or_open

BAD = Path(__file__).parent / "golden" / "bad"
COMMANDS = ("detect", "info", "ingest", "clean")


@pytest.fixture
def day(tmp_path):
    """Return a CSV file with an event."""
    record = with_boxcar(quiet_field(6), at("2020-01-01T03:00"), 1500, {"Ex": 12.0})
    return write_csv(record, tmp_path / "day.csv")


def ways_out(command, folder):
    """Return the options that make a command write, all below a folder."""
    if command == "detect":
        return ["-o", folder / "events.csv", "--plot", folder / "pictures"]
    return [] if command == "info" else ["--to", folder / "archive"]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("empty.csv", "is empty"),
        ("no_time.csv", "its first column is 'Ex', not 'time'"),
        ("text.csv", "line 3, column Ey holds 'offline', which is no number"),
        ("mixed.csv", "line"),
        ("february.csv", "line 3 has the time '2021-02-30T00:00:00Z', which does not exist"),
        ("columns.csv", "line 3 has 2 columns, the first line 3"),
        ("all_missing.csv", "holds no value"),
        ("noise.csv", "is not text"),
        ("nowhere.csv", "there is no file or folder"),
    ],
)
def test_a_bad_file_is_named_with_its_fault_and_leaves_nothing(tmp_path, command, name, reason):
    line = refused(command, BAD / name, *ways_out(command, tmp_path))
    assert name in line
    assert reason in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_an_empty_folder_is_refused(tmp_path, command):
    (tmp_path / "empty").mkdir()
    (tmp_path / "out").mkdir()
    line = refused(command, tmp_path / "empty", *ways_out(command, tmp_path / "out"))
    assert "holds no file of a known format" in line
    assert list((tmp_path / "out").iterdir()) == []


def test_an_unknown_dipole_is_answered_with_those_there_are(day, tmp_path):
    line = refused("detect", day, "--dipole", "Ez", *ways_out("detect", tmp_path))
    assert line == "station day has no dipole 'Ez'. It has Ex, Ey."
    assert list(tmp_path.iterdir()) == [day]


def test_an_unknown_plugin_is_answered_with_the_nearest_name(day, tmp_path):
    for arguments in (
        ("detect", day, "--plugin", "boxcra", *ways_out("detect", tmp_path)),
        ("plugins", "show", "boxcra"),
        ("plugins", "check", "boxcra"),
    ):
        assert refused(*arguments).startswith("there is no detector 'boxcra'; did you mean 'boxcar'? ")
    assert list(tmp_path.iterdir()) == [day]


@pytest.mark.parametrize("place", ["/proc/events.csv", "nowhere/events.csv", "events.txt", "taken.csv"])
def test_an_events_file_that_cannot_be_written_is_refused_before_any_work(day, tmp_path, place):
    (tmp_path / "taken.csv").mkdir()
    line = refused("detect", day, "-o", tmp_path / place, "--plot", tmp_path / "pictures")
    assert place in line
    assert sorted(tmp_path.iterdir()) == [day, tmp_path / "taken.csv"]


@pytest.mark.parametrize("place", ["/proc", "/proc/pictures", "day.csv", "day.csv/pictures"])
def test_a_folder_of_pictures_that_cannot_be_written_is_refused_before_any_work(day, tmp_path, place):
    line = refused("detect", day, "-o", tmp_path / "events.csv", "--plot", tmp_path / place)
    assert str(tmp_path / place) in line
    assert list(tmp_path.iterdir()) == [day]


@pytest.mark.parametrize("command", ["ingest", "clean"])
@pytest.mark.parametrize("place", ["/proc/archive", "day.csv", "day.csv/archive", "foreign"])
def test_an_archive_that_cannot_be_made_is_refused(day, tmp_path, command, place):
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "thesis.tex").write_text("\n")
    before = day.read_bytes()
    line = refused(command, day, "--to", tmp_path / place)
    assert Path(place).name in line
    assert place != "day.csv" or "is a file, and an archive is a folder. Name" in line
    assert sorted(tmp_path.rglob("*")) == [day, tmp_path / "foreign", tmp_path / "foreign" / "thesis.tex"]
    assert day.read_bytes() == before


@pytest.mark.parametrize("place", ["/proc/demo", "day.csv"])
def test_a_folder_that_the_demonstration_cannot_write_is_refused(day, tmp_path, place):
    assert place in refused("demo", "--quiet", "--to", tmp_path / place)


@pytest.mark.parametrize("command", ["ingest", "clean"])
def test_an_interval_that_no_archive_holds_leaves_no_archive(tmp_path, command):
    path = write_csv(quiet_field(1, interval=7.0), tmp_path / "seven.csv")
    assert "a day is no whole number of sampling intervals of 7" in refused(
        command, path, "--to", tmp_path / "archive"
    )
    assert list(tmp_path.iterdir()) == [path]


def test_a_window_longer_than_the_filters_take_leaves_no_archive_and_names_the_way_out(tmp_path):
    line = refused("clean", REAL_HOUR, "--station", REAL_HOUR / "station.toml", "--to", tmp_path / "archive")
    assert line.startswith("cleaning: a window of 110 s is 1101 samples of 0.1 s, more than 1001.")
    assert "--interval 10" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (("--despike", "-1"), "despike_s"),
        (("--mean", "nan"), "mean_s"),
        (("--fill", "inf"), "fill_s"),
        (("--n-sigma", "nan"), "n_sigma"),
        (("--n-sigma", "0"), "n_sigma"),
        (("--interval", "0"), "interval"),
        (("--interval", "1"), "1 s"),
    ],
)
def test_a_cleaning_that_is_not_defined_is_refused_by_name(day, tmp_path, options, name):
    assert name in refused("clean", day, "--to", tmp_path / "archive", *options)
    assert list(tmp_path.iterdir()) == [day]


@pytest.mark.parametrize("threshold", ["nan", "inf", "-inf"])
def test_a_threshold_that_is_no_number_is_refused(day, threshold):
    assert f"the threshold is {threshold}, which is no finite number" in refused(
        "detect", day, f"--threshold={threshold}"
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--since", "2020-01-32"), "'2020-01-32' is no date"),
        (("--until", "yesterday"), "'yesterday' is no date"),
        (("--day-tz", "Tokyo"), "'Tokyo' is no offset from UTC and no time zone"),
        (("--tz", "Tokyo"), "'Tokyo' is not the IANA name of a time zone"),
        (("--since", "2021-01-01"), "there is no day to scan"),
        (("--station", "nowhere.toml"), "there is no file nowhere.toml"),
    ],
)
def test_an_option_that_names_nothing_is_refused(day, tmp_path, options, reason):
    assert reason in refused("detect", day, *options, *ways_out("detect", tmp_path))
    assert list(tmp_path.iterdir()) == [day]


def test_a_record_coarser_than_the_detector_wants_is_refused(tmp_path):
    path = write_csv(quiet_field(6, interval=60.0), tmp_path / "minutes.csv")
    line = refused("detect", path, "--plugin", "boxcar")
    assert line == (
        "station minutes is sampled every 60 s, which is too coarse for detector boxcar. "
        "It needs a sample every 10 s or more often."
    )


def test_an_archive_takes_no_station_file_and_no_zone(tmp_path):
    with create_or_open(tmp_path / "archive") as store:
        store.write(quiet_field(6))
    for option in (("--station", REAL_HOUR / "station.toml"), ("--tz", "Asia/Tokyo")):
        assert "is an archive, which knows its stations and times" in refused(
            "detect", tmp_path / "archive", *option
        )


def test_an_archive_without_a_day_is_refused(tmp_path):
    create_or_open(tmp_path / "archive").close()
    assert "no day to scan" in refused("detect", tmp_path / "archive")


def test_a_dipole_unknown_at_one_station_stops_the_scan_before_it_begins(tmp_path):
    with create_or_open(tmp_path / "archive") as store:
        store.write(quiet_field(6, station="a"))
        store.write(quiet_field(6, station="b", dipoles=("Ez",)))
    assert "station b has no dipole 'Ex'" in refused("detect", tmp_path / "archive", "--dipole", "Ex")


@pytest.mark.parametrize("name", ["day.csv", "calibration", "taken.json"])
def test_a_calibration_is_written_to_a_json_file_alone_and_never_over_the_record(day, tmp_path, name):
    (tmp_path / "taken.json").mkdir()
    before = day.read_bytes()
    message = "is a folder" if name == "taken.json" else "a calibration ends in .json"
    assert message in refused("calibrate", day, "--to", tmp_path / name)
    assert day.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [day, tmp_path / "taken.json"]


def test_events_are_never_written_over_the_record(day):
    before = day.read_bytes()
    assert "is the record itself" in refused("detect", day, "-o", day)
    assert day.read_bytes() == before


def test_events_are_not_put_into_an_archive(day, tmp_path):
    assert sesctl("ingest", day, "--to", tmp_path / "archive").status == 0
    line = refused("detect", tmp_path / "archive", "-o", tmp_path / "archive" / "events.csv")
    assert (
        line
        == f"{tmp_path}/archive/events.csv lies in the archive {tmp_path}/archive. Name a file elsewhere."
    )


def test_events_are_not_put_where_they_would_be_read_as_the_record(day):
    assert "whose CSV files are read as the record" in refused(
        "detect", day.parent, "-o", day.parent / "events.csv"
    )
    assert sesctl("detect", "--plugin", "boxcar", day.parent, "-o", day.parent / "events.jsonl").status == 0
    assert sesctl("detect", "--plugin", "boxcar", day.parent).status == 0


def test_a_conflict_is_refused_and_changes_nothing(day, tmp_path):
    archive = tmp_path / "archive"
    assert sesctl("ingest", day, "--to", archive).status == 0
    text = day.read_text().replace("T03:10:00Z,", "T03:10:00Z,7")
    other = tmp_path / "other"
    other.mkdir()
    (other / "day.csv").write_text(text)
    before = {each: each.read_bytes() for each in archive.rglob("*") if each.is_file()}
    line = refused("ingest", other / "day.csv", "--to", archive)
    assert "station day, 2020-01-01: samples differ" in line
    assert {each: each.read_bytes() for each in archive.rglob("*") if each.is_file()} == before


def test_of_several_files_those_before_the_bad_one_are_kept_and_said_to_be(day, tmp_path):
    archive = tmp_path / "archive"
    line = refused("ingest", day, BAD / "text.csv", "--to", archive)
    assert "'offline'" in line
    assert line.endswith(f"The file before it is in {archive}.")
    assert sesctl("info", archive, "--json").json[0]["channels"][0]["samples"] == 6 * 360


def test_raw_and_cleaned_never_mix_in_one_archive(day, tmp_path):
    raw, cleaned = tmp_path / "raw", tmp_path / "cleaned"
    assert sesctl("ingest", day, "--to", raw).status == 0
    assert sesctl("clean", raw, "--to", cleaned).status == 0
    for source, to in ((raw, raw), (cleaned, cleaned)):
        for policy in ("error", "replace", "keep"):
            line = refused("clean", source, "--to", to, "--on-conflict", policy)
            assert "one group holds samples of one making" in line
            assert len(line) < 300 + len(str(to))  # the first difference, not all of both makings
    line = refused("ingest", day, "--to", cleaned)
    assert "day/10s holds samples made with cleaning, not without it. Write to another archive" in line
    assert "one group holds samples of one making" in refused("clean", raw, "--to", cleaned, "--mean", 0)


def test_control_characters_of_a_path_do_not_break_the_line(tmp_path):
    assert r"two\nlines\x1b[2J.csv" in refused("detect", tmp_path / "two\nlines\x1b[2J.csv")


def test_control_characters_of_a_path_do_not_break_a_table(day, tmp_path):
    strange = day.rename(tmp_path / "two\nlines\x1b[2J.csv")
    rows = sesctl("ingest", strange, "--to", tmp_path / "archive").out.splitlines()
    assert len(rows) == 2
    assert r"two\nlines\x1b[2J.csv" in rows[1]


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root may read anything")
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("detect", "{closed}/day.csv"), "day.csv cannot be read (Permission denied)"),
        (("info", "{closed}"), "closed cannot be read (Permission denied)"),
        (("ingest", "{closed}/day.csv", "--to", "archive"), "day.csv cannot be read (Permission denied)"),
        (("ingest", "{day}", "--to", "{closed}/archive"), "cannot be written: Permission denied"),
        (("detect", "{day}", "--station", "{closed}/a.toml"), "a.toml cannot be read (Permission denied)"),
        (
            ("detect", "{day}", "--calibration", "{closed}/a.json"),
            "a.json cannot be read (Permission denied)",
        ),
        (
            ("detect", "{day}", "-o", "{closed}/events.csv"),
            "events.csv cannot be written (Permission denied)",
        ),
        (("detect", "{closed}/day.csv", "-o", "{day}"), "day.csv cannot be read (Permission denied)"),
    ],
)
def test_a_folder_that_may_not_be_entered_is_named(day, tmp_path, arguments, reason):
    closed = tmp_path / "closed"
    closed.mkdir()
    shutil.copy(day, closed)
    places = {"closed": str(closed), "day": str(day)}
    # The administrator may enter any folder, unless that capability is given up.
    unprivileged = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    closed.chmod(0)
    try:
        done = subprocess.run(
            [*unprivileged, sys.executable, "-m", "sesctl", *(each.format(**places) for each in arguments)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        closed.chmod(0o700)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert reason in done.stderr
    assert sorted(tmp_path.iterdir()) == sorted([day, closed])


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("detect",),
        ("detect", "a.csv", "b.csv"),
        ("detect", "a.csv", "--threshold", "high"),
        ("detect", "a.csv", "--colour"),
        ("forecast",),
        ("ingest", "a.csv"),
        ("ingest", "a.csv", "--to", "b", "--on-conflict", "guess"),
        ("plugins", "show"),
    ],
)
def test_a_wrong_usage_exits_with_2_and_says_how(arguments):
    outcome = sesctl(*arguments)
    assert outcome.status == 2
    assert outcome.err.startswith("Usage: sesctl")
    assert outcome.out == ""


def test_a_bug_keeps_its_traceback(day, monkeypatch):
    def fail(*_arguments, **_keywords):
        msg = "a bug"
        raise ZeroDivisionError(msg)

    monkeypatch.setattr("sesctl.pipeline.detect", fail)
    with pytest.raises(ZeroDivisionError, match="a bug"):
        sesctl("detect", "--plugin", "boxcar", day)


def test_a_disk_that_fills_up_leaves_no_half_picture(day, tmp_path, monkeypatch):
    from matplotlib.figure import Figure

    def fill_up(self, path, **_keywords):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Figure, "savefig", fill_up)
    outcome = sesctl("detect", "--plugin", "boxcar", day, "--plot", tmp_path / "pictures", "--quiet")
    assert outcome.status == 1
    assert "No space left on device" in outcome.err
    assert list((tmp_path / "pictures").iterdir()) == []


def test_a_damaged_archive_is_named(tmp_path):
    with create_or_open(tmp_path / "archive") as store:
        store.write(quiet_field(6))
    shard = tmp_path / "archive" / "hkb" / "10s" / "values" / "c.18262.0.0"
    shard.write_bytes(shard.read_bytes()[:-9])
    assert "2020-01-01" in refused("detect", tmp_path / "archive", "-o", tmp_path / "events.csv")
    assert list(tmp_path.iterdir()) == [tmp_path / "archive"]
