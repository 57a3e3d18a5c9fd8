"""`sesctl ingest`: files into an archive."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sesctl.cli.options import (
    ArchiveOption,
    ClockChangeOption,
    ClockChanges,
    FormatOption,
    QuietOption,
    StationOption,
    TzOption,
)


class OnConflict(StrEnum):
    """What to do with samples that differ from archived ones."""

    ERROR = "error"
    KEEP = "keep"
    REPLACE = "replace"


ConflictOption = Annotated[
    OnConflict,
    typer.Option("--on-conflict", help="Where samples differ from archived ones: stop, keep or replace."),
]


RereadOption = Annotated[
    bool,
    typer.Option("--reread", help="Read files again that were ingested before and have not changed."),
]


def ingest(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="Files, folders or patterns.", show_default=False, readable=False
        ),
    ],
    to: ArchiveOption,
    station: StationOption = None,
    tz: TzOption = None,
    on_conflict: ConflictOption = OnConflict.ERROR,
    file_format: FormatOption = None,
    clock_change: ClockChangeOption = ClockChanges.ERROR,
    reread: RereadOption = False,
    quiet: QuietOption = False,
) -> None:
    """Read files and write their days into an archive; a repeated call changes nothing."""
    import time

    from sesctl import pipeline
    from sesctl.cli.terminal import note, print_table, progress

    began = time.monotonic()
    with progress("ingest", "files", quiet) as report:
        done = pipeline.ingest(
            files,
            to,
            station_file=station,
            tz=tz,
            policy=on_conflict.value,
            progress=lambda files, total, days: report(files, total, f"{days} days"),
            file_format=file_format,
            clock_change=clock_change.value,
            reread=reread,
        )
    for each in done:
        for text in each.notes:
            note(text, quiet)
    known, count = sum(each.files for each in done if each.known), sum(each.files for each in done)
    stations = {each.station for each in done}
    if station is None and len(stations) > 1 and len(stations) == len(done):
        note(
            f"{count} files became {len(stations)} stations, each named after its file; --station puts those "
            "of one station together",
            quiet,
        )
    if known:
        note(f"{known} of {count} files were ingested before and have not changed: they were not read", quiet)
    days = sum(each.days_written + each.days_unchanged for each in done)
    seconds = max(time.monotonic() - began, 1e-3)
    note(
        f"{days} {'day' if days == 1 else 'days'} of {count} {'file' if count == 1 else 'files'} in "
        f"{seconds:.1f} s, {count / seconds:.3g} files/s, {days / seconds:.3g} days/s",
        quiet,
    )
    rows = [(str(each.path), each.station, str(each.days_written), str(each.days_unchanged)) for each in done]
    print_table("", ("file", "station", "days written", "unchanged"), rows)
