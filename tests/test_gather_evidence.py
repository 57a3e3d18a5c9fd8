"""The evidence out of a source: what is read for it, and how it is kept and shown."""

import csv
import json
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from matplotlib.image import imread

from evidence_cases import AZIMUTHS, ONSET, event, far_record, finding, site
from field_records import HOUR, at, quiet_field, with_boxcar, write_csv
from program import refused, sesctl
from sesctl import registry
from sesctl.archive import create_or_open
from sesctl.catalogue import COLUMNS, read_events, write_events
from sesctl.errors import ReadError
from sesctl.evidence import ITEMS, read_series
from sesctl.pipeline import RecordSource, Scan, gather_evidence
from sesctl.pipeline.evidence import PieceReader
from sesctl.types import Catalogue, Station, Verdict
from sesctl.types.instants import DAY, SECOND

TWENTY_YEARS = (at("2001-01-01T00:00:00"), at("2021-01-01T00:00:00"))


def catalogue(*events):
    """Return a catalogue of events."""
    return Catalogue(events=events, exposure=(), detector="boxcar", threshold=6.0)


@dataclass
class TwentyYears:
    """A record of twenty years that is made where it is read, and remembers what was read."""

    station: Station
    read_pieces: list = field(default_factory=list)
    interval = 10.0
    notes = ()
    provenance = ()

    def days(self, day_offset):
        raise AssertionError("the days of the whole record are not needed")

    def read(self, start, end):
        self.read_pieces.append((start, end))
        start, end = max(start, TWENTY_YEARS[0]), min(end, TWENTY_YEARS[1])
        return far_record(self.station, start, max(start, end), 0)


def test_of_twenty_years_only_the_days_needed_are_read():
    source = TwentyYears(site())
    info = registry.find("boxcar")
    found = gather_evidence([source], catalogue(event()), info, Scan())
    assert finding(found.events[0].evidence, "far_field").value is not None
    hours = sum(end - start for start, end in source.read_pieces) / HOUR
    assert hours < 7 * 13 + 15 * 4 + 17
    assert min(start for start, _ in source.read_pieces) > ONSET - 15 * DAY
    assert max(end for _, end in source.read_pieces) < ONSET + 15 * DAY


def test_events_of_one_day_share_their_nights():
    source = TwentyYears(site())
    info = registry.find("boxcar")
    gather_evidence([source], catalogue(event()), info, Scan())
    alone = len(source.read_pieces)
    gather_evidence([source], catalogue(event(), event(ONSET + HOUR)), info, Scan())
    assert len(source.read_pieces) - alone < 2 * alone - 10


def test_an_event_at_the_end_of_the_record_is_no_error():
    source = TwentyYears(site())
    info = registry.find("boxcar")
    last = event(TWENTY_YEARS[1] - 1500 * SECOND)
    (found,) = gather_evidence([source], catalogue(last), info, Scan()).events
    assert finding(found.evidence, "far_field").verdict is Verdict.NOT_TESTABLE
    assert [each.item for each in found.evidence.findings] == list(ITEMS)


def test_a_lone_day_gives_what_it_can():
    record = with_boxcar(quiet_field(24), at("2020-01-01T13:20:00"), 1500, {"Ex": 12.0, "Ey": -8.0})
    info = registry.find("boxcar")
    of = event(at("2020-01-01T13:20:00"), station="hkb")
    (found,) = gather_evidence([RecordSource(record)], catalogue(of), info, Scan()).events
    told = {each.item: each for each in found.evidence.findings}
    assert told["baseline"].verdict is Verdict.PASS
    assert told["simultaneity"].verdict is Verdict.PASS
    assert told["clock_replica"].verdict is Verdict.NOT_TESTABLE
    assert "azimuth of Ex, Ey" in told["far_field"].reason


