"""The registry finds plugins, keeps broken ones aside and imports no more than it needs."""

import subprocess
import sys

import pytest

from sesctl import registry
from sesctl.errors import PluginError


def test_the_built_in_detector_is_found_by_its_entry_point():
    info = registry.find("boxcar")
    assert info.name == "boxcar"
    assert registry.make(info).threshold > 0


def test_an_unknown_name_gets_the_nearest_one():
    with pytest.raises(PluginError, match="no detector 'boxcat'; did you mean 'boxcar'") as caught:
        registry.find("boxcat")
    assert "sesctl plugins" in caught.value.hint


@pytest.mark.parametrize(
    ("double", "name", "reason"),
    [
        ("broken_plugin", "broken", "No module named 'a_package_that_is_not_there'"),
        ("exiting_plugin", "exiting", "cannot be loaded: it ends the program"),
        ("misnamed_plugin", "misnamed", "provides a detector named 'other', not 'misnamed'"),
        ("hollow_plugin", "hollow", "provides no single DetectorInfo"),
    ],
)
def test_a_broken_plugin_is_kept_aside_with_its_reason(install, double, name, reason):
    install(double)
    by_name = {each.name: each for each in registry.listings()}
    assert reason in by_name[name].reason
    assert double in by_name[name].reason.replace("-", "_")
    assert by_name[name].info is None
    assert by_name["boxcar"].info is not None
    assert registry.find("boxcar").name == "boxcar"


def test_a_name_announced_twice_is_refused_naming_both_sources(install):
    install("second_boxcar")
    with pytest.raises(PluginError, match="announced twice") as caught:
        registry.find("boxcar")
    assert "second_boxcar 1.0" in caught.value.message
    assert "sesctl 0" in caught.value.message


def test_using_one_detector_imports_one_plugin(install):
    install("broken_plugin", "careless_plugin")
    registry.find("careless")
    assert "careless_plugin" in sys.modules
    assert "broken_plugin" not in sys.modules


def test_listing_names_imports_no_plugin():
    code = (
        "import sys; from sesctl import registry; names = list(registry.announced());"
        "assert 'boxcar' in names; assert 'sesctl_plugins.boxcar' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_factory_that_fails_is_reported_in_one_line():
    info = registry.find("boxcar")
    from dataclasses import replace

    with pytest.raises(PluginError, match="cannot be made: ZeroDivisionError"):
        registry.make(replace(info, make=lambda: 1 / 0))
    with pytest.raises(PluginError, match="makes a str, not a Detector"):
        registry.make(replace(info, make=lambda: "detector"))
