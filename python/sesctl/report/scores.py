"""Pictures of an evaluation: what is found, what it costs in false alarms, and when nothing can be seen."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sesctl.report.canvas import CLEANED, MARK, new_figure, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class ClassScores:
    """Success by class of strength or hour of the day.

    Parameters
    ----------
    labels : sequence of str
        Names of the classes.
    n_truth : sequence of int
        Signals in each.
    success : sequence of float
        Share found, eq. (3); NaN where there is none.
    intervals : sequence of (float, float)
        95 % interval of each share.
    """

    labels: Sequence[str]
    n_truth: Sequence[int]
    success: Sequence[float]
    intervals: Sequence[tuple[float, float]]


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoresView:
    """What the pictures of an evaluation show.

    Parameters
    ----------
    detector : str
        Name of the detector.
    false_alarms, recall, success : ndarray of float64, shape (point,)
        False alarms per station-day, recall and success at falling thresholds.
    operating : (float, float)
        False alarms per station-day and recall of the catalogue as it is.
    bound : float
        Upper 95 % bound of its false alarms per station-day.
    classes : mapping of str to ClassScores
        ``amplitude (mV/km)``, ``duration (min)`` and ``hour of the day`` of the truth.
    edges_s : ndarray of float64, shape (bin + 1,)
        Edges of the bins of timing errors in s.
    onset, end : ndarray of int64, shape (bin,)
        Matched events in each bin.
    blind_labels : sequence of str
        Classes of amplitude in mV/km.
    blind : ndarray of float64, shape (class, 24)
        Success by class and hour, NaN where there is no truth.
    """

    detector: str
    false_alarms: Floats
    recall: Floats
    success: Floats
    operating: tuple[float, float]
    bound: float
    classes: Mapping[str, ClassScores]
    edges_s: Floats
    onset: Ints
    end: Ints
    blind_labels: Sequence[str]
    blind: Floats


def draw_scores(view: ScoresView, folder: Path) -> list[Path]:
    """Draw an evaluation into PNG files and return their paths.

    Parameters
    ----------
    view : ScoresView
        What to draw.
    folder : Path
        Where; made if it does not exist.

    Returns
    -------
    list of Path
        Recall against false alarms; success by strength and hour; timing errors; blind time.

    Raises
    ------
    OutputError
        If one cannot be written.
    """
    # The name comes out of a file: nothing in it may lead out of the folder.
    name = re.sub(r"[^A-Za-z0-9_-]", "_", view.detector)
    return [
        _curve(view, folder / f"{name}-recall.png"),
        _success(view, folder / f"{name}-success.png"),
        _timing(view, folder / f"{name}-timing.png"),
        _blind(view, folder / f"{name}-blind-time.png"),
    ]


def _curve(view: ScoresView, path: Path) -> Path:
    figure = new_figure(6.5, 4.2)
    axis = figure.subplots()
    axis.step(view.false_alarms, view.recall, where="post", color=CLEANED, label="recall")
    axis.step(view.false_alarms, view.success, where="post", color=CLEANED, ls="--", label="success, eq. (3)")
    axis.plot(*view.operating, "o", color=MARK, label="this catalogue")
    axis.axvline(view.bound, color=MARK, lw=0.8, ls=":", label="its bound, 95 %")
    axis.set_xscale("symlog", linthresh=0.01)
    axis.set_xlim(left=0)
    axis.set_ylim(0, 1.02)
    axis.set_xlabel("false alarms per station-day")
    axis.set_ylabel("share of the signals")
    axis.set_title(view.detector)
    axis.legend(frameon=False, fontsize=8)
    _faint_grid(axis)
    return save(figure, path)


def _success(view: ScoresView, path: Path) -> Path:
    figure = new_figure(4.2 * len(view.classes), 3.8)
    axes = figure.subplots(1, len(view.classes), sharey=True, squeeze=False)[0]
    for axis, (name, scores) in zip(axes, view.classes.items(), strict=True):
        places = np.arange(len(scores.labels))
        shares = np.array(scores.success, dtype=np.float64)
        axis.bar(places, np.nan_to_num(shares), color="0.75", width=0.8)
        low, high = np.array(scores.intervals, dtype=np.float64).reshape(-1, 2).T
        # Above and below, never less than nothing where a bootstrap is one-sided.
        off = np.nan_to_num(np.stack([shares - low, high - shares])).clip(min=0)
        axis.errorbar(places, np.nan_to_num(shares), off, fmt="none", ecolor="0.3", lw=1)
        if len(places) <= 12:
            for place, share, count in zip(places, shares, scores.n_truth, strict=True):
                if count:
                    text = f"{100 * share:.0f} %\nof {count}"
                    axis.annotate(text, (place, 0.02), ha="center", va="bottom", fontsize=7)
        step = max(1, len(places) // 12)
        axis.set_xticks(places[::step], list(scores.labels)[::step], fontsize=7)
        axis.set_xlabel(name)
        axis.set_ylim(0, 1.02)
        _faint_grid(axis)
    axes[0].set_ylabel("success, eq. (3)")
    figure.suptitle(view.detector, fontsize=10)
    return save(figure, path)


def _timing(view: ScoresView, path: Path) -> Path:
    figure = new_figure(6.5, 3.6)
    axis = figure.subplots()
    minutes = view.edges_s / 60
    axis.stairs(view.onset, minutes, color=CLEANED, label="onset")
    axis.stairs(view.end, minutes, color=MARK, label="end")
    axis.axvline(0, color="0.5", lw=0.7)
    axis.set_xlabel("event minus truth (min); the outer bins hold what lies beyond")
    axis.set_ylabel("matched events")
    axis.set_title(view.detector)
    axis.legend(frameon=False, fontsize=8)
    _faint_grid(axis)
    return save(figure, path)


def _blind(view: ScoresView, path: Path) -> Path:
    figure = new_figure(7.5, 1.4 + 0.35 * max(3, len(view.blind_labels)))
    axis = figure.subplots()
    if view.blind.size:
        image = axis.imshow(
            view.blind, vmin=0, vmax=1, cmap="cividis", aspect="auto", origin="lower", interpolation="nearest"
        )
        figure.colorbar(image, ax=axis, label="success")
    axis.set_facecolor("0.9")
    axis.set_xticks(range(0, 24, 3))
    axis.set_yticks(range(len(view.blind_labels)), list(view.blind_labels), fontsize=8)
    axis.set_xlabel("hour of the day (grey: no signal)")
    axis.set_ylabel("amplitude (mV/km)")
    axis.set_title(view.detector)
    return save(figure, path)


def _faint_grid(axis: "Axes") -> None:
    axis.grid(True, color="0.92", lw=0.5)
    axis.set_axisbelow(True)
