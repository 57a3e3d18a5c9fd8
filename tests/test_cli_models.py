"""Models on the command line: shown, copied, scored with, calibrated, and told apart by their hash."""

import csv
import json
import shutil
from dataclasses import replace

import pytest

from program import refused, sesctl
from sesctl import registry
from sesctl.calibrate import load_calibration
from sesctl.models import open_model
from training_records import archived, installed, wandering


@pytest.fixture(scope="module", autouse=True)
def detectors():
    """Install a detector that learns one number."""
    with installed("learner_plugin"):
        yield


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """Return an archive of 11 restless days of one dipole."""
    return archived(tmp_path_factory.mktemp("quiet") / "archive", wandering(11, dipoles=("Ex",), step=0.4))


@pytest.fixture(scope="module")
def trained(quiet, tmp_path_factory):
    """Return two models: one, and one that went on from it."""
    folder = tmp_path_factory.mktemp("models")
    arguments = ("--plugin", "learner", "--validation-days", 2, "--quiet")
    assert sesctl("train", quiet, "--to", folder / "one", *arguments).status == 0
    assert sesctl("train", quiet, "--to", folder / "two", *arguments, "--from", folder / "one").status == 0
    return folder / "one", folder / "two"


@pytest.fixture
def model(trained, tmp_path):
    """Return a copy of the first model, to be changed."""
    shutil.copytree(trained[0], tmp_path / "model")
    return tmp_path / "model"


