"""`sesctl ingest` and `sesctl info`: what went in is what is told, by numbers worked out by hand."""

import pytest

from field_records import REAL_HOUR, at, quiet_field, with_gap, write_csv
from program import refused, sesctl
from sesctl.archive import create_or_open

ROWS = """time,Ex,Ey
2020-01-01T23:59:30Z,1.5,-4
2020-01-01T23:59:40Z,2.5,
2020-01-01T23:59:50Z,,
2020-01-02T00:00:00Z,,
2020-01-02T00:00:10Z,-3,7
2020-01-02T00:00:20Z,4,8
2020-01-02T00:00:20Z,6,8
"""
TOLD = {
    "station": "hkb",
    "latitude": None,
    "longitude": None,
    "timezone": "UTC",
    "interval_s": 10.0,
    "start": "2020-01-01T23:59:30Z",
    "last": "2020-01-02T00:00:20Z",
    "days": 2,
    "months": {"2020-01": 0.000013},
    "channels": [
        {
            "name": "Ex",
            "unit": "mV/km",
            "samples": 4,
            "completeness": 0.666667,
            "lowest": -3.0,
            "highest": 5.0,
            "longest_gap_s": 20.0,
            "flags": {"overlap": 1},
            "quantity": "electric",
            "length_m": None,
            "azimuth_deg": None,
            "electrodes": [],
        },
        {
            "name": "Ey",
            "unit": "mV/km",
            "samples": 3,
            "completeness": 0.5,
            "lowest": -4.0,
            "highest": 8.0,
            "longest_gap_s": 30.0,
            "flags": {"overlap": 1},
            "quantity": "electric",
            "length_m": None,
            "azimuth_deg": None,
            "electrodes": [],
        },
    ],
    "remarks": [],
}


@pytest.fixture
def rows(tmp_path):
    """Return a small file whose numbers can be worked out by hand."""
    path = tmp_path / "hkb.csv"
    path.write_text(ROWS)
    return path


def contents(path):
    return {each: each.read_bytes() for each in path.rglob("*") if each.is_file()}


@pytest.mark.parametrize("batch", [1, 8])
def test_info_tells_of_a_file_and_of_its_archive_the_same_right_numbers(rows, tmp_path, monkeypatch, batch):
    monkeypatch.setattr("sesctl.pipeline.summary.BATCH_DAYS", batch)
    assert sesctl("info", rows, "--json").json == [TOLD]
    assert sesctl("ingest", rows, "--to", tmp_path / "archive").status == 0
    assert sesctl("info", tmp_path / "archive", "--json").json == [TOLD]


def test_info_is_a_table_for_people(rows):
    first, header, *channels = sesctl("info", rows).out.splitlines()
    assert first == "hkb: every 10 s, 2020-01-01T23:59:30Z to 2020-01-02T00:00:20Z, 2 days"
    assert header.split()[:3] == ["channel", "unit", "complete"]
    assert channels[0].split() == ["Ex", "mV/km", "66.7", "%", "-3", "5", "20", "s", "overlap", "1"]


def test_info_tells_of_every_interval_of_a_station(tmp_path):
    with create_or_open(tmp_path / "archive") as store:
        store.write(quiet_field(2))
        store.write(quiet_field(2, interval=60.0))
    told = sesctl("info", tmp_path / "archive", "--json").json
    assert [(each["interval_s"], each["channels"][0]["samples"]) for each in told] == [(10, 720), (60, 120)]


def test_a_channel_without_a_value_is_told_as_such(tmp_path):
    path = write_csv(with_gap(quiet_field(2), at("2020-01-01"), 7200, ["Ey"]), tmp_path / "hkb.csv")
    outcome = sesctl("info", path, "--json")
    silent = outcome.json[0]["channels"][1]
    assert (silent["samples"], silent["completeness"], silent["lowest"]) == (0, 0.0, None)
    assert "Ey holds no value" in outcome.err
    assert sesctl("info", path).status == 0


def test_days_apart_have_the_gap_between_them(tmp_path):
    with create_or_open(tmp_path / "archive") as store:
        store.write(quiet_field(1))
        store.write(quiet_field(1, start="2020-03-01"))
    (told,) = sesctl("info", tmp_path / "archive", "--json").json
    assert told["days"] == 2
    assert told["channels"][0]["longest_gap_s"] == 60 * 86_400 - 3600


def test_a_second_ingest_changes_no_byte(rows, tmp_path):
    arguments = ("ingest", rows, "--to", tmp_path / "archive")
    assert sesctl(*arguments).out.splitlines()[1].split()[1:] == ["hkb", "2", "0"]
    before = contents(tmp_path / "archive")
    assert sesctl(*arguments).out.splitlines()[1].split()[1:] == ["hkb", "0", "2"]
    assert contents(tmp_path / "archive") == before


