"""A writer is stopped before and within each of its steps; run as a script, this file is that writer."""

import errno
import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import zarr

from sesctl.archive import GroupKey, create_or_open, durable, open_archive
from sesctl.archive.group import Group
from sesctl.errors import ArchiveError
from sesctl.types import Dipole, Origin, Record, Station
from sesctl.types.instants import DAY

STEPS = ("write", "sync", "rename", "remove", "append")
KEY = GroupKey("hkb", 3_600_000_000)
FIRST = 16_000
STOPPED, NO_SUCH_POINT = 9, 10


def old_record():
    """Return three days, the third half empty."""
    values = np.random.default_rng(1).normal(size=(2, 3 * 24)).astype(np.float32)
    values[:, 60:] = np.nan
    return _record(values, "old")


def new_record():
    """Return four days: the first as it was, the second another, the third completed, the fourth new."""
    values = np.random.default_rng(2).normal(size=(2, 4 * 24)).astype(np.float32)
    values[:, :24], values[:, 48:60] = old_record().values[:, :24], old_record().values[:, 48:60]
    return _record(values, "new")


def _record(values, source):
    days = range(FIRST, FIRST + values.shape[1] // 24)
    return Record(
        station=Station(name="hkb", channels=(Dipole(name="NS"), Dipole(name="EW"))),
        values=values,
        start=FIRST * DAY,
        interval=3600.0,
        origins=[Origin("hkb", day, source) for day in days],
    )


def update(path):
    with create_or_open(path) as archive:
        archive.write(new_record(), policy="replace")


class Stopper:
    """Counts a writer's steps and stops it at one: before it, or with half its bytes written."""

    def __init__(self, step, half, power_lost):
        self.step, self.half, self.power_lost = step, half, power_lost
        self.unsynced = set()
        self.counter = itertools.count()
        for name in STEPS:
            setattr(durable, name, self.watched(name, getattr(durable, name)))

    def watched(self, name, function):
        # What is synced matters when the power is lost, not when the writer alone is killed.
        counted = name != "sync" or self.power_lost

        def step(path, *rest, **options):
            if counted and next(self.counter) == self.step:
                if self.half:
                    self.halve(name, path, *rest, **options)
                self.stop()
            if name == "write":
                self.unsynced.add(path)
            function(path, *rest, **options)
            if name == "sync":
                self.unsynced.discard(path)

        return step

    def halve(self, name, path, content=b"", at=0):
        if name not in ("write", "append"):
            os._exit(NO_SUCH_POINT)
        before = b"" if name == "write" else path.read_bytes()[:at]
        path.write_bytes(before + content[: len(content) // 2])

    def stop(self):
        if self.power_lost:
            for path in list(self.unsynced):  # other files are being synced meanwhile
                if path.exists():
                    os.truncate(path, path.stat().st_size // 2)
        os._exit(STOPPED)


def stop_everywhere(template, folder, power_lost):
    """Copy an archive for each step of its update, and stop a forked writer of the copy there."""
    for step in itertools.count():
        for half in (False, True):
            copy = folder / f"{step}{'-half' if half else ''}"
            if template.exists():
                shutil.copytree(template, copy)
            child = os.fork()
            if not child:
                Stopper(step, half, power_lost)
                update(copy)
                os._exit(0)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            if code == 0:
                shutil.rmtree(copy)
                return
            if code == NO_SUCH_POINT:
                shutil.rmtree(copy)
            elif code != STOPPED:
                sys.exit(f"the writer stopped at step {step} ended with {code}")


if __name__ == "__main__":
    stop_everywhere(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "power lost")
    sys.exit(0)


def state(path):
    """Return each day that a reader of ours sees: its samples' bytes and origins."""
    archive = open_archive(path)
    if KEY not in archive.groups():
        return {}
    seen = {}
    for day in archive.days(KEY).tolist():
        record = archive.read(KEY, day * DAY, (day + 1) * DAY)
        seen[day] = (record.values.tobytes(), record.quality.tobytes(), record.origins)
    return seen


def assert_finished(path, expected):
    """Check that other readers of Zarr see what ours see, and that nothing is left lying about."""
    assert state(path) == expected
    group = zarr.open_group(path / KEY.path, mode="r")
    committed = np.flatnonzero(group["committed"][:]).tolist()
    assert committed == sorted(expected)
    for day in committed:
        assert np.asarray(group["values"][day]).tobytes() == expected[day][0]
        assert np.asarray(group["quality"][day]).tobytes() == expected[day][1]
    names = {entry.name for entry in path.rglob("*")}
    assert not [name for name in names if name.endswith(".new") or name == ".lock"]
    assert not list(path.glob("*/*/*/staged/*"))


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "template"
    with create_or_open(path) as archive:
        archive.write(old_record())
    return path


@pytest.fixture
def new_state(template, tmp_path):
    shutil.copytree(template, tmp_path / "new")
    update(tmp_path / "new")
    return state(tmp_path / "new")


def stopped_copies(template, folder, ending):
    folder.mkdir()
    subprocess.run([sys.executable, __file__, str(template), str(folder), ending], check=True, timeout=300)
    return sorted(folder.iterdir())


@pytest.mark.parametrize("ending", ["killed", "power lost"])
def test_a_writer_stopped_at_any_step_leaves_old_or_new_days_and_a_rerun_completes(
    template, new_state, tmp_path, ending
):
    old_state = state(template)
    seen = []
    for copy in stopped_copies(template, tmp_path / "stopped", ending):
        seen.append(state(copy))
        assert seen[-1] in (old_state, new_state), copy.name
        create_or_open(copy).close()
        assert_finished(copy, seen[-1])
        update(copy)
        assert_finished(copy, new_state)
    assert len(seen) > 20
    assert seen.count(old_state) > 5
    assert seen.count(new_state) > 5


def test_a_writer_stopped_while_it_makes_the_archive_leaves_none_or_one_that_a_rerun_completes(tmp_path):
    update(tmp_path / "whole")
    expected = state(tmp_path / "whole")
    copies = stopped_copies(tmp_path / "missing", tmp_path / "stopped", "killed")
    assert len(copies) > 25
    for copy in copies:
        if (copy / "zarr.json").exists():
            assert state(copy) in ({}, expected), copy.name
        else:
            with pytest.raises(ArchiveError, match="not an archive"):
                open_archive(copy)
        update(copy)
        assert_finished(copy, expected)


def test_a_disk_that_fills_up_at_any_step_is_one_sentence_and_the_same_writer_completes_later(
    template, new_state, tmp_path, monkeypatch
):
    old_state = state(template)

    def full_from(step, counter):
        def failing(function):
            def called(*args, **options):
                if next(counter) == step:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return function(*args, **options)

            return called

        for name in STEPS:
            monkeypatch.setattr(durable, name, failing(getattr(durable, name)))

    def copied(name):
        return Path(shutil.copytree(template, tmp_path / name))

    with create_or_open(copied("counted")) as archive:
        counter = itertools.count()
        full_from(None, counter)
        archive.write(new_record(), policy="replace")
        steps = next(counter)
        monkeypatch.undo()
    assert steps > 15
    for step in range(steps):
        copy = copied(f"full-{step}")
        with create_or_open(copy) as archive:
            full_from(step, itertools.count())
            with pytest.raises(ArchiveError, match=f"{copy} cannot be written: No space left") as caught:
                archive.write(new_record(), policy="replace")
            monkeypatch.undo()
            assert "Free some space" in caught.value.hint
            assert state(copy) in (old_state, new_state)
            archive.write(new_record(), policy="replace")
        assert_finished(copy, new_state)


def test_days_that_no_commit_names_are_invisible_and_thrown_away(template):
    old_state = state(template)
    for array in ("values", "quality"):
        shard = template / KEY.path / array / f"c.{FIRST}.0.0"
        shutil.copy(shard, template / KEY.path / array / "staged" / f"c.{FIRST + 9}.0.0")
    assert state(template) == old_state
    create_or_open(template).close()
    assert_finished(template, old_state)


def test_a_shard_moved_between_a_readers_two_looks_is_found(template, new_state, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Group, "_place", lambda *_: None)
        update(template)
    assert list(template.glob("*/*/values/staged/c.*"))
    look, looks = Group._look, itertools.count()

    def late(self, name, entry):
        if next(looks) == 1:
            create_or_open(template).close()
            return None
        return look(self, name, entry)

    monkeypatch.setattr(Group, "_look", late)
    assert state(template) == new_state


def test_a_day_rewritten_after_a_reader_read_the_journal_is_read_as_it_is_now(template, new_state):
    reader = Group(template / KEY.path)
    update(template)
    (block,) = reader.read([FIRST + 1])
    assert block.values.tobytes() == new_state[FIRST + 1][0]


def test_a_writer_that_is_refused_midway_has_changed_nothing(template):
    old_state = state(template)
    with create_or_open(template) as archive, pytest.raises(ArchiveError, match="differ"):
        archive.write(new_record())
    assert_finished(template, old_state)


def test_each_array_may_move_under_a_reader_once(template, new_state, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Group, "_place", lambda *_: None)
        update(template)
    look, missed = Group._look, set()

    def late(self, name, entry):
        # The quality is missed in the first look at a day, the values in the second.
        if (name, entry.day) not in missed and (name == "quality" or ("quality", entry.day, 1) in missed):
            missed.add((name, entry.day))
            return None
        if name == "quality":
            missed.add((name, entry.day, 1))
        return look(self, name, entry)

    monkeypatch.setattr(Group, "_look", late)
    assert state(template) == new_state
