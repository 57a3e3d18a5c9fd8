"""Ingest into an archive that is killed, not alone, or runs out of disk: whole days or none."""

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest

from archived_days import contents, run, write_days
from sesctl.archive import create_or_open, durable, group
from sesctl.errors import ArchiveError, ReadError

COMMAND = "import sys; from sesctl.__main__ import main; sys.argv = ['sesctl', *sys.argv[1:]]; main()"


def started(*arguments):
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def files_in(folder):
    return sum(len(files) for _, _, files in os.walk(folder))


def kill_at_random(file, folder, kills):
    """Kill forked ingests of a file at random moments, six of each archive; keep a copy after each.

    A moment is a number of files in the archive, so that it does not depend on how busy the machine is.

    It runs in a process of its own that has not used Zarr, whose thread a fork would lose. A reader in
    another process looks at the archives all the while.
    """
    import_module("pyarrow.csv")  # once, not in every child
    group._BATCH_DAYS = 2  # a commit of all days at once would never be met half done
    for kill in range(-1, kills):
        archive = folder / f"killed{kill // 6}"
        child = os.fork()
        if not child:
            run([file], archive)
            os._exit(0)
        if kill < 0:
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
            whole = files_in(archive)
            reader = subprocess.Popen([sys.executable, __file__, "look", folder], stdout=subprocess.PIPE)
            assert reader.stdout.readline() == b"ready\n"
            continue
        # What a killed ingest leaves half done are files too, so there may be more than in a whole archive.
        moment = random.Random(kill).randint(min(files_in(archive), whole), whole)
        while files_in(archive) < moment:
            if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                break
            time.sleep(0.001)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if archive.exists():
            shutil.copytree(archive, folder / f"seen{kill}")
    (folder / "stop").touch()
    sys.exit(reader.wait())


def look_all_the_while(folder, kills):
    """Read the archives until told to stop; every day has to be as the undisturbed ingest made it."""
    expected = contents(folder / "killed-1")
    print("ready", flush=True)
    looks = partial = 0
    while not (folder / "stop").exists():
        for number in range(kills // 6):
            archive = folder / f"killed{number}"
            if (archive / "zarr.json").exists():
                found = contents(archive)
                assert found.items() <= expected.items()
                looks, partial = looks + 1, partial + (0 < len(found) < len(expected))
        time.sleep(0.005)
    (folder / "looks").write_text(f"{looks} {partial}")


def test_an_ingest_killed_at_random_moments_is_completed_by_the_next_and_no_reader_sees_half_a_day(tmp_path):
    write_days(tmp_path / "hkb.csv", 12)
    subprocess.run([sys.executable, __file__, "kill", str(tmp_path)], check=True, timeout=500)
    looks, partial = map(int, (tmp_path / "looks").read_text().split())
    assert looks > 30
    assert partial > 0
    expected = contents(tmp_path / "killed-1")
    assert len(expected) == 12
    seen = []
    for kill in range(30):
        copy = tmp_path / f"seen{kill}"
        found = contents(copy) if (copy / "zarr.json").exists() else {}
        assert found.items() <= expected.items()
        seen.append(len(found))
    assert 0 < sum(seen) < 30 * 12
    for number in range(5):
        run([tmp_path / "hkb.csv"], tmp_path / f"killed{number}")
        assert contents(tmp_path / f"killed{number}") == expected
        assert not list((tmp_path / f"killed{number}").glob("*/*/*/staged/*"))


def test_a_second_ingest_at_once_is_refused_and_nothing_is_lost(tmp_path):
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        write_days(tmp_path / str(number) / "hkb.csv", 2, first=2 * number)
    with create_or_open(tmp_path / "a"):
        process = started("ingest", tmp_path / "1" / "hkb.csv", "--to", tmp_path / "a")
        told = process.communicate(timeout=300)[1]
        assert process.returncode == 1
        assert "is being written by process" in told
        assert "Traceback" not in told
    processes = [started("ingest", tmp_path / each / "hkb.csv", "--to", tmp_path / "a") for each in "01"]
    codes = [process.wait(timeout=300) for process in processes]
    for process in processes:
        process.stderr.close()
    assert 0 in codes
    for code, each in zip(codes, "01", strict=True):
        if code:
            run([tmp_path / each / "hkb.csv"], tmp_path / "a")
    assert len(contents(tmp_path / "a")) == 4


def test_a_disk_that_fills_up_is_one_sentence_and_the_archive_stays_as_it_was_or_becomes_whole(
    tmp_path, monkeypatch
):
    (tmp_path / "one").mkdir()
    write_days(tmp_path / "one" / "hkb.csv", 1)
    write_days(tmp_path / "hkb.csv", 3)
    run([tmp_path / "hkb.csv"], tmp_path / "whole")
    run([tmp_path / "one" / "hkb.csv"], tmp_path / "a")
    before = contents(tmp_path / "a")

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for step in ("write", "append", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(durable, step, full)
            with pytest.raises(ArchiveError, match="cannot be written: No space left on device") as caught:
                run([tmp_path / "hkb.csv"], tmp_path / "a")
        assert "Free some space" in caught.value.hint
        seen = contents(tmp_path / "a")
        assert set(before) <= set(seen)
    run([tmp_path / "hkb.csv"], tmp_path / "a")
    assert {day: each[:2] for day, each in contents(tmp_path / "a").items()} == {
        day: each[:2] for day, each in contents(tmp_path / "whole").items()
    }


def test_a_temporary_folder_that_is_full_is_named(tmp_path, monkeypatch):
    write_days(tmp_path / "hkb.csv", 1)

    class Full:
        def seek(self, _):
            return 0

        def write(self, _):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def close(self):
            return None

    monkeypatch.setattr("tempfile.SpooledTemporaryFile", lambda **_: Full())
    with pytest.raises(ReadError, match=r"the temporary folder .* cannot be written") as caught:
        run([tmp_path / "hkb.csv"], tmp_path / "a")
    assert "TMPDIR" in caught.value.hint
    assert not (tmp_path / "a").exists()


def test_a_target_that_may_only_be_read_is_named_and_stays(tmp_path, monkeypatch):
    (tmp_path / "one").mkdir()
    write_days(tmp_path / "one" / "hkb.csv", 1)
    run([tmp_path / "one" / "hkb.csv"], tmp_path / "a")
    before = contents(tmp_path / "a")
    write_days(tmp_path / "hkb.csv", 2)
    opened = os.open

    def refuse(path, flags, *rest):
        # The tests may run as a user who may write everything, so that the refusal is simulated.
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and str(tmp_path / "a") in str(path):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return opened(path, flags, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        with pytest.raises(ArchiveError, match="cannot be written: Read-only file system"):
            run([tmp_path / "hkb.csv"], tmp_path / "a")
    assert contents(tmp_path / "a") == before


if __name__ == "__main__":
    if sys.argv[1] == "look":
        look_all_the_while(Path(sys.argv[2]), 30)
    else:
        kill_at_random(Path(sys.argv[2]) / "hkb.csv", Path(sys.argv[2]), 30)
