"""`sesctl coincide`: from events files to coincidences, and what it refuses."""

import csv
import json

import pytest

from field_records import at, quiet_field, with_boxcar, with_gap, write_csv
from program import sesctl
from sesctl import pipeline, registry
from sesctl.catalogue import write_events

DAYS = 28
ONSETS = {"hkb": "2020-01-08T12:00", "mts": "2020-01-08T12:04"}
STATION = """
name = "{name}"
latitude = 36.7
longitude = 137.8
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


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the events of two stations that show one signal and each one of its own."""
    made = tmp_path_factory.mktemp("coincide")
    for number, (name, onset) in enumerate(ONSETS.items()):
        scan(made, name, onset, number)
    return made


def scan(made, name, onset, number):
    record = quiet_field(24 * DAYS, station=name, seed=number)
    record = with_boxcar(record, at(onset), 1600, {"Ex": 12.0, "Ey": -8.0})
    record = with_boxcar(record, at(f"2020-01-{15 + number}T03:00"), 1600, {"Ex": 12.0})
    info = registry.find("boxcar")
    found = pipeline.detect([pipeline.RecordSource(record)], info, registry.make(info), pipeline.Scan())
    write_events(found, made / f"{name}.csv")


def test_the_common_signal_is_the_one_coincidence_with_all_dipoles_counted(folder):
    found = sesctl("coincide", folder / "hkb.csv", folder / "mts.csv", "--json").json
    (row,) = found["coincidences"]
    assert sorted(row["stations"].split(";")) == ["hkb", "mts"]
    assert row["n_dipoles"] == 4
    assert found["chance"]["observed"] == 1
    assert (found["chance"]["shifts"], found["chance"]["mean_of_shifts"]) == (3, 0.0)


def test_people_are_told_that_chance_is_a_lower_bound(folder):
    shown = sesctl("coincide", folder / "hkb.csv", folder / "mts.csv")
    assert "1 coincidence of hkb, mts" in shown.out
    assert "at least 0.00 in 28 days (1 observed)" in shown.out
    assert "lower bound" in shown.out


def test_a_file_holds_the_same_rows(folder, tmp_path):
    for ending in ("csv", "jsonl"):
        to = tmp_path / f"together.{ending}"
        assert sesctl("coincide", folder / "hkb.csv", folder / "mts.csv", "-o", to).status == 0
    with (tmp_path / "together.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    again = json.loads((tmp_path / "together.jsonl").read_text())
    assert {name: str(value) for name, value in again.items()} == row


def test_one_station_alone_gives_its_events_and_no_chance(folder):
    found = sesctl("coincide", folder / "hkb.csv", "--least-stations", 1, "--json").json
    assert len(found["coincidences"]) >= 2
    assert found["chance"]["told"] is False


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["hkb.csv"], "coincidences of 2 stations are asked for, and 1 were scanned"),
        (["hkb.csv", "mts.csv", "--least-overlap", "0"], "the least overlap is 0"),
        (["hkb.csv", "mts.csv", "--least-overlap", "1.5"], "the least overlap is 1.5"),
        (["hkb.csv", "mts.csv", "-o", "x.parquet"], "ends in .csv, .jsonl"),
        (["hkb.csv", "none.csv"], "none"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(folder, arguments, words):
    paths = [folder / each if each.endswith(".csv") else each for each in arguments]
    outcome = sesctl("coincide", *paths)
    assert outcome.status == 1
    assert words in outcome.err
    assert "Traceback" not in outcome.err


def test_a_catalogue_that_does_not_say_when_it_was_scanned_is_refused(folder, tmp_path):
    for ending in ("csv", "meta.json"):
        (tmp_path / f"old.{ending}").write_text((folder / f"hkb.{ending}").read_text())
    meta = json.loads((tmp_path / "old.meta.json").read_text())
    del meta["parameters"]["scanned"]
    (tmp_path / "old.meta.json").write_text(json.dumps(meta))
    outcome = sesctl("coincide", tmp_path / "old.csv", folder / "mts.csv")
    assert outcome.status == 1
    assert "do not say from when to when" in outcome.err


def written(folder, record):
    """Return the arguments that name a record written as a file with its station file."""
    (folder / "hkb.toml").write_text(STATION.format(name="hkb"))
    return write_csv(record, folder / "record.csv"), "--station", folder / "hkb.toml"


def test_a_station_with_one_dipole_is_refused_by_name_by_a_detector_that_needs_two(tmp_path):
    source = written(tmp_path, quiet_field(24, station="hkb"))
    outcome = sesctl("detect", *source, "--plugin", "ica", "--dipole", "Ex")
    assert outcome.status == 1
    assert "station hkb has 1 of the 2 dipoles that detector ica needs" in outcome.err


def test_days_with_one_dipole_alive_are_counted_as_skipped_and_told(tmp_path):
    whole = quiet_field(72, station="hkb")
    for hours, live in ((23, 72.0), (24, 48.0)):
        record = with_gap(whole, at("2020-01-02"), 3600 * hours, ["Ey"])
        outcome = sesctl("detect", *written(tmp_path, record), "--plugin", "boxcar_station", "--json")
        (exposure,) = outcome.json["meta"]["exposure"]
        assert (exposure["live_hours"], exposure["skipped_hours"], exposure["days"]) == (live, 72.0 - live, 3)
        assert ("not judged" in outcome.err) is (live < 72.0)
    assert "hkb: 1 day not judged, the first 2020-01-02T00:00:00Z: only 1 of its 2 dipoles" in outcome.err