def events(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def with_model(monkeypatch, folder):
    """Let the detector come with a model."""
    info, load = replace(registry.find("learner"), model=folder), registry._load
    monkeypatch.setattr(registry, "_load", lambda point: info if point.name == "learner" else load(point))


def test_scoring_takes_the_model_that_is_named_and_says_which_it_was(quiet, trained, tmp_path):
    found = {}
    for folder in trained:
        path = tmp_path / f"{folder.name}.csv"
        arguments = ("--plugin", "learner", "--threshold", 1, "-o", path, "--quiet")
        assert sesctl("detect", quiet, "--model", folder, *arguments).status == 0
        rows = events(path)
        assert rows
        assert {row["model"] for row in rows} == {open_model(folder).hash}
        assert json.loads(path.with_suffix(".meta.json").read_text())["model"] == open_model(folder).hash
        found[folder.name] = len(rows)
    assert open_model(trained[0]).hash != open_model(trained[1]).hash


def test_without_a_model_a_detector_that_learns_says_how_to_get_one(quiet):
    line = refused("detect", quiet, "--plugin", "learner")
    assert line == (
        "learner has learnt nothing yet: no model comes with it. Train it with `sesctl train SOURCE --plugin "
        "learner --to MODEL`, then name --model MODEL."
    )


@pytest.mark.parametrize("command", ["detect", "calibrate"])
def test_a_detector_that_does_not_learn_takes_no_model(quiet, trained, command, tmp_path):
    extra = ("--to", tmp_path / "c.json") if command == "calibrate" else ()
    line = refused(command, quiet, "--plugin", "boxcar", "--model", trained[0], *extra)
    assert "detector boxcar does not learn" in line


@pytest.mark.parametrize("command", ["detect", "calibrate"])
def test_a_device_that_a_detector_does_not_have_is_refused(quiet, trained, command, tmp_path):
    extra = ("--to", tmp_path / "c.json") if command == "calibrate" else ()
    line = refused(command, quiet, "--plugin", "boxcar", "--device", "gpu:0", *extra)
    assert "detector boxcar cannot compute on gpu:0: it computes on cpu alone" in line
    assert sesctl("detect", quiet, "--plugin", "boxcar", "--device", "cpu", "--quiet").status == 0


def test_a_calibration_goes_into_the_model_s_folder_and_is_found_there(quiet, model, tmp_path):
    before = open_model(model).hash
    made = sesctl("calibrate", quiet, "--plugin", "learner", "--model", model, "--quiet")
    assert made.status == 0
    kept = load_calibration(model / "calibration.json")
    assert (kept.model, kept.detector) == (before, "learner")
    assert open_model(model).hash == before
    arguments = ("--plugin", "learner", "--model", model, "--max-false-alarms", "1/d", "--json")
    found = sesctl("detect", quiet, *arguments).json
    assert found["meta"]["threshold"] > 0
    assert found["meta"]["parameters"]["calibration"]["source"] == str(model / "calibration.json")
    assert found["events"]
    assert all(event["flags"] == "" for event in found["events"])


def test_a_calibration_of_another_model_is_refused(quiet, model, trained, tmp_path):
    path = tmp_path / "one.json"
    arguments = ("--plugin", "learner", "--model", model)
    assert sesctl("calibrate", quiet, *arguments, "--to", path, "--quiet").status == 0
    line = refused("detect", quiet, "--plugin", "learner", "--model", trained[1], "--calibration", path)
    one, two = (open_model(each).hash[:12] for each in trained)
    assert f"the calibration is for the model {one}…, not {two}…" in line
    shutil.copyfile(path, tmp_path / "calibration.json")
    shutil.copytree(trained[1], tmp_path / "two")
    shutil.copyfile(path, tmp_path / "two" / "calibration.json")
    assert "the calibration is for the model" in refused(
        "detect", quiet, "--plugin", "learner", "--model", tmp_path / "two"
    )


def test_a_calibration_without_a_place_is_a_usage_error(quiet, tmp_path):
    outcome = sesctl("calibrate", quiet, "--plugin", "boxcar")
    assert outcome.status == 2
    assert "give --to, or a --model" in outcome.err
    assert "is no model folder" in refused("calibrate", quiet, "--plugin", "learner", "--model", tmp_path)


def test_the_model_that_comes_with_a_detector_is_used_flagged_and_shown(quiet, model, monkeypatch):
    assert sesctl("calibrate", quiet, "--plugin", "learner", "--model", model, "--quiet").status == 0
    with_model(monkeypatch, model)
    found = sesctl("detect", quiet, "--plugin", "learner", "--threshold", 1, "--json").json
    assert found["meta"]["model"] == open_model(model).hash
    assert {event["flags"] for event in found["events"]} == {"shipped-calibration"}
    shown = sesctl("models", "show", "learner").out
    assert f"folder     {model} (came with the detector)" in shown
    listed = {each["detector"]: each for each in sesctl("models", "list", "--json").json}
    assert listed["learner"]["hash"] == open_model(model).hash
    assert "boxcar" not in listed


def test_a_model_that_should_have_come_and_did_not_is_named(quiet, tmp_path, monkeypatch):
    with_model(monkeypatch, tmp_path / "gone")
    line = refused("detect", quiet, "--plugin", "learner")
    assert f"the model that should come with detector learner is not in {tmp_path / 'gone'}" in line
    listed = {each["detector"]: each for each in sesctl("models", "list", "--json").json}
    assert "should come" in listed["learner"]["problem"]


def test_a_card_is_shown_with_what_is_not_stated(trained, model):
    shown = sesctl("models", "show", model)
    assert shown.status == 0
    lines = {line[:10].strip(): line[11:] for line in shown.out.splitlines() if line[:10].strip()}
    assert lines["detector"] == "learner"
    assert lines["what"] == "learns the window of a running median"
    assert lines["scores"] == lines["versions"] == "not stated"
    assert lines["hash"] == open_model(model).hash
    assert lines["calibrated"] == "no"
    path = model / "model.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"card": {"praise": "very good"}}))
    assert "has 'praise', which is none of what, data" in refused("models", "show", model)
    path.write_text(json.dumps({key: content[key] for key in content if key != "card"}))
    bare = sesctl("models", "show", model, "--json").json
    assert bare["card"] == {}
    assert bare["hash"] == open_model(model).hash


def test_a_damaged_model_is_neither_shown_nor_copied_nor_used(quiet, model, tmp_path):
    (model / "learner.json").write_text('{"window": 3, "lessons": 9}')
    for arguments in (
        ("models", "show", model),
        ("models", "export", model, "--to", tmp_path / "copy"),
        ("detect", quiet, "--plugin", "learner", "--model", model),
    ):
        assert "learner.json has " in refused(*arguments)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["model"]


def test_a_copy_scores_the_same_and_takes_card_and_calibration_along(quiet, model, tmp_path):
    assert sesctl("calibrate", quiet, "--plugin", "learner", "--model", model, "--quiet").status == 0
    outcome = sesctl("models", "export", model, "--to", tmp_path / "copy")
    assert outcome.status == 0
    assert outcome.err == ""
    assert open_model(tmp_path / "copy").hash == open_model(model).hash
    assert sorted(each.name for each in (tmp_path / "copy").iterdir()) == sorted(
        each.name for each in model.iterdir()
    )
    first, second = (json.loads((each / "model.json").read_text()) for each in (model, tmp_path / "copy"))
    assert first["card"] == second["card"]
    line = refused("models", "export", model, "--to", tmp_path / "copy")
    assert "is there already" in line
    for option in (("--dtype", "float16"), ("--onnx",)):
        assert "it writes its model in one way" in refused(
            "models", "export", model, "--to", tmp_path / "other", *option
        )
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("lerner", "there is no detector 'lerner'; did you mean 'learner'?"),
        ("learner", "no model comes with detector learner"),
        ("boxcar", "no model comes with detector boxcar"),
        ("./nowhere", "there is no model folder ./nowhere, and there is no detector './nowhere'"),
    ],
)
def test_a_model_that_is_none_is_one_line(name, reason):
    assert reason in refused("models", "show", name)


def test_a_model_of_another_detector_is_refused_with_its_own(quiet, model):
    path = model / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"detector": "someone"}))
    line = refused("detect", quiet, "--plugin", "learner", "--model", model)
    assert "is a model of someone, not of learner. Use it with --plugin someone" in line
