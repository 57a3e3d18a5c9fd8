"""`sesctl benchmark`: detectors compared on studies built from seeds."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sesctl.cli.options import DeviceOption, QuietOption

app = typer.Typer(help="Compare detectors on data built from seeds, beside published figures.")


class Protocols(StrEnum):
    """How training and test are kept apart."""

    PAPER = "paper"
    HONEST = "honest"
    BOTH = "both"


class Scales(StrEnum):
    """How much of everything."""

    SMALL = "small"
    FULL = "full"


@app.callback()
def benchmark() -> None:
    """Compare detectors on data built from seeds, beside published figures."""


@app.command("xue2022")
def xue2022(
    protocol: Annotated[
        Protocols,
        typer.Option(
            help="paper: shuffled copies, which leak; honest: later days and unseen stations, which do not."
        ),
    ] = Protocols.BOTH,
    scale: Annotated[
        Scales, typer.Option(help="small: minutes; full: the days and copies of the paper.")
    ] = Scales.SMALL,
    plugin: Annotated[
        list[str] | None,
        typer.Option(
            "--plugin",
            "-p",
            metavar="NAME",
            help="Detector; may be repeated. By default boxcar and the yardstick boxcar_ref.",
            show_default=False,
        ),
    ] = None,
    station: Annotated[
        list[str] | None,
        typer.Option(
            "--station",
            metavar="NAME",
            help="hkb, mts or ota; may be repeated. By default all.",
            show_default=False,
        ),
    ] = None,
    part: Annotated[
        list[str] | None,
        typer.Option(
            "--part",
            metavar="NAME",
            help="success, recorded, strengths, transfer or unseen; may be repeated. By default all.",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="Where results, models, tables and pictures go.")
    ] = Path("xue2022"),
    model: Annotated[
        list[Path] | None,
        typer.Option(
            "--model",
            metavar="FOLDER",
            help="Score this model of a --plugin as it is, instead of training one; may be repeated.",
            show_default=False,
        ),
    ] = None,
    device: DeviceOption = None,
    quiet: QuietOption = False,
) -> None:
    """Repeat the study of Xue et al. (2022) on synthetic stations; a rerun goes on where the last stopped."""
    from sesctl.benchmark.outputs import write_outputs
    from sesctl.benchmark.run import EXPERIMENTS, STATIONS, parts_of, run_study
    from sesctl.benchmark.scale import SCALES
    from sesctl.benchmark.splits import LABELS, PROTOCOLS
    from sesctl.benchmark.study import find_detector, models_of, on_device
    from sesctl.cli.checks import check_folder
    from sesctl.cli.terminal import note, progress

    check_folder(to)
    chosen = [each for each in PROTOCOLS if protocol in (each, Protocols.BOTH)]
    names = dict.fromkeys(plugin or ("boxcar", "boxcar_ref"))
    models = models_of(model or [], list(names))
    parts = parts_of(
        [on_device(find_detector(name), device) for name in names],
        list(dict.fromkeys(station or STATIONS)),
        chosen,
        list(dict.fromkeys(part or EXPERIMENTS)),
    )
    for each in chosen:
        note(f"protocol {each}: {LABELS[each]}", quiet)
    with progress("benchmark xue2022", "parts", quiet) as report:
        ran = run_study(parts, SCALES[scale], to, report, models)
    tables = write_outputs(to)
    print("\n\n".join(tables[name] for name in tables if name != "runs"))
    note(f"{ran} of {len(parts)} parts were run, the others were there; all is in {to}", quiet)


@app.command("ding2021")
def ding2021(
    protocol: Annotated[
        Protocols,
        typer.Option(
            help="paper: shuffled images, which leak; honest: stations and earthquakes apart, which do not."
        ),
    ] = Protocols.BOTH,
    scale: Annotated[
        Scales, typer.Option(help="small: minutes; full: the events and epochs of the paper, for a GPU.")
    ] = Scales.SMALL,
    part: Annotated[
        list[str] | None,
        typer.Option(
            "--part",
            metavar="NAME",
            help="batches, chance, strengths or chirp; may be repeated. By default all.",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="Where results, tables and pictures go.")
    ] = Path("ding2021"),
    device: DeviceOption = None,
    quiet: QuietOption = False,
) -> None:
    """Repeat the study of Ding et al. (2021) on synthetic images; a rerun goes on where the last stopped."""
    from sesctl.benchmark.ding2021.run import EXPERIMENTS, PROTOCOLS, parts_of, run_study
    from sesctl.benchmark.ding2021.scale import LABELS, SCALES
    from sesctl.benchmark.ding2021.write import results_of, write_outputs
    from sesctl.cli.checks import check_folder
    from sesctl.cli.terminal import note, progress

    check_folder(to)
    chosen = [each for each in PROTOCOLS if protocol in (each, Protocols.BOTH)]
    parts = parts_of(SCALES[scale], chosen, list(dict.fromkeys(part or EXPERIMENTS)))
    for each in chosen:
        note(f"protocol {each}: {LABELS[each]}", quiet)
    with progress("benchmark ding2021", "parts", quiet) as report:
        ran = run_study(parts, SCALES[scale], to, report, device)
    tables = write_outputs(to, scale.value)
    print("\n\n".join(tables.values()))
    others = results_of(to, scale.value)[1]
    if others:
        note(f"{others} results of another scale in {to} are not shown", quiet)
    note(f"{ran} networks were trained for {len(parts)} parts, the rest was there; all is in {to}", quiet)
