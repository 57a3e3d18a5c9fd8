"""What goes where: results to standard output, the rest to standard error, one program by two names."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import sesctl as package
from field_records import REAL_HOUR, at, quiet_field, with_boxcar, write_csv
from program import fresh, sesctl

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
    arguments = ("detect", untidy, "--json")
    loud, quiet = sesctl(*arguments), sesctl(*arguments, "--quiet")
    assert "detect with boxcar: 1 of 2 days, about" in loud.err
    assert quiet.err == ""
    assert quiet.out == loud.out


def test_both_names_run_the_same_program(tmp_path):
    script = Path(sys.executable).with_name("sesctl")
    module = fresh("-m", "sesctl", "detect", *REAL, "--json", cwd=tmp_path)
    assert module.status == 0
    assert module.json["events"] == []
    here = sesctl("detect", *REAL, "--json")
    assert (module.out, module.err) == (here.out, here.err)
    if script.exists():  # it is missing where the source is run without being installed
        shown = subprocess.run(
            [script, "detect", *REAL, "--json"], capture_output=True, text=True, check=True
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
