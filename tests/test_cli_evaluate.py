"""`sesctl evaluate`: a catalogue that `detect` wrote against a truth, every score computed by hand."""

import json
import shutil

import pytest
from scipy.stats import chi2

from field_records import at, quiet_field, with_boxcar, with_gap
from program import refused, sesctl
from sesctl.archive import create_or_open
from sesctl.types.instants import SECOND, iso

HEADER = "station,start,end,amplitude_mv_km,shape,activity_id,dipole"
MINUTE = 60 * SECOND

# What the record holds: station, onset, minutes, height in mV/km on Ex.
EMBEDDED = (
    ("hkb", "2020-01-01T02:00", 25, 16.0),
    ("hkb", "2020-01-01T12:00", 30, -10.0),
    ("hkb", "2020-01-02T06:00", 30, 20.0),
    ("hkb", "2020-01-02T10:00", 30, 10.0),
    ("hkb", "2020-01-02T14:00", 40, 10.0),
    ("hkb", "2020-01-02T15:30", 30, 10.0),
    ("mts", "2020-01-01T03:00", 25, 12.0),
)
# What the truth says, and what becomes of it (late by 0, 5, 12 and 20 min of 25 to 30).
TRUTH = (
    ("hkb", "2020-01-01T02:00", 25, 16.0),  # success, the best event of its day, IoU 1
    ("hkb", "2020-01-01T12:05", 30, 9.0),  # success, IoU 25/35, the other sign
    ("hkb", "2020-01-02T06:12", 30, 20.0),  # success, the best event of its day, IoU 18/42
    ("hkb", "2020-01-02T10:20", 30, 10.0),  # both edges miss by 20 min: near success, IoU 10/50
    ("hkb", "2020-01-02T14:00", 120, 10.0),  # the end misses by 80 min: near success, IoU 40/120
    ("mts", "2020-01-01T08:00", 30, 10.0),  # nothing there
)
# The event of 15:30 lies within the fifth truth, the one of mts on none.
EXPECTED = {
    "n_truth": 6,
    "n_events": 7,
    "hits": 5,
    "duplicates": 1,
    "false_alarms": 1,
    "live_station_days": 2.5,
    "success": 3 / 6,
    "success_top1": 2 / 6,
    "success_iou": 2 / 6,
    "near_success": 2 / 6,
    "near_success_literal": 1 / 6,
    "failure": 1 / 6,
    "recall": 5 / 6,
    "precision": 5 / 7,
    "f1": 2 * (5 / 6) * (5 / 7) / (5 / 6 + 5 / 7),
    "false_alarms_per_station_day": 1 / 2.5,
    "false_alarms_bound_95": chi2.ppf(0.95, 4) / 2 / 2.5,
    "mean_iou": (1 + 25 / 35 + 18 / 42 + 10 / 50 + 40 / 120) / 5,
    "onset_bias_s": -60 * (0 + 5 + 12 + 20 + 0) / 5,
    "end_bias_s": -60 * (0 + 5 + 12 + 20 + 80) / 5,
    "amplitude_sign_agreement": 4 / 5,
}
REQUIRED = {
    "success",
    "success_top1",
    "success_iou",
    "near_success",
    "precision",
    "recall",
    "false_alarms_per_station_day",
    "false_alarms_bound_95",
    "mean_iou",
    "onset_bias_s",
    "end_bias_s",
    "n_events",
    "n_truth",
    "duplicates",
    "live_station_days",
}


