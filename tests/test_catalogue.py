"""Catalogues are written whole, with fixed columns, and read back."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from sesctl.catalogue import COLUMNS, meta_path, read_events, rows_of, write_events
from sesctl.errors import OutputError, ReadError
from sesctl.types import Catalogue, Event, Exposure

START = 1_577_842_620_000_000  # 2020-01-01T01:37:00Z
EVENT = Event(
    station="hkb",
    start=START,
    end=START + 1_620_000_000,
    amplitude=-12.25,
    score=0.75,
    raw_score=0.75,
    dipoles=("D1", "D3"),
    flags=("uncalibrated",),
)
CATALOGUE = Catalogue(
    events=(EVENT, replace(EVENT, start=START + 10, amplitude=math.nan, dipoles=(), flags=())),
    exposure=(Exposure(station="hkb", live_hours=23.5, skipped_hours=0.5, days=1),),
    detector="boxcar",
    threshold=6.0,
    parameters={"interval_s": 10.0},
    versions={"sesctl": "0"},
)


def test_the_columns_are_the_fixed_ones_and_times_are_utc(tmp_path):
    path = tmp_path / "events.csv"
    write_events(CATALOGUE, path)
    header, first, second = path.read_text().splitlines()
    assert header == ",".join(COLUMNS)
    assert first == (
        "hkb-20200101T013700Z,hkb,2020-01-01T01:37:00Z,2020-01-01T02:04:00Z,1620.0,-12.25,0.75,D1;D3,"
        "boxcar,,uncalibrated"
    )
    assert ",,0.75,,boxcar,," in second


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_what_is_written_is_read_back(tmp_path, suffix):
    path = tmp_path / f"events{suffix}"
    write_events(CATALOGUE, path)
    assert rows_of(read_events(path)) == rows_of(CATALOGUE)
    assert read_events(path).exposure == CATALOGUE.exposure
    assert json.loads(meta_path(path).read_text())["exposure"][0]["live_hours"] == 23.5


def test_an_empty_catalogue_is_a_header_and_its_exposure(tmp_path):
    path = tmp_path / "events.csv"
    write_events(replace(CATALOGUE, events=()), path)
    assert path.read_text() == ",".join(COLUMNS) + "\n"
    assert read_events(path).events == ()


@pytest.mark.parametrize("name", ["events.txt", "no/such/folder/events.csv", "events"])
def test_a_place_that_cannot_be_written_is_refused_by_name(tmp_path, name):
    with pytest.raises(OutputError, match="events"):
        write_events(CATALOGUE, tmp_path / name)
    assert list(tmp_path.rglob("*")) == []


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "events.csv"
    write_events(CATALOGUE, path)
    before = {each: each.read_bytes() for each in tmp_path.iterdir()}

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_events(replace(CATALOGUE, events=()), path)
    assert {each: each.read_bytes() for each in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    "damage", ["meta", "threshold", "days", "column", "header", "time", "score", "amplitude", "row"]
)
def test_a_damaged_catalogue_is_refused_in_one_line(tmp_path, damage):
    path = tmp_path / "events.csv"
    write_events(CATALOGUE, path)
    text = path.read_text()
    if damage == "meta":
        meta_path(path).write_text("{")
    elif damage in {"threshold", "days"}:
        meta = json.loads(meta_path(path).read_text())
        if damage == "threshold":
            meta["threshold"] = "6"
        else:
            meta["exposure"][0]["days"] = 10**30
        meta_path(path).write_text(json.dumps(meta))
    elif damage == "header":
        path.write_text("")
    elif damage == "amplitude":
        path.write_text(text.replace("-12.25", "inf"))
    elif damage == "row":
        path.write_text("\n".join(text.splitlines()[:2]) + "\n")
    elif damage == "column":
        path.write_text(text.replace("score", "points"))
    elif damage == "time":
        path.write_text(text.replace("2020-01-01T01:37:00Z", "yesterday"))
    else:
        path.write_text(text.replace("0.75", "1.75"))
    with pytest.raises(ReadError, match="no events file"):
        read_events(path)
