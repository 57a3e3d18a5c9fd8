"""Options that several commands share, each defined once."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sesctl.pipeline import Scan

SourceArgument = Annotated[
    Path,
    # What may not be read is an error of the reader, not of usage: typer is told not to look.
    typer.Argument(
        metavar="SOURCE", help="An archive, a file, or a folder of files.", show_default=False, readable=False
    ),
]
StationOption = Annotated[
    Path | None,
    typer.Option(
        "--station",
        metavar="TOML",
        help="Station file: dipoles, lengths, units.",
        show_default=False,
        readable=False,
    ),
]
TzOption = Annotated[
    str | None,
    typer.Option(
        "--tz", metavar="ZONE", help="Zone of times without an offset, e.g. Asia/Tokyo.", show_default=False
    ),
]
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


class ClockChanges(StrEnum):
    """What to do with a local time that a clock change makes unclear."""

    ERROR = "error"
    EARLIER = "earlier"
    LATER = "later"
    DROP = "drop"
    INFER = "infer"


ClockChangeOption = Annotated[
    ClockChanges,
    typer.Option(
        "--clock-change",
        help="Local times that occur twice or never: stop, take the earlier or later instant, drop them, or "
        "infer those that occur twice from the order of the rows.",
    ),
]
DipolesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--dipole", metavar="NAME", help="Use only this dipole; may be repeated.", show_default=False
    ),
]
DayTzOption = Annotated[
    str,
    typer.Option(
        "--day-tz", metavar="ZONE", help="Where a day begins: UTC, +09:00 or a zone's standard time."
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help="First day, e.g. 2020-01-31.", show_default=False),
]
UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="Day after the last.", show_default=False)
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes on stderr.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")]
ArchiveOption = Annotated[
    Path,
    typer.Option(
        "--to", metavar="ARCHIVE", help="The archive to write; made if it is not there.", show_default=False
    ),
]
PluginOption = Annotated[
    str, typer.Option("--plugin", "-p", metavar="NAME", help="Detector; see `sesctl plugins`.")
]
ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="FOLDER",
        help="What the detector learnt; by default the model that comes with it.",
        show_default=False,
        readable=False,
    ),
]
DeviceOption = Annotated[
    str | None,
    typer.Option("--device", metavar="NAME", help="Where to compute: cpu, gpu:0, ...", show_default=False),
]


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
