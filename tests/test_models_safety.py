"""A model folder from an unknown hand neither hangs, nor gives away, nor ends in anything but one line."""

import json
import os
import shutil

import pytest

from sesctl.errors import PluginError, ReadError
from sesctl.models import (
    card_rows,
    check_card,
    check_files,
    describe,
    export_model,
    open_model,
    read_origins,
    write_origins,
)
from sesctl.models import export as export_module
from sesctl.models.reading import MAX_DEPTH, parse_json
from sesctl.plugin.plain_file import read_plain
from sesctl.types import Origin

SECRET = "not for others"


class Copier:
    """A detector that learnt one file."""

    def load(self, folder):
        self.learnt = (folder / "numbers.json").read_bytes()

    def export(self, folder, *, dtype, onnx):
        (folder / "numbers.json").write_bytes(self.learnt)


@pytest.fixture
def folder(tmp_path):
    """Return a model folder of one file."""
    path = tmp_path / "model"
    path.mkdir()
    (path / "numbers.json").write_text("[1, 2]")
    describe(path, "copier", {})
    return path


def change(folder, **entries):
    path = folder / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))


def refusal(error, action, *arguments):
    with pytest.raises(error) as caught:
        action(*arguments)
    assert "\n" not in caught.value.message
    return caught.value.message


def exported(folder):
    return export_model(open_model(folder), Copier(), folder.parent / "copy")


def nested(depth):
    content = "x"
    for _ in range(depth):
        content = [content]
    return content


ALONG = ["curves.json", "curves.png", "origins.json", "roc.png", "calibration.json"]


@pytest.mark.parametrize("name", ALONG)
def test_a_copy_takes_along_what_lies_beside_and_nothing_that_lies_elsewhere(folder, name):
    (folder / name).write_text("beside")
    assert (exported(folder).folder / name).read_text() == "beside"
    shutil.rmtree(folder.parent / "copy")
    (folder / name).unlink()
    (folder.parent / "secret").write_text(SECRET)
    (folder / name).symlink_to(folder.parent / "secret")
    assert refusal(PluginError, exported, folder) == f"{folder / name} cannot be read (it is a link)"
    assert sorted(each.name for each in folder.parent.iterdir()) == ["model", "secret"]


@pytest.mark.parametrize("name", ALONG)
def test_a_copy_waits_for_no_pipe(folder, name):
    os.mkfifo(folder / name)
    assert refusal(PluginError, exported, folder) == f"{folder / name} is no plain file"


def test_a_copy_takes_no_file_without_end_along(folder, monkeypatch):
    monkeypatch.setattr(export_module, "MAX_BYTES", 5)
    (folder / "curves.json").write_text("[123]")
    exported(folder)
    shutil.rmtree(folder.parent / "copy")
    (folder / "curves.json").write_text("[1234]")
    assert "curves.json has more than the 5 bytes" in refusal(PluginError, exported, folder)


def test_a_file_that_is_none_is_missing_and_no_fault_of_the_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileNotFoundError):
        read_plain(tmp_path / "none", 9)
    with pytest.raises(NotADirectoryError):
        read_plain(tmp_path / "file" / "none", 9)
    assert "cannot be read (Is a directory)" in refusal(PluginError, read_plain, tmp_path, 9)
    assert "cannot be read (File name too long)" in refusal(
        PluginError, read_plain, tmp_path / ("a" * 300), 9
    )


