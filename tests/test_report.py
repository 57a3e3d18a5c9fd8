"""Pictures of events: whole or not at all, under a name that says what they show."""

from pathlib import Path

import numpy as np
import pytest

from field_records import at
from sesctl.errors import OutputError
from sesctl.report import EventView, draw_event, picture_path
from sesctl.types import Event
from sesctl.types.instants import SECOND

START = at("2020-01-01T13:20")


def view(dipoles=("Ex", "Ey"), traces=None, samples=300, event=None):
    times = START - 600 * SECOND + np.arange(samples, dtype=np.int64) * 10 * SECOND
    rng = np.random.default_rng(1)
    record = rng.normal(100, 1, (len(dipoles), samples)).astype(np.float32)
    inside = (times >= START) & (times < START + 1500 * SECOND)
    record[:, inside] += 12
    return EventView(
        event=Event(
            **{
                "station": "hkb",
                "start": START,
                "end": START + 1500 * SECOND,
                "amplitude": 12.0,
                "score": 0.9,
                "raw_score": 20.0,
                "dipoles": tuple(dipoles),
                "flags": ("uncalibrated",),
                **(event or {}),
            }
        ),
        detector="boxcar",
        times=times,
        dipoles=list(dipoles),
        record=record,
        cleaned=record - 1,
        score=record[: traces or len(dipoles)],
        score_label="detector's trace\n(mV/km)",
    )


def pixels(path):
    from matplotlib.image import imread

    return imread(path)


def test_the_picture_shows_something_under_its_name(tmp_path):
    path = draw_event(view(), tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "hkb-20200101T132000Z-boxcar.png"
    drawn = pixels(path)
    assert min(drawn.shape[:2]) > 300
    assert len(np.unique(drawn.reshape(-1, drawn.shape[2]), axis=0)) > 50
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_each_dipole_has_a_panel(tmp_path):
    one, three = (
        pixels(draw_event(view(dipoles=names), tmp_path)).shape[0] for names in (["a"], ["a", "b", "c"])
    )
    assert three > 1.5 * one


def test_the_marked_interval_moves_with_the_event(tmp_path):
    # The mark is orange, and nothing else is.
    def orange(picture):
        red, green, blue = picture[..., 0], picture[..., 1], picture[..., 2]
        return np.flatnonzero(((red > green + 0.05) & (green > blue + 0.05)).any(axis=0))

    shifted = {"start": START + 600 * SECOND, "end": START + 1400 * SECOND}
    early = orange(pixels(draw_event(view(dipoles=["Ex"]), tmp_path / "early")))
    late = orange(pixels(draw_event(view(dipoles=["Ex"], event=shifted), tmp_path / "late")))
    assert late.min() > early.min() + 50
    assert late.max() < early.max() - 10


@pytest.mark.parametrize("odd", ["no value", "one trace", "no amplitude", "one sample", "many dipoles"])
def test_odd_events_are_drawn_without_a_warning(tmp_path, odd):
    shown = view(
        dipoles=tuple(f"d{k}" for k in range(12)) if odd == "many dipoles" else ("Ex", "Ey"),
        traces=1 if odd == "one trace" else None,
        samples=1 if odd == "one sample" else 300,
        event={"amplitude": float("nan"), "dipoles": ()} if odd == "no amplitude" else None,
    )
    if odd == "no value":
        shown.record[0] = np.nan
        shown.cleaned[0] = np.nan
        shown.score[:] = np.nan
    assert draw_event(shown, tmp_path).stat().st_size > 5000


def test_a_new_picture_takes_the_place_of_the_old_one(tmp_path):
    path = draw_event(view(), tmp_path)
    path.write_bytes(b"old")
    assert draw_event(view(), tmp_path) == path
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_write_that_fails_leaves_the_old_picture_and_nothing_else(tmp_path, monkeypatch):
    path = draw_event(view(), tmp_path)
    before = path.read_bytes()

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="No space left on device"):
        draw_event(view(), tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_a_folder_that_is_none_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"):
        draw_event(view(), tmp_path / "file")
    assert (tmp_path / "file").read_text() == ""


def test_names_of_different_detectors_and_instants_differ(tmp_path):
    names = {
        picture_path(tmp_path, view(event={"start": START + shift})) for shift in (0, SECOND, SECOND // 2)
    }
    assert len(names) == 3
