"""`sesctl calibrate`: what a detector finds where there is nothing to find."""

from pathlib import Path
from typing import Annotated

import typer

from sesctl.cli.options import (
    DayTzOption,
    DipolesOption,
    PluginOption,
    QuietOption,
    SinceOption,
    SourceArgument,
    StationOption,
    TzOption,
    UntilOption,
)


def calibrate(
    source: SourceArgument,
    to: Annotated[
        Path,
        typer.Option("--to", metavar="FILE", help="Where to write it, .json.", show_default=False),
    ],
    plugin: PluginOption = "boxcar",
    station: StationOption = None,
    tz: TzOption = None,
    dipole: DipolesOption = None,
    day_tz: DayTzOption = "UTC",
    since: SinceOption = None,
    until: UntilOption = None,
    quiet: QuietOption = False,
) -> None:
    """Scan days known to hold no SES; the calibration gives thresholds for any budget of false alarms."""
    from sesctl import pipeline, registry
    from sesctl.calibrate import days_needed, save_calibration, threshold_for
    from sesctl.cli.detect import check_folder, scan_options
    from sesctl.cli.terminal import note, print_table, progress
    from sesctl.errors import OutputError

    check_folder(to.parent)
    # A record is no JSON, so that none is ever written over.
    if to.suffix != ".json" or to.is_dir():
        msg = f"{to}: a calibration is a file that ends in .json"
        raise OutputError(msg, "Name such a file.")
    info = registry.find(plugin)
    detector = registry.make(info)
    options = scan_options(dipole, None, day_tz, since, until)
    sources = pipeline.open_sources(source, station_file=station, tz=tz, wanted=info.interval)
    for each in sources:
        for text in each.notes:
            note(text, quiet)
    with progress(f"calibrate {info.name}", "days", quiet) as report:
        made = pipeline.calibrate_on(sources, info, detector, options, report)
    save_calibration(made, to)
    print(f"{info.name}: {made.n_candidates} candidates in {made.live_days:.1f} quiet station-days, in {to}")
    budgets = (("1/d", 1.0), ("1/7d", 1 / 7), ("1/30d", 1 / 30))
    rows = []
    for text, budget in budgets:
        chosen = threshold_for(made, budget)
        state = "yes" if chosen.certified else f"no: {days_needed(budget):.0f} quiet days are needed"
        rows.append((text, f"{chosen.value:.4g}", f"{chosen.bound:.4g}", state))
    print_table("", ("budget", "threshold", "bound a day (95 %)", "certified"), rows)
