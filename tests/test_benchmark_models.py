"""A study scores a model that is given as it is, and knows which days it learnt from."""

import json

import pytest

from program import refused
from sesctl.benchmark.backgrounds import lay
from sesctl.benchmark.result_file import read_result
from sesctl.benchmark.run import run_part
from sesctl.benchmark.signals import STRONG
from sesctl.benchmark.splits import test_ground as later_ground
from sesctl.benchmark.study import Study, find_detector, models_of, on_device
from sesctl.errors import ParameterError, PluginError, ReadError
from sesctl.models import describe, open_model, write_origins
from sesctl.types import Origin
from test_benchmark import TINY, the_part


@pytest.fixture
def given(tmp_path, install):
    """Return the folder of a model that learnt from one day far away, and was given."""
    install("learner_plugin")
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "learner.json").write_text(json.dumps({"window": 61, "lessons": 1}))
    describe(folder, "learner", {})
    write_origins([Origin("ELSEWHERE", 3, "0" * 64)], folder)
    return folder


def study_of(tmp_path, folder):
    return Study(scale=TINY, folder=tmp_path / "out", models=models_of([folder], ["learner", "boxcar"]))


def test_a_given_model_is_scored_and_nothing_is_trained(tmp_path, given):
    study = study_of(tmp_path, given)
    part = the_part("recorded", "honest", "learner")
    assert run_part(part, study)
    assert not (study.folder / "models").exists()
    content = read_result(study.folder / f"{part.name}.json")
    assert list(content["parameters"]["models"].values()) == [open_model(given).hash]
    assert not run_part(part, study)
    subject = study.subject(part.info, "honest", "ota", STRONG)
    assert subject.detector.window == 61
    assert subject.learnt_from == {Origin("ELSEWHERE", 3, "0" * 64)}
    assert study.subject(find_detector("boxcar"), "honest", "ota", STRONG).model == ""


def test_a_given_model_that_learnt_from_the_test_is_refused_under_honest(tmp_path, given):
    study = study_of(tmp_path, given)
    write_origins(lay(later_ground("ota", TINY)).origins(), given)
    with pytest.raises(ParameterError, match=r"of station OTA .* is a training day too"):
        run_part(the_part("success", "honest", "learner"), study)


@pytest.mark.parametrize("content", [None, "[", '[{"days": 3}]', "{}5"])
def test_a_model_that_does_not_say_what_it_learnt_from_is_not_tested(tmp_path, given, content):
    path = given / "origins.json"
    if content is None:
        path.unlink()
    else:
        path.write_text(content)
    study = study_of(tmp_path, given)
    with pytest.raises(ReadError, match=r"learnt from|tells the days"):
        study.subject(find_detector("learner"), "honest", "ota", STRONG)


def test_models_are_given_to_detectors_that_are_scored_once_each(tmp_path, given):
    with pytest.raises(ParameterError, match="is a model of learner, which is not among those scored"):
        models_of([given], ["boxcar"])
    with pytest.raises(ParameterError, match=r"which has the model .* already"):
        models_of([given, given], ["learner"])
    arguments = ("benchmark", "xue2022", "--to", tmp_path / "out", "--quiet")
    assert "which is not among those scored" in refused(*arguments, "--model", given)
    assert "is no model folder" in refused(*arguments, "--model", tmp_path)


def test_a_device_is_for_every_detector_of_a_study(install):
    install("learner_plugin")
    info = find_detector("learner")
    assert on_device(info, None) is info
    assert on_device(info, "cpu").make().threshold == info.make().threshold
    with pytest.raises(PluginError, match="learner cannot compute on gpu:3"):
        on_device(info, "gpu:3").make()
