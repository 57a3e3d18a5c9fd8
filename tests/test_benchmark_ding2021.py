"""The study of Ding et al. (2021): chance is counted by events, splits do not leak, results become tables."""

import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors import safe_open

from program import sesctl
from sesctl.benchmark.ding2021 import run
from sesctl.benchmark.ding2021.data import image_set
from sesctl.benchmark.ding2021.run import ImagePart, parts_of, run_part
from sesctl.benchmark.ding2021.scale import FULL, SMALL
from sesctl.benchmark.ding2021.tables import published, render_tables
from sesctl.benchmark.ding2021.write import results_of, write_outputs
from sesctl.benchmark.result_file import read_result, read_results
from sesctl.errors import ParameterError
from sesctl.evaluate.classification import area_under_curve, judge_images, operating_curve

TINY = replace(
    SMALL,
    name="tiny",
    events=15,
    stations=15,
    epochs=2,
    shown_epochs=(1, 2),
    batches=(32,),
    networks={"vgg": {"kernels": 2}},
    strengths=(1.0,),
    replicates=200,
)


def test_an_interval_from_events_is_wider_than_one_from_images():
    """Of twenty events half are always right: images one by one would look like ten times as many facts."""
    event = np.repeat(np.arange(20), 20)
    before = np.tile([True, False], 200)
    probability = np.where((event < 10) == before, 0.9, 0.1)
    by_event = judge_images(probability, before, event, replicates=2000, seed=1)
    by_image = judge_images(probability, before, np.arange(400), replicates=2000, seed=1)
    assert by_event.accuracy == by_image.accuracy == 0.5
    assert by_event.events == 20
    assert by_event.at_chance
    widths = [each.interval[1] - each.interval[0] for each in (by_event, by_image)]
    assert widths[0] > 0.9 * widths[1]
    uneven = np.where(event < 10, np.where(before, 0.9, 0.1), np.where(before, 0.1, 0.9))
    split = judge_images(uneven, before, event, replicates=2000, seed=1)
    alone = judge_images(uneven, before, np.arange(400), replicates=2000, seed=1)
    assert split.accuracy == alone.accuracy == 0.5
    assert split.interval[1] - split.interval[0] > 3 * (alone.interval[1] - alone.interval[0])


def test_the_area_under_the_curve_counts_pairs_and_ties_half():
    before = np.array([True, True, False, False])
    assert area_under_curve(np.array([0.9, 0.8, 0.2, 0.1]), before) == 1.0
    assert area_under_curve(np.array([0.5, 0.5, 0.5, 0.5]), before) == 0.5
    assert area_under_curve(np.array([0.9, 0.2, 0.8, 0.1]), before) == 0.75
    assert np.isnan(area_under_curve(np.array([0.5, 0.5]), np.array([True, True])))


def test_an_operating_curve_goes_from_nothing_to_everything():
    random = np.random.default_rng(3)
    before = random.random(1000) < 0.4
    curve = operating_curve(random.random(1000) + before, before)
    assert (curve.false_positive[0], curve.true_positive[0], curve.precision[0]) == (0.0, 0.0, 1.0)
    assert (curve.false_positive[-1], curve.true_positive[-1]) == (1.0, 1.0)
    assert curve.precision[-1] == pytest.approx(before.mean(), abs=1e-4)
    assert len(curve.precision) <= 101


@pytest.mark.parametrize("truth", ["true", "permuted", "null"])
def test_no_station_and_no_earthquake_is_on_two_sides_of_the_honest_split(truth):
    data = image_set(TINY, "honest", truth=truth, strength=0.6, seed=5)
    labels, split = data.labels, data.split
    for of in (labels.station, labels.earthquake):
        sides = [set(of[rows].tolist()) for rows in (split.training, split.validation, split.test)]
        assert not sides[0] & sides[1]
        assert not sides[0] & sides[2]
        assert not sides[1] & sides[2]


def test_exchanged_labels_change_whole_events_and_the_null_set_has_no_disturbance():
    true, permuted, null = (
        image_set(TINY, "paper", truth=truth, strength=0.6, seed=5) for truth in ("true", "permuted", "null")
    )
    changed = true.labels.before != permuted.labels.before
    for event in np.unique(true.labels.event):
        assert len(set(changed[true.labels.event == event].tolist())) == 1
    assert changed.any()
    assert not changed.all()
    assert len(null.labels) > 0
    assert not np.array_equal(true.features, null.features[: len(true.features)])


def test_the_parts_of_the_full_study_are_all_there():
    parts = parts_of(FULL, ("paper", "honest"))
    names = [part.name for part in parts]
    assert len(names) == len(set(names))
    for protocol in ("paper", "honest"):
        for network in ("vgg", "vgg16"):
            for batch in (64, 128, 256, 512):
                assert f"batches-{protocol}-{network}-{batch}" in names
        assert {f"chance-{protocol}-vgg-permuted", f"chance-{protocol}-vgg-null"} <= set(names)
    assert sum(part.experiment == "strengths" for part in parts) == 5 * len(FULL.strengths)
    assert {part.chirp for part in parts if part.experiment == "chirp"} == {True, False}


def test_an_unknown_part_is_refused_by_name():
    with pytest.raises(ParameterError, match="the study has no part 'colours'"):
        parts_of(TINY, ("paper",), ["colours"])


