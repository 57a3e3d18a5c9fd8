"""`sesctl calibrate`: quiet days in, and thresholds that hold on them out."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from scipy.stats import chi2

from field_records import HOUR, at, quiet_field, with_boxcar, with_gap, write_csv
from program import refused, sesctl
from sesctl import pipeline, registry
from sesctl.archive import create_or_open
from sesctl.calibrate import MAX_SCORES, calibrate, load_calibration, threshold_for
from sesctl.clean import DESPIKE
from sesctl.pipeline import RecordSource, Scan, open_sources, scanning
from sesctl.types.instants import DAY

INFO = registry.find("boxcar")


def restless(hours, seed, **changes):
    """Return a field whose noise wanders as fast as an SES rises, so that edges are found everywhere."""
    record = quiet_field(hours, seed=seed, **changes)
    rng = np.random.default_rng(seed)
    wander = np.cumsum(rng.normal(0, 0.4, record.values.shape), axis=1)
    values = record.values + wander - np.linspace(0, wander[:, -1], record.samples).T
    return replace(record, values=values.astype(np.float32))


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """Return an archive of two stations with 4 and 3 quiet days, 6 h of one of them missing."""
    path = tmp_path_factory.mktemp("quiet") / "archive"
    gap = at("2020-01-02T03:00")
    with create_or_open(path) as store:
        store.write(with_gap(restless(96, 1), gap, 6 * 3600))
        store.write(restless(72, 2, station="mts"))
    return path


@pytest.fixture(scope="module")
def made(quiet, tmp_path_factory):
    """Return the calibration that the program makes of them, and what it says."""
    path = tmp_path_factory.mktemp("made") / "calibration.json"
    return path, sesctl("calibrate", "--plugin", "boxcar", quiet, "--to", path)


def hash_of(source, *, day_offset=0, dipoles=None):
    options = Scan(day_offset=day_offset, dipoles=dipoles)
    return pipeline.scan_sources([source], INFO, registry.make(INFO), options)[0].data_hash


def test_a_calibration_holds_every_candidate_and_the_days_and_hours_looked_at(made, quiet):
    path, outcome = made
    kept = load_calibration(path)
    found = sesctl("detect", "--plugin", "boxcar", quiet, "--threshold", 0, "--json").json
    assert kept.n_candidates == len(kept.scores) == len(found["events"]) > 30
    assert (kept.scores > 0).all()
    assert kept.station_days == 7
    assert kept.live_hours == 4 * 24 + 3 * 24 - 6 == sum(e["live_hours"] for e in found["meta"]["exposure"])
    assert (kept.detector, kept.model, kept.version) == ("boxcar", "", found["meta"]["versions"]["sesctl"])
    assert kept.cleaning == asdict(DESPIKE)
    assert outcome.status == 0
    assert outcome.err == ""


def test_the_table_gives_the_threshold_of_three_budgets_and_whether_the_days_certify_them(made):
    path, outcome = made
    first, header, *rows = map(str.rstrip, outcome.out.splitlines())
    kept = load_calibration(path)
    assert first == f"boxcar: {kept.n_candidates} candidates in 6.8 quiet station-days, in {path}"
    assert header.split()[:2] == ["budget", "threshold"]
    # 6.75 days allow two alarms in all at 1/d (6.296 <= 6.75 < 7.754), and none at the other budgets.
    assert [row.split(maxsplit=3)[::3] for row in rows] == [
        ["1/d", "yes"],
        ["1/7d", "no: 21 quiet days are needed"],
        ["1/30d", "no: 90 quiet days are needed"],
    ]
    values = [float(row.split()[1]) for row in rows]
    assert values == [float(f"{kept.scores[-1 - k]:.4g}") for k in (2, 0, 0)]
    assert float(rows[0].split()[2]) == pytest.approx(chi2.ppf(0.95, 6) / 2 / 6.75, rel=1e-3)


@pytest.mark.parametrize("budget", ["1/2d", "1/d", "2/d", "4/d"])
def test_on_the_days_of_the_calibration_itself_a_budget_gives_the_alarms_allowed_and_no_more(
    made, quiet, budget
):
    rate = {"1/2d": 0.5, "1/d": 1.0, "2/d": 2.0, "4/d": 4.0}[budget]
    allowed = max(k for k in range(40) if chi2.ppf(0.95, 2 * (k + 1)) / 2 <= 6.75 * rate)
    outcome = sesctl(
        "detect",
        "--plugin",
        "boxcar",
        quiet,
        "--calibration",
        made[0],
        "--max-false-alarms",
        budget,
        "--json",
    )
    events = outcome.json["events"]
    assert outcome.json["meta"]["parameters"]["budget"]["k"] == allowed
    assert len(events) == allowed  # at most, and all of them where no two scores are equal
    assert all(event["flags"] == "" for event in events)


def test_days_that_certify_nothing_leave_no_alarm_among_themselves(made, quiet):
    outcome = sesctl(
        "detect",
        "--plugin",
        "boxcar",
        quiet,
        "--calibration",
        made[0],
        "--max-false-alarms",
        "1/30d",
        "--json",
    )
    assert outcome.json["events"] == []
    assert "note: not certifiable with 6.8 quiet days" in outcome.err


def test_an_event_stronger_than_all_quiet_days_is_found_within_the_budget(made, tmp_path):
    record = with_boxcar(restless(24, 9), at("2020-01-01T13:20"), 1500, {"Ex": 90.0, "Ey": -80.0})
    path = write_csv(record, tmp_path / "hkb.csv")
    found = sesctl(
        "detect", "--plugin", "boxcar", path, "--calibration", made[0], "--max-false-alarms", "1/2d", "--json"
    ).json
    best = max(found["events"], key=lambda event: event["score"])
    assert best["start"] == "2020-01-01T13:20:00Z"
    assert best["flags"] == ""


def test_the_same_days_make_the_same_file_byte_for_byte(made, quiet, tmp_path):
    again = tmp_path / "again.json"
    assert sesctl("calibrate", "--plugin", "boxcar", quiet, "--to", again, "--quiet").status == 0
    assert again.read_bytes() == made[0].read_bytes()
    assert list(tmp_path.iterdir()) == [again]


def test_only_the_days_and_dipoles_asked_for_count(quiet, tmp_path):
    path = tmp_path / "some.json"
    days = ("--since", "2020-01-02", "--until", "2020-01-04")
    assert sesctl("calibrate", "--plugin", "boxcar", quiet, "--to", path, *days).status == 0
    both = load_calibration(path)
    assert (both.station_days, both.live_hours) == (4, 90.0)
    assert sesctl("calibrate", "--plugin", "boxcar", quiet, "--to", path, *days, "--dipole", "Ey").status == 0
    one = load_calibration(path)
    assert (one.station_days, one.live_hours) == (4, 90.0)
    assert one.data_hash != both.data_hash


@pytest.mark.parametrize(("interval", "hours"), [(10.0, 0), (10.0, 9), (10.0, -7), (4.0, 9)])
def test_the_data_hash_depends_on_neither_batches_nor_where_the_record_lies(
    tmp_path, monkeypatch, interval, hours
):
    # A start within a day, a day that one dipole misses, and one that all miss.
    record = quiet_field(80, start="2020-01-01T16:00", interval=interval)
    record = with_gap(record, at("2020-01-02T10:00"), 30 * 3600, ["Ex"])
    record = with_gap(record, at("2020-01-02T14:00"), 26 * 3600)
    with create_or_open(tmp_path / "archive") as store:
        store.write(record)
    sources = [RecordSource(record), *open_sources(tmp_path / "archive")]
    sources += open_sources(write_csv(record, tmp_path / "hkb.csv"))
    hashes = set()
    for size in (1, 8):
        monkeypatch.setattr(scanning, "BATCH_DAYS", size)
        hashes |= {hash_of(source, day_offset=hours * HOUR) for source in sources}
    assert len(hashes) == 1


def test_the_data_hash_tells_other_days_values_and_gaps_apart_but_not_spellings_of_none():
    record = with_gap(quiet_field(48), at("2020-01-01T05:00"), 3600)
    values = record.values.copy()
    values[np.isnan(values)] = -np.float32(np.nan)
    assert np.signbit(values[np.isnan(values)]).all()
    own = hash_of(RecordSource(record))
    assert hash_of(RecordSource(replace(record, values=values))) == own
    values[1, 9000] = np.nextafter(values[1, 9000], np.float32(np.inf))
    others = [
        replace(record, values=values),
        replace(record, start=record.start + DAY),
        with_gap(record, at("2020-01-02T05:00"), 10),
        replace(record, values=record.values[::-1].copy()),
    ]
    assert len({own, *(hash_of(RecordSource(each)) for each in others)}) == 5


def test_days_with_embedded_signals_are_not_quiet(tmp_path):
    assert sesctl("synth", "--preset", "ota", "--days", 1, "--to", tmp_path / "quiet").status == 0
    arguments = ("--to", tmp_path / "noisy", "--truth", tmp_path / "truth.csv")
    assert sesctl("inject", tmp_path / "quiet", *arguments).status == 0
    line = refused("calibrate", tmp_path / "noisy", "--plugin", "boxcar", "--to", tmp_path / "made.json")
    assert line.startswith(
        "station OTA holds embedded signals, which would count as false alarms. Calibrate "
    )
    assert not (tmp_path / "made.json").exists()


def test_days_without_a_candidate_are_refused_and_leave_no_file(tmp_path):
    # A record that never changes has no edges.
    record = quiet_field(24)
    path = write_csv(replace(record, values=np.ones_like(record.values)), tmp_path / "flat.csv")
    line = refused("calibrate", path, "--plugin", "boxcar", "--to", tmp_path / "calibration.json")
    assert "the calibration of boxcar has no candidate on its 1.0 quiet days" in line
    assert list(tmp_path.iterdir()) == [path]


def test_a_budget_beyond_the_scores_that_are_kept_does_not_cost_the_others(quiet, tmp_path, monkeypatch):
    many = calibrate(
        np.arange(MAX_SCORES + 5) + 0.5,
        station_days=30_000,
        live_hours=720_000.0,
        data_hash="0f" * 32,
        cleaning=asdict(DESPIKE),
        detector="boxcar",
        version="0.1.0",
    )
    monkeypatch.setattr("sesctl.pipeline.calibrate_on", lambda *_arguments: many)
    path = tmp_path / "many.json"
    outcome = sesctl("calibrate", "--plugin", "boxcar", quiet, "--to", path)
    assert outcome.status == 0
    rows = {row.split()[0]: row.split(maxsplit=3) for row in outcome.out.splitlines()[2:]}
    assert rows["1/d"][1:3] == ["-", "-"]
    assert rows["1/d"][3].startswith("no: the budget allows")
    assert float(rows["1/30d"][1]) == pytest.approx(threshold_for(many, 1 / 30).value, rel=1e-3)
    assert load_calibration(path).n_candidates == MAX_SCORES + 5


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("calibration.csv", "a calibration ends in .json, not in '.csv'"),
        ("calibration", "a calibration ends in .json, not in ''"),
        ("nowhere/calibration.json", "cannot be written (No such file or directory)"),
        ("day.csv/calibration.json", "cannot be written (Not a directory)"),
        ("/proc/calibration.json", "cannot be written"),
        ("taken.json", "is a folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_any_work(tmp_path, monkeypatch, place, reason):
    day = write_csv(quiet_field(6), tmp_path / "day.csv")
    (tmp_path / "taken.json").mkdir()
    monkeypatch.setattr("sesctl.pipeline.calibrate_on", lambda *_arguments: pytest.fail("it was scanned"))
    assert reason in refused("calibrate", day, "--to", tmp_path / place)
    assert sorted(tmp_path.rglob("*")) == [day, tmp_path / "taken.json"]


@pytest.mark.parametrize("place", ["zarr.json", "hkb/zarr.json", "hkb/10s/new.json"])
def test_an_archive_is_never_written_into(tmp_path, place):
    with create_or_open(tmp_path / "archive") as store:
        store.write(quiet_field(6))
    before = {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}
    assert "lies in the archive" in refused(
        "calibrate", tmp_path / "archive", "--to", tmp_path / "archive" / place
    )
    assert {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()} == before


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--plugin", "boxcra"), "there is no detector 'boxcra'"),
        (("--dipole", "Ez"), "station day has no dipole 'Ez'"),
        (("--since", "2021-01-01"), "there is no day to scan"),
        (("--day-tz", "Tokyo"), "'Tokyo' is no offset from UTC and no time zone"),
    ],
)
def test_a_scan_that_cannot_be_made_leaves_the_file_that_was_there(tmp_path, options, reason):
    day = write_csv(quiet_field(6), tmp_path / "day.csv")
    old = tmp_path / "calibration.json"
    old.write_text(json.dumps("old"))
    assert reason in refused("calibrate", day, "--to", old, *options)
    assert json.loads(old.read_text()) == "old"
    assert sorted(tmp_path.iterdir()) == [old, day]


def test_a_source_that_is_none_is_named(tmp_path):
    line = refused("calibrate", tmp_path / "gone.csv", "--to", tmp_path / "calibration.json")
    assert "gone.csv" in line
    assert list(tmp_path.iterdir()) == []
