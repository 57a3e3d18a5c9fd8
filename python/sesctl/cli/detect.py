"""`sesctl detect`: events out of a record."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sesctl.cli.options import (
    DayTzOption,
    DipolesOption,
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
    from sesctl.pipeline import Scan
    from sesctl.types import Catalogue


def detect(
    source: SourceArgument,
    plugin: PluginOption = "boxcar",
    station: StationOption = None,
    tz: TzOption = None,
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
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Scan a record day by day and list the events found."""
    from sesctl import pipeline, registry
    from sesctl.calibrate import parse_budget
    from sesctl.catalogue import check_writable, write_events
    from sesctl.cli.terminal import note, progress

    info = registry.find(plugin)
    detector = registry.make(info)
    options = scan_options(dipole, threshold, day_tz, since, until, min_complete)
    budget = parse_budget(max_false_alarms) if max_false_alarms else None
    judgement = pipeline.judge(info, detector, threshold=threshold, budget=budget, calibration=calibration)
    if output:
        check_writable(output)
        check_apart(output, source)
    if plot:
        check_folder(plot)
    sources = pipeline.open_sources(source, station_file=station, tz=tz, wanted=info.interval)
    for each in sources:
        for text in each.notes:
            note(text, quiet)
    with progress(f"detect with {info.name}", "days", quiet) as report:
        found = pipeline.detect(sources, info, detector, options, report, judgement)
    for text in pipeline.remarks_on(found, sources):
        note(text, quiet)
    for text in judgement.notes:  # they say how to read the result, so a scan that is refused has none
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


def scan_options(
    dipoles: list[str] | None,
    threshold: float | None,
    day_tz: str,
    since: str | None,
    until: str | None,
    min_complete: float = 0.0,
) -> "Scan":
    """Return the options of a scan from what a user typed."""
    from sesctl.pipeline import Scan
    from sesctl.types.instants import date_start, day_offset

    offset = day_offset(day_tz)
    return Scan(
        dipoles=dipoles or None,
        threshold=threshold,
        day_offset=offset,
        since=date_start(since, offset) if since else None,
        until=date_start(until, offset) if until else None,
        min_complete=min_complete,
    )


def check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be written, before any work is done; nothing is made yet."""
    import tempfile

    from sesctl.errors import OutputError

    try:
        nearest = next(each for each in (folder, *folder.absolute().parents) if each.exists())
        with tempfile.NamedTemporaryFile(dir=nearest, prefix=".sesctl-"):
            pass
    except OSError as error:
        msg = f"the folder {folder} cannot be written ({error.strerror})"
        raise OutputError(msg, "Name a folder that is writable, or can be made.") from error


def check_apart(output: Path, source: Path) -> None:
    """Refuse to write events over the record, or where they would be read as part of it."""
    import os

    from sesctl.archive import is_archive
    from sesctl.errors import OutputError

    # A source that may not be looked at is refused by its reader, who says why.
    if output.exists() and os.path.exists(source) and output.samefile(source):  # noqa: PTH110
        msg = f"{output} is the record itself"
        raise OutputError(msg, "Name another file.")
    among = output.suffix == ".csv" and os.path.isdir(source) and not is_archive(source)  # noqa: PTH112
    if among and output.parent.samefile(source):
        msg = f"{output} lies in the folder {source}, whose CSV files are read as the record"
        raise OutputError(msg, "Name a file elsewhere.")


def show(found: "Catalogue", as_json: bool) -> None:
    """Print a catalogue: one JSON object, or a table and a line on the exposure."""
    from sesctl.catalogue import meta_of, rows_of

    rows = rows_of(found)
    if as_json:
        import json

        print(json.dumps({"events": rows, "meta": meta_of(found)}, indent=2))
        return
    from sesctl.cli.terminal import print_table

    columns = ("station", "start", "end", "minutes", "mV/km", "score", "dipoles", "flags")
    if rows:
        cells = [
            [
                row["station"],
                row["start"],
                row["end"],
                f"{row['duration_s'] / 60:.1f}",
                "" if row["amplitude_mv_km"] is None else f"{row['amplitude_mv_km']:+.1f}",
                f"{row['score']:.2f}",
                row["dipoles"].replace(";", " "),
                row["flags"].replace(";", " "),
            ]
            for row in rows
        ]
        print_table("", columns, cells)
    for each in found.exposure:
        count = sum(event.station == each.station for event in found.events)
        least = found.parameters.get("min_complete", 0.0)
        skipped = f", {each.days_skipped} skipped below {100 * least:g} % complete" if least else ""
        print(
            f"{each.station}: {count} event{'' if count == 1 else 's'} in {each.live_hours:.1f} h of record "
            f"on {each.days} day{'' if each.days == 1 else 's'}{skipped} ({found.detector}, raw score above "
            f"{found.threshold:g})"
        )
