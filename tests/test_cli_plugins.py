"""`sesctl plugins`: broken ones are shown with their reason and never stop another command."""

from pathlib import Path

from field_records import REAL_HOUR
from program import fresh, refused, sesctl
from sesctl import registry
from sesctl.plugin import Candidate

DOUBLES = Path(__file__).parent / "doubles"
REAL = ("detect", REAL_HOUR, "--station", REAL_HOUR / "station.toml")


def test_a_broken_plugin_stops_no_detection_and_is_named_with_its_reason(tmp_path):
    path = DOUBLES / "broken_plugin"
    found = fresh("-m", "sesctl", *REAL, "--quiet", cwd=tmp_path, path=path)
    assert (found.status, found.err) == (0, "")
    assert "0 events" in found.out
    shown = fresh("-m", "sesctl", "plugins", cwd=tmp_path, path=path)
    assert shown.status == 0
    (line,) = [line for line in shown.out.splitlines() if line.startswith("broken")]
    assert "broken_plugin 1.0" in line or "broken-plugin 1.0" in line
    assert "No module named 'a_package_that_is_not_there'" in line


def test_the_list_says_what_is_usable(install):
    install("broken_plugin", "hollow_plugin")
    by_name = {each["name"]: each for each in sesctl("plugins", "list", "--json").json}
    assert by_name["boxcar"]["usable"]
    assert by_name["boxcar"]["reason"] is None
    assert not by_name["broken"]["usable"]
    assert "a_package_that_is_not_there" in by_name["broken"]["reason"]
    assert "provides no single DetectorInfo" in by_name["hollow"]["reason"]


def test_a_broken_plugin_that_is_asked_for_is_one_line(install):
    install("broken_plugin", "exiting_plugin", "second_boxcar")
    assert "cannot be loaded: ModuleNotFoundError" in refused(*REAL, "--plugin", "broken")
    assert "cannot be loaded: it ends the program" in refused(*REAL, "--plugin", "exiting")
    assert "announced twice" in refused(*REAL, "--plugin", "boxcar")


def test_show_tells_what_a_detector_wants():
    shown = sesctl("plugins", "show", "boxcar")
    lines = dict(line.split(None, 1) for line in shown.out.splitlines())
    assert lines["interval"] == "10 s"
    assert lines["cleaning"] == "despike"
    assert lines["trainable"] == "no"


def test_check_passes_the_built_in_detector():
    outcome = sesctl("plugins", "check", "boxcar")
    assert outcome.status == 0
    assert all(line.startswith("ok ") for line in outcome.out.splitlines())


def test_check_names_every_clause_that_fails_and_exits_with_1(install):
    install("careless_plugin")
    outcome = sesctl("plugins", "check", "careless")
    assert outcome.status == 1
    failed = [line for line in outcome.out.splitlines() if line.startswith("FAIL")]
    assert any("the same days give the same scores" in line for line in failed)
    assert any("intervals lie in the row" in line for line in failed)
    assert outcome.err == f"error: detector careless fails {len(failed)} of 9 clauses\n"


def test_a_detector_that_breaks_its_contract_while_it_scans_is_one_line(install, monkeypatch):
    install("careless_plugin")
    wrong = [Candidate(day=99, start=0, end=1, raw_score=1.0)]
    monkeypatch.setattr(registry.find("careless").make, "propose", lambda self, scores, days: wrong)
    assert refused(*REAL, "--plugin", "careless").startswith(
        "detector careless proposes an interval in day 99 of 1 days"
    )
