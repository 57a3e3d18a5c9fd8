"""Pictures of scores: they show what they are given, whatever is missing from it."""

from dataclasses import replace

import numpy as np
import pytest

from sesctl.errors import OutputError
from sesctl.report import ClassScores, ScoresView, draw_scores

NAMES = ["boxcar-recall.png", "boxcar-success.png", "boxcar-timing.png", "boxcar-blind-time.png"]
NONE = float("nan")


def classes(labels, success, counts=None):
    return ClassScores(
        labels=labels,
        n_truth=counts or [10] * len(labels),
        success=success,
        intervals=[(max(0.0, each - 0.1), min(1.0, each + 0.1)) for each in success],
    )


def view(**changes):
    rng = np.random.default_rng(1)
    edges = np.linspace(-1800, 1800, 61)
    hours = [f"{hour:02d}" for hour in range(24)]
    usual = ScoresView(
        detector="boxcar",
        false_alarms=np.array([0.0, 0.01, 0.2, 1.5]),
        recall=np.array([0.2, 0.5, 0.7, 0.9]),
        success=np.array([0.1, 0.4, 0.6, 0.7]),
        operating=(1.5, 0.9),
        bound=2.0,
        classes={
            "amplitude (mV/km)": classes(["6-8", "8-10", ">=30"], [0.3, 0.6, 0.9]),
            "duration (min)": classes(["25-30"], [0.6]),
            "hour of the day": classes(hours, rng.random(24).tolist()),
        },
        edges_s=edges,
        onset=np.arange(60, dtype=np.int64),
        end=np.arange(60, dtype=np.int64)[::-1].copy(),
        blind_labels=["6-8", "8-10", ">=30"],
        blind=rng.random((3, 24)),
    )
    return replace(usual, **changes)


NOTHING = {
    "false_alarms": np.empty(0),
    "recall": np.empty(0),
    "success": np.empty(0),
    "operating": (NONE, NONE),
    "bound": float("inf"),
    "classes": {
        "amplitude (mV/km)": ClassScores(labels=[], n_truth=[], success=[], intervals=[]),
        "hour of the day": ClassScores(
            labels=[f"{hour:02d}" for hour in range(24)],
            n_truth=[0] * 24,
            success=[NONE] * 24,
            intervals=[(NONE, NONE)] * 24,
        ),
    },
    "onset": np.zeros(60, dtype=np.int64),
    "end": np.zeros(60, dtype=np.int64),
    "blind_labels": [],
    "blind": np.empty((0, 24)),
}


def pixels(path):
    from matplotlib.image import imread

    return imread(path)


def orange(picture):
    """Return where the colour of the catalogue's own mark is, and nothing else."""
    red, green, blue = picture[..., 0], picture[..., 1], picture[..., 2]
    return (red > 0.8) & (green < 0.5) & (blue < 0.2)


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """Return the pictures of the usual view, in a folder that was made for them."""
    return draw_scores(view(), tmp_path_factory.mktemp("usual") / "new" / "folder")


def test_four_pictures_show_something_each_under_its_name(usual):
    assert [path.name for path in usual] == NAMES
    assert sorted(path.name for path in usual[0].parent.iterdir()) == sorted(NAMES)
    for path in usual:
        drawn = pixels(path)
        assert min(drawn.shape[:2]) > 150
        assert len(np.unique(drawn[..., :3] @ [1.0, 10.0, 100.0])) > 50  # colours


@pytest.mark.parametrize(
    ("changes", "moved"),
    [
        ({"recall": np.array([0.1, 0.2, 0.3, 0.4])}, "recall"),
        ({"success": np.array([0.0, 0.1, 0.2, 0.3])}, "recall"),
        ({"bound": 1.7}, "recall"),
        ({"classes": {"duration (min)": classes(["25-30"], [0.2])}}, "success"),
        ({"onset": np.zeros(60, dtype=np.int64)}, "timing"),
        ({"end": np.zeros(60, dtype=np.int64)}, "timing"),
        ({"blind": np.zeros((3, 24))}, "blind-time"),
    ],
)
def test_a_picture_changes_with_what_it_shows_and_with_nothing_else(usual, tmp_path, changes, moved):
    after = draw_scores(view(**changes), tmp_path)
    changed = [
        new.name for old, new in zip(usual, after, strict=True) if old.read_bytes() != new.read_bytes()
    ]
    assert changed == [f"boxcar-{moved}.png"]


def test_more_false_alarms_move_the_mark_to_the_right_and_more_recall_moves_it_up(tmp_path):
    def marks(operating):
        return orange(pixels(draw_scores(view(operating=operating), tmp_path)[0]))

    others = marks((NONE, NONE))  # the bound and the legend have the same colour

    def middle(operating):
        rows, columns = np.nonzero(marks(operating) & ~others)
        assert max(np.ptp(rows), np.ptp(columns)) < 20  # one dot
        return rows.mean(), columns.mean()

    low, right, high = middle((0.02, 0.1)), middle((1.0, 0.1)), middle((0.02, 0.6))
    assert right[1] > low[1] + 100
    assert right[0] == pytest.approx(low[0], abs=1)
    assert high[0] < low[0] - 100
    assert high[1] == pytest.approx(low[1], abs=1)


@pytest.mark.parametrize(
    "changes",
    [
        NOTHING,
        {"operating": (0.0, 0.0), "bound": 0.0, "false_alarms": np.zeros(4)},
        {"recall": np.full(4, NONE), "success": np.full(4, NONE), "operating": (0.4, NONE)},
        {"operating": (NONE, 0.5), "false_alarms": np.full(4, NONE), "blind": np.full((3, 24), NONE)},
        {"false_alarms": np.array([0.4]), "recall": np.array([1.0]), "success": np.array([1.0])},
        {"classes": {"hour of the day": classes(["00", "01"], [1.0, 0.0], [3, 0])}},
    ],
)
def test_what_is_missing_is_left_out_without_a_warning(tmp_path, changes):
    # Warnings are errors in these tests.
    for path in draw_scores(view(**changes), tmp_path):
        assert path.stat().st_size > 5000


def test_a_one_sided_interval_is_drawn(tmp_path):
    # A bootstrap's interval need not hold the score.
    odd = ClassScores(labels=["6-8"], n_truth=[4], success=[0.5], intervals=[(0.6, 0.7)])
    assert draw_scores(view(classes={"amplitude (mV/km)": odd}), tmp_path)[1].stat().st_size > 5000


@pytest.mark.parametrize(("name", "stem"), [("../../evil", "______evil"), ("a\nb/$c", "a_b__c"), ("", "")])
def test_a_detector_s_name_never_leads_out_of_the_folder(tmp_path, name, stem):
    paths = draw_scores(view(detector=name), tmp_path / "deep" / "folder")
    assert [path.name for path in paths] == [each.replace("boxcar", stem, 1) for each in NAMES]
    assert {path.parent for path in tmp_path.rglob("*.png")} == {tmp_path / "deep" / "folder"}


def test_new_pictures_take_the_place_of_old_ones(tmp_path):
    for path in draw_scores(view(), tmp_path):
        path.write_bytes(b"old")
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in draw_scores(view(), tmp_path))


def test_a_folder_that_is_none_is_named_and_nothing_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"):
        draw_scores(view(), tmp_path / "file")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
