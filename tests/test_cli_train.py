"""`sesctl train`: days in, a model folder out; whole, repeatable, and the same after any interruption."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from field_records import at, quiet_field
from program import refused, sesctl
from sesctl import registry
from sesctl.pipeline import training as training_module
from sesctl.pipeline.loading import model_to_start_from
from sesctl.waveforms.embedded import EmbeddedDays
from training_records import DOUBLES, archived, installed, wandering

if find_spec("keras") is None:  # not imported yet: the backend is chosen first
    pytest.skip("there is no Keras", allow_module_level=True)

SMALL = ("--validation-days", 2)
FIGURES = ("loss", "validation_loss", "validation_success", "validation_rmspe", "onset_bias_s")


@pytest.fixture(scope="module", autouse=True)
def detectors():
    """Install a tiny network and a detector that learns in one go."""
    with installed("pupil_plugin", "learner_plugin"):
        yield


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """Return an archive of 12 days of two dipoles: 3 to learn from, 7 between, 2 that choose."""
    return archived(tmp_path_factory.mktemp("quiet") / "archive", wandering(12))


def train(quiet, to, *options, plugin="pupil"):
    return sesctl("train", quiet, "--plugin", plugin, "--to", to, *SMALL, *options)


def weights(folder):
    from safetensors.numpy import load_file

    return load_file(folder / "weights.safetensors")


def same_weights(one, other):
    first, second = weights(one), weights(other)
    return first.keys() == second.keys() and all(np.array_equal(first[k], second[k]) for k in first)


@pytest.fixture(scope="module")
def trained(quiet, tmp_path_factory):
    """Return a model trained in one piece, and what the program said."""
    folder = tmp_path_factory.mktemp("models") / "model"
    return folder, train(quiet, folder)


def files_of(folder):
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_a_model_has_weights_curves_origins_and_a_card_and_nothing_is_left_beside_it(trained):
    folder, outcome = trained
    assert outcome.status == 0
    assert sorted(files_of(folder)) == [
        *("curves.json", "curves.png", "model.json", "origins.json", "weights.safetensors")
    ]
    assert list(folder.parent.iterdir()) == [folder]
    first, kept, last = outcome.out.splitlines()
    assert first == "pupil: 6 days of dipoles learnt from, 4 that choose"
    assert kept.startswith("epoch ")
    assert " of 3 kept: loss " in kept
    assert last.startswith(f"model: {folder} (")
    (origins,) = json.loads((folder / "origins.json").read_text())
    first_day = at("2020-01-01") // 86_400_000_000
    assert (origins["station"], origins["days"]) == ("hkb", [first_day + k for k in (0, 1, 2, 10, 11)])


def test_each_epoch_is_a_line_and_a_point_of_every_curve(trained):
    folder, outcome = trained
    lines = [line for line in outcome.err.splitlines() if line.startswith("epoch ")]
    assert [line.split(":")[0] for line in lines] == ["epoch 1", "epoch 2", "epoch 3"]
    curves = json.loads((folder / "curves.json").read_text())
    for name in FIGURES:
        assert len(curves[name]) == 3
        assert np.isfinite(curves[name]).all()
    assert curves["loss"][2] < curves["loss"][0]
    told = json.loads((folder / "model.json").read_text())
    assert [each["loss"] for each in told["history"]] == curves["loss"]
    assert told["best_epoch"] == curves["best_epoch"]
    assert (folder / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_the_card_says_what_was_done(trained):
    card = json.loads((trained[0] / "model.json").read_text())["card"]
    assert card["data"] == [
        "learnt from hkb: 2 dipoles, 3 days from 2020-01-01 to 2020-01-03",
        "chosen on hkb: 2 dipoles, 2 days from 2020-01-11 to 2020-01-12",
        "signals: boxcars of 10–15 mV/km and 25–30 min, seed 0",
    ]
    assert [each["of"] for each in card["scores"]] == ["the 4 dipole-days that chose the epoch"] * 3
    assert "interval" not in card["scores"][0]


def test_the_same_command_again_finds_the_model_and_changes_nothing(trained, quiet):
    folder, _ = trained
    before = files_of(folder)
    again = train(quiet, folder, "--json")
    assert again.json["was_there"] is True
    assert again.json["epochs"] == 3
    assert files_of(folder) == before
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize(
    ("options", "difference"),
    [
        (("--epochs", 4), "epochs 3, not 4"),
        (("--learning-rate", 0.1), "learning rate 0.0001, not 0.1"),
        (("--amplitude", 6, 8), "embedding amplitude [10.0, 15.0], not [6.0, 8.0]"),
        (("--dipole", "Ex"), "data training "),
    ],
)
def test_a_model_trained_otherwise_is_never_replaced_unasked(trained, quiet, options, difference):
    folder, _ = trained
    before = files_of(folder)
    line = refused("train", quiet, "--plugin", "pupil", "--to", folder, *SMALL, *options)
    assert f"is there already, with {difference}" in line
    assert "--overwrite" in line
    assert files_of(folder) == before
    assert list(folder.parent.iterdir()) == [folder]


def test_asked_to_it_replaces_the_model_when_the_new_one_is_whole(trained, quiet, tmp_path, monkeypatch):
    folder = tmp_path / "model"
    assert train(quiet, folder, "--epochs", 1).status == 0
    before = files_of(folder)
    with monkeypatch.context() as broken:
        broken.setattr(training_module, "write_curves", lambda *_: pytest.fail("the disk is full"))
        with pytest.raises(pytest.fail.Exception):
            train(quiet, folder, "--overwrite")
    assert files_of(folder) == before
    assert train(quiet, folder, "--overwrite").status == 0
    assert same_weights(folder, trained[0])
    assert list(tmp_path.iterdir()) == [folder]


def test_other_seeds_give_other_models_and_the_same_seed_the_same(trained, quiet, tmp_path):
    assert train(quiet, tmp_path / "same", "--quiet").err == ""
    assert same_weights(tmp_path / "same", trained[0])
    assert train(quiet, tmp_path / "other", "--seed", 1).status == 0
    assert not same_weights(tmp_path / "other", trained[0])


RUN = """
import sys
from sesctl.plugin.keras import loop
loop.CHECKPOINT_EVERY_S = 0.0
sys.argv = ["sesctl", *{arguments!r}]
from sesctl.__main__ import main
main()
"""


def started(quiet, to, *options):
    """Start the program in a process of its own, with a checkpoint after every epoch."""
    arguments = ["train", str(quiet), "--plugin", "pupil", "--to", str(to), *map(str, (*SMALL, *options))]
    path = [DOUBLES / "pupil_plugin", DOUBLES / "learner_plugin", os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(
        [sys.executable, "-c", RUN.format(arguments=arguments)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, filter(None, path)))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    for _ in range(6000):
        if path.exists():
            return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    pytest.fail(f"{path} did not appear: {process.communicate()[1]}")


def test_killed_and_started_again_it_ends_at_the_same_weights(quiet, tmp_path):
    # Epochs enough that the first process cannot be through when it is killed.
    process = started(quiet, tmp_path / "killed", "--epochs", 2000)
    checkpoint = tmp_path / ".killed.training" / "checkpoint.safetensors"
    wait_for(checkpoint, process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / "killed").exists()
    assert checkpoint.exists()
    done = _epochs_in(checkpoint)
    assert 1 <= done < 2000
    epochs = done + 3
    again = train(quiet, tmp_path / "killed", "--epochs", epochs)
    assert again.status == 0
    assert f"going on with the training in {tmp_path / '.killed.training'}" in again.err
    assert train(quiet, tmp_path / "whole", "--epochs", epochs).status == 0
    assert same_weights(tmp_path / "killed", tmp_path / "whole")
    curves = [json.loads((tmp_path / name / "curves.json").read_text()) for name in ("killed", "whole")]
    assert all(curves[0][name] == curves[1][name] for name in FIGURES)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["killed", "whole"]


def _epochs_in(checkpoint):
    from safetensors import safe_open

    with safe_open(checkpoint, framework="numpy") as file:
        return len(json.loads(file.metadata()["run"])["history"])


def test_an_unfinished_training_is_not_mixed_with_another(quiet, tmp_path, monkeypatch):
    from sesctl.plugin.keras import loop

    monkeypatch.setattr(loop, "CHECKPOINT_EVERY_S", 0.0)

    def interrupt(_view, figures):
        if figures["epoch"] == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as user:
        user.setattr("sesctl.cli.training_view.TrainingView.epoch", interrupt)
        stopped = train(quiet, tmp_path / "model")
    assert stopped.status == 130
    assert "the same command goes on from there" in stopped.err
    assert (tmp_path / ".model.training" / "checkpoint.safetensors").exists()
    line = refused("train", quiet, "--plugin", "pupil", "--to", tmp_path / "model", *SMALL, "--batch", 2)
    assert "holds an unfinished training with batch 4, not 2" in line
    assert train(quiet, tmp_path / "model").status == 0
    assert list(tmp_path.iterdir()) == [tmp_path / "model"]


@pytest.mark.parametrize(("days", "needed"), [(10, 11), (16, 17)])
def test_a_record_that_is_too_short_is_refused_with_the_days_it_needs(tmp_path, days, needed):
    short = archived(tmp_path / "short", wandering(days, dipoles=("Ex",)))
    options = SMALL if needed == 11 else ()
    line = refused("train", short, "--plugin", "pupil", "--to", tmp_path / "model", *options)
    assert f"{days} days are too few" in line
    assert f"Give at least {needed} days" in line
    assert list(tmp_path.iterdir()) == [short]


def test_validation_days_of_another_record_keep_their_distance(quiet, tmp_path):
    near = archived(tmp_path / "near", wandering(2, seed=5, start="2020-01-19"))
    line = refused("train", quiet, "--plugin", "pupil", "--to", tmp_path / "model", "--validation", near)
    assert "validation day 2020-01-19 of station hkb lies 7 days from day 2020-01-12" in line
    far = archived(tmp_path / "far", wandering(2, seed=5, start="2020-01-20"))
    arguments = ("--plugin", "pupil", "--to", tmp_path / "model", "--validation", far, "--epochs", 1)
    made = sesctl("train", quiet, *arguments, "--json").json
    assert made["rows"] == {"training": 24, "validation": 4}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--plugin", "boxcar"), "detector boxcar does not learn"),
        (("--plugin", "pupi"), "there is no detector 'pupi'; did you mean 'pupil'?"),
        (
            ("--plugin", "learner", "--epochs", 3),
            "detector learner learns in its own way, and takes no --epochs",
        ),
        (
            ("--plugin", "learner", "--hours", 1),
            "learns in its own way, and takes no --hours or --seconds",
        ),
        (("--plugin", "pupil", "--amplitude", 15, 10), "between 15 and 10 mV/km, which is no range"),
        (("--plugin", "pupil", "--learning-rate", 1e30), "the loss is"),
        (("--plugin", "pupil", "--batch", 500), "training has 12 pairs for a batch of 500"),
        (("--plugin", "pupil", "--from", "/nowhere"), "/nowhere is no model folder"),
        (("--plugin", "pupil", "--dipole", "Ez"), "station hkb has no dipole 'Ez'"),
        (("--plugin", "learner", "--device", "gpu:0"), "it computes on cpu alone, not on gpu:0"),
    ],
)
def test_what_cannot_be_trained_is_one_line_and_leaves_nothing(quiet, tmp_path, arguments, reason):
    outcome = sesctl("train", quiet, "--to", tmp_path / "model", *SMALL, *arguments, "--quiet")
    assert outcome.status == 1
    assert outcome.out == ""
    assert reason in outcome.err
    assert outcome.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_record_with_embedded_signals_is_no_record_to_learn_from(tmp_path):
    assert sesctl("synth", "--preset", "ota", "--days", 1, "--to", tmp_path / "quiet").status == 0
    arguments = ("--to", tmp_path / "noisy", "--truth", tmp_path / "truth.csv")
    assert sesctl("inject", tmp_path / "quiet", *arguments).status == 0
    line = refused("train", tmp_path / "noisy", "--plugin", "learner", "--to", tmp_path / "model")
    assert "station OTA holds embedded signals already" in line


@pytest.mark.parametrize("place", ["file", "folder", "archive/model", "/proc/model"])
def test_a_place_that_is_taken_is_refused(quiet, tmp_path, place):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "thesis.tex").write_text("mine")
    to = quiet / "model" if place == "archive/model" else tmp_path / place
    line = refused("train", quiet, "--plugin", "pupil", "--to", to, *SMALL, "--overwrite")
    assert any(
        text in line for text in ("is there already, and no model", "lies in the archive", "cannot be")
    )
    assert (tmp_path / "file").read_text() == (tmp_path / "folder" / "thesis.tex").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 2


def test_fine_tuning_goes_on_from_the_weights_and_the_map_of_a_model(trained, quiet, tmp_path):
    before = json.loads((trained[0] / "model.json").read_text())
    other = archived(tmp_path / "other", wandering(12, seed=9, noise=0.9))
    tuned = tmp_path / "tuned"
    options = ("--from", trained[0], "--epochs", 1, "--learning-rate", 0)
    assert train(other, tuned, *options).status == 0
    after = json.loads((tuned / "model.json").read_text())
    assert after["input_map"] == before["input_map"]
    assert same_weights(tuned, trained[0])  # a step of 0 leaves them
    assert after["made_from"]["start_from"] is not None
    assert "begun from model" in after["card"]["protocol"]
    line = refused("train", quiet, "--plugin", "learner", "--from", tuned, "--to", tmp_path / "no", *SMALL)
    assert "is a model of pupil, not of learner. Use it with --plugin pupil" in line


def test_a_detector_with_fit_alone_learns_from_embedded_days(quiet, tmp_path, monkeypatch):
    seen = []
    kind = type(registry.make(registry.find("learner")))
    fit = kind.fit

    def watched(self, training, validation, progress):
        seen.extend([training, validation])
        progress.epoch(loss=2.0, error=0.5)
        progress.epoch(loss=1.0, error=0.25)
        fit(self, training, validation, progress)

    monkeypatch.setattr(kind, "fit", watched)
    options = ("--amplitude", 6, 8, "--duration", 10, 15, "--copies", 2)
    made = train(quiet, tmp_path / "model", *options, "--json", plugin="learner")
    assert made.json["rows"] == {"training": 12, "validation": 4}
    assert "epoch 2: loss 1, error 0.25" in made.err
    assert json.loads((tmp_path / "model" / "curves.json").read_text())["loss"] == [2.0, 1.0]
    for days in seen:
        assert isinstance(days, EmbeddedDays)
        for row in days.signals[:, 0]:
            inside = np.flatnonzero(row)
            assert 6 <= abs(row[inside]).min() <= abs(row[inside]).max() <= 8
            assert 59 <= len(inside) <= 91
            assert days.context <= inside[0]
            assert inside[-1] < days.context + days.samples_per_day
            assert (np.diff(inside) == 1).all()
    signals = seen[0].signals
    assert len({row.tobytes() for row in signals}) == len(signals)
    # What is wanted is the smooth record with the signal on top: it stays within the noise of what is given.
    assert np.abs(seen[0].target - seen[0].values)[:, :, 4000:4100].max() < 3.0
    assert sesctl("models", "show", tmp_path / "model").status == 0


def test_what_learns_in_one_go_says_that_it_begins_again_when_interrupted(quiet, tmp_path, monkeypatch):
    def interrupt(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(registry.make(registry.find("learner"))), "fit", interrupt)
    stopped = train(quiet, tmp_path / "model", plugin="learner")
    assert stopped.status == 130
    assert "there is no checkpoint yet: the same command begins again" in stopped.err
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_model_of_any_detector_is_refused_by_name(quiet, tmp_path):
    assert train(quiet, tmp_path / "model", plugin="learner").status == 0
    path = tmp_path / "model" / "learner.json"
    path.write_text(path.read_text().replace("1", "2"))
    line = refused("detect", quiet, "--plugin", "learner", "--model", tmp_path / "model")
    assert "learner.json has SHA-256" in line


def test_days_that_lack_a_tenth_of_their_samples_are_left_out(tmp_path):
    from field_records import with_gap

    record = wandering(12)
    record = with_gap(record, at("2020-01-02T00:00"), 4 * 3600, ["Ex"])
    path = archived(tmp_path / "gappy", record)
    for plugin, extra in (("pupil", ("--epochs", 1)), ("learner", ())):
        made = train(path, tmp_path / plugin, *extra, "--json", plugin=plugin)
        assert made.json["rows"] == {"training": 5, "validation": 4}, plugin


def test_a_field_of_one_value_cannot_be_learnt_from(tmp_path):
    from dataclasses import replace

    record = quiet_field(24 * 11)
    path = archived(tmp_path / "flat", replace(record, values=np.ones_like(record.values)))
    line = refused("train", path, "--plugin", "pupil", "--to", tmp_path / "model", *SMALL, "--quiet")
    assert "the training days do not differ from their running median" in line


def test_the_model_that_comes_with_a_detector_can_be_named_and_one_that_does_not_is_refused(tmp_path, quiet):
    assert model_to_start_from(registry.find("lstm_ae"), Path("shipped")) == registry.find("lstm_ae").model
    assert model_to_start_from(registry.find("lstm_ae"), Path("mine")) == Path("mine")
    line = refused("train", quiet, "--plugin", "fct_ae", "--from", "shipped", "--to", tmp_path / "model")
    assert "no model comes with fct_ae to go on from" in line