def test_night_is_by_longitude_where_the_zone_is_just_utc():
    station = replace(site(), longitude=138.0)
    reader = PieceReader(TwentyYears(station), 10.0, Scan())
    assert reader.clock_offset == 9 * HOUR
    assert (
        PieceReader(TwentyYears(replace(station, timezone="Asia/Tokyo")), 10.0, Scan()).clock_offset
        == 9 * HOUR
    )
    assert PieceReader(TwentyYears(site()), 10.0, Scan()).clock_offset == 0


def test_a_piece_has_its_full_length_whatever_there_is_of_it():
    record = quiet_field(2)
    piece = PieceReader(RecordSource(record), 10.0, Scan()).read(record.start - HOUR, record.end + HOUR)
    assert piece.samples == 4 * 360
    assert np.isnan(piece.values[:, :360]).all()
    assert np.isfinite(piece.values[:, 360:1080]).all()
    nothing = PieceReader(RecordSource(record), 10.0, Scan()).read(record.end + DAY, record.end + DAY + HOUR)
    assert nothing.samples == 360
    assert np.isnan(nothing.values).all()


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Return an archive of two days with one event, its station with azimuths and magnetic channels."""
    folder = tmp_path_factory.mktemp("evidence")
    station = site(AZIMUTHS)
    start = at("2020-03-10T00:00:00")
    record = far_record(station, start, start + 2 * DAY, 0)
    record = with_boxcar(record, ONSET, 1500, {"d1": 10.0, "d2": 5.0, "d3": 10.6})
    with create_or_open(folder / "archive") as store:
        store.write(record)
    return folder / "archive"


@pytest.fixture(scope="module")
def printed(archive):
    """Return what `sesctl detect --evidence --json` prints."""
    return sesctl("detect", "--plugin", "boxcar", archive, "--evidence", "--json").json


def test_json_has_every_test_of_an_event_and_its_field(printed):
    (row,) = printed["events"]
    assert tuple(row)[: len(COLUMNS)] == COLUMNS
    assert row["e_north_mv_km"] == pytest.approx(10.0, abs=1.5)
    for item in ITEMS:
        assert row[f"{item}_verdict"] in set(Verdict)
        assert row[f"{item}_reason"]
    assert printed["meta"]["parameters"]["evidence"]["items"] == list(ITEMS)


def test_without_the_option_nothing_changes(archive):
    (row,) = sesctl("detect", "--plugin", "boxcar", archive, "--json").json["events"]
    assert tuple(row) == COLUMNS


def test_csv_keeps_its_columns_and_says_so(archive, tmp_path):
    outcome = sesctl("detect", "--plugin", "boxcar", archive, "--evidence", "-o", tmp_path / "e.csv")
    assert "has no columns for evidence" in outcome.err
    with (tmp_path / "e.csv").open() as file:
        assert tuple(csv.DictReader(file).fieldnames) == COLUMNS
    header, row, _ = outcome.out.splitlines()
    assert header.split()[-1] == "evidence"
    assert " pass, " in row
    assert read_events(tmp_path / "e.csv").events[0].evidence is None


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_evidence_is_read_back_as_it_was_written(printed, tmp_path, ending):
    from sesctl.catalogue.evidence_columns import evidence_of

    of = replace(event(), evidence=evidence_of(printed["events"][0]))
    bare = event(ONSET + DAY)
    write_events(catalogue(of, bare), tmp_path / f"e.{ending}")
    back = read_events(tmp_path / f"e.{ending}")
    assert [each.evidence for each in back.events] == [of.evidence, None]


def test_parquet_numbers_are_numbers_even_where_none_is_known(printed, tmp_path):
    from sesctl.catalogue.evidence_columns import evidence_of

    of = replace(event(), evidence=evidence_of(printed["events"][0]))
    write_events(catalogue(of), tmp_path / "e.parquet")
    schema = pq.read_schema(tmp_path / "e.parquet")
    for item in ITEMS:
        assert str(schema.field(f"{item}_value").type) == "double"
        assert str(schema.field(f"{item}_verdict").type) == "string"


def test_the_picture_has_a_card_beside_the_traces(archive, tmp_path):
    assert (
        sesctl("detect", "--plugin", "boxcar", archive, "--evidence", "--plot", tmp_path / "with").status == 0
    )
    assert sesctl("detect", "--plugin", "boxcar", archive, "--plot", tmp_path / "without").status == 0
    (card,), (plain,) = (list((tmp_path / name).glob("*.png")) for name in ("with", "without"))
    assert imread(card).shape[1] > 1.5 * imread(plain).shape[1]


def test_kp_and_rain_come_from_files(archive, tmp_path):
    kp, rain = tmp_path / "kp.csv", tmp_path / "rain.csv"
    days = [f"2020-03-{day:02}" for day in range(8, 13)]
    kp.write_text(
        "time,kp\n" + "".join(f"{day}T{h:02}:00:00Z,2.3\n" for day in days for h in range(0, 24, 3))
    )
    rain.write_text(
        "time,mm\n" + "".join(f"{day}T{h:02}:00:00+00:00,0.5\n" for day in days for h in range(24))
    )
    outcome = sesctl(
        "detect", "--plugin", "boxcar", archive, "--evidence", "--kp", kp, "--rain", rain, "--json"
    )
    (row,) = outcome.json["events"]
    assert (row["kp_verdict"], row["kp_value"]) == ("pass", 2.3)
    assert row["rain_verdict"] == "fail"
    assert row["rain_value"] == pytest.approx(12.5)


def test_a_file_nothing_is_done_with_is_refused(archive, tmp_path):
    assert "--kp is given without --evidence" in refused("detect", archive, "--kp", tmp_path / "kp.csv")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "0 lines and 0 columns"),
        ("time,kp\n", "1 lines and 2 columns"),
        ("time,kp\n2020-01-01T00:00:00,1\n", "line 2: '2020-01-01T00:00:00' has no offset"),
        ("time,kp\n2020-01-01T00:00:00Z,calm\n", "line 2: could not convert"),
        ("time,kp\n2020-01-01T00:00:00Z,1,2\n", "line 2: 3 values"),
        ("time,kp\n2020-01-01T00:00:00Z,1\n2020-01-01T00:00:00Z,1\n", "line 3: its time is not later"),
        ("time,kp\n2020-01-01T00:00:00Z,inf\n", "line 2: 'inf' is not finite"),
        ("time,kp\n2020-01-01T00:00:00Z,\n", "has no number"),
    ],
)
def test_a_fault_in_a_series_is_one_sentence_with_its_line(tmp_path, text, words):
    path = tmp_path / "kp.csv"
    path.write_text(text)
    with pytest.raises(ReadError, match=r"kp\.csv") as caught:
        read_series(path)
    assert words in caught.value.message
    assert caught.value.message.count("\n") == 0


def test_a_missing_series_is_refused_before_the_scan(archive, tmp_path):
    assert "cannot be read" in refused("detect", archive, "--evidence", "--rain", tmp_path / "none.csv")


def test_a_number_holds_until_the_next_and_no_longer(tmp_path):
    path = tmp_path / "kp.csv"
    path.write_text("time,kp\n2020-01-01T00:00:00Z,1\n2020-01-01T03:00:00Z,2\n2020-01-01T12:00:00Z,3\n")
    series = read_series(path)
    assert series.name == "kp"
    start = at("2020-01-01T00:00:00")
    assert series.within(start, start + HOUR).tolist() == [1.0]
    assert series.within(start - HOUR, start + HOUR) is None
    assert json.dumps(series.values.tolist()) == "[1.0, 2.0, 3.0]"


def test_a_csv_source_of_a_file_works_as_an_archive_does(tmp_path):
    record = with_boxcar(quiet_field(24), at("2020-01-01T13:20:00"), 1500, {"Ex": 12.0, "Ey": -8.0})
    path = write_csv(record, tmp_path / "hkb.csv")
    (row,) = sesctl("detect", "--plugin", "boxcar", path, "--evidence", "--json").json["events"]
    assert row["far_field_verdict"] == "not testable"
    assert row["e_north_mv_km"] is None
