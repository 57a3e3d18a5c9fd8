"""`sesctl demo`: the whole path finds what it hid, and says so."""

import csv
import re

import pytest

from program import fresh, sesctl
from sesctl.types.instants import SECOND, from_iso

FILES = {"archive", "truth.csv", "events.csv", "events.meta.json"}


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Return a folder and what a fresh interpreter said of the demonstration in it."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, fresh("-m", "sesctl", "demo", cwd=folder)


def test_the_event_is_found_within_60_s_of_the_truth(shown):
    folder, outcome = shown
    assert outcome.status == 0
    onset, end = re.search(r"found: onset ([+-]\d+) s, end ([+-]\d+) s", outcome.out).groups()
    assert abs(int(onset)) <= 60
    assert abs(int(end)) <= 60
    (truth,), (event,) = (
        rows(folder / "sesctl-demo" / "truth.csv"),
        rows(folder / "sesctl-demo" / "events.csv"),
    )
    for edge in ("start", "end"):
        assert abs(from_iso(event[edge]) - from_iso(truth[edge])) <= 60 * SECOND
    assert event["station"] == truth["station"]
    assert float(event["amplitude_mv_km"]) == pytest.approx(float(truth["amplitude_mv_km"]), rel=0.15)


def test_its_picture_is_written_and_named(shown):
    folder, outcome = shown
    (picture,) = (folder / "sesctl-demo").glob("*.png")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 20_000
    assert f"picture: sesctl-demo/{picture.name}\n" in outcome.out
    assert {each.name for each in (folder / "sesctl-demo").iterdir()} == FILES | {picture.name}


def test_a_second_run_into_the_same_folder_says_the_same(shown):
    folder, outcome = shown
    again = sesctl("demo", "--to", folder / "sesctl-demo", "--quiet")
    assert again.status == 0
    assert again.err == ""
    assert again.out.replace(f"{folder}/", "") == outcome.out
    assert len(list((folder / "sesctl-demo").iterdir())) == len(FILES) + 1


def test_its_archive_is_a_source_for_detect(shown):
    folder, _ = shown
    found = sesctl("detect", "--plugin", "boxcar", folder / "sesctl-demo" / "archive", "--json").json
    kept = rows(folder / "sesctl-demo" / "events.csv")
    assert [event["event_id"] for event in found["events"]] == [row["event_id"] for row in kept]
