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


def ingest(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Files or folders.", show_default=False, readable=False),
    ],
    to: ArchiveOption,
    station: StationOption = None,
    tz: TzOption = None,
    on_conflict: ConflictOption = OnConflict.ERROR,
    quiet: QuietOption = False,
) -> None:
    """Read files and write their days into an archive; a repeated call changes nothing."""
    from sesctl import pipeline
    from sesctl.cli.terminal import note, print_table, progress

    with progress("ingest", "files", quiet) as report:
        done = pipeline.ingest(
            files, to, station_file=station, tz=tz, policy=on_conflict.value, progress=report
        )
    for each in done:
        for text in each.notes:
            note(text, quiet)
    rows = [(str(each.path), each.station, str(each.days_written), str(each.days_unchanged)) for each in done]
    print_table("", ("file", "station", "days written", "unchanged"), rows)