def rows(signals):
    lines = [HEADER]
    for number, (station, onset, minutes, height) in enumerate(signals):
        start = at(onset)
        times = f"{iso(start)},{iso(start + minutes * MINUTE)}"
        lines.append(f"{station},{times},{height},boxcar,a{number},")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """Return a folder with what `detect` wrote of two stations, and the truth."""
    folder = tmp_path_factory.mktemp("case")
    records = {
        "hkb": quiet_field(48),
        "mts": with_gap(quiet_field(24, station="mts"), at("2020-01-01T12:00"), 43_200),
    }
    for station, onset, minutes, height in EMBEDDED:
        records[station] = with_boxcar(records[station], at(onset), 60 * minutes, {"Ex": height})
    with create_or_open(folder / "archive") as store:
        for record in records.values():
            store.write(record)
    for suffix in (".csv", ".jsonl", ".parquet"):
        events = folder / suffix[1:] / f"events{suffix}"
        events.parent.mkdir()
        found = sesctl("detect", "--plugin", "boxcar", folder / "archive", "--json", "-o", events).json[
            "events"
        ]
        # The scores below are by hand, so the events have to be where they were put.
        assert {(e["station"], e["start"], e["duration_s"]) for e in found} == {
            (station, iso(at(onset)), 60.0 * minutes) for station, onset, minutes, _ in EMBEDDED
        }
    (folder / "truth.csv").write_text(rows(TRUTH))
    return folder


@pytest.fixture
def own(case, tmp_path):
    """Return a copy of the events and the truth in a folder to spoil."""
    for name in ("events.csv", "events.meta.json"):
        shutil.copy(case / "csv" / name, tmp_path / name)
    shutil.copy(case / "truth.csv", tmp_path / "truth.csv")
    return tmp_path


def evaluated(folder, *options, events="events.csv"):
    return sesctl("evaluate", folder / events, "--truth", folder / "truth.csv", *options)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_every_score_is_the_one_computed_by_hand(case, suffix):
    outcome = sesctl(
        *("evaluate", case / suffix / f"events.{suffix}", "--truth", case / "truth.csv"),
        *("--json", "--replicates", 0),
    )
    assert outcome.status == 0
    assert outcome.err == ""
    found = outcome.json
    assert found.keys() >= REQUIRED
    assert {name: found[name] for name in EXPECTED} == pytest.approx(EXPECTED)


def test_groups_hold_their_own_truths_events_and_live_time(own):
    groups = evaluated(own, "--json", "--replicates", 0).json["groups"]
    assert groups["station"]["hkb"]["success"] == 3 / 5
    assert groups["station"]["hkb"]["false_alarms"] == 0
    assert groups["station"]["mts"]["false_alarms_per_station_day"] == 2.0
    assert groups["station"]["mts"]["recall"] == 0
    assert [hour for hour, tally in groups["hour"].items() if tally["n_truth"]] == [
        f"{hour:02d}" for hour in (2, 6, 8, 10, 12, 14)
    ]
    assert groups["duration_min"]["25-30"]["n_truth"] == 1
    assert groups["duration_min"]["30-40"]["n_truth"] == 4
    assert groups["amplitude_mv_km"]["8-10"]["success"] == 1


def test_days_and_hours_begin_where_they_are_asked_to(own):
    # In Japan the event of 20 mV/km, 06:00 UTC, and the one at 12:05 keep their days, but not their hours.
    found = evaluated(own, "--json", "--replicates", 0, "--day-tz", "+09:00").json
    hours = found["groups"]["hour"]
    assert [hour for hour in hours if hours[hour]["n_truth"]] == ["11", "15", "17", "19", "21", "23"]
    assert found["success"] == EXPECTED["success"]
    # Six hours west the first truth is on the day before, alone with its event, and the second is the best.
    found = evaluated(own, "--json", "--replicates", 0, "--day-tz", "-06:00").json
    assert found["success_top1"] == 3 / 6


def test_the_table_on_standard_output_says_the_same_with_intervals(own):
    plain = evaluated(own, "--replicates", 0)
    assert plain.status == 0
    first, header, *lines = map(str.rstrip, plain.out.splitlines())
    assert first == "boxcar: 7 events, 6 signals, 2.5 live station-days"
    assert header.split()[0] == "score"
    shown = {line[:40].rstrip(): line[40:].strip() for line in lines[:13]}
    assert shown == {
        "success, eq. (3)": "50.0 %",
        "success of the day's best event": "33.3 %",
        "success with IoU of at least 0.5": "33.3 %",
        "near success": "33.3 %",
        "near success, the paper's literal rule": "16.7 %",
        "recall": "83.3 %",
        "precision": "71.4 %",
        "false alarms per station-day": "0.4",
        "their upper bound, 95 %": "1.9",
        "mean IoU of matched events": "0.535",
        "onset error (s), mean and spread": "-444 ± 515",
        "end error (s), mean and spread": "-1404 ± 1951",
        "hits, duplicates, false alarms": "5, 1, 1",
    }
    assert "% (" in evaluated(own).out
    assert any(line.split() == ["mts", "1", "0.0", "%", "0.0", "%", "1"] for line in lines)


