"""`sesctl synth`: the record of a station that does not exist."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sesctl.cli.options import ArchiveOption, QuietOption

if TYPE_CHECKING:
    from sesctl.synth import AetaParameters, StationParameters


def synth(
    to: ArchiveOption,
    days: Annotated[int, typer.Option(metavar="N", help="Number of days.", min=1, show_default=False)],
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Station: hkb, mts, ota, aeta, or random, which the seed chooses.",
            show_default=False,
        ),
    ] = None,
    parameters: Annotated[
        Path | None,
        typer.Option(
            metavar="TOML", help="One's own station and railways, in place of --preset.", show_default=False
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Another seed, another record of the station.", min=0)
    ] = 0,
    first_day: Annotated[str, typer.Option(metavar="DATE", help="First day, of UTC.")] = "1999-01-01",
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Processes, one a processor by default; the record does not depend on them.",
            min=1,
            show_default=False,
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="DIR", help="Draw a day and a training pair.", show_default=False),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Simulate a station beside electric railways; a repeated call goes on where the last one stopped."""
    import datetime as dt
    import os

    from sesctl import pipeline
    from sesctl.cli.checks import check_folder
    from sesctl.cli.terminal import counted, progress
    from sesctl.types.instants import date_start

    if (preset is None) == (parameters is None):
        msg = "give either --preset or --parameters"
        raise typer.BadParameter(msg)
    date_start(first_day, 0)  # says so where it is no date
    station = _station(preset, parameters, seed)
    if plot:
        check_folder(plot)
    with progress(f"synth {station.name}", "days", quiet) as report:
        done = pipeline.synthesise(
            station,
            to,
            seed=seed,
            first_day=dt.date.fromisoformat(first_day),
            days=days,
            preset=preset,
            workers=workers or os.cpu_count() or 1,
            progress=report,
        )
    print(
        f"{done.group}: {counted(done.days_written, 'day')} simulated into {to}, "
        f"{done.days_there} there already"
    )
    if plot:
        for picture in _draw(to, station.name, seed, plot):
            print(f"picture: {picture}")


def _station(preset: str | None, parameters: Path | None, seed: int) -> "StationParameters | AetaParameters":
    from sesctl.synth import preset as shipped
    from sesctl.synth import read_parameters

    if parameters is not None:
        return read_parameters(parameters)
    return shipped(preset or "", seed)


def _draw(archive: Path, station: str, seed: int, folder: Path) -> list[Path]:
    from sesctl import pipeline
    from sesctl.report import draw_day, draw_pair

    (source,) = (each for each in pipeline.open_sources(archive) if each.station.name == station)
    pictures = [draw_day(pipeline.day_view(source), folder)]
    if source.station.dipoles:
        pictures.append(draw_pair(pipeline.pair_view(source, seed), folder))
    return pictures
