"""`sesctl evaluate`: events against the truth."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sesctl.cli.options import JsonOption, QuietOption

if TYPE_CHECKING:
    from sesctl.evaluate import Evaluation, Tally

GROUPS = {
    "station": "station",
    "dipoles": "dipoles",
    "amplitude_mv_km": "amplitude (mV/km)",
    "duration_min": "duration (min)",
    "hour": "hour of the day",
}


def evaluate(
    events: Annotated[
        Path, typer.Argument(metavar="EVENTS", help="Events, as `detect -o` writes them.", show_default=False)
    ],
    truth: Annotated[
        Path, typer.Option(metavar="CSV", help="Table of what was embedded.", show_default=False)
    ],
    day_tz: Annotated[
        str | None,
        typer.Option(
            "--day-tz", metavar="ZONE", help="Where days and hours begin; as scanned.", show_default=False
        ),
    ] = None,
    replicates: Annotated[
        int, typer.Option(metavar="N", help="Bootstrap replicates of the intervals; 0: none.", min=0)
    ] = 1000,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the bootstrap.", min=0)] = 0,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="DIR", help="Draw the scores.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Score events against the truth, with false alarms per station-day and confidence intervals."""
    from sesctl import pipeline
    from sesctl.cli.checks import check_folder
    from sesctl.cli.terminal import note
    from sesctl.types.instants import day_offset

    if plot:
        check_folder(plot)
    offset = None if day_tz is None else day_offset(day_tz)
    result = pipeline.evaluate_files(events, truth, day_offset=offset, replicates=replicates, seed=seed)
    if plot:
        from sesctl.report import draw_scores

        for path in draw_scores(pipeline.scores_view(result), plot):
            note(f"drawn: {path}", quiet)
    if as_json:
        import json

        print(json.dumps(result.as_object(), indent=2))
        return
    _print(result)


def _print(result: "Evaluation") -> None:
    from sesctl.cli.terminal import counted, print_table

    overall = result.overall
    print(
        f"{result.detector}: {counted(overall.n_events, 'event')}, {counted(overall.n_truth, 'signal')}, "
        f"{overall.live_station_days:.1f} live station-days"
    )
    rows = [
        ("success, eq. (3)", _share(overall, "success")),
        ("success of the day's best event", _share(overall, "success_top1")),
        ("success with IoU of at least 0.5", _share(overall, "success_iou")),
        ("near success", _share(overall, "near_success")),
        ("near success, the paper's literal rule", _share(overall, "near_success_literal")),
        ("recall", _share(overall, "recall")),
        ("precision", _share(overall, "precision")),
        ("false alarms per station-day", _number(overall, "false_alarms_per_station_day", 3)),
        ("their upper bound, 95 %", f"{result.bound.value:.3g}"),
        ("mean IoU of matched events", _number(overall, "mean_iou", 3)),
        ("onset error (s), mean and spread", _pair(overall.onset_bias_s, overall.onset_spread_s)),
        ("end error (s), mean and spread", _pair(overall.end_bias_s, overall.end_spread_s)),
        ("hits, duplicates, false alarms", f"{overall.hits}, {overall.duplicates}, {overall.false_alarms}"),
    ]
    print_table("", ("score", "value (95 % interval)"), rows)
    for kind, title in GROUPS.items():
        groups = result.groups[kind]
        if len(groups) < 2:
            continue
        print()
        print_table(
            "",
            (title, "signals", "success", "recall", "false alarms"),
            [
                (
                    label,
                    str(tally.n_truth),
                    _share(tally, "success"),
                    _share(tally, "recall"),
                    str(tally.false_alarms),
                )
                for label, tally in groups.items()
            ],
        )


def _share(tally: "Tally", name: str) -> str:
    value = getattr(tally, name)
    if math.isnan(value):
        return "-"
    low, high = tally.intervals.get(name, (value, value))
    interval = f" ({100 * low:.1f}–{100 * high:.1f})" if name in tally.intervals else ""
    return f"{100 * value:.1f} %{interval}"


def _number(tally: "Tally", name: str, digits: int) -> str:
    value = getattr(tally, name)
    if math.isnan(value):
        return "-"
    low, high = tally.intervals.get(name, (value, value))
    interval = f" ({low:.{digits}g}–{high:.{digits}g})" if name in tally.intervals else ""
    return f"{value:.{digits}g}{interval}"


def _pair(bias: float, spread: float) -> str:
    return f"{'-' if math.isnan(bias) else f'{bias:+.0f}'}{'' if math.isnan(spread) else f' ± {spread:.0f}'}"
