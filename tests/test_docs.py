"""What the documents say of the code is so."""

import dataclasses
import importlib
import inspect
import json
import re
import tomllib
from pathlib import Path

import pytest

from sesctl.calibrate import days_needed, load_calibration
from sesctl.clean import Cleaning
from sesctl.plugin import DetectorInfo, EdgeSearch
from sesctl.testing import CLAUSES
from sesctl_plugins.boxcar import Boxcar

ROOT = Path(__file__).parent.parent
METHODS = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
PLUGINS = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
DEFAULTS = re.findall(r"^\| `(sesctl[\w.]+(?:\(\w+\))?)` \| ([^|]+) \|", METHODS, re.MULTILINE)


def value_of(path):
    """Return what a dotted path names: an attribute, a field's default, or a parameter's in brackets."""
    path, _, parameter = path.rstrip(")").partition("(")
    value = importlib.import_module(path.split(".", 1)[0])
    for word in path.split(".")[1:]:
        value = part_of(value, word)
    return inspect.signature(value).parameters[parameter].default if parameter else value


def part_of(value, word):
    if inspect.isclass(value) and dataclasses.is_dataclass(value):
        return {field.name: field for field in dataclasses.fields(value)}[word].default
    if inspect.ismodule(value) and not hasattr(value, word):
        return importlib.import_module(f"{value.__name__}.{word}")
    return getattr(value, word)


def test_there_are_defaults_to_compare():
    assert len(DEFAULTS) >= 25


@pytest.mark.parametrize(("path", "written"), DEFAULTS)
def test_a_default_is_the_one_of_the_code(path, written):
    assert value_of(path) == float(written)


def test_every_number_of_the_cleaning_stands_in_the_table():
    told = {path.rsplit(".", 1)[1] for path, _ in DEFAULTS if path.startswith("sesctl.clean.Cleaning.")}
    assert told == {field.name for field in dataclasses.fields(Cleaning)}


def test_every_number_of_the_edge_search_stands_in_the_table():
    told = {path.rsplit(".", 1)[1] for path, _ in DEFAULTS if path.startswith("sesctl.plugin.EdgeSearch.")}
    assert told == {field.name for field in dataclasses.fields(EdgeSearch)}


def test_the_sections_it_refers_to_are_there():
    there = set(re.findall(r"^## (\d+)\. ", METHODS, re.MULTILINE))
    assert {str(number) for number in range(1, len(there) + 1)} == there
    assert set(re.findall(r"\bsections? (\d+)", METHODS)) <= there


def test_the_quiet_days_that_a_budget_needs_are_those_of_the_equation():
    (sentence,) = re.findall(r"A budget of 1 in 30 days needs ([^.]+)\.", METHODS)
    needed = {int(k): int(days) for days, k in re.findall(r"(\d+)[^,]*? if (?:k = )?(\d+)", sentence)}
    assert list(needed) == [0, 1, 3, 6]
    assert needed == {k: days_needed(1 / 30, k) for k in needed}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"at least {days_needed(1 / 30)} quiet days" in " ".join(readme.split())


def test_what_it_says_of_the_shipped_calibration_is_so():
    result = json.loads((ROOT / "docs" / "results" / "boxcar" / "calibration.json").read_text())
    said = METHODS.split("comes with a calibration on a simulated year of", 1)[1].split("\n\n", 1)[0]
    assert f"{load_calibration(Boxcar.calibration_file).live_days:.0f} quiet station-days" in said
    assert f"seed {result['seed']}" in said
    assert result["first_day"] == "1999-01-01"
    assert "1 January of 1999" in said
    assert [name.lower() for name in result["stations"]] == re.findall(r"`(\w{3})`", said)


def test_every_source_cited_is_listed():
    body, sources = METHODS.split("\n## Sources\n")
    listed = " ".join(sources.split())
    cited = re.findall(
        r"([A-Z][a-z]+)(?:-[A-Z][a-z]+)?(?: and [A-Z][a-z]+| et al\.)? \(?((?:19|20)\d\d)\)?", body
    )
    assert len(cited) >= 10
    for name, year in cited:
        assert re.search(rf"{name}[^.]*,[^()]*\({year}\)", listed), f"{name} {year} is cited and not listed"


def test_the_contract_in_the_page_on_plugins_is_the_suite_s():
    listed = PLUGINS.split("## The contract", 1)[1].split("##", 1)[0]
    assert re.findall(r"^- (.+)$", listed, re.MULTILINE) == list(CLAUSES)


def test_the_fields_of_a_detector_s_record_are_all_described():
    described = re.findall(r"^\| `(\w+)` \|", PLUGINS.split("## The class", 1)[0], re.MULTILINE)
    # The length of a day can only be a day, so nobody has to be told of it.
    assert described == [field.name for field in dataclasses.fields(DetectorInfo) if field.name != "day_s"]


def test_the_layers_of_the_page_on_architecture_are_those_that_are_checked():
    with (ROOT / "pyproject.toml").open("rb") as file:
        contract = tomllib.load(file)["tool"]["importlinter"]["contracts"][0]
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawn = text.split("## Layers", 1)[1].split("```text\n", 1)[1].split("```", 1)[0].splitlines()
    package = ROOT / "python" / "sesctl"

    def there(line):
        names = [name.strip("() ") for name in line.split("|")]
        return [name for name in names if (package / name).is_dir() or (package / f"{name}.py").is_file()]

    checked = [names for line in contract["layers"] if (names := there(line))]
    assert [line.split(" | ") for line in drawn] == checked


def test_what_opposite_edges_find_on_the_simulated_stations_is_what_was_stored():
    text = (ROOT / "docs" / "synthetic.md").read_text(encoding="utf-8")
    stored = json.loads((ROOT / "docs/results/synthetic/calibration.json").read_text(encoding="utf-8"))
    written = re.findall(r"^\| `(\w+)` \|.*\| (\d+) % \((\d+) days\) \|$", text, re.MULTILINE)
    assert written == [
        (name, f"{100 * each['opposite_edges']['success']:.0f}", str(each["opposite_edges"]["days"]))
        for name, each in stored["presets"].items()
    ]
