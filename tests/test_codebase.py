"""What holds for the code as a whole."""

import ast
import importlib
import tomllib
from pathlib import Path

import pytest

import sesctl
from sesctl import _core

ROOT = Path(__file__).parents[1]
SOURCES = sorted(
    path
    for top in ("python", "plugins", "tests", "cpp")
    for path in (ROOT / top).rglob("*")
    if path.suffix in {".py", ".cpp", ".hpp"}
)
MODULES = [path for path in SOURCES if path.suffix == ".py" and path.parts[len(ROOT.parts)] != "tests"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def imported(path):
    """Return the names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_sources_are_there_to_be_looked_at():
    assert len(MODULES) > 50
    assert any(path.suffix == ".hpp" for path in SOURCES)


def test_the_version_of_the_package_is_that_of_its_binary():
    assert sesctl.__version__ == _core.__version__


def test_only_the_kernels_import_the_binary():
    users = {
        path.relative_to(ROOT)
        for path in MODULES
        if any(name == "sesctl._core" or name.startswith("sesctl._core.") for name in imported(path))
    }
    assert users
    assert {path.parent for path in users} == {Path("python/sesctl/kernels")}


def test_no_file_is_named_after_nothing():
    vague = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [path for path in SOURCES if path.stem in vague] == []
    assert not vague & {folder.name for path in SOURCES for folder in path.parents}


def test_no_test_module_is_imported_by_the_package():
    names = {path.stem for path in (ROOT / "tests").glob("*.py")}
    assert [path for path in MODULES if names & set(imported(path))] == []


@pytest.mark.parametrize("name", PROJECT["project"]["entry-points"]["sesctl.detectors"])
def test_every_announced_plugin_exists_and_bears_its_name(name):
    module = importlib.import_module(PROJECT["project"]["entry-points"]["sesctl.detectors"][name])
    assert module.sesctl_detectors().name == name


def test_every_built_in_plugin_is_announced():
    announced = set(PROJECT["project"]["entry-points"]["sesctl.detectors"].values())
    folder = ROOT / "plugins"
    there = {
        ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
        for path in (folder / "sesctl_plugins").rglob("*.py")
        if "sesctl_detectors" in path.read_text()
    }
    assert there == announced


def test_the_build_file_stays_short():
    assert len((ROOT / "CMakeLists.txt").read_text().splitlines()) < 60


def test_every_binding_has_its_source():
    bindings = {path.stem for path in (ROOT / "cpp" / "bindings").glob("*.cpp")} - {"module", "errors"}
    assert bindings
    assert bindings <= {path.stem for path in (ROOT / "cpp" / "src").glob("*.cpp")}


def test_every_command_has_a_file_of_its_name():
    from sesctl.cli import app

    names = {each.name for each in app.registered_commands} | {each.name for each in app.registered_groups}
    assert {"detect", "demo"} <= names
    assert all((ROOT / "python" / "sesctl" / "cli" / f"{name}.py").is_file() for name in names - {None})
