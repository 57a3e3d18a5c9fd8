"""`sesctl demo`: the whole path on a built-in station."""

from pathlib import Path
from typing import Annotated

import typer

from sesctl.cli.options import QuietOption


def demo(
    to: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="Folder for the archive, events and picture.")
    ] = Path("sesctl-demo"),
    quiet: QuietOption = False,
) -> None:
    """Simulate a three-dipole station, hide one SES in its day, find it again and draw it."""
    from sesctl import pipeline
    from sesctl.cli.checks import check_folder
    from sesctl.cli.events_view import show
    from sesctl.cli.terminal import note
    from sesctl.types.instants import iso

    check_folder(to)
    note(
        "a synthetic station far from the tracks, 1 day, one boxcar-shaped SES embedded at a known time",
        quiet,
    )
    result = pipeline.run_demo(to)
    show(result.catalogue, as_json=False)
    truth, event = result.truth, result.nearest
    print(
        f"truth: {iso(truth.start)} to {iso(truth.end)}, {truth.amplitude:+.1f} mV/km on the strongest dipole"
    )
    if event is None:
        print("the event that was hidden has not been found")
    else:
        onset, end = (event.start - truth.start) / 1e6, (event.end - truth.end) / 1e6
        print(f"found: onset {onset:+.0f} s, end {end:+.0f} s from the truth")
    print(f"picture{'' if len(result.pictures) == 1 else 's'}: {', '.join(map(str, result.pictures))}")
    print(f"archive, truth and events: {to}")