@pytest.mark.parametrize(("policy", "highest"), [("keep", 5.0), ("replace", 70.0)])
def test_a_policy_settles_a_conflict(rows, tmp_path, policy, highest):
    archive = tmp_path / "archive"
    sesctl("ingest", rows, "--to", archive)
    rows.write_text(ROWS.replace("Z,4,8", "Z,70,8").replace("Z,6,8", "Z,70,8"))
    assert "2020-01-02: samples differ from those archived" in refused("ingest", rows, "--to", archive)
    assert sesctl("ingest", rows, "--to", archive, "--on-conflict", policy).status == 0
    (told,) = sesctl("info", archive, "--json").json
    assert told["channels"][0]["highest"] == highest


def test_files_in_any_order_make_the_same_archive(tmp_path):
    record = quiet_field(6, start="2020-01-01T21:00")
    header, *lines = write_csv(record, tmp_path / "hkb.csv").read_text().splitlines()
    names = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        names.append(folder / "hkb.csv")
        names[-1].write_text("\n".join([header, *lines[720 * number : 720 * (number + 1)]]) + "\n")
    told = []
    for order in ((0, 1, 2), (2, 0, 1)):
        archive = tmp_path / f"archive{order[0]}"
        assert sesctl("ingest", *[names[each] for each in order], "--to", archive).status == 0
        told.append(sesctl("info", archive, "--json").json)
    assert told[0] == told[1] == sesctl("info", tmp_path / "hkb.csv", "--json").json


def test_the_real_hour_is_archived_with_its_place_and_gives_no_event_from_there(tmp_path):
    arguments = ("ingest", REAL_HOUR, "--station", REAL_HOUR / "station.toml", "--to", tmp_path / "archive")
    assert sesctl(*arguments).status == 0
    (told,) = sesctl("info", tmp_path / "archive", "--json").json
    assert (told["latitude"], told["timezone"]) == (-28.5012, "Australia/Adelaide")
    assert [(each["name"], each["samples"]) for each in told["channels"]] == [
        ("Ex", 36_000),
        ("Ey", 36_000),
        ("Bx", 36_000),
        ("By", 36_000),
    ]
    found = sesctl("detect", "--plugin", "boxcar", tmp_path / "archive", "--json").json
    assert found["events"] == []
    assert found["meta"]["exposure"][0]["live_hours"] == 1.0


def test_a_station_described_otherwise_is_refused(rows, tmp_path):
    sesctl("ingest", rows, "--to", tmp_path / "archive")
    rows.write_text(ROWS.replace("Ey", "Ez"))
    assert "channels Ex, Ey, not Ex, Ez" in refused("ingest", rows, "--to", tmp_path / "archive")


def test_files_that_no_station_file_puts_together_are_told(rows, tmp_path):
    (tmp_path / "later.csv").write_text(ROWS)
    outcome = sesctl("ingest", rows, tmp_path / "later.csv", "--to", tmp_path / "archive")
    assert "2 files became 2 stations, each named after its file; --station puts those" in outcome.err


def test_info_says_on_which_side_of_the_equator_a_station_is():
    told = sesctl("info", REAL_HOUR, "--station", REAL_HOUR / "station.toml").out
    assert told.startswith("SA225-2, 28.5012° S 134.476° E: every 0.1 s")
    assert " -25598.8 " in told  # Bx in nT, where four digits would not tell lowest and highest apart


LOCAL = [f"2021-10-31T0{2 + k // 6}:{k % 6}0:00,{k}" for k in (*range(12), *range(6, 12), *range(12, 18))]


@pytest.mark.parametrize("command", ["info", "clean", "detect", "calibrate", "inject"])
def test_every_command_that_takes_files_reads_them_as_it_is_told(tmp_path, command):
    path = tmp_path / "hkb.txt"
    path.write_text("\n".join(["time,Ex", *LOCAL, ""]))
    to = {
        "clean": ["--to", tmp_path / "a"],
        "calibrate": ["--plugin", "boxcar", "--to", tmp_path / "c.json"],
        "detect": ["--plugin", "boxcar"],
        "inject": ["--to", tmp_path / "a", "--truth", tmp_path / "t.csv"],
    }.get(command, [])
    zone = ("--tz", "Europe/Athens", "--format", "csv")
    assert "occurs twice in Europe/Athens" in refused(command, path, *to, *zone)
    told = sesctl(command, path, *to, *zone, "--clock-change", "infer")
    assert "Athens" not in told.err
    assert "no reader of the format 'xyz'" in refused(command, path, *to, *zone[:2], "--format", "xyz")
    archive = tmp_path / "archive"
    sesctl("ingest", path, "--to", archive, *zone, "--clock-change", "infer")
    assert "Leave --station, --tz, --format and --clock-change out" in refused(
        command, archive, *to, "--format", "csv"
    )
