"""The program, run within the process of a test, or in an interpreter of its own."""

import contextlib
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from sesctl.__main__ import main


@dataclass(frozen=True)
class Outcome:
    """What a run of the program left: exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON value it has to be; NaN and Infinity are none."""
        return json.loads(self.out, parse_constant=_no_constant)


def sesctl(*arguments: object) -> Outcome:
    """Run the program here."""
    out, err = io.StringIO(), io.StringIO()
    status: object = 0
    with (
        mock.patch.object(sys, "argv", ["sesctl", *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            status = end.code
    return Outcome(int(status or 0), out.getvalue(), err.getvalue())


def fresh(*arguments: object, cwd: Path, path: Path | None = None) -> Outcome:
    """Run Python with some arguments as a user would, with a folder put on its path."""
    import os

    environment = dict(os.environ)
    if path is not None:
        environment["PYTHONPATH"] = os.pathsep.join(
            filter(None, (str(path), environment.get("PYTHONPATH", "")))
        )
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def refused(*arguments: object) -> str:
    """Run the program, which has to refuse with one line; return the line."""
    outcome = sesctl(*arguments)
    assert outcome.status == 1
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("error: ")
    return outcome.err[len("error: ") : -1]


def _no_constant(name: str) -> None:
    msg = f"{name} is not JSON"
    raise AssertionError(msg)
