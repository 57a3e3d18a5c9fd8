"""`sesctl calibrate`: what a detector finds where there is nothing to find."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sesctl.cli.options import (
    ClockChangeOption,
    ClockChanges,
    DayTzOption,
    DeviceOption,
    DipolesOption,
    FormatOption,
    ModelOption,
    PluginOption,
    QuietOption,
    SinceOption,
    SourceArgument,
    StationOption,
    TzOption,
    UntilOption,
)

if TYPE_CHECKING:
    from sesctl.calibrate import Calibration

BUDGETS = {"1/d": 1.0, "1/7d": 1 / 7, "1/30d": 1 / 30}


def calibrate(
    source: SourceArgument,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="FILE",
            help="Where to write it, .json; by default the folder of --model, where it is found again.",
            show_default=False,
        ),
    ] = None,
    plugin: PluginOption = "ses_net",
    model: ModelOption = None,
    device: DeviceOption = None,
    station: StationOption = None,
    tz: TzOption = None,
    file_format: FormatOption = None,
    clock_change: ClockChangeOption = ClockChanges.ERROR,
    dipole: DipolesOption = None,
    day_tz: DayTzOption = "UTC",
    since: SinceOption = None,
    until: UntilOption = None,
    quiet: QuietOption = False,
) -> None:
    """Scan days known to hold no SES; the calibration gives thresholds for any budget of false alarms."""
    from sesctl import pipeline, registry
    from sesctl.calibrate import save_calibration
    from sesctl.cli.checks import check_calibration
    from sesctl.cli.options import scan_options
    from sesctl.cli.terminal import counted, note, print_table, progress
    from sesctl.models import open_model

    if to is None:
        if model is None:
            msg = "give --to, or a --model into whose folder it is to go"
            raise typer.BadParameter(msg)
        open_model(model)  # says so where it is none
        to = model / "calibration.json"
    check_calibration(to)
    info = registry.find(plugin)
    detector, learnt = pipeline.load_detector(info, model=model, device=device)
    options = scan_options(dipole, None, day_tz, since, until)
    sources = pipeline.open_sources(
        source,
        station_file=station,
        tz=tz,
        file_format=file_format,
        clock_change=clock_change.value,
        wanted=info.interval,
    )
    for each in sources:
        for text in each.notes:
            note(text, quiet)
    with progress(f"calibrate {info.name}", "days", quiet) as report:
        made = pipeline.calibrate_on(sources, info, detector, options, report, learnt)
    # Without any candidate there is no threshold: that is refused here, and no file is left.
    rows = [_row(made, text, budget) for text, budget in BUDGETS.items()]
    save_calibration(made, to)
    candidates = counted(made.n_candidates, "candidate")
    print(f"{info.name}: {candidates} in {made.live_days:.1f} quiet station-days, in {to}")
    print_table("", ("budget", "threshold", "bound a day (95 %)", "certified"), rows)


def _row(made: "Calibration", text: str, budget: float) -> tuple[str, str, str, str]:
    """Return what a calibration says of a budget."""
    from sesctl.calibrate import days_needed, threshold_for
    from sesctl.errors import ParameterError

    try:
        chosen = threshold_for(made, budget)
    except ParameterError as error:
        if not made.n_candidates:
            raise
        # More alarms are allowed than scores are kept; smaller budgets are served all the same.
        return text, "-", "-", f"no: {error.message}"
    state = "yes" if chosen.certified else f"no: {days_needed(budget)} quiet days are needed"
    return text, f"{chosen.value:.4g}", f"{chosen.bound:.4g}", state