def test_a_part_leaves_a_result_and_a_rerun_takes_it_up(tmp_path):
    pytest.importorskip("keras")
    part = ImagePart(experiment="batches", network="vgg", protocol="honest", batch=32)
    assert run_part(part, TINY, tmp_path)
    assert not run_part(part, TINY, tmp_path)
    assert not run_part(part, replace(TINY, strengths=(3.0,), seeds=9), tmp_path), "those are other parts"
    (result,) = read_results(tmp_path)
    found = result["results"]
    assert list(found["shown_epochs"]) == ["1", "2"]
    assert found["libraries"].keys() == {"keras", found["backend"]}
    assert found["images"]["test"] == found["judgement"]["images"] == found["band_power"]["images"]
    assert len(found["history"]["test_accuracy"]) == 2
    assert found["weights"] > 1000
    # The ablation's chirped half is the same training: it is taken over, but not where something differs.
    assert not run_part(replace(part, experiment="chirp"), TINY, tmp_path)
    taken = read_result(tmp_path / "chirp-honest-vgg-chirp.json")
    assert taken["results"] == found
    assert taken["taken_from"] == "batches-honest-vgg-32"
    other = json.loads((tmp_path / "batches-honest-vgg-32.json").read_text())
    other["parameters"]["scale"]["name"], other["parameters"]["part"]["batch"] = "other", 64
    (tmp_path / "batches-honest-vgg-64.json").write_text(json.dumps(other))
    assert [each["part"] for each in results_of(tmp_path, TINY.name)[0]] == ["batches", "chirp"]
    assert results_of(tmp_path, TINY.name)[1] == 1
    tables = write_outputs(tmp_path, TINY.name)
    assert "| tiny | honest | vgg | 32 |" in tables["batches"]
    assert "| 64 |" not in tables["batches"]
    assert {path.name for path in tmp_path.glob("*.png")} == {"curves.png", "roc.png"}


def test_a_part_that_was_cut_off_goes_on_from_its_checkpoint(tmp_path, monkeypatch):
    """It is cut off in its second epoch, and once more when both are done and nothing is written yet."""
    pytest.importorskip("keras")
    from sesctl.plugin.keras.image_training import _Course

    part = ImagePart(experiment="batches", network="vgg", protocol="paper", batch=32)
    crowded = replace(TINY, events=45, stations=3)
    epoch = _Course.epoch
    first_alone = lambda *given: epoch(*given) if given[2] == 1 else _interrupted()  # noqa: E731
    there = []
    for where, what in ((_Course, first_alone), (run, _interrupted)):
        with monkeypatch.context() as patch:
            patch.setattr(where, "epoch" if where is _Course else "bar", what)
            with pytest.raises(KeyboardInterrupt):
                run_part(part, crowded, tmp_path)
        assert not read_results(tmp_path)
        (checkpoint,) = tmp_path.iterdir()
        with safe_open(checkpoint, framework="numpy") as file:
            before, there = there, json.loads(file.metadata()["run"])["history"]
        assert there[: len(before)] == before
        assert len(there) == len(before) + 1
    assert run_part(part, crowded, tmp_path)
    (result,) = read_results(tmp_path)
    assert result["results"]["history"]["wall_s"] == [round(each["wall_s"], 5) for each in there]
    assert result["wall_s"] >= round(there[-1]["wall_s"], 1)
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]
    checkpoint.write_bytes(b"left by a crash after the result was written")
    assert not run_part(part, crowded, tmp_path)
    assert not checkpoint.exists()
    found = result["results"]
    assert found["judgement"]["images"] - found["one_label"]["images"] == found["images"]["two_labels"] > 0


def _interrupted(*_):
    raise KeyboardInterrupt


def test_the_paper_s_table_stands_beside_its_own_network_and_protocol_alone():
    shown = {"loss": 0.5, "accuracy": 0.7, "test_loss": 0.6, "test_accuracy": 0.65, "wall_s": 1.0}
    judged = {"accuracy": 0.7, "interval": [0.6, 0.8], "auc": 0.75, "at_chance": False}
    results = [
        {
            "part": "batches",
            "protocol": protocol,
            "detector": network,
            "parameters": {
                "part": {"batch": 64},
                "scale": {"name": "tiny", "events": 15, "stations": 15, "epochs": 2},
            },
            "results": {
                "shown_epochs": {"10": shown, "100": shown},
                "judgement": judged,
                "one_label": {**judged, "accuracy": 0.72},
                "band_power": judged,
                "weights": 5,
                "images": {"training": 7, "validation": 2, "test": 3},
            },
            "hardware": {"cpu": "a processor"},
            "versions": {"sesctl": "0"},
            "wall_s": 36.0,
        }
        for protocol in ("paper", "honest")
        for network in ("vgg", "vgg16")
    ]
    lines = render_tables(results)["batches"].splitlines()
    assert [line for line in lines if "89.20 / 94.34" in line] == [lines[2]]
    assert lines[2].startswith("| tiny | paper | vgg | 64 | 10 / 100 | 65.0 / 65.0 |")
    assert "| 70.0 (60.0–80.0) | 72.0 | 70.0 (60.0–80.0) | 89.20" in lines[2]
    assert published()[512]["accuracy"] == [86.65, 91.06]


def test_the_command_refuses_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "taken").write_text("x")
    done = sesctl("benchmark", "ding2021", "--to", tmp_path / "taken")
    assert done.status == 1
    assert "taken" in done.err
