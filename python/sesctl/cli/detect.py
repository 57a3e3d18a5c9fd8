"""`sesctl detect`: events out of a record."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sesctl.pipeline import Scan
    from sesctl.types import Catalogue, Event


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
    if evidence:
        check_series(kp, rain)
    elif kp or rain:
        refuse_series("--kp" if kp else "--rain")
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


def not_judged(found: "Catalogue") -> "Iterator[str]":
    """Say of which days nothing could be said, and why."""
    for name, reasons in found.parameters.get("not_judged", {}).items():
        for reason, days in reasons.items():
            count = f"{len(days)} day{'' if len(days) == 1 else 's'}"
            yield f"{name}: {count} not judged, the first {days[0]}: {reason}"


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


def check_series(*paths: Path | None) -> None:
    """Refuse files of Kp or rain that cannot be read, before any work is done."""
    from sesctl.evidence import read_series

    for path in paths:
        if path:
            read_series(path)


def refuse_series(option: str) -> None:
    """Refuse a file that nothing would be done with."""
    from sesctl.errors import ParameterError

    msg = f"{option} is given without --evidence, which alone uses it"
    raise ParameterError(msg, f"Add --evidence, or leave {option} out.")


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

    columns = ["station", "start", "end", "minutes", "mV/km", "score", "dipoles", "flags"]
    asked = any(event.evidence for event in found.events)
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
                *([tally(event)] if asked else []),
            ]
            for row, event in zip(rows, found.events, strict=True)
        ]
        print_table("", [*columns, "evidence"] if asked else columns, cells)
    for each in found.exposure:
        count = sum(event.station == each.station for event in found.events)
        least = found.parameters.get("min_complete", 0.0)
        skipped = f", {each.days_skipped} skipped below {100 * least:g} % complete" if least else ""
        print(
            f"{each.station}: {count} event{'' if count == 1 else 's'} in {each.live_hours:.1f} h of record "
            f"on {each.days} day{'' if each.days == 1 else 's'}{skipped} ({found.detector}, raw score above "
            f"{found.threshold:g})"
        )


def tally(event: "Event") -> str:
    """Return the failed tests of an event by name, and how many it passed."""
    from sesctl.types import Verdict

    if event.evidence is None:
        return ""
    failed = [each.item for each in event.evidence.findings if each.verdict is Verdict.FAIL]
    passed = event.evidence.count(Verdict.PASS)
    return f"{passed} pass, {len(failed)} fail{': ' if failed else ''}{' '.join(failed)}"
