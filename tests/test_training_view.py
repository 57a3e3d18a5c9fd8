"""What a training shows: a line an epoch where nobody watches, a table where somebody does."""

import io

import numpy as np
import pytest
from rich.console import Console

from sesctl.cli import training_view
from sesctl.cli.training_view import TrainingView, duration
from sesctl.report import Curves, draw_curves, write_curves

EPOCH = {
    "epoch": 1.0,
    "loss": 0.123456,
    "validation_loss": 0.2,
    "validation_success": 0.4567,
    "validation_rmspe": 33.333,
    "onset_bias_s": 12.4,
    "step_s": 0.1,
    "wall_s": 60.0,
    "days_per_s": 1280.0,
}
CELLS = "loss 0.1235, validation loss 0.2, success 45.7 %, RMSPE 33.33 %, onset error +12 s, days/s 1280"


@pytest.fixture
def clock(monkeypatch):
    """Return a clock that stands still until it is set."""
    now = [1000.0]
    monkeypatch.setattr(training_view.time, "monotonic", lambda: now[0])
    return now


def test_the_time_left_follows_from_the_steps_of_this_run_and_the_budget(clock):
    view = TrainingView("train x", seconds=1e9)
    assert view.time_left() is None
    clock[0] += 300  # the network is compiled
    view.step(500, 1000)  # an earlier run did 499
    assert view.time_left() is None
    clock[0] += 100
    view.step(600, 1000)
    assert view.time_left() == pytest.approx(400.0)
    budgeted = TrainingView("train x", seconds=70.0)
    budgeted.step(1, 1000)
    clock[0] += 10
    budgeted.step(2, 1000)
    budgeted.epoch(EPOCH)
    assert budgeted.time_left() == pytest.approx(10.0)  # 60 of 70 s are gone


def test_an_epoch_is_one_line_where_nobody_watches(clock, capsys):
    with training_view.training_view("train x", 1e9, quiet=False) as view:
        view.step(1, 4)
        clock[0] += 40
        view.step(2, 4)
        view.epoch(EPOCH)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "train x: 2 of 4 steps, about 80 s left",
        f"epoch 1: {CELLS}, about 80 s left",
    ]


def test_quiet_is_quiet(capsys):
    with training_view.training_view("train x", 1e9, quiet=True) as view:
        view.step(1, 4)
        view.epoch(EPOCH)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_the_last_epochs_and_how_far_the_steps_are(clock):
    view = TrainingView("train x", 1e9)
    for number in range(1, 31):
        clock[0] += 60
        view.step(number, 60)
        view.epoch(EPOCH | {"epoch": float(number)})
    out = io.StringIO()
    Console(file=out, width=110).print(view.table())
    text = out.getvalue()
    heading, *rows = text.splitlines()
    assert heading.split("  ")[0].strip() == "epoch"
    assert "success" in heading
    assert [row.split()[0] for row in rows[:12]] == [str(number) for number in range(19, 31)]
    assert "train x: 30 of 60 steps, 30 min left" in text


@pytest.mark.parametrize(
    ("seconds", "text"), [(5.2, "5 s"), (89, "89 s"), (600, "10 min"), (12_000, "3 h 20 min")]
)
def test_a_time_is_said_as_people_say_it(seconds, text):
    assert duration(seconds) == text


def curves(count=4, **figures):
    epochs = [EPOCH | {"epoch": float(k + 1), "loss": 1 / (k + 1)} | figures for k in range(count)]
    return Curves(detector="x", epochs=epochs, best=2)


def pixels(path):
    from matplotlib.image import imread

    return imread(path)


def test_curves_are_written_as_numbers_and_as_a_picture(tmp_path):
    paths = write_curves(curves(), tmp_path)
    assert [each.name for each in paths] == ["curves.json", "curves.png"]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    assert pixels(paths[1]).std() > 0.01
    assert paths[1].stat().st_size < 150_000


def test_the_picture_shows_the_figures(tmp_path):
    same = [draw_curves(curves(), tmp_path / f"{name}.png").read_bytes() for name in "ab"]
    other = draw_curves(curves(validation_success=0.9), tmp_path / "c.png")
    assert np.array_equal(pixels(tmp_path / "a.png"), pixels(tmp_path / "b.png"))
    assert not np.array_equal(pixels(tmp_path / "a.png"), pixels(other))
    assert same[0]


def test_figures_that_a_detector_names_itself_are_drawn_too(tmp_path):
    own = Curves(detector="x", epochs=[{"epoch": 1.0, "window": 5.0}, {"epoch": 2.0, "window": 7.0}], best=0)
    assert own.columns() == {"epoch": [1.0, 2.0], "window": [5.0, 7.0]}
    assert pixels(draw_curves(own, tmp_path / "own.png")).std() > 0.01
    gone = Curves(detector="x", epochs=[{"a": 1.0, "b": 2.0}, {"a": 2.0}], best=0)
    assert gone.columns() == {"a": [1.0, 2.0]}
