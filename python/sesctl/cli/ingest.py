"""`sesctl ingest`: files into an archive."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sesctl.cli.options import ArchiveOption, QuietOption, StationOption, TzOption


class OnConflict(StrEnum):
    """What to do with samples that differ from archived ones."""

    ERROR = "error"
    KEEP = "keep"
    REPLACE = "replace"


ConflictOption = Annotated[
    OnConflict,
    typer.Option("--on-conflict", help="Where samples differ from archived ones: stop, keep or replace."),
]


class ClockChanges(StrEnum):
    """What to do with a local time that a clock change makes unclear."""

    ERROR = "error"
    EARLIER = "earlier"
    LATER = "later"
    DROP = "drop"


FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="Reader of the files: csv, edl, lemi424, iaga2002, miniseed, aeta, kakioka, npz, parquet or an "
        "installed one; found by content and name by default.",
        show_default=False,
    ),
]
ClockChangeOption = Annotated[
    ClockChanges,
    typer.Option(
        "--clock-change",
        help="Local times that occur twice or never: stop, take the earlier or later instant, or drop them.",
    ),
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
    quiet: QuietOption = False,
) -> None:
    """Read files and write their days into an archive; a repeated call changes nothing."""
    from sesctl import pipeline
    from sesctl.cli.terminal import note, print_table, progress

    with progress("ingest", "files", quiet) as report:
        done = pipeline.ingest(
            files,
            to,
            station_file=station,
            tz=tz,
            policy=on_conflict.value,
            progress=report,
            file_format=file_format,
            clock_change=clock_change.value,
        )
    for each in done:
        for text in each.notes:
            note(text, quiet)
    rows = [(str(each.path), each.station, str(each.days_written), str(each.days_unchanged)) for each in done]
    print_table("", ("file", "station", "days written", "unchanged"), rows)
