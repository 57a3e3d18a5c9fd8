"""`sesctl coincide`: what several dipoles, detectors or stations show together."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sesctl.cli.options import JsonOption

if TYPE_CHECKING:
    from sesctl.pipeline import Coincided


def coincide(
    events: Annotated[
        list[Path],
        typer.Argument(
            metavar="EVENTS...", help="Events files, as `detect -o` writes them.", show_default=False
        ),
    ],
    least_overlap: Annotated[
        float,
        typer.Option("--least-overlap", metavar="SHARE", help="Of the shorter event, that is covered."),
    ] = 0.5,
    least_stations: Annotated[
        int, typer.Option("--least-stations", metavar="N", help="Fewest stations of a coincidence; 1: all.")
    ] = 2,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write coincidences to .csv or .jsonl.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Merge events by overlap, within stations and between them, with the rate that chance offers."""
    from sesctl import pipeline
    from sesctl.catalogue import check_coincidence_file, coincidence_rows, write_coincidences

    if output:
        check_coincidence_file(output)
    found = pipeline.coincide(events, least_overlap=least_overlap, least_stations=least_stations)
    if output:
        write_coincidences(found.coincidences, output)
    rows = coincidence_rows(found.coincidences)
    if as_json:
        import json

        print(
            json.dumps({"coincidences": rows, "stations": found.stations, "chance": _chance(found)}, indent=2)
        )
        return
    from sesctl.cli.terminal import counted, print_table

    if rows:
        print_table(
            "",
            ("start", "end", "minutes", "stations", "dipoles", "score", "least score"),
            [
                (
                    row["start"],
                    row["end"],
                    f"{row['duration_s'] / 60:.1f}",
                    row["stations"].replace(";", " "),
                    f"{row['n_dipoles']}: {row['dipoles'].replace(';', ' ')}",
                    f"{row['score']:.2f}",
                    f"{row['least_score']:.2f}",
                )
                for row in rows
            ],
        )
    print(f"{counted(len(rows), 'coincidence')} of {', '.join(found.stations)}")
    print(_sentence(found))


def _chance(found: "Coincided") -> dict[str, object]:
    chance = found.chance
    if chance is None:
        return {"told": False, "reason": found.untold}
    return {
        "told": True,
        "days": chance.days,
        "observed": chance.observed,
        "mean_of_shifts": chance.mean,
        "shifts": len(chance.shifted),
        "share_with_as_many": chance.as_many,
        "lower_bound": True,
    }


def _sentence(found: "Coincided") -> str:
    chance = found.chance
    if chance is None:
        return f"chance: not testable, since {found.untold}"
    return (
        f"chance: at least {chance.mean:.2f} in {chance.days} days ({chance.observed} observed), the mean of "
        f"{len(chance.shifted)} shifts by whole weeks, of which a share of {chance.as_many:.3f} has as many; "
        "a lower bound, since what disturbs all stations on one day is lost by shifting"
    )
