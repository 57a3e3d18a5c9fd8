"""What a classifier does as its threshold falls: receiver operating curve, precision against recall."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sesctl.report.canvas import CLEANED, new_figure, plain, save


def draw_operating_curve(curve: Mapping[str, Sequence[float]], title: str, path: Path) -> Path:
    """Draw both curves beside each other, chance dotted.

    Parameters
    ----------
    curve : mapping of str to sequence of float
        ``false_positive``, ``true_positive`` and ``precision``, shares at the same thresholds.
    title : str
        What is judged.
    path : Path
        The picture.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    figure = new_figure(7.6, 3.8)
    left, right = figure.subplots(1, 2)
    left.plot(curve["false_positive"], curve["true_positive"], color=CLEANED, lw=1.4)
    left.plot([0, 1], [0, 1], color="0.5", lw=0.8, ls=":")
    left.set(xlabel="false-positive rate", ylabel="true-positive rate")
    right.plot(curve["true_positive"], curve["precision"], color=CLEANED, lw=1.4)
    right.axhline(curve["precision"][-1], color="0.5", lw=0.8, ls=":")
    right.set(xlabel="recall", ylabel="precision")
    for axis in (left, right):
        axis.set(xlim=(0, 1), ylim=(0, 1.02), aspect="equal")
    plain([left, right])
    figure.suptitle(title, fontsize=10)
    return save(figure, path)
