"""What goes where: results to standard output, the rest to standard error, one program by two names."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sesctl as package
from field_records import REAL_HOUR, at, quiet_field, with_boxcar, write_csv
from program import fresh, sesctl
from sesctl.archive import create_or_open

REAL = (REAL_HOUR, "--station", REAL_HOUR / "station.toml")


@pytest.fixture
def untidy(tmp_path):
    """Return a CSV file with an event and a duplicate time."""
    record = with_boxcar(quiet_field(6), at("2020-01-01T03:00"), 1500, {"Ex": 12.0})
    path = write_csv(record, tmp_path / "day.csv")
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[-1]]) + "\n")
    return path


def test_json_alone_is_on_standard_output(untidy):
    for arguments in (("detect", untidy), ("info", untidy), ("plugins", "list")):
        assert sesctl(*arguments, "--json").json


def test_notes_are_on_standard_error_and_quiet_silences_them(untidy, tmp_path):
    for command in (
        ("detect", untidy),
        ("info", untidy),
        ("ingest", untidy, "--to", tmp_path / "raw"),
        ("clean", untidy, "--to", tmp_path / "cleaned"),
    ):
        loud, quiet = sesctl(*command), sesctl(*command, "--quiet")
        assert loud.err.splitlines()[0] == "note: day.csv: 1 duplicate time was averaged"
        assert all(line.startswith("note: ") for line in loud.err.splitlines())
        assert quiet.err == ""
        assert "note:" not in loud.out + quiet.out


def test_progress_is_plain_lines_on_standard_error_where_nobody_watches(untidy, monkeypatch):
    monkeypatch.setattr("sesctl.cli.terminal.PLAIN_LINE_EVERY_S", -1.0)
    monkeypatch.setattr("sesctl.pipeline.scanning.BATCH_DAYS", 1)
    lines = untidy.read_text().splitlines()
    untidy.write_text("\n".join([*lines, lines[-1].replace("01-01", "01-02")]) + "\n")
    arguments = ("detect", "--plugin", "boxcar", untidy, "--json")
    loud, quiet = sesctl(*arguments), sesctl(*arguments, "--quiet")
    assert "detect with boxcar: 1 of 2 days, about" in loud.err
    assert quiet.err == ""
    assert quiet.out == loud.out


def test_both_names_run_the_same_program(tmp_path):
    script = Path(sys.executable).with_name("sesctl")
    module = fresh("-m", "sesctl", "detect", "--plugin", "boxcar", *REAL, "--json", cwd=tmp_path)
    assert module.status == 0
    assert module.json["events"] == []
    here = sesctl("detect", "--plugin", "boxcar", *REAL, "--json")
    assert (module.out, module.err) == (here.out, here.err)
    if script.exists():  # it is missing where the source is run without being installed
        shown = subprocess.run(
            [script, "detect", "--plugin", "boxcar", *REAL, "--json"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert shown.stdout == module.out


def test_an_expected_error_has_no_traceback_in_an_interpreter_of_its_own(tmp_path):
    outcome = fresh("-m", "sesctl", "detect", "nowhere.csv", cwd=tmp_path)
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err == "error: there is no file or folder nowhere.csv. Check the path.\n"


@pytest.mark.parametrize("arguments", [("--help",), ("detect", "--help"), ("plugins", "--help")])
def test_help_is_a_result(arguments):
    outcome = sesctl(*arguments)
    assert outcome.status == 0
    assert outcome.out.startswith("Usage: sesctl")
    assert outcome.err == ""


def test_help_names_every_command():
    text = sesctl("--help").out
    assert all(f"\n  {name} " in text for name in ("demo", "ingest", "info", "clean", "detect", "plugins"))


def test_the_version_is_the_packages():
    assert sesctl("--version").out == f"sesctl {package.__version__}\n"


def run(*arguments, environment=None, **streams):
    """Run the program in an interpreter of its own, with streams and an environment of its own."""
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.run(
        [sys.executable, "-m", "sesctl", *map(str, arguments)],
        env={**os.environ, **(environment or {})},
        check=False,
        **given,
    )


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_names_that_the_terminal_cannot_show_are_escaped(untidy, tmp_path, encoding):
    strange = untidy.rename(untidy.with_name(os.fsdecode(b"caf\xe9\xff.csv")))
    environment = {"PYTHONIOENCODING": encoding}
    done = run("ingest", strange, "--to", tmp_path / "archive", environment=environment)
    assert done.returncode == 0
    assert rb"caf\udce9\udcff.csv" in done.stdout
    assert b"Traceback" not in done.stderr


def test_a_full_disk_behind_standard_output_is_one_line():
    with Path("/dev/full").open("wb") as full:
        done = run("info", *REAL, "--json", stdout=full)
    assert done.returncode == 1
    assert done.stderr == b"error: standard output cannot be written (No space left on device)\n"


def test_a_program_without_streams_works_and_says_nothing_elsewhere(tmp_path):
    command = f"{sys.executable} -m sesctl"
    found = subprocess.run(f"{command} plugins >&-", shell=True, capture_output=True, check=False)
    assert (found.returncode, found.stderr) == (0, b"")
    failed = subprocess.run(
        f"{command} info {tmp_path}/nowhere 2>&-", shell=True, capture_output=True, check=False
    )
    assert (failed.returncode, failed.stdout) == (1, b"")


def test_a_table_that_nobody_watches_has_a_line_a_row(untidy, tmp_path):
    deep = tmp_path.joinpath(*["a folder with a long name"] * 9)
    deep.mkdir(parents=True)
    outcome = sesctl("ingest", untidy.rename(deep / "day.csv"), "--to", tmp_path / "archive")
    assert len(outcome.out.splitlines()) == 2
    assert str(deep / "day.csv") in outcome.out


def test_an_interruption_is_one_line_and_leaves_an_archive_that_can_be_read_and_finished(tmp_path):
    interruptible = (  # also where the tests run in the background, whose programs ignore SIGINT
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from sesctl.__main__ import main; main()"
    )
    raw, cleaned = tmp_path / "raw", tmp_path / "cleaned"
    with create_or_open(raw) as store:
        store.write(quiet_field(24 * 40, dipoles=("Ex",)))
    with subprocess.Popen(
        [sys.executable, "-c", interruptible, "clean", raw, "--to", cleaned],
        stderr=subprocess.PIPE,
    ) as process:
        while not (cleaned / "hkb" / "10s" / "zarr.json").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()
    assert process.returncode == 130
    assert told.strip() == b"interrupted: nothing is half written, the same command may be run again"
    assert sesctl("info", cleaned).status == 0
    assert sesctl("clean", raw, "--to", cleaned).status == 0
    assert sesctl("info", cleaned, "--json").json[0]["days"] == 40


WHILE_ZARR_READS = """
import asyncio, sys, threading
from zarr.core.sync import _get_loop
import sesctl.pipeline
from sesctl.__main__ import main

reading = threading.Event()

async def read():
    reading.set()
    await asyncio.gather(asyncio.sleep(600))

def interrupt(*arguments, **options):
    asyncio.run_coroutine_threadsafe(read(), _get_loop())
    reading.wait()
    raise KeyboardInterrupt

sesctl.pipeline.open_sources = interrupt
sys.argv = ["sesctl", "clean", "day.csv", "--to", "archive"]
main()
"""


def test_an_interruption_is_one_line_also_while_zarr_reads(tmp_path):
    done = fresh("-c", WHILE_ZARR_READS, cwd=tmp_path)
    assert done.status == 130
    assert done.err.strip() == "interrupted: nothing is half written, the same command may be run again"


def test_a_reader_who_leaves_a_pipe_gets_no_traceback():
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "sesctl", "info", *REAL, "--json"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert done.stderr == ""
    assert done.returncode == 1
