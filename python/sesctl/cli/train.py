"""`sesctl train`: a detector that knows your station."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sesctl.cli.options import (
    ClockChangeOption,
    ClockChanges,
    DayTzOption,
    DeviceOption,
    DipolesOption,
    FormatOption,
    JsonOption,
    PluginOption,
    QuietOption,
    SinceOption,
    SourceArgument,
    StationOption,
    TzOption,
    UntilOption,
)

if TYPE_CHECKING:
    from sesctl.pipeline import Trained


class Precisions(StrEnum):
    """Of the network's computation."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


class Protocols(StrEnum):
    """How labelled images are divided."""

    HONEST = "honest"
    PAPER = "paper"


class Targets(StrEnum):
    """What a network is to return."""

    CLEANED = "cleaned"
    SES = "ses"


def train(
    source: SourceArgument,
    to: Annotated[
        Path,
        typer.Option("--to", metavar="MODEL", help="The model folder to write.", show_default=False),
    ],
    plugin: PluginOption = "lstm_ae",
    start_from: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="MODEL",
            help="Go on from this model (fine-tuning), or from the one that comes with it: shipped.",
            show_default=False,
        ),
    ] = None,
    validation: Annotated[
        Path | None,
        typer.Option(
            metavar="SOURCE",
            help="Days that choose the epoch; by default the last of SOURCE, after an embargo of 7.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    validation_days: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="How many last days choose; a tenth, at least 5.", show_default=False
        ),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Most epochs.", show_default=False)
    ] = None,
    hours: Annotated[
        float | None,
        typer.Option(metavar="H", min=0, help="No epoch begins after this time.", show_default=False),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(metavar="S", min=0, help="The same in s.", show_default=False)
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=0, help="Epochs without a better one before the end; 0: all.", show_default=False
        ),
    ] = None,
    copies: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="Signals put into each day in an epoch, one at a time.",
            show_default=False,
        ),
    ] = None,
    batch: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Days a step.", show_default=False)
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(metavar="X", min=0, help="Adam's step at the start.", show_default=False)
    ] = None,
    precision: Annotated[
        Precisions | None, typer.Option(help="Of the computation; weights stay float32.", show_default=False)
    ] = None,
    target: Annotated[
        Targets | None,
        typer.Option(help="What is returned: the cleaned day, or the signal alone.", show_default=False),
    ] = None,
    signal_weight: Annotated[
        float | None,
        typer.Option(
            metavar="X", min=0, help="How much more a sample of a signal counts.", show_default=False
        ),
    ] = None,
    l1: Annotated[
        float | None,
        typer.Option("--l1", metavar="X", min=0, help="Penalty on the weights' size.", show_default=False),
    ] = None,
    l2: Annotated[
        float | None,
        typer.Option("--l2", metavar="X", min=0, help="Penalty on their squares.", show_default=False),
    ] = None,
    shift: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE", min=0, max=1, help="Images: largest shift in time.", show_default=False
        ),
    ] = None,
    shear: Annotated[
        float | None,
        typer.Option(metavar="SHARE", min=0, max=1, help="Images: largest shear.", show_default=False),
    ] = None,
    protocol: Annotated[
        Protocols,
        typer.Option(help="Labelled images: whole stations and earthquakes apart, or all shuffled."),
    ] = Protocols.HONEST,
    amplitude: Annotated[
        tuple[float, float],
        typer.Option(metavar="LOW HIGH", help="Range of the signals' amplitude in mV/km."),
    ] = (10.0, 15.0),
    duration: Annotated[
        tuple[float, float], typer.Option(metavar="LOW HIGH", help="Range of their duration in min.")
    ] = (25.0, 30.0),
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of first weights, order and signals.")] = 0,
    device: DeviceOption = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a model that was trained otherwise.")
    ] = False,
    station: StationOption = None,
    tz: TzOption = None,
    file_format: FormatOption = None,
    clock_change: ClockChangeOption = ClockChanges.ERROR,
    dipole: DipolesOption = None,
    day_tz: DayTzOption = "UTC",
    since: SinceOption = None,
    until: UntilOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Train a detector on days without SES or labelled images; the same command goes on if interrupted."""
    import math
    from functools import partial

    from sesctl import pipeline, registry
    from sesctl.cli.checks import check_apart
    from sesctl.cli.options import scan_options
    from sesctl.cli.terminal import note
    from sesctl.cli.training_view import training_view

    if hours is not None and seconds is not None:
        msg = "give one of --hours and --seconds"
        raise typer.BadParameter(msg)
    budget = 3600 * hours if hours is not None else seconds
    asked: dict[str, Any] = {
        "epochs": epochs,
        "seconds": budget,
        "patience": patience,
        "copies": copies,
        "batch": batch,
        "learning_rate": learning_rate,
        "precision": precision.value if precision else None,
        "target": target.value if target else None,
        "signal_weight": signal_weight,
        "l1": l1,
        "l2": l2,
        "shift": shift,
        "shear": shear,
    }
    info = registry.find(plugin)
    training = pipeline.Training(
        signals=pipeline.Signals(
            amplitude=amplitude, duration_s=(60 * duration[0], 60 * duration[1]), seed=seed
        ),
        network={name: value for name, value in asked.items() if value is not None},
        validation_days=validation_days,
        start_from=pipeline.model_to_start_from(info, start_from) if start_from else None,
        device=device,
        overwrite=overwrite,
        protocol=protocol.value,
    )
    options = scan_options(dipole, None, day_tz, since, until)
    check_apart(to, source)
    if pipeline.holds_images(source):
        of_days = {
            "--validation": validation,
            "--validation-days": validation_days,
            "--copies": copies,
            "--station": station,
            "--tz": tz,
            "--dipole": dipole,
            "--since": since,
            "--until": until,
        }
        _refuse(source, [name for name, value in of_days.items() if value])
        work = partial(pipeline.train_on_images, source, info, to, training)
    else:
        reading: dict[str, Any] = {
            "station_file": station,
            "tz": tz,
            "file_format": file_format,
            "clock_change": clock_change.value,
            "wanted": info.interval,
        }
        sources = pipeline.open_sources(source, **reading)
        chosen_on = pipeline.open_sources(validation, **reading) if validation else None
        for each in [*sources, *(chosen_on or ())]:
            for text in each.notes:
                note(text, quiet)
        work = partial(pipeline.train, sources, chosen_on, info, to, options, training)
    with training_view(f"train {info.name}", math.inf if budget is None else budget, quiet) as view:
        try:
            made = work(
                pipeline.Watch(steps=view.step, epoch=view.epoch, note=lambda text: note(text, quiet))
            )
        except KeyboardInterrupt:
            note(_what_is_kept(to), quiet)
            raise
    show(made, to, as_json)


def _what_is_kept(to: Path) -> str:
    """Say what an interrupted training left."""
    from sesctl.pipeline.model_place import ModelPlace

    if ModelPlace(to=to).checkpoint.exists():
        return "what was learnt is kept up to a checkpoint; the same command goes on from there"
    return "there is no checkpoint yet: the same command begins again"


def _refuse(source: Path, options: list[str]) -> None:
    """Refuse options that say which days are learnt from, where there are images already."""
    from sesctl.errors import ParameterError

    if options:
        msg = f"{source} holds labelled images, of which {', '.join(options)} says nothing"
        raise ParameterError(msg, "Leave it out; days are chosen when `sesctl spectrogram` makes the images.")


def show(made: "Trained", to: Path, as_json: bool) -> None:
    """Print what came of a training: one JSON object, or some lines."""
    kept = dict(made.epochs[made.best - 1]) if made.best else {}
    if as_json:
        import json

        content = {
            "model": str(to),
            "hash": made.model.hash,
            "detector": made.model.detector,
            "was_there": made.was_there,
            "rows": {"training": made.rows[0], "validation": made.rows[1]},
            "epochs": len(made.epochs),
            "best_epoch": made.best,
            "best": kept,
        }
        print(json.dumps(content, indent=2))
        return
    from sesctl.cli.models import size_text
    from sesctl.cli.training_view import TrainingView

    what = "images" if "validation_accuracy" in kept else "days of dipoles"
    rows = f"{made.rows[0]} {what} learnt from, {made.rows[1]} that choose"
    print(f"{made.model.detector}: {rows}")
    if made.best:
        figures = {name: value for name, value in kept.items() if name != "days_per_s"}
        told = ", ".join(f"{k} {v}" for k, v in TrainingView("", 0.0).cells(figures).items())
        print(f"epoch {made.best} of {len(made.epochs)} kept: {told}")
    state = "was there already" if made.was_there else size_text(made.model.bytes)
    print(f"model: {to} ({state}, {made.model.hash[:12]})")
