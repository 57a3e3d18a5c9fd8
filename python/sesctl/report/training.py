"""What training came to, epoch by epoch, as pictures and as numbers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sesctl.errors import OutputError
from sesctl.report.canvas import CLEANED, MARK, new_figure, plain, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANELS: tuple[tuple[tuple[str, ...], str, float], ...] = (
    (("loss", "validation_loss", "test_loss"), "loss", 1.0),
    (("accuracy", "validation_accuracy", "test_accuracy"), "accuracy (%)", 100.0),
    (("validation_success",), "success (%)", 100.0),
    (("validation_rmspe",), "RMSPE (%)", 1.0),
    (("onset_bias_s",), "onset error (s)", 1.0),
)
"""Figures that are drawn together, the axis they share, and the factor to its unit."""
HIDDEN = ("epoch", "step_s", "wall_s")
LOGARITHMIC_FROM = 20.0


@dataclass(frozen=True, kw_only=True)
class Curves:
    """Figures of a training by epoch.

    Parameters
    ----------
    detector : str
        Name of the detector.
    epochs : sequence of mapping of str to float
        Each epoch's figures, by name; all epochs have the same.
    best : int
        Number of the epoch that was kept, from 1; 0 where none was chosen.
    """

    detector: str
    epochs: Sequence[Mapping[str, float]]
    best: int

    def columns(self) -> dict[str, list[float]]:
        """Return each figure that all epochs have, in order of the epochs."""
        names = [name for name in self.epochs[0] if all(name in each for each in self.epochs)]
        return {name: [float(each[name]) for each in self.epochs] for name in names}


def write_curves(curves: Curves, folder: Path) -> list[Path]:
    """Write ``curves.json`` and draw ``curves.png``, after Fig. 5 of Xue et al. (2022).

    Parameters
    ----------
    curves : Curves
        At least one epoch.
    folder : Path
        Where; it is there.

    Returns
    -------
    list of Path
        Both files.

    Raises
    ------
    OutputError
        If one cannot be written.
    """
    path = folder / "curves.json"
    content = {"detector": curves.detector, "best_epoch": curves.best, **curves.columns()}
    part = path.with_name(f".{path.name}.part")
    try:
        try:
            part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror})"
        raise OutputError(msg) from error
    return [path, draw_curves(curves, folder / "curves.png")]


def draw_curves(curves: Curves, path: Path) -> Path:
    """Draw loss, success, percentage error and onset error over the epochs, the kept epoch marked.

    Raises
    ------
    OutputError
        If the picture cannot be written.
    """
    columns = curves.columns()
    known = {name for names, _, _ in PANELS for name in names} | set(HIDDEN)
    panels = [panel for panel in PANELS if set(panel[0]) & columns.keys()]
    panels += [((name,), name.replace("_", " "), 1.0) for name in columns if name not in known]
    across = min(2, max(1, len(panels)))
    down = -(-max(1, len(panels)) // across)
    figure = new_figure(4.4 * across, 0.4 + 2.6 * down)
    axes = figure.subplots(down, across, squeeze=False).ravel()
    for axis, (names, label, factor) in zip(axes, panels, strict=False):
        _draw(axis, columns, names, factor)
        axis.set_ylabel(label)
        if curves.best:
            axis.axvline(curves.best, color="0.5", lw=0.8, ls=":")
    for axis in axes[len(panels) :]:
        axis.set_axis_off()
    for axis in axes[max(0, len(panels) - across) : len(panels)]:
        axis.set_xlabel("epoch (dotted: the one that was kept)" if curves.best else "epoch")
    figure.suptitle(f"{curves.detector}: training", fontsize=10)
    return save(figure, path)


def _draw(axis: "Axes", columns: Mapping[str, list[float]], names: Sequence[str], factor: float) -> None:
    shown = [name for name in names if name in columns]
    for name, color in zip(shown, (CLEANED, MARK, "0.4"), strict=False):
        values = [factor * value for value in columns[name]]
        block = name.partition("_")[0]
        label = block if block in ("validation", "test") else "training"
        axis.plot(range(1, len(values) + 1), values, ".-", ms=4, lw=1, color=color, label=label)
    plain([axis])
    axis.margins(x=0.02)
    every = [value for name in shown for value in columns[name]]
    if "validation_success" in shown:  # a share has a top and a bottom
        axis.set_ylim(0, factor)
    elif min(every) > 0 and max(every) > LOGARITHMIC_FROM * min(every):
        axis.set_yscale("log")
    if len(shown) > 1:
        axis.legend(frameon=False, fontsize=8)
