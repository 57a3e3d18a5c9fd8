"""`sesctl detect` from real and made records to events, on every way out."""

import csv
import json
from dataclasses import replace

import pytest

from field_records import (
    HOUR,
    REAL_HOUR,
    at,
    quiet_field,
    real_hour_with_boxcar,
    with_boxcar,
    with_gap,
    write_csv,
)
from program import sesctl
from sesctl.archive import create_or_open
from sesctl.catalogue import COLUMNS, read_events
from sesctl.types.instants import SECOND, from_iso

REAL_START = at("2018-05-18T01:00:00")
ONSET = at("2020-01-01T13:20:00")


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """Return a CSV file of a quiet day with a boxcar of 12 and -8 mV/km from 13:20 to 13:45."""
    record = with_boxcar(quiet_field(24), ONSET, 1500, {"Ex": 12.0, "Ey": -8.0})
    return write_csv(record, tmp_path_factory.mktemp("day") / "hkb.csv")


def seconds_after(text, instant):
    return (from_iso(text) - instant) / SECOND


def test_the_real_hour_gives_no_event():
    outcome = sesctl("detect", REAL_HOUR, "--station", REAL_HOUR / "station.toml", "--plugin", "boxcar")
    assert outcome.status == 0
    assert "SA225-2: 0 events in 1.0 h of record on 1 day" in outcome.out


@pytest.mark.parametrize("onset_s", [303.3, 1000.0, 1804.9])
@pytest.mark.parametrize("heights", [{"EX": 12.0, "EY": -12.0}, {"EX": -12.0}, {"EY": 12.0}])
def test_a_boxcar_added_to_the_real_hour_is_exactly_one_event_where_it_was_put(tmp_path, onset_s, heights):
    folder = real_hour_with_boxcar(tmp_path, onset_s, 1500.0, heights)
    outcome = sesctl("detect", "--plugin", "boxcar", folder, "--station", folder / "station.toml", "--json")
    assert outcome.status == 0
    (event,) = outcome.json["events"]
    onset = REAL_START + round(onset_s * SECOND)
    assert abs(seconds_after(event["start"], onset)) <= 60
    assert abs(seconds_after(event["end"], onset + 1500 * SECOND)) <= 60
    strongest = event["dipoles"].split(";")[0]
    assert event["amplitude_mv_km"] == pytest.approx(heights[strongest.upper()], rel=0.15)
    assert {name.upper() for name in event["dipoles"].split(";")} == heights.keys()


def test_an_event_is_shown_with_its_station_times_amplitude_and_exposure(day):
    outcome = sesctl("detect", "--plugin", "boxcar", day)
    assert outcome.status == 0
    header, row, summary = outcome.out.splitlines()
    assert header.split()[:5] == ["station", "start", "end", "minutes", "mV/km"]
    assert row.split()[:4] == ["hkb", "2020-01-01T13:20:00Z", "2020-01-01T13:45:00Z", "25.0"]
    assert float(row.split()[4]) == pytest.approx(12.0, abs=0.5)
    assert row.split()[6:8] == ["Ex", "Ey"]
    assert summary == "hkb: 1 event in 24.0 h of record on 1 day (boxcar, raw score above 6)"


def test_json_is_one_object_with_the_columns_and_the_exposure(day):
    found = sesctl("detect", "--plugin", "boxcar", day, "--json").json
    assert tuple(found["events"][0]) == COLUMNS
    assert found["events"][0]["event_id"] == "hkb-20200101T132000Z"
    assert found["meta"]["exposure"] == [
        {"station": "hkb", "live_hours": 24.0, "skipped_hours": 0.0, "days": 1, "days_skipped": 0}
    ]
    assert found["meta"]["parameters"]["interval_s"] == 10.0


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_an_events_file_holds_what_is_printed(day, tmp_path, suffix):
    path = tmp_path / f"events{suffix}"
    outcome = sesctl("detect", "--plugin", "boxcar", day, "--json", "-o", path)
    kept = read_events(path)
    assert [event.start for event in kept.events] == [
        from_iso(event["start"]) for event in outcome.json["events"]
    ]
    assert kept.exposure[0].live_hours == 24.0
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(["events.meta.json", path.name])
    assert json.loads((tmp_path / "events.meta.json").read_text()) == outcome.json["meta"]


def test_no_event_is_an_empty_table_with_its_exposure(day, tmp_path):
    path = tmp_path / "events.csv"
    assert sesctl("detect", "--plugin", "boxcar", day, "--threshold", 1e6, "-o", path).status == 0
    with path.open(newline="") as file:
        assert list(csv.reader(file)) == [list(COLUMNS)]
    assert json.loads((tmp_path / "events.meta.json").read_text())["exposure"][0]["live_hours"] == 24.0


def test_a_picture_is_drawn_for_each_event_and_named_after_it(day, tmp_path):
    folder = tmp_path / "new" / "pictures"
    assert sesctl("detect", "--plugin", "boxcar", day, "--plot", folder).status == 0
    assert [each.name for each in folder.iterdir()] == ["hkb-20200101T132000Z-boxcar.png"]


def test_a_dipole_that_is_not_asked_for_is_not_used(day):
    (event,) = sesctl("detect", "--plugin", "boxcar", day, "--dipole", "Ey", "--json").json["events"]
    assert event["dipoles"] == "Ey"
    assert event["amplitude_mv_km"] == pytest.approx(-8.0, rel=0.15)


