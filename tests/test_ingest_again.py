"""A repeated ingest reads what is new and nothing else; nothing is taken for known that may differ."""

import os
import time

import numpy as np
import pytest

from archived_days import KEY, START, contents, run, write_days
from program import sesctl
from sesctl.archive import create_or_open, durable, open_archive
from sesctl.archive.files import FILES
from sesctl.archive.log import LOG
from sesctl.errors import ArchiveError
from sesctl.pipeline import ingest
from sesctl.types.instants import DAY

RESTED_S = 60


@pytest.fixture
def files(tmp_path):
    """Return three files of a day each, at rest for a minute."""
    made = []
    for number in range(3):
        folder = tmp_path / "in" / str(number)
        folder.mkdir(parents=True)
        made.append(folder / "hkb.csv")
        write_days(made[-1], 1, first=number, step=60)
    return made


@pytest.fixture
def at_rest(monkeypatch):
    """Let the clock of the process be a minute ahead: files that were just written have been at rest."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + RESTED_S * 10**9)


@pytest.fixture
def reads(monkeypatch):
    """Return the names of the folders of files that are read or hashed from now on."""
    seen = []
    for place, name in (
        ("sesctl.pipeline.ingestion", "gather"),
        ("sesctl.pipeline.ingested_files", "sha256_of"),
    ):
        module = __import__(place, fromlist=[name])
        function = getattr(module, name)

        def watched(first, *rest, what_=name, function_=function, **options):
            paths = rest[0] if what_ == "gather" else (first,)
            seen.extend((what_, path.parent.name) for path in paths)
            return function_(first, *rest, **options)

        monkeypatch.setattr(module, name, watched)
    return seen


def samples(archive):
    return {day: each[:2] for day, each in contents(archive, type(KEY)("hkb", 60 * 10**6)).items()}


def test_only_new_files_are_read_and_no_byte_of_the_archive_changes(tmp_path, files, at_rest, reads):
    run(files[:2], tmp_path / "a")
    before = {each: each.read_bytes() for each in (tmp_path / "a").rglob("*") if each.is_file()}
    reads.clear()
    again = run(files[:2], tmp_path / "a")
    assert reads == []
    assert [(each.known, each.days_written, each.days_unchanged) for each in again] == [(True, 0, 1)] * 2
    assert {each: each.read_bytes() for each in (tmp_path / "a").rglob("*") if each.is_file()} == before
    done = run(files, tmp_path / "a")
    assert reads == [("gather", "2")]
    assert [each.known for each in done] == [True, True, False]
    assert len(samples(tmp_path / "a")) == 3
    run(files, tmp_path / "a", reread=True)
    assert reads[1:] == [("gather", each) for each in "012"]


def test_a_file_written_within_the_files_clock_is_hashed(tmp_path, files, reads):
    run(files[:1], tmp_path / "a")
    assert run(files[:1], tmp_path / "a")[0].known
    assert reads == [("gather", "0"), ("sha256_of", "0")]


def test_a_change_that_keeps_length_and_time_of_modification_is_found(tmp_path, files, at_rest):
    run(files[:1], tmp_path / "a")
    was = files[0].stat()
    files[0].write_text(files[0].read_text().replace("Z,30.7,", "Z,77.7,", 1))
    os.utime(files[0], ns=(was.st_atime_ns, was.st_mtime_ns))
    assert (files[0].stat().st_size, files[0].stat().st_mtime_ns) == (was.st_size, was.st_mtime_ns)
    with pytest.raises(ArchiveError, match="samples differ"):
        run(files[:1], tmp_path / "a")


def test_a_copy_of_the_same_name_is_known_by_its_hash_and_one_of_another_name_is_another_station(
    tmp_path, files, at_rest, reads
):
    run(files[:1], tmp_path / "a")
    reads.clear()
    (tmp_path / "copy").mkdir()
    for name in ("hkb.csv", "ota.csv"):
        (tmp_path / "copy" / name).write_bytes(files[0].read_bytes())
    for _ in range(2):
        assert run([tmp_path / "copy" / "hkb.csv"], tmp_path / "a")[0].known
    assert reads == [("sha256_of", "copy")]
    (other,) = run([tmp_path / "copy" / "ota.csv"], tmp_path / "a")
    assert (other.station, other.known, other.days_written) == ("ota", False, 1)


def test_what_else_decides_the_samples_makes_a_file_unknown(tmp_path, files, at_rest):
    described = tmp_path / "hkb.toml"
    text = 'name = "hkb"\nlatitude = 1\nlongitude = 2\ntimezone = "UTC"\n'
    described.write_text(text + '[[dipoles]]\nname = "Ex"\n[[dipoles]]\nname = "Ey"\n')
    run(files[:1], tmp_path / "a", station_file=described)
    described.write_text(text + '[[dipoles]]\nname = "Ex"\n[[dipoles]]\nname = "Ey"\npolarity = -1\n')
    with pytest.raises(ArchiveError, match="samples differ"):
        run(files[:1], tmp_path / "a", station_file=described)


def test_a_group_that_was_removed_is_made_again(tmp_path, files, at_rest):
    import shutil

    run(files, tmp_path / "a")
    before = samples(tmp_path / "a")
    shutil.rmtree(tmp_path / "a" / "hkb" / "60s")
    run(files, tmp_path / "a")
    assert samples(tmp_path / "a") == before


def test_a_file_whose_samples_lost_or_were_replaced_may_win_later(tmp_path, files, at_rest):
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "hkb.csv"
    other.write_text(files[0].read_text().replace("Z,30.7,", "Z,77.7,", 1))

    def first_value():
        return (
            open_archive(tmp_path / "a").read(type(KEY)("hkb", 60 * 10**6), START, START + DAY).values[0, 0]
        )

    run(files[:1], tmp_path / "a")
    for paths, policy, value in (
        ([other], "keep", 30.7),
        ([other], "replace", 77.7),
        ([other], "replace", 77.7),
        (files[:1], "replace", 30.7),
        ([other], "keep", 30.7),
    ):
        run(paths, tmp_path / "a", policy=policy)
        assert first_value() == np.float32(value)


@pytest.mark.parametrize("step", ["append", "replace"])
def test_an_ingest_stopped_before_a_file_is_listed_is_completed_by_the_next(
    tmp_path, files, at_rest, monkeypatch, step
):
    def stopped(path, *_, **__):
        if path.name == FILES:
            raise KeyboardInterrupt
        return function(path, *_, **__)

    function = getattr(durable, step)
    with monkeypatch.context() as patch:
        patch.setattr(durable, step, stopped)
        with pytest.raises(KeyboardInterrupt):
            run(files, tmp_path / "a")
    done = run(files, tmp_path / "a")
    assert [each.known for each in done] == [False] * 3
    assert [each.days_written for each in done] == [0, 1, 1]
    assert all(each.known for each in run(files, tmp_path / "a"))


def test_a_torn_last_line_of_the_list_gives_way_and_another_is_an_error(tmp_path, files, at_rest):
    run(files, tmp_path / "a")
    listed = tmp_path / "a" / "hkb" / LOG / FILES
    whole = listed.read_bytes()
    listed.write_bytes(whole[:-20])
    assert [each.known for each in run(files, tmp_path / "a")] == [True, True, False]
    assert len(listed.read_bytes().splitlines()) == 3
    listed.write_bytes(b"x" + whole)
    with pytest.raises(ArchiveError, match=r"files\.jsonl are damaged in line 1"):
        run(files, tmp_path / "a")


def test_a_thousand_files_that_are_known_take_a_moment(tmp_path, at_rest):
    (tmp_path / "in").mkdir()
    write_days(tmp_path / "in" / "hkb.csv", 1, step=3600)
    run([tmp_path / "in"], tmp_path / "a")
    (station,) = {key.station for key in open_archive(tmp_path / "a").groups()}
    text = (tmp_path / "in" / "hkb.csv").read_bytes()
    with create_or_open(tmp_path / "a") as store:
        (entry,) = store.files()[station]
        from dataclasses import replace

        from sesctl.ingest.file_state import FileState

        entries = []
        for number in range(1000):
            path = tmp_path / "in" / f"hkb{number}.csv"
            path.write_bytes(text)
            state = FileState.of(path)
            entries.append(replace(entry, path=str(path.resolve()), **vars(state)))
        store.add_files(station, entries)
    began = time.process_time()
    done = run([tmp_path / "in"], tmp_path / "a")
    assert len(done) == 1001
    assert all(each.known for each in done)
    assert time.process_time() - began < 5


def test_the_program_says_how_many_files_it_did_not_read_and_how_fast_it_was(tmp_path, files):
    command = ("ingest", tmp_path / "in", "--to", tmp_path / "a")
    first = sesctl(*command)
    assert "note: 3 days of 3 files in " in first.err
    assert " files/s, " in first.err
    assert " days/s" in first.err
    again = sesctl(*command)
    assert "3 of 3 files were ingested before and have not changed: they were not read" in again.err
    assert [line.split()[1:] for line in again.out.splitlines()[1:]] == [["hkb", "0", "1"]] * 3


def test_ingest_tells_days_while_a_file_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr("sesctl.ingest.grid._MOST_DAYS", 2)
    write_days(tmp_path / "hkb.csv", 5, step=600)
    told = []
    ingest(
        [tmp_path / "hkb.csv"],
        tmp_path / "a",
        station_file=None,
        tz=None,
        policy="error",
        progress=lambda *each: told.append(each),
    )
    assert told == [(0, 1, 2), (0, 1, 4), (0, 1, 5), (1, 1, 5)]
    assert np.isfinite(told).all()
