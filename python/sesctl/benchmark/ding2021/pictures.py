"""Pictures out of files of results: curves by epoch, as in the paper's Figs. 4 and 6, and by strength."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sesctl.report import draw_operating_curve
from sesctl.report.canvas import CLEANED, MARK, new_figure, plain, save

Results = Sequence[Mapping[str, Any]]


def draw_pictures(results: Results, folder: Path, prefix: str = "") -> list[Path]:
    """Draw what there are results for.

    Parameters
    ----------
    results : sequence of mapping
        What the files of a study hold.
    folder : Path
        Where pictures go.
    prefix : str
        Of their names.

    Returns
    -------
    list of Path
        Accuracy and loss by epoch of each network (``curves``, of the first result's scale), operating
        curves of the first one (``roc``), accuracy by strength (``strengths``).

    Raises
    ------
    OutputError
        If one cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    batches = [each for each in results if each["part"] == "batches"]
    if batches:
        first = batches[0]["parameters"]["scale"]
        batches = [each for each in batches if each["parameters"]["scale"] == first]
        least = min(each["parameters"]["part"]["batch"] for each in batches)
        shown = [each for each in batches if each["parameters"]["part"]["batch"] == least]
        made.append(_curves(shown, folder / f"{prefix}curves.png"))
        best = [each for each in shown if each["detector"] == "vgg"]
        for each in sorted(best, key=lambda each: each["protocol"])[:1]:
            title = f"vgg, protocol {each['protocol']}, batch {least}"
            made.append(draw_operating_curve(each["results"]["curve"], title, folder / f"{prefix}roc.png"))
    strengths = [each for each in results if each["part"] == "strengths"]
    if strengths:
        made.append(_strengths(strengths, folder / f"{prefix}strengths.png"))
    return made


def _curves(results: Results, path: Path) -> Path:
    rows = sorted(results, key=lambda each: (each["protocol"] != "paper", each["detector"]))
    figure = new_figure(8.4, 0.4 + 2.1 * len(rows))
    axes = figure.subplots(len(rows), 2, squeeze=False, sharex=True)
    for (left, right), each in zip(axes, rows, strict=True):
        history = each["results"]["history"]
        for axis, name, factor in ((left, "accuracy", 100.0), (right, "loss", 1.0)):
            for block, color in (("", CLEANED), ("test_", MARK)):
                label = "test" if block else "training"
                values = [factor * value for value in history[f"{block}{name}"]]
                axis.plot(history["epoch"], values, ".-", ms=3, lw=1, color=color, label=label)
        left.axhline(
            100 * each["results"]["band_power"]["accuracy"], color="0.5", lw=0.8, ls="--", label="band power"
        )
        left.set(ylim=(45, 100), ylabel="accuracy (%)", title=f"{each['detector']}, {each['protocol']}")
        right.set(ylim=(0, 1.5), ylabel="loss")
        plain([left, right])
    axes[0, 0].legend(frameon=False, fontsize=8)
    for axis in axes[-1]:
        axis.set_xlabel("epoch")
    return save(figure, path)


def _strengths(results: Results, path: Path) -> Path:
    figure = new_figure(5.0, 3.4)
    axis = figure.subplots()
    for what, label, color in (("judgement", "vgg", CLEANED), ("band_power", "band power", MARK)):
        points: dict[float, list[float]] = {}
        for each in results:
            accuracy = 100 * each["results"][what]["accuracy"]
            points.setdefault(each["parameters"]["part"]["times"], []).append(accuracy)
        times = sorted(points)
        means = [sum(points[time]) / len(points[time]) for time in times]
        axis.plot(times, means, ".-", lw=1.2, color=color, label=label)
        for time, several in points.items():
            axis.plot([time] * len(several), several, "_", color=color, alpha=0.6)
    axis.axhline(50, color="0.5", lw=0.8, ls=":")
    axis.margins(x=0.03)
    axis.set(xlabel="strength of the disturbance, of the fixed one", ylabel="accuracy (%)", ylim=(45, 100))
    axis.legend(frameon=False, fontsize=8)
    plain([axis])
    return save(figure, path)