def test_a_dipole_named_twice_is_used_once(day):
    once = sesctl("detect", "--plugin", "boxcar", day, "--dipole", "Ey", "--json").json
    assert (
        sesctl("detect", "--plugin", "boxcar", day, "--dipole", "Ey", "--dipole", "Ey", "--json").json[
            "events"
        ]
        == once["events"]
    )


def test_a_threshold_above_the_score_takes_the_event_away(day):
    assert len(sesctl("detect", "--plugin", "boxcar", day, "--threshold", 1.0, "--json").json["events"]) >= 1
    assert sesctl("detect", "--plugin", "boxcar", day, "--threshold", 1e6, "--json").json["events"] == []


def test_only_days_from_since_to_until_are_scanned(tmp_path):
    record = quiet_field(72)
    for day in range(3):
        record = with_boxcar(record, ONSET + 24 * day * HOUR, 1500, {"Ex": 12.0})
    path = write_csv(record, tmp_path / "hkb.csv")
    found = sesctl(
        "detect", "--plugin", "boxcar", path, "--since", "2020-01-02", "--until", "2020-01-03", "--json"
    ).json
    assert [event["start"] for event in found["events"]] == ["2020-01-02T13:20:00Z"]
    assert found["meta"]["exposure"][0]["days"] == 1


def test_days_of_another_zone_begin_at_its_midnight(tmp_path):
    # 00:20 in Japan on 2 January is 15:20 UTC the day before.
    path = write_csv(
        with_boxcar(quiet_field(48), at("2020-01-01T15:20"), 1500, {"Ex": 12.0}), tmp_path / "a.csv"
    )
    arguments = ("detect", path, "-p", "boxcar", "--since", "2020-01-02", "--until", "2020-01-03", "--json")
    assert sesctl(*arguments).json["events"] == []
    for zone in ("Asia/Tokyo", "+09:00"):
        (event,) = sesctl(*arguments, "--day-tz", zone).json["events"]
        assert event["start"] == "2020-01-01T15:20:00Z"


def test_two_stations_of_an_archive_are_scanned_each_with_its_exposure(tmp_path):
    with create_or_open(tmp_path / "archive") as store:
        store.write(with_boxcar(quiet_field(24, station="mts"), ONSET, 1500, {"Ex": 12.0}))
        store.write(with_boxcar(quiet_field(12, station="hkb"), ONSET - 4 * HOUR, 1500, {"Ey": -12.0}))
    found = sesctl("detect", "--plugin", "boxcar", tmp_path / "archive", "--json").json
    assert [(event["station"], event["start"]) for event in found["events"]] == [
        ("hkb", "2020-01-01T09:20:00Z"),
        ("mts", "2020-01-01T13:20:00Z"),
    ]
    assert [(each["station"], each["live_hours"]) for each in found["meta"]["exposure"]] == [
        ("hkb", 12.0),
        ("mts", 24.0),
    ]


def test_naive_times_need_a_zone_and_follow_it(tmp_path):
    text = write_csv(
        with_boxcar(quiet_field(6), at("2020-01-01T03:00"), 1500, {"Ex": 12.0}), tmp_path / "a.csv"
    )
    naive = tmp_path / "naive.csv"
    naive.write_text(text.read_text().replace("Z,", ","))
    assert sesctl("detect", "--plugin", "boxcar", naive).status == 1
    (event,) = sesctl("detect", "--plugin", "boxcar", naive, "--tz", "Asia/Tokyo", "--json").json["events"]
    assert event["start"] == "2019-12-31T18:00:00Z"


def test_unsorted_and_duplicate_times_are_sorted_averaged_and_counted_in_a_note(day, tmp_path):
    header, *rows = day.read_text().splitlines()
    swapped = [rows[1], rows[0], *rows[2:], rows[500], rows[501]]
    path = tmp_path / "hkb.csv"
    path.write_text("\n".join([header, *swapped]) + "\n")
    outcome = sesctl("detect", "--plugin", "boxcar", path, "--json")
    assert outcome.json["events"] == sesctl("detect", "--plugin", "boxcar", day, "--json").json["events"]
    assert outcome.err.splitlines()[0] == (
        "note: hkb.csv: 3 rows out of order were sorted, 2 duplicate times were averaged"
    )
    flags = sesctl("info", path, "--json").json[0]["channels"][0]["flags"]
    assert flags == {"overlap": 2}
    assert sesctl("detect", "--plugin", "boxcar", path, "--json", "--quiet").err == ""


def test_a_gap_a_step_a_spike_and_a_drift_are_no_events(tmp_path):
    record = quiet_field(24)
    record = with_gap(record, at("2020-01-01T04:00"), 3000)
    record = with_boxcar(record, at("2020-01-01T09:00"), 24 * 3600, {"Ex": 60.0})
    record = with_boxcar(record, at("2020-01-01T15:00"), 10, {"Ex": 900.0})
    slope = record.values.copy()
    slope[1] += 0.01 * (record.times() - record.start) / 1e7
    path = write_csv(replace(record, values=slope), tmp_path / "a.csv")
    assert sesctl("detect", "--plugin", "boxcar", path, "--json").json["events"] == []
