"""Labelled images become a model, and a model judges the channels that it learnt from."""

import json
from dataclasses import replace
from functools import partial

import matplotlib.image
import numpy as np
import pytest

pytest.importorskip("keras")

from program import sesctl
from sesctl import pipeline, registry
from sesctl.errors import ParameterError, ReadError
from sesctl.pipeline.image_lessons import read_labelled
from sesctl.pipeline.training_images import train_on_images
from sesctl.pipeline.views import event_views
from sesctl.report import draw_event
from sesctl.spectrogram import fit_scale, image_decibels
from sesctl.types import (
    BeforeAfter,
    Channel,
    Dipole,
    LabelledImages,
    Record,
    SpectrogramParameters,
    Station,
)
from sesctl.types.instants import DAY

SHAPE = {"kernels": 2}
EVENTS, DAYS = 12, 8
TRAINING = pipeline.Training(
    signals=pipeline.Signals(seed=1), network={"epochs": 2, "batch": 16, "learning_rate": 1e-2}
)


def tiny():
    """Return vgg with few kernels."""
    info = registry.find("vgg")
    return replace(info, make=partial(info.make, SHAPE))


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Write images of days of which those before their earthquake are louder."""
    random = np.random.default_rng(0)
    before = np.tile(np.arange(DAYS) < DAYS // 2, EVENTS)
    values = random.normal(0, 1, (len(before), 1440)) * np.where(before, 4.0, 1.0)[:, None]
    event = np.repeat(np.arange(EVENTS), DAYS)
    day = np.tile(np.arange(DAYS), EVENTS) + 30 * event
    labels = BeforeAfter(
        before=before,
        event=event,
        earthquake=event,
        station=event,
        start=(18_000 + day) * DAY,
        instant=(18_000 + 30 * event + DAYS // 2) * DAY,
        stations=tuple(f"S{k}" for k in range(EVENTS)),
    )
    parameters = SpectrogramParameters()
    decibels = image_decibels(values.astype(np.float32), parameters)
    made = LabelledImages(decibels=decibels, labels=labels, parameters=parameters)
    folder = tmp_path_factory.mktemp("labelled")
    pipeline.write_images(made, fit_scale(decibels), folder / "images.npz")
    return folder


@pytest.fixture(scope="module")
def model(images, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "vgg"
    return train_on_images(images, tiny(), folder, TRAINING)


def test_a_model_of_images_is_whole_and_says_what_it_was_made_of(model, images):
    folder = model.model.folder
    assert {path.name for path in folder.iterdir()} == {
        "model.json",
        "weights.safetensors",
        "curves.json",
        "curves.png",
        "roc.png",
        "origins.json",
    }
    about = json.loads((folder / "model.json").read_text())
    assert about["quantity"] == "electromagnetic"
    assert about["card"]["protocol"].startswith("honest: groups of connected stations")
    first = about["card"]["scores"][0]
    assert first["name"].startswith("accuracy")
    assert first["interval"][0] <= first["value"] <= first["interval"][1]
    assert "no earthquake is predicted" in " ".join(about["card"]["limits"])
    curves = json.loads((folder / "curves.json").read_text())
    assert len(curves["accuracy"]) == len(curves["test_accuracy"]) == 2
    again = train_on_images(images, tiny(), folder, TRAINING)
    assert again.was_there
    shown = sesctl("models", "show", folder)
    assert shown.status == 0
    assert "accuracy" in shown.out


def test_a_model_judges_channels_of_the_quantity_it_learnt_from(model, tmp_path):
    info = tiny()
    detector, _ = pipeline.load_detector(info, model=model.model.folder)
    station = Station(
        name="mast",
        channels=(Dipole(name="NS"), Channel(name="magn", quantity="electromagnetic", unit="arbitrary")),
    )
    values = np.random.default_rng(1).normal(0, 1, (2, 3 * 1440)).astype(np.float32)
    record = Record(station=station, values=values, start=18_000 * DAY, interval=60.0)
    source = pipeline.RecordSource(record)
    catalogue = pipeline.detect([source], info, detector, pipeline.Scan(threshold=0.0))
    assert len(catalogue.events) == 3
    assert {event.dipoles for event in catalogue.events} == {("magn",)}
    assert all(np.isnan(event.amplitude) and event.duration_s == 86_400 for event in catalogue.events)
    assert catalogue.exposure[0].live_hours == 72
    views = list(event_views([source], catalogue, info, detector, pipeline.Scan(threshold=0.0)))
    assert [view.spectrum.title for view in views] == ["magn"] * 3
    first = views[0]
    assert first.spectrum.decibels.shape == (32, len(first.times) // 8 + 1)
    assert first.spectrum.start == first.times[0]
    assert first.spectrum.scale == detector.scale
    with_spectrum, without = (
        matplotlib.image.imread(draw_event(view, tmp_path)) for view in (first, replace(first, spectrum=None))
    )
    assert with_spectrum.shape[0] > without.shape[0] + 200
    # The spectrogram's purple, which neither curves nor the marked interval have.
    purple = [
        ((each[..., 0] > each[..., 1] + 0.1) & (each[..., 2] > each[..., 1] + 0.1)).mean()
        for each in (with_spectrum, without)
    ]
    assert purple[0] > 0.03
    assert purple[1] < 0.001


def test_days_with_a_signal_and_without_are_told_apart_by_the_same_command(tmp_path):
    station = Station(name="mast", channels=(Dipole(name="NS"),))
    values = np.random.default_rng(2).normal(0, 0.2, (1, 30 * 1440)).astype(np.float32)
    record = Record(station=station, values=values, start=18_000 * DAY, interval=60.0)
    training = replace(TRAINING, network={"epochs": 1, "batch": 8, "learning_rate": 1e-2}, validation_days=5)
    made = pipeline.train(
        [pipeline.RecordSource(record)], None, tiny(), tmp_path / "model", pipeline.Scan(), training
    )
    assert made.rows == (36, 10)
    about = json.loads((made.model.folder / "model.json").read_text())
    assert about["quantity"] == "electric"
    assert "boxcars" in about["card"]["data"][-1]


def test_options_that_mean_nothing_for_images_are_refused(images, tmp_path):
    training = replace(TRAINING, network={"signal_weight": 3.0})
    with pytest.raises(ParameterError, match="vgg learns from images, and takes no --signal-weight"):
        train_on_images(images, tiny(), tmp_path / "model", training)


def test_a_detector_of_days_and_options_for_days_are_refused(images, tmp_path):
    done = sesctl("train", images, "--plugin", "lstm_ae", "--to", tmp_path / "model")
    assert done.status == 1
    assert "lstm_ae learns from days of a record, not from images" in done.err
    arguments = ("--plugin", "vgg", "--to", tmp_path / "model", "--since", "2020-01-01", "--copies", 2)
    done = sesctl("train", images, *arguments)
    assert done.status == 1
    assert "holds labelled images, of which --copies, --since says nothing" in done.err


def test_a_file_without_images_is_refused(images, tmp_path):
    np.savez(tmp_path / "images.npz", decibels=np.zeros((1, 4, 4), np.float32))
    with pytest.raises(ReadError, match="holds no labelled images"):
        read_labelled(tmp_path)
    whole = (images / "images.npz").read_bytes()
    with np.load(images / "images.npz") as held:
        np.savez(tmp_path / "deep.npz", **{**held, "parameters": np.array("[" * 100_000)})
    for content in (b"", whole[: len(whole) // 2], (tmp_path / "deep.npz").read_bytes()):
        (tmp_path / "images.npz").write_bytes(content)
        with pytest.raises(ReadError, match="holds no labelled images"):
            read_labelled(tmp_path)
    middle = len(whole) // 4
    (tmp_path / "images.npz").write_bytes(whole[:middle] + bytes(64) + whole[middle + 64 :])
    with pytest.raises(ReadError, match="holds no labelled images"):
        read_labelled(tmp_path)


def test_the_parameters_of_the_images_are_read_where_they_are_told(images, tmp_path):
    with np.load(images / "images.npz") as content:
        arrays = dict(content)
    told = json.loads(str(arrays["parameters"]))
    assert read_labelled(images).parameters == SpectrogramParameters(**told)
    arrays["parameters"] = np.array(json.dumps({**told, "hop": 16}))
    np.savez(tmp_path / "images.npz", **arrays)
    assert read_labelled(tmp_path).parameters == SpectrogramParameters(**{**told, "hop": 16})
