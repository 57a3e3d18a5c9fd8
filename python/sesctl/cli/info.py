"""`sesctl info`: what a source holds."""

from typing import TYPE_CHECKING, Any

from sesctl.cli.options import JsonOption, QuietOption, SourceArgument, StationOption, TzOption

if TYPE_CHECKING:
    from sesctl.pipeline import Summary


def info(
    source: SourceArgument,
    station: StationOption = None,
    tz: TzOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show stations, channels, coverage, gaps and flags of an archive or of files."""
    from sesctl import pipeline
    from sesctl.cli.terminal import note, progress

    summaries = []
    for each in pipeline.open_sources(source, station_file=station, tz=tz):
        for text in each.notes:
            note(text, quiet)
        with progress(f"read {each.station.name}", "days", quiet) as report:
            summaries.append(pipeline.summarise(each, report))
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
            }
            for channel in summary.channels
        ],
    }


def _print(summary: "Summary") -> None:
    from sesctl.cli.terminal import print_table
    from sesctl.types.instants import iso

    station = summary.station
    place = (
        f", {station.latitude:g}° N {station.longitude:g}° E"
        if station.latitude is not None and station.longitude is not None
        else ""
    )
    span = "no samples"
    if summary.first is not None and summary.last is not None:
        days = f"{summary.days} day{'' if summary.days == 1 else 's'}"
        span = f"{iso(summary.first)} to {iso(summary.last)}, {days}"
    print(f"{station.name}{place}: every {summary.interval:g} s, {span}")
    rows = [
        (
            channel.name,
            channel.unit,
            f"{100 * summary.completeness(channel):.1f} %",
            f"{channel.lowest:.4g}" if channel.samples else "",
            f"{channel.highest:.4g}" if channel.samples else "",
            f"{channel.longest_gap_s:g} s" if channel.longest_gap_s else "none",
            ", ".join(f"{name} {count}" for name, count in channel.flags.items()),
        )
        for channel in summary.channels
    ]
    print_table("", ("channel", "unit", "complete", "lowest", "highest", "longest gap", "flagged"), rows)