@pytest.mark.parametrize(
    ("name", "action", "error"),
    [("model.json", open_model, PluginError), ("origins.json", read_origins, ReadError)],
)
def test_what_is_told_is_read_from_plain_files_alone(folder, name, action, error):
    path = folder / name
    write_origins([Origin("HKB", 3, "ab")], folder)
    path.rename(folder / "other")
    path.symlink_to(folder / "other")
    assert "it is a link" in refusal(error, action, folder)
    path.unlink()
    os.mkfifo(path)
    assert "is no plain file" in refusal(error, action, folder)
    path.unlink()
    path.mkdir()
    assert "Is a directory" in refusal(error, action, folder)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (b'"a": "\\ud800"', "a text in it holds \\ud800, which is no character"),
        (b'"card": {"what": ["\\udfff"]}', "a text in it holds \\udfff, which is no character"),
        (b'"\\ud800": 1', "a text in it holds \\ud800, which is no character"),
        (b'"a": 1e999', "it holds 1e999"),
        (b'"a": -1' + b"0" * 400 + b".0", "it holds -10000"),
        (b'"a": ' + b"[" * 900 + b"]" * 900, "it is nested deeper than 64 times"),
        (b'"a": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, "it is nested deeper than 64 times"),
        (b'"a": ' + b'{"a": ' * 90_000, "it is nested deeper than 64 times"),
    ],
)
def test_a_description_that_could_not_be_shown_or_written_is_refused(folder, entry, reason):
    path = folder / "model.json"
    path.write_bytes(b"{" + entry + b", " + path.read_bytes().lstrip(b"{"))
    message = refusal(PluginError, open_model, folder)
    assert f"is no description of a model ({reason}" in message
    message.encode()


def test_characters_of_two_escapes_and_usual_depths_are_read(folder):
    assert parse_json(b'"\\ud83c\\udf0b \\\\ud800"') == "\N{VOLCANO} \\ud800"
    change(folder, data=nested(MAX_DEPTH - 1))
    assert exported(folder).about["data"] == nested(MAX_DEPTH - 1)


@pytest.mark.parametrize(
    "name", ["a" * 256, "é" * 128, "parts/" + "a" * 256, "a\0", "a\x1b[31m", "a\nb", "a\x9b"]
)
def test_a_file_of_a_name_that_none_can_have_is_refused(folder, name):
    change(folder, files=[{"file": name, "bytes": 6, "sha256": "0" * 64}])
    assert "lists its files in an unknown way" in refusal(PluginError, open_model, folder)


def test_a_file_that_cannot_be_looked_for_is_named(folder):
    change(folder, files=[{"file": "a/" * 3000 + "b", "bytes": 6, "sha256": "0" * 64}])
    assert "cannot be read (File name too long)" in refusal(PluginError, check_files, open_model(folder))


@pytest.mark.parametrize("field", ["what", "scores", "data"])
def test_a_card_is_no_deeper_than_it_can_be_shown(field):
    content = nested(MAX_DEPTH)
    if field != "what":
        assert (field, "x") in card_rows(check_card({field: content}))
    message = refusal(PluginError, check_card, {field: nested(480)})
    assert message == f"the {field} on the card of the model is nested deeper than 64 times"


@pytest.mark.parametrize(
    "content",
    [
        "{}",
        '{"a": 1}',
        "5",
        "null",
        "[[]]",
        '[{"station": "a", "source": "b"}]',
        '[{"station": "a", "source": "b", "days": []}]',
        '[{"station": "a", "source": "b", "days": "12"}]',
        '[{"station": "a", "source": "b", "days": {"7": 1}}]',
        '[{"station": "a", "source": "b", "days": [1e999]}]',
        '[{"station": "a", "source": "b", "days": [1.0]}]',
        '[{"station": "a", "source": "b", "days": [true]}]',
        '[{"station": "a", "source": "b", "days": ["5"]}]',
        '[{"station": "a", "source": "b", "days": [1' + "0" * 400 + "]}]",
        '[{"station": "a", "source": "b", "days": [2932897]}]',
        '[{"station": ["a"], "source": "b", "days": [1]}]',
        '[{"station": "a", "source": null, "days": [1]}]',
        '[{"station": "\\ud800", "source": "b", "days": [1]}]',
        "[" * 99_999,
        "\xff",
    ],
)
def test_days_told_in_an_unknown_way_are_never_taken_for_none(tmp_path, content):
    (tmp_path / "origins.json").write_bytes(content.encode("latin1"))
    assert "tells the days of a model in an unknown way" in refusal(ReadError, read_origins, tmp_path)


@pytest.mark.parametrize(
    "origins",
    [
        [],
        [Origin("HKB", -719_162, "ab"), Origin("HKB", 2_932_896, "ab"), Origin("柿岡", 3, "cd")],
    ],
)
def test_days_are_read_as_they_were_written(tmp_path, origins):
    write_origins(origins, tmp_path)
    assert set(read_origins(tmp_path)) == set(origins)