def test_a_seed_draws_the_same_intervals_and_they_hold_the_score(own):
    few = ("--json", "--replicates", 1, "--seed")  # three days make few different draws
    one, again, other = (evaluated(own, *few, seed).json for seed in (3, 3, 4))
    assert one == again
    assert one["intervals_95"] != other["intervals_95"]
    one = evaluated(own, "--json").json
    for name in ("success", "precision", "recall"):
        low, high = one["intervals_95"][name]
        assert 0 <= low <= one[name] <= high <= 1
        assert low < high


def test_four_pictures_are_drawn_and_named_and_the_scores_still_printed(own):
    folder = own / "new" / "pictures"
    outcome = evaluated(own, "--plot", folder, "--json")
    names = [f"boxcar-{what}.png" for what in ("recall", "success", "timing", "blind-time")]
    assert sorted(each.name for each in folder.iterdir()) == sorted(names)
    assert all(each.read_bytes().startswith(b"\x89PNG") for each in folder.iterdir())
    assert outcome.err.splitlines() == [f"note: drawn: {folder / name}" for name in names]
    assert outcome.json["n_truth"] == 6
    assert evaluated(own, "--plot", folder, "--quiet").err == ""


def test_without_plot_nothing_is_written(own):
    before = sorted(own.iterdir())
    assert evaluated(own).status == 0
    assert sorted(own.iterdir()) == before


def test_a_single_signal_is_counted_and_its_errors_have_no_spread(own):
    (own / "truth.csv").write_text(rows(TRUTH[:1]))
    lines = evaluated(own).out.splitlines()
    assert lines[0].startswith("boxcar: 7 events, 1 signal, ")
    assert next(line.split()[-1] for line in lines if line.startswith("onset error")) == "+0"


def test_no_event_and_no_signal_are_scored_too(case, tmp_path):
    events = tmp_path / "events.csv"
    assert (
        sesctl(
            "detect", "--plugin", "boxcar", case / "archive", "--threshold", 1e6, "-o", events, "--quiet"
        ).status
        == 0
    )
    (tmp_path / "truth.csv").write_text(HEADER + "\n")
    found = evaluated(tmp_path, "--json", "--plot", tmp_path / "pictures").json
    assert (found["n_events"], found["n_truth"], found["live_station_days"]) == (0, 0, 2.5)
    assert found["success"] is found["precision"] is found["mean_iou"] is None
    assert found["false_alarms_per_station_day"] == 0
    assert found["false_alarms_bound_95"] == pytest.approx(chi2.ppf(0.95, 2) / 2 / 2.5)
    assert evaluated(tmp_path).status == 0
    (tmp_path / "truth.csv").write_text(rows(TRUTH))
    found = evaluated(tmp_path, "--json", "--plot", tmp_path / "pictures").json
    assert (found["recall"], found["failure"], found["precision"]) == (0, 1, None)


def replaced(name, old, new):
    """Return a way to spoil a file: one text in it for another."""

    def spoil(folder):
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new))

    return spoil


def gone(name):
    """Return a way to spoil a folder: without a file."""
    return lambda folder: (folder / name).unlink()


