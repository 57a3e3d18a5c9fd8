"""How a catalogue reads on a terminal."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sesctl.types import Catalogue, Event


def show(found: "Catalogue", as_json: bool) -> None:
    """Print a catalogue: one JSON object, or a table and a line on the exposure."""
    from sesctl.catalogue import meta_of, rows_of

    rows = rows_of(found)
    if as_json:
        import json

        print(json.dumps({"events": rows, "meta": meta_of(found)}, indent=2))
        return
    from sesctl.cli.terminal import counted, print_table

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
            f"{each.station}: {counted(count, 'event')} in {each.live_hours:.1f} h of record on "
            f"{counted(each.days, 'day')}{skipped} ({found.detector}, raw score above "
            f"{found.threshold:g})"
        )


def not_judged(found: "Catalogue") -> "Iterator[str]":
    """Say of which days nothing could be said, and why."""
    from sesctl.cli.terminal import counted

    for name, reasons in found.parameters.get("not_judged", {}).items():
        for reason, days in reasons.items():
            yield f"{name}: {counted(len(days), 'day')} not judged, the first {days[0]}: {reason}"


def tally(event: "Event") -> str:
    """Return the failed tests of an event by name, and how many it passed."""
    from sesctl.types import Verdict

    if event.evidence is None:
        return ""
    failed = [each.item for each in event.evidence.findings if each.verdict is Verdict.FAIL]
    passed = event.evidence.count(Verdict.PASS)
    return f"{passed} pass, {len(failed)} fail{': ' if failed else ''}{' '.join(failed)}"
