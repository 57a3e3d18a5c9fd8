"""`sesctl detect`: events out of a record."""

from pathlib import Path
from typing import Annotated

import typer

from sesctl.cli.options import (
    ClockChangeOption,
    ClockChanges,
    DayTzOption,
    DeviceOption,
    DipolesOption,
    FormatOption,
    JsonOption,
    ModelOption,
    PluginOption,
    QuietOption,
    SinceOption,
    SourceArgument,
    StationOption,
    TzOption,
    UntilOption,
    scan_options,
)


def detect(
    source: SourceArgument,
    plugin: PluginOption = "ses_net",
    model: ModelOption = None,
    device: DeviceOption = None,
    station: StationOption = None,
    tz: TzOption = None,
    file_format: FormatOption = None,
    clock_change: ClockChangeOption = ClockChanges.ERROR,
    dipole: DipolesOption = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="Raw score to exceed; the detector's own by default.", show_default=False),
    ] = None,
    max_false_alarms: Annotated[
        str | None,
        typer.Option(
            "--max-false-alarms",
            metavar="N/TIME",
            help="Budget, e.g. 1/30d, from which the calibration gives the threshold.",
            show_default=False,
        ),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Calibration to use; the detector's by default.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    day_tz: DayTzOption = "UTC",
    since: SinceOption = None,
    until: UntilOption = None,
    min_complete: Annotated[
        float,
        typer.Option(
            "--min-complete",
            metavar="SHARE",
            help="Skip days with less than this share of their samples, e.g. 0.8; 0: scan what is there.",
        ),
    ] = 0.0,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write events to .csv, .jsonl or .parquet.",
            show_default=False,
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="DIR", help="Draw one picture an event.", show_default=False),
    ] = None,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Test each event: field, clock, shape, magnetic field ...")
    ] = False,
    kp: Annotated[
        Path | None,
        typer.Option(
            "--kp", metavar="FILE", help="CSV of time,Kp for --evidence.", show_default=False, readable=False
        ),
    ] = None,
    rain: Annotated[
        Path | None,
        typer.Option(
            "--rain",
            metavar="FILE",
            help="CSV of time,rain in mm for --evidence.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Scan a record day by day and list the events found."""
    from sesctl import pipeline, registry
    from sesctl.calibrate import parse_budget
    from sesctl.catalogue import check_writable, write_events
    from sesctl.cli.checks import check_apart, check_evidence, check_folder
    from sesctl.cli.events_view import not_judged, show
    from sesctl.cli.terminal import note, progress

    info = registry.find(plugin)
    options = scan_options(dipole, threshold, day_tz, since, until, min_complete)
    budget = parse_budget(max_false_alarms) if max_false_alarms else None
    detector, learnt = pipeline.load_detector(info, model=model, device=device)
    judgement = pipeline.judge(
        info, detector, threshold=threshold, budget=budget, calibration=calibration, model=learnt
    )
    if output:
        check_writable(output)
        check_apart(output, source)
    if plot:
        check_folder(plot)
    check_evidence(evidence, kp, rain)
    sources = pipeline.open_sources(
        source,
        station_file=station,
        tz=tz,
        file_format=file_format,
        clock_change=clock_change.value,
        wanted=info.interval,
    )
    for each in sources:
        for text in each.notes:
            note(text, quiet)
    with progress(f"detect with {info.name}", "days", quiet) as report:
        found = pipeline.detect(sources, info, detector, options, report, judgement)
    if evidence:
        with progress("gather evidence", "events", quiet) as report:
            found = pipeline.gather_evidence(sources, found, info, options, kp=kp, rain=rain, progress=report)
        if output and output.suffix == ".csv":
            note(f"{output} has no columns for evidence; .jsonl and .parquet have", quiet)
    # They say how to read the result, so that a scan that is refused has none.
    for text in (*pipeline.remarks_on(found, sources), *judgement.notes, *not_judged(found)):
        note(text, quiet)
    if output:
        write_events(found, output)
    if plot:
        from sesctl.report import draw_event

        with progress("draw", "events", quiet) as report:
            views = pipeline.event_views(sources, found, info, detector, options)
            for done, view in enumerate(views, 1):
                draw_event(view, plot)
                report(done, len(found.events))
    show(found, as_json)