BAD = {
    "no events": (
        gone("events.csv"),
        "events.csv cannot be read (No such file or directory). `sesctl detect",
    ),
    "neither events nor metadata": (
        lambda folder: [(folder / name).unlink() for name in ("events.csv", "events.meta.json")],
        "events.csv cannot be read (No such file or directory)",
    ),
    "no metadata": (
        gone("events.meta.json"),
        "events.meta.json cannot be read (No such file or directory). `sesctl detect -o",
    ),
    "no truth": (gone("truth.csv"), "truth.csv cannot be read (No such file or directory). Check the path"),
    "metadata of something else": (
        lambda folder: (folder / "events.meta.json").write_text("[]"),
        "is no events file with its metadata",
    ),
    "metadata cut short": (
        lambda folder: (folder / "events.meta.json").write_text('{"detector": "box'),
        "is no events file with its metadata",
    ),
    "metadata without the exposure": (replaced("events.meta.json", '"exposure"', '"exposed"'), "'exposure'"),
    "event at a station not scanned": (
        replaced("events.csv", ",mts,", ",ota,"),
        "the catalogue has an event at station ota, the scanned stations are hkb, mts",
    ),
    "truth at a station not scanned": (
        replaced("truth.csv", "mts,", "ota,"),
        "the truth has a signal at station ota, the scanned stations are hkb, mts",
    ),
    "events with another column": (
        replaced("events.csv", ",start,", ",onset,"),
        "is no events file with its metadata",
    ),
    "events with a score beyond 1": (replaced("events.csv", ",0.99", ",7.99"), "outside 0..1"),
    "events that end before they start": (
        replaced("events.csv", "T02:25:00Z", "T01:25:00Z"),
        "not after its start",
    ),
    "events that are no text": (
        lambda folder: (folder / "events.csv").write_bytes(b"\xff\xfe\x00"),
        "is no events file with its metadata",
    ),
    "truth with another column": (
        replaced("truth.csv", ",shape,", ",form,"),
        "truth.csv, line 1: the columns are",
    ),
    "truth without a column": (
        replaced("truth.csv", ",dipole\n", "\n"),
        "truth.csv, line 1: the columns are",
    ),
    "truth with a word for a number": (replaced("truth.csv", ",16.0,", ",strong,"), "truth.csv, line 2"),
    "truth with a time that is none": (
        replaced("truth.csv", "T02:25:00Z", "T25:25:00Z"),
        "truth.csv, line 2",
    ),
    "truth that ends before it starts": (
        replaced("truth.csv", "T02:25:00Z", "T01:25:00Z"),
        "truth.csv, line 2",
    ),
    "events for truth": (
        lambda folder: shutil.copy(folder / "events.csv", folder / "truth.csv"),
        "truth.csv, line 1: the columns are event_id",
    ),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_input_is_one_line_and_leaves_nothing(own, fault):
    spoil, reason = BAD[fault]
    spoil(own)
    before = {each: each.read_bytes() for each in own.iterdir()}
    line = refused(
        *("evaluate", own / "events.csv", "--truth", own / "truth.csv"), *("--plot", own / "pictures")
    )
    assert reason in line
    assert {each: each.read_bytes() for each in own.iterdir()} == before


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--day-tz", "Tokyo"), "'Tokyo' is no offset from UTC and no time zone"),
        (("--plot", "/proc/pictures"), "the folder /proc/pictures cannot be written"),
    ],
)
def test_an_option_that_cannot_be_met_is_refused(own, options, reason):
    assert reason in refused("evaluate", own / "events.csv", "--truth", own / "truth.csv", *options)


def test_events_of_another_ending_are_refused(own):
    (own / "events.txt").write_text("")
    line = refused("evaluate", own / "events.txt", "--truth", own / "truth.csv")
    assert "an events file ends in .csv, .jsonl, .parquet, not in '.txt'" in line


@pytest.mark.parametrize(
    "options", [(), ("--truth", "t.csv", "--replicates", "-1"), ("--truth", "t.csv", "x")]
)
def test_a_wrong_usage_exits_with_2(own, options):
    outcome = sesctl("evaluate", own / "events.csv", *options)
    assert (outcome.status, outcome.out) == (2, "")


def test_a_detector_s_name_out_of_the_metadata_leads_no_picture_out_of_its_folder(own):
    meta = json.loads((own / "events.meta.json").read_text())
    (own / "events.meta.json").write_text(json.dumps({**meta, "detector": "../../x/evil"}))
    assert evaluated(own, "--plot", own / "deep" / "pictures").status == 0
    assert {each.parent for each in own.parent.rglob("*evil*")} == {own / "deep" / "pictures"}
