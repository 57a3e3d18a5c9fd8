"""The page of `ses_net` says what its stored results say, and these are of the model that is shipped."""

import importlib.util
import json
from pathlib import Path

from sesctl.models import open_model
from sesctl_plugins.models import shipped

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "results" / "ses_net"


def test_the_page_is_drawn_from_the_stored_results():
    spec = importlib.util.spec_from_file_location("tables", ROOT / "docs" / "scripts" / "tables_ses_net.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.PAGE.read_text(encoding="utf-8") == script.page()


def test_the_results_are_of_the_model_that_is_shipped():
    model = open_model(shipped("ses_net")).hash
    studies = [*RESULTS.glob("stations-ses_net-*.json"), RESULTS / "map.json", RESULTS / "calibration.json"]
    assert len(studies) == 5
    assert {json.loads(path.read_text(encoding="utf-8"))["model"] for path in studies} == {model}
