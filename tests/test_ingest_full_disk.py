"""A disk that is really full, a target that may really only be read; run as a script, it is the ingest there.

A file system of some hundred kB, and a folder mounted again for reading alone, are made in a mount namespace
of the test's own, which needs no privilege on most Linux systems and ends with the process.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archived_days import contents, run, write_days
from program import sesctl
from sesctl.archive import group

UNSHARE = ["unshare", "--map-root-user", "--mount"]
SMALL_DISK = 'mount -t tmpfs -o size=2000k,nr_inodes=2000 small "$1" && exec "$0" "$2" full "$1" "$3"'
READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$0" "$2" readonly "$1" "$3"'


def one_error(*command):
    outcome = sesctl(*command)
    (line,) = [line for line in outcome.err.splitlines() if not line.startswith(("note: ", "ingest: "))]
    assert outcome.status == 1
    assert outcome.out == ""
    return line


def on_a_full_disk(disk, folder):
    """Fill a disk at several points of an ingest, and complete it once there is room."""
    expected = {day: each[:2] for day, each in contents(folder / "whole").items()}
    run([folder / "one" / "hkb.csv"], disk / "a")
    before = contents(disk / "a")
    assert len(before) == 2
    shutil.copytree(disk / "a", folder / "one-archived")
    group._BATCH_DAYS = 4  # so that some days are archived when the disk is full
    partial = set()
    for left in (0, 8, 24, 60, 120, 300):
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(max(0, shutil.disk_usage(disk).free - 1024 * left)))
        told = one_error("ingest", folder / "hkb.csv", "--to", disk / "a")
        assert f"archive {disk / 'a'} cannot be written: No space left on device" in told
        assert "Free some space" in told
        seen = contents(disk / "a")
        assert seen.keys() >= before.keys()
        assert {day: each[:2] for day, each in seen.items()}.items() <= expected.items()
        assert sesctl("info", disk / "a").status == 0
        partial.add(len(seen))
        ballast.unlink()
        if len(seen) > len(before):
            shutil.rmtree(disk / "a")
            shutil.copytree(folder / "one-archived", disk / "a")
    run([folder / "hkb.csv"], disk / "a")
    assert {day: each[:2] for day, each in contents(disk / "a").items()} == expected
    assert not list((disk / "a").glob("*/*/*/staged/*"))
    assert len(partial) > 1


def on_a_read_only_disk(archive, folder):
    """Ingest into an archive that may only be read."""
    before = contents(archive)
    told = one_error("ingest", folder / "hkb.csv", "--to", archive)
    assert f"archive {archive} cannot be written: Read-only file system" in told
    assert contents(archive) == before
    assert sesctl("info", archive).status == 0


@pytest.fixture
def files(tmp_path):
    """Return a folder with a file of two days, one of sixteen that holds the same, and its archive."""
    (tmp_path / "one").mkdir()
    write_days(tmp_path / "one" / "hkb.csv", 2)
    write_days(tmp_path / "hkb.csv", 16)
    run([tmp_path / "hkb.csv"], tmp_path / "whole")
    return tmp_path


def in_a_namespace(script, place, folder):
    place.mkdir(exist_ok=True)
    if shutil.which("unshare") is None or subprocess.run([*UNSHARE, "true"], check=False).returncode:
        pytest.skip("this system does not let its users make mount namespaces")
    command = ["sh", "-c", script, sys.executable, place, __file__, folder]
    done = subprocess.run([*UNSHARE, *command], check=False, timeout=300, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_full_disk_is_one_sentence_and_the_archive_stays_readable_and_is_completed_later(files):
    in_a_namespace(SMALL_DISK, files / "disk", files)


def test_a_read_only_target_is_one_sentence_and_the_archive_stays_as_it_was(files):
    run([files / "one" / "hkb.csv"], files / "a")
    in_a_namespace(READ_ONLY, files / "a", files)


if __name__ == "__main__":
    {"full": on_a_full_disk, "readonly": on_a_read_only_disk}[sys.argv[1]](
        Path(sys.argv[2]), Path(sys.argv[3])
    )
