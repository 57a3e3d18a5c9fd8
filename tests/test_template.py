"""The distribution to copy works as it lies there: its entry point, its contract, its own test."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sesctl.plugin.hookspecs import ENTRY_POINT_GROUP

TEMPLATE = Path(__file__).parent.parent / "plugins" / "template"
with (TEMPLATE / "pyproject.toml").open("rb") as described:
    PROJECT = tomllib.load(described)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Return a folder that holds what installing the template would put on the path."""
    folder = tmp_path_factory.mktemp("installed")
    project, tool = PROJECT["project"], PROJECT["tool"]["setuptools"]
    for module in tool["py-modules"]:
        shutil.copy(TEMPLATE / tool["package-dir"][""] / f"{module}.py", folder)
    information = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    information.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (information / "METADATA").write_text(metadata)
    points = "".join(
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in entries.items())
        for group, entries in project["entry-points"].items()
    )
    (information / "entry_points.txt").write_text(points)
    return folder


def run(*arguments, installed):
    before = os.environ.get("PYTHONPATH", "")
    path = os.pathsep.join(filter(None, [str(installed), before]))
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=installed,
        env=os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_its_one_entry_point_is_found_and_keeps_the_contract(installed):
    (name,) = PROJECT["project"]["entry-points"][ENTRY_POINT_GROUP]
    listed = run("-m", "sesctl", "plugins", installed=installed)
    (line,) = (line for line in listed.stdout.splitlines() if line.startswith(name))
    assert line.split()[1] == "ok"
    assert PROJECT["project"]["name"] in line
    checked = run("-m", "sesctl", "plugins", "check", name, installed=installed)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_its_own_tests_pass(installed):
    done = run(
        *("-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", f"--rootdir={TEMPLATE}"),
        *("-c", str(TEMPLATE / "pyproject.toml"), str(TEMPLATE / "tests")),
        installed=installed,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_it_uses_only_the_public_interface():
    (module,) = PROJECT["tool"]["setuptools"]["py-modules"]
    text = (TEMPLATE / "src" / f"{module}.py").read_text(encoding="utf-8")
    used = {
        line.split()[1] for line in text.splitlines() if line.startswith(("from sesctl", "import sesctl"))
    }
    assert used
    assert used <= {"sesctl.plugin", "sesctl.kernels", "sesctl.waveforms"}


def test_it_asks_for_nothing_that_sesctl_does_not_bring():
    names = {each.split(">")[0] for each in PROJECT["project"]["dependencies"]}
    assert names == {"numpy", "sesctl"}
