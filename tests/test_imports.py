"""A fresh interpreter proves what is not imported."""

import json

import pytest

from program import fresh

HEAVY = (
    "numpy",
    "scipy",
    "keras",
    "tensorflow",
    "matplotlib",
    "pyarrow",
    "zarr",
    "pydantic",
    "rich",
    "sklearn",
    "sesctl_plugins",
    "sesctl._core",
)
RUN = """
import json, sys
sys.argv = ["sesctl", *{arguments}]
from sesctl.__main__ import main
try:
    main()
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def modules(tmp_path, *arguments, path=None):
    outcome = fresh("-c", RUN.format(arguments=list(map(str, arguments))), cwd=tmp_path, path=path)
    assert outcome.status == 0
    return set(json.loads(outcome.err.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], []])
def test_help_imports_nothing_heavy(tmp_path, arguments):
    found = modules(tmp_path, *arguments)
    assert not found.intersection(HEAVY)
    assert "sesctl.cli" in found


def test_the_help_of_a_command_imports_no_more_than_typer_does(tmp_path):
    # Typer itself reads numbers with pydantic.
    for command in ("detect", "plugins"):
        assert not modules(tmp_path, command, "--help").intersection(HEAVY) - {"pydantic"}


def test_the_test_above_would_notice(tmp_path):
    assert {"sesctl_plugins", "rich", "numpy"} <= modules(tmp_path, "plugins", "list")


def test_importing_the_package_imports_no_other_and_writes_nothing(tmp_path):
    code = "import sys; before = set(sys.modules); import sesctl; print(*set(sys.modules) - before)"
    outcome = fresh("-c", code, cwd=tmp_path)
    assert outcome.out.split() == ["sesctl"]
    assert list(tmp_path.iterdir()) == []


def test_the_public_plugin_interface_is_light(tmp_path):
    code = "import sys, sesctl.plugin; print(*sys.modules)"
    found = set(fresh("-c", code, cwd=tmp_path).out.split())
    assert "sesctl.plugin" in found
    assert not found & {"scipy", "keras", "tensorflow", "matplotlib", "pyarrow", "zarr", "rich", "typer"}


def test_without_a_picture_nothing_is_drawn_with(tmp_path):
    (tmp_path / "a.csv").write_text(
        "time,Ex\n" + "".join(f"2020-01-01T00:{k // 6:02}:{k % 6}0Z,1\n" for k in range(360))
    )
    found = modules(tmp_path, "detect", tmp_path / "a.csv", "--plugin", "boxcar")
    assert "sesctl_plugins.boxcar" in found
    assert not found & {"matplotlib", "keras", "tensorflow"}
