"""`sesctl info`: what a source holds."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sesctl.cli.options import (
    ClockChangeOption,
    ClockChanges,
    FormatOption,
    JsonOption,
    QuietOption,
    SourceArgument,
    StationOption,
    TzOption,
)

if TYPE_CHECKING:
    from sesctl.pipeline import Summary
    from sesctl.types import Channel

MOST_REMARKS = 20


def info(
    source: SourceArgument,
    station: StationOption = None,
    tz: TzOption = None,
    file_format: FormatOption = None,
    clock_change: ClockChangeOption = ClockChanges.ERROR,
    plot: Annotated[
        Path | None,
        typer.Option(
            "--plot", metavar="DIR", help="Draw the coverage, one picture a station.", show_default=False
        ),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show stations, channels, coverage by month, gaps, flags, clocks and remarks of a record."""
    from sesctl import pipeline
    from sesctl.cli.terminal import note, progress

    summaries = []
    for each in pipeline.open_sources(
        source, station_file=station, tz=tz, file_format=file_format, clock_change=clock_change.value
    ):
        for text in each.notes:
            note(text, quiet)
        with progress(f"read {each.station.name}", "days", quiet) as report:
            summaries.append(pipeline.summarise(each, report))
    if plot:
        _draw(summaries, plot)
    if as_json:
        import json

        print(json.dumps([_as_object(summary) for summary in summaries], indent=2))
        return
    for summary in summaries:
        _print(summary)


def _as_object(summary: "Summary") -> dict[str, Any]:
    from sesctl.types.instants import iso

    station = summary.station
    return {
        "station": station.name,
        "latitude": station.latitude,
        "longitude": station.longitude,
        "timezone": station.timezone,
        "interval_s": summary.interval,
        "start": None if summary.first is None else iso(summary.first),
        "last": None if summary.last is None else iso(summary.last),
        "days": summary.days,
        "months": {month: round(share, 6) for month, share in summary.months().items()},
        "channels": [
            {
                "name": channel.name,
                "unit": channel.unit,
                "samples": channel.samples,
                "completeness": round(summary.completeness(channel), 6),
                "lowest": channel.lowest if channel.samples else None,
                "highest": channel.highest if channel.samples else None,
                "longest_gap_s": channel.longest_gap_s,
                "flags": channel.flags,
                "quantity": described.quantity,
                **_dipole(described),
            }
            for channel, described in zip(summary.channels, station.channels, strict=True)
        ],
        "remarks": [
            {
                "start": iso(each.start),
                "end": iso(each.end),
                "kind": each.kind,
                "text": each.text,
                "channels": list(each.channels),
                "values": dict(each.values),
            }
            for each in summary.annotations
        ],
    }


def _dipole(channel: "Channel") -> dict[str, Any]:
    from sesctl.types import Dipole

    if not isinstance(channel, Dipole):
        return {}
    return {
        "length_m": channel.length_m,
        "azimuth_deg": channel.azimuth_deg,
        "electrodes": list(channel.electrodes),
    }


def _draw(summaries: "list[Summary]", folder: Path) -> None:
    import numpy as np

    from sesctl.report import CoverageView, draw_coverage

    for summary in summaries:
        if not summary.daily:
            continue
        first, last = min(summary.daily), max(summary.daily)
        none = np.zeros(len(summary.channels), dtype=np.int64)
        counts = np.stack([summary.daily.get(day, none) for day in range(first, last + 1)], axis=1)
        interval = f"{summary.interval:g}s"
        draw_coverage(
            CoverageView(
                title=f"{summary.station.name}, every {summary.interval:g} s",
                channels=tuple(channel.name for channel in summary.channels),
                first_day=first,
                complete=counts / summary.samples_a_day,
                remarks=tuple(each for each in summary.annotations if each.kind == "remark"),
            ),
            folder / f"{summary.station.name}-{interval}.png",
        )


def _print(summary: "Summary") -> None:
    from sesctl.cli.terminal import counted, print_table, printable
    from sesctl.types.instants import iso

    station = summary.station
    place = (
        f", {_degrees(station.latitude, 'NS')} {_degrees(station.longitude, 'EW')}"
        if station.latitude is not None and station.longitude is not None
        else ""
    )
    span = "no samples"
    if summary.first is not None and summary.last is not None:
        span = f"{iso(summary.first)} to {iso(summary.last)}, {counted(summary.days, 'day')}"
    print(f"{station.name}{place}: every {summary.interval:g} s, {span}")
    rows = [
        (
            channel.name,
            channel.unit,
            f"{100 * summary.completeness(channel):.1f} %",
            f"{channel.lowest:.6g}" if channel.samples else "",
            f"{channel.highest:.6g}" if channel.samples else "",
            f"{channel.longest_gap_s:g} s" if channel.longest_gap_s else "none",
            ", ".join(f"{name} {count}" for name, count in channel.flags.items()),
        )
        for channel in summary.channels
    ]
    print_table("", ("channel", "unit", "complete", "lowest", "highest", "longest gap", "flagged"), rows)
    _print_months(summary)
    for each in summary.annotations[:MOST_REMARKS]:
        about = f" [{', '.join(each.channels)}]" if each.channels else ""
        print(printable(f"{each.kind}: {iso(each.start)} to {iso(each.end)}{about}: {each.text}"))
    if len(summary.annotations) > MOST_REMARKS:
        print(f"and {len(summary.annotations) - MOST_REMARKS} more remarks (see --json)")


def _degrees(angle: float, sides: str) -> str:
    return f"{abs(angle):g}° {sides[angle < 0]}"


def _print_months(summary: "Summary") -> None:
    """Print a calendar: a row a year, in each month the percentage of samples with a value."""
    from sesctl.cli.terminal import print_table

    shares = summary.months()
    if len(shares) < 2:
        return
    years = sorted({month[:4] for month in shares})
    rows = [
        (
            year,
            *(
                "" if share is None else "-" if share == 0 else f"{max(1, int(100 * share))}"
                for share in (shares.get(f"{year}-{month:02d}") for month in range(1, 13))
            ),
        )
        for year in years
    ]
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    print_table("% complete", ("year", *names), rows)
