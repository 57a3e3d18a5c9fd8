"""Pictures out of files of results: success by strength, and recall against false alarms."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sesctl.benchmark.published import published
from sesctl.benchmark.tables import LEVELS, STRENGTHS, Results, curves
from sesctl.report.canvas import new_figure, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0b4f8a", "#d95f02", "#1b9e77", "#7570b3", "#a6761d", "#e7298a", "#111111", "#66a61e", "#e6ab02")
"""One for each detector; with more, the first come again."""
FEWEST_FALSE = 1e-3
"""Left end of the axis of false alarms a day, where rarer ones are drawn."""


def draw_pictures(results: Results, folder: Path) -> list[Path]:
    """Draw every picture for which there is a result, and return their paths.

    Raises
    ------
    OutputError
        If one cannot be written.
    """
    drawn = []
    sets = curves(results)
    if sets:
        drawn.append(save(_by_strength(sets), folder / "xue2022-strengths.png"))
    scored = [each for each in results if each["part"] == "success" and each["protocol"] == "honest"]
    if scored:
        drawn.append(save(_recall(scored), folder / "xue2022-recall.png"))
    return drawn


def _by_strength(sets: Mapping[str, Sequence[Mapping[str, Any]]]) -> "Figure":
    detectors = list(dict.fromkeys(name.partition(",")[0] for name in sets))
    figure, axes = _figure(1, 2, (9.5, 4.2))
    panels = (
        (axes[0][0], "amplitude_mv_km", "duration_min", 25.0, "amplitude (mV/km), 25 min"),
        (axes[0][1], "duration_min", "amplitude_mv_km", 15.0, "duration (min), 15 mV/km"),
    )
    for axis, along, fixed, value, label in panels:
        for name, points in sets.items():
            # The sets of amplitude come first; 15 mV/km at 25 min is in both halves.
            half = points[: len(points) // 2] if along == "amplitude_mv_km" else points[len(points) // 2 :]
            colour = COLOURS[detectors.index(name.partition(",")[0]) % len(COLOURS)]
            style = "--" if "paper protocol" in name else ":" if "trained weak" in name else "-"
            _line_with_band(axis, half, along, name, colour, style)
        for trained, marker in (("strong", "x"), ("weak", "+")):
            known = [
                each
                for each in published()["strengths"]
                if each["trained"] == trained and each[fixed] == value
            ]
            axis.plot(
                [each[along] for each in known],
                [each["success"] for each in known],
                marker,
                color="k",
                ms=8,
                mew=1.8,
                label=f"LSTM autoencoder, Xue et al. 2022, trained {trained}",
            )
        axis.set_xlabel(label)
        axis.set_ylim(0, 102)
    axes[0][0].set_ylabel("success, best of the day (%)")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, fontsize=8, frameon=False, loc="outside lower center", ncols=2)
    return figure


def _line_with_band(
    axis: "Axes", points: Sequence[Mapping[str, Any]], along: str, name: str, colour: str, style: str
) -> None:
    at = [each[along] for each in points]
    axis.plot(
        at,
        [100 * each["success_top1"] for each in points],
        style,
        marker=".",
        color=colour,
        lw=1.2,
        label=name,
    )
    ends = [each["intervals_95"]["success_top1"] for each in points]
    axis.fill_between(
        at, [100 * low for low, _ in ends], [100 * high for _, high in ends], color=colour, alpha=0.12, lw=0
    )


def _recall(scored: Sequence[Mapping[str, Any]]) -> "Figure":
    stations = list(dict.fromkeys(each["station"] for each in scored))
    detectors = list(dict.fromkeys(each["detector"] for each in scored))
    figure, axes = _figure(len(LEVELS), len(stations), (3.4 * len(stations) + 0.6, 6.4))
    for row, (level, called) in enumerate(LEVELS.items()):
        for column, station in enumerate(stations):
            axis = axes[row][column]
            for each in scored:
                if each["station"] == station:
                    colour = COLOURS[detectors.index(each["detector"]) % len(COLOURS)]
                    for strength, signals in STRENGTHS.items():
                        curve = each["results"][strength][level]["curve"]
                        axis.step(
                            [max(rate, FEWEST_FALSE) for rate in curve["false_alarms_per_station_day"]],
                            [100 * recall for recall in curve["recall"]],
                            "-" if strength == "strong" else ":",
                            where="post",
                            color=colour,
                            lw=1.3,
                            label=f"{each['detector']}, {signals}",
                        )
            axis.axvline(1 / 30, color="0.6", lw=0.8, ls="--")
            axis.set_xscale("log")
            axis.set_xlim(FEWEST_FALSE, 40)
            axis.set_ylim(0, 102)
            axis.set_title(f"{station}, {called}", fontsize=10)
            if row == len(LEVELS) - 1:
                axis.set_xlabel("false alarms a day")
        axes[row][0].set_ylabel("recall (%)")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, fontsize=8, frameon=False, loc="outside lower center", ncols=2)
    return figure


def _figure(rows: int, columns: int, size: tuple[float, float]) -> tuple["Figure", Any]:
    figure = new_figure(*size)
    axes = figure.subplots(rows, columns, squeeze=False)
    for axis in axes.flat:
        axis.grid(True, color="0.92", lw=0.6)
    return figure, axes
