"""`sesctl clean`: a cleaned copy of a record."""

from typing import Annotated

import typer

from sesctl.cli.ingest import ConflictOption, OnConflict
from sesctl.cli.options import (
    ArchiveOption,
    ClockChangeOption,
    ClockChanges,
    FormatOption,
    QuietOption,
    SourceArgument,
    StationOption,
    TzOption,
)


def clean(
    source: SourceArgument,
    to: ArchiveOption,
    station: StationOption = None,
    tz: TzOption = None,
    file_format: FormatOption = None,
    clock_change: ClockChangeOption = ClockChanges.ERROR,
    despike: Annotated[
        float,
        typer.Option(
            metavar="S",
            help="Window of the Hampel filter in s; 0: off. It removes pulses of up to nearly half of it, "
            "so intermittent and high-frequency SES need it off.",
        ),
    ] = 110.0,
    n_sigma: Annotated[float, typer.Option(help="Deviation, in scaled MAD, that makes a spike.")] = 4.0,
    fill: Annotated[float, typer.Option(metavar="S", help="Longest gap in s to fill; 0: none.")] = 300.0,
    savgol: Annotated[
        float, typer.Option(metavar="S", help="Window of the Savitzky-Golay filter in s; 0: off.")
    ] = 610.0,
    order: Annotated[int, typer.Option(help="Its polynomial order.", min=0, max=5)] = 3,
    mean: Annotated[
        float, typer.Option(metavar="S", help="Window of the moving average in s; 0: off.")
    ] = 310.0,
    step: Annotated[
        float, typer.Option(metavar="MV_KM", help="Least height of a lasting step that is flagged; 0: off.")
    ] = 20.0,
    interval: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            help="Bring the record to this sampling interval in s first; its own by default.",
            show_default=False,
        ),
    ] = None,
    target: Annotated[
        bool, typer.Option("--target", help="Smooth as for the clean side of a training pair (3610, 1210 s).")
    ] = False,
    tides: Annotated[
        bool,
        typer.Option(
            "--tides", help="Fit tides and the daily variation to 30 days or more, and take them off first."
        ),
    ] = False,
    on_conflict: ConflictOption = OnConflict.ERROR,
    quiet: QuietOption = False,
) -> None:
    """Despike, fill short gaps and smooth a record into an archive; steps are flagged, never erased."""
    from dataclasses import replace

    from sesctl import pipeline
    from sesctl.clean import TARGET, Cleaning
    from sesctl.cli.terminal import counted, note, progress

    wanted = Cleaning(
        despike_s=despike,
        n_sigma=n_sigma,
        fill_s=fill,
        savgol_s=savgol,
        savgol_order=order,
        mean_s=mean,
        step=step,
    )
    if target:
        wanted = replace(wanted, savgol_s=TARGET.savgol_s, mean_s=TARGET.mean_s)
    for each in pipeline.open_sources(
        source, station_file=station, tz=tz, file_format=file_format, clock_change=clock_change.value
    ):
        for text in each.notes:
            note(text, quiet)
        with progress(f"clean {each.station.name}", "days", quiet) as report:
            days = pipeline.clean_into(
                each,
                to,
                wanted,
                policy=on_conflict.value,
                interval=interval,
                tides=tides,
                progress=report,
            )
        print(f"{each.station.name}: {counted(days, 'day')} cleaned into {to}")
