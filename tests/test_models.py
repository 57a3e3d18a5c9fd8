"""A model folder is read as if a stranger had written it: named faults, no surprises."""

import hashlib
import json
from dataclasses import replace

import pytest

from sesctl import registry
from sesctl.errors import PluginError
from sesctl.models import NOT_STATED, card_rows, check_card, check_files, describe, open_model, shipped_model

CARD = {
    "what": "a running median",
    "scores": [
        {"name": "success", "value": 0.91, "interval": [0.88, 0.93], "of": "200 unseen days"},
        {"name": "onset error (s)", "value": 12.0},
    ],
    "date": "2020-01-31",
}


@pytest.fixture
def folder(tmp_path):
    """Return a model folder of two files."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "numbers.json").write_text("[1, 2]")
    (tmp_path / "parts" / "more.json").write_text("[3]")
    describe(tmp_path, "learner", {"card": CARD})
    return tmp_path


def change(folder, **entries):
    path = folder / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))


def refused(folder, match):
    with pytest.raises(PluginError, match=match) as caught:
        check_files(open_model(folder))
    assert "\n" not in str(caught.value)


def test_every_file_is_listed_with_its_size_and_hash(folder):
    listed = json.loads((folder / "model.json").read_text())["files"]
    assert [each["file"] for each in listed] == ["numbers.json", "parts/more.json"]
    assert listed[0]["sha256"] == hashlib.sha256(b"[1, 2]").hexdigest()
    model = open_model(folder)
    check_files(model)
    assert (model.detector, model.bytes) == ("learner", 9)


def test_the_hash_is_of_what_decides_the_scores_and_not_of_what_is_told(folder):
    first = open_model(folder).hash
    change(folder, card={"what": "the same"}, history=[{"loss": 1.0}], made_from={"seed": 1})
    (folder / "calibration.json").write_text("{}")
    (folder / "curves.png").write_bytes(b"")
    assert open_model(folder).hash == first
    change(folder, config={"window": 61})
    assert open_model(folder).hash != first
    (folder / "numbers.json").write_text("[1, 3]")
    describe(folder, "learner", {})
    assert open_model(folder).hash not in (first, "")


def test_what_the_detector_wrote_in_the_description_itself_stays(tmp_path):
    (tmp_path / "model.json").write_text(json.dumps({"format": 1, "detector": "other", "window": 5}))
    (tmp_path / "a.bin").write_bytes(b"abc")
    describe(tmp_path, "learner", {"card": {}})
    content = json.loads((tmp_path / "model.json").read_text())
    assert (content["detector"], content["window"], content["card"]) == ("other", 5, {})
    assert [each["file"] for each in content["files"]] == ["a.bin"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is no description of a model"),
        (b"\xff", "is no description of a model"),
        (b"[]", "is a JSON list, not an object"),
        (b'{"format": 1, "format": 1}', "stands twice"),
        (b'{"format": 1, "detector": "x", "scale": NaN}', "it holds NaN"),
        (b"[" * 100_000, "is no description of a model"),
        (b'{"format": 2, "detector": "x"}', "has format 2"),
        (b'{"format": 1, "detector": 3}', "detector 3"),
        (b'{"format": 1, "detector": "x"}', "lists no file"),
        (b'{"format": 1, "detector": "x", "files": []}', "lists no file"),
        (b'{"format": 1, "detector": "x", "files": 5}', "lists its files in an unknown way"),
        (
            b'{"format": 1, "detector": "x", "weights": [{"file": "a"}]}',
            "lists its weights in an unknown way",
        ),
        (b" " * ((1 << 24) + 1), "more than the 16777216 bytes"),
    ],
)
def test_a_description_that_is_none_is_refused_with_its_fault(folder, content, reason):
    (folder / "model.json").write_bytes(content)
    refused(folder, reason)


def test_a_folder_without_a_description_is_no_model(tmp_path):
    refused(tmp_path, "has no model.json")
    (tmp_path / "file").write_text("")
    refused(tmp_path / "file", "has no model.json")


@pytest.mark.parametrize(
    "name", ["../numbers.json", "/etc/passwd", "parts/../../numbers.json", "..\\numbers.json", ""]
)
def test_no_file_outside_the_folder_is_ever_named(folder, name):
    digest = hashlib.sha256(b"[1, 2]").hexdigest()
    change(folder, files=[{"file": name, "bytes": 6, "sha256": digest}])
    refused(folder, "lists its files in an unknown way")


@pytest.mark.parametrize("size", [-1, 1 << 60, 6.0, True, "6"])
def test_a_size_that_is_none_is_refused(folder, size):
    change(folder, files=[{"file": "numbers.json", "bytes": size, "sha256": "0" * 64}])
    refused(folder, "lists its files in an unknown way")


def test_a_file_that_changed_or_went_or_became_a_link_is_named(folder):
    path = folder / "numbers.json"
    path.write_text("[1, 9]")
    refused(folder, r"numbers\.json has SHA-256 \w{12}…, not \w{12}…")
    path.write_text("[1, 22]")
    refused(folder, r"numbers\.json has 7 bytes, not 6")
    path.unlink()
    refused(folder, r"numbers\.json is not there")
    (folder.parent / "elsewhere").write_text("[1, 2]")
    path.symlink_to(folder.parent / "elsewhere")
    refused(folder, r"numbers\.json is a link")


def test_a_file_behind_a_linked_folder_or_listed_twice_is_refused(folder):
    listed = json.loads((folder / "model.json").read_text())["files"]
    change(folder, files=[*listed, {**listed[1], "file": "parts/./more.json"}])
    with pytest.raises(PluginError, match=r"model\.json lists parts/more\.json more than once"):
        open_model(folder)
    change(folder, files=listed)
    (folder / "parts").rename(folder.parent / "elsewhere-parts")
    (folder / "parts").symlink_to(folder.parent / "elsewhere-parts")
    refused(folder, r"parts is a link, but belongs to the model")


def test_a_card_says_what_is_known_and_names_what_is_not():
    rows = card_rows(check_card(CARD))
    assert ("what", "a running median") in rows
    assert ("scores", "success: 0.91 (0.88–0.93), 200 unseen days") in rows
    assert ("", f"onset error (s): 12 (interval {NOT_STATED})") in rows
    for name in ("data", "protocol", "limits", "hardware"):
        assert (name, NOT_STATED) in rows
    assert all(text == NOT_STATED for _, text in card_rows(check_card(None)))


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ([], "has 'list'"),
        ({"praise": "it is good"}, "has 'praise'"),
        ({"what": 5}, "the what on the card of the model is a int"),
        ({"scores": "good"}, "the scores on the card of the model is a str"),
        ({"limits": ["x"] * 101}, "the limits on the card of the model is too long"),
        ({"what": "x" * 20_000}, "the what on the card of the model is too long"),
    ],
)
def test_a_card_that_is_none_is_refused(card, reason):
    with pytest.raises(PluginError, match=reason):
        check_card(card)


def test_the_model_that_comes_with_a_detector_has_to_be_there_and_its_own(folder, tmp_path_factory):
    info = replace(registry.find("boxcar"), name="learner", trainable=True)
    assert shipped_model(info) is None
    found = shipped_model(replace(info, model=folder))
    assert found.shipped
    assert found.hash == open_model(folder).hash
    with pytest.raises(PluginError, match="detector other comes with a model of learner"):
        shipped_model(replace(info, name="other", model=folder))
    with pytest.raises(PluginError, match="the model that should come with detector learner is not in"):
        shipped_model(replace(info, model=folder / "gone"))


@pytest.mark.parametrize(("changes", "reason"), [({"model": "m"}, "no Path"), ({"model": None}, "")])
def test_a_record_names_its_model_by_a_path(changes, reason):
    info = replace(registry.find("boxcar"), trainable=True)
    if reason:
        with pytest.raises(PluginError, match=reason):
            replace(info, **changes)
    else:
        assert replace(info, **changes).model is None


def test_a_detector_that_does_not_learn_has_no_model(folder):
    with pytest.raises(PluginError, match="nothing it could have learnt"):
        replace(registry.find("boxcar"), model=folder)
