"""`sesctl inject`: signals of known time and strength into a copy of a record."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sesctl.cli.ingest import ConflictOption, OnConflict
from sesctl.cli.options import (
    ArchiveOption,
    ClockChangeOption,
    ClockChanges,
    DayTzOption,
    FormatOption,
    QuietOption,
    SourceArgument,
    StationOption,
    TzOption,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sesctl.pipeline.injection import Injected
    from sesctl.waveforms import Recorded


class Shape(StrEnum):
    """What shapes signals have."""

    BOXCAR = "boxcar"
    RAMPED = "ramped"
    EXPONENTIAL = "exponential"
    PULSES = "pulses"
    HIGH_FREQUENCY = "high-frequency"
    MIXED = "mixed"


class Sign(StrEnum):
    """What sign signals have on the strongest dipole."""

    RANDOM = "random"
    PLUS = "+"
    MINUS = "-"


NAMES = {Shape.PULSES: "pulse_train", Shape.HIGH_FREQUENCY: "high_frequency"}
"""What truth tables call a shape, where it is not the same."""


def inject(
    source: SourceArgument,
    to: ArchiveOption,
    truth: Annotated[
        Path, typer.Option(metavar="CSV", help="Table of what was embedded.", show_default=False)
    ],
    rate: Annotated[float, typer.Option(metavar="N", help="Signals a day; 0.1: on a tenth of days.")] = 1.0,
    shape: Annotated[
        Shape | None, typer.Option(help="Shape of the signals; boxcar by default.", show_default=False)
    ] = None,
    amplitude: Annotated[
        tuple[float, float] | None,
        typer.Option(
            metavar="LOW HIGH",
            help="Range of the strongest dipole's amplitude in mV/km; 10 15 by default.",
            show_default=False,
        ),
    ] = None,
    duration: Annotated[
        tuple[float, float] | None,
        typer.Option(
            metavar="LOW HIGH", help="Range of the duration in min; 25 30 by default.", show_default=False
        ),
    ] = None,
    hours: Annotated[
        tuple[str, str],
        typer.Option(
            metavar="LOW HIGH",
            help="Hours of the day of --day-tz between which signals begin: 8 18, 22:30 4, or 13 13.",
        ),
    ] = ("0", "24"),
    sign: Annotated[
        Sign | None,
        typer.Option(help="Sign on the strongest dipole; random by default.", show_default=False),
    ] = None,
    azimuth: Annotated[
        str | None,
        typer.Option(
            metavar="random|DEG",
            help="Axis of the field, degrees clockwise from north; random by default.",
            show_default=False,
        ),
    ] = None,
    from_record: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Embed a waveform cut from this record, in place of a drawn one.",
            show_default=False,
        ),
    ] = None,
    interval_of_waveform: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="START/END",
            help="Where it lies there: 1999-01-16T16:37Z/1999-01-16T17:04Z.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Another seed, other signals.", min=0)] = 0,
    day_tz: DayTzOption = "UTC",
    station: StationOption = None,
    tz: TzOption = None,
    file_format: FormatOption = None,
    clock_change: ClockChangeOption = ClockChanges.ERROR,
    on_conflict: ConflictOption = OnConflict.ERROR,
    quiet: QuietOption = False,
) -> None:
    """Copy a record into an archive with SES of known time, shape and strength added, and write their table.

    The signals of a day follow from the seed, the station and the day alone. What would overlap another
    signal, or lies where no dipole has a sample, is left out and counted.
    """
    from sesctl import pipeline
    from sesctl.archive import is_archive
    from sesctl.catalogue import check_writable, write_truth
    from sesctl.cli.checks import check_apart
    from sesctl.cli.terminal import note, progress
    from sesctl.errors import OutputError
    from sesctl.inject import Injection
    from sesctl.pipeline.making import was_injected
    from sesctl.types.instants import day_offset

    if (from_record is None) != (interval_of_waveform is None):
        msg = "--from-record and --from belong together"
        raise typer.BadParameter(msg)
    if from_record is not None:
        _refuse_drawn(shape=shape, amplitude=amplitude, duration=duration, sign=sign, azimuth=azimuth)
    if truth.suffix != ".csv":
        msg = f"{truth}: a truth table ends in .csv"
        raise OutputError(msg, "Choose this ending.")
    check_writable(truth)
    check_apart(truth, source)
    reading: dict[str, Any] = {
        "station_file": station,
        "tz": tz,
        "file_format": file_format,
        "clock_change": clock_change.value,
    }
    if from_record is not None and is_archive(source) and not is_archive(from_record):
        # --station, --tz and the like describe files, and here the recorded waveform is the only one.
        sources = pipeline.open_sources(source)
    else:
        sources = pipeline.open_sources(source, **reading)
    for each in sources:
        for text in each.notes:
            note(text, quiet)
        if was_injected(each.provenance):
            note(f"{each.station.name} holds injected signals already, which {truth} will not list", quiet)
    recorded = None
    if from_record is not None and interval_of_waveform is not None:
        intervals = sorted({each.interval for each in sources})
        recorded = _cut(from_record, interval_of_waveform, intervals[0], reading)
    low, high = duration or (25.0, 30.0)
    chosen = shape or Shape.BOXCAR
    injection = Injection(
        rate=rate,
        shape=NAMES.get(chosen, chosen.value),
        amplitude=amplitude or (10.0, 15.0),
        duration_s=(60 * low, 60 * high),
        hours=(parse_hour(hours[0]), parse_hour(hours[1])),
        sign=(sign or Sign.RANDOM).value,
        azimuth_deg=parse_azimuth(azimuth),
        seed=seed,
        day_offset=day_offset(day_tz),
        recorded=recorded,
    )
    with progress("inject", "days", quiet) as report:
        results = pipeline.inject(sources, to, injection, policy=on_conflict.value, progress=report)
    write_truth((row for result in results for row in result.truth), truth)
    for result in results:
        print(_sentence(result, to))
    print(f"truth: {truth}")


def _refuse_drawn(**options: object) -> None:
    """Refuse options that say how signals are drawn, where one is embedded as it was recorded."""
    for name, value in options.items():
        if value is not None:
            msg = f"--{name} has no meaning for a waveform that is embedded as it was recorded"
            raise typer.BadParameter(msg)


def _sentence(result: "Injected", to: Path) -> str:
    """Say what was embedded in a station's record, and what was not."""
    from sesctl.cli.terminal import counted

    left_out = "".join(
        f", {count} left out {why}"
        for count, why in (
            (result.crowded, "for overlapping another"),
            (result.unseen, "where no dipole has a sample"),
        )
        if count
    )
    signals, days = counted(result.embedded, "signal"), counted(result.days, "day")
    return f"{result.station}: {signals} in {days} of {to}{left_out}"


def parse_hour(text: str) -> float:
    """Return an hour of the day written as 13, 13.5 or 13:30.

    Raises
    ------
    ParameterError
        If it is none of these.
    """
    import re

    from sesctl.errors import ParameterError

    match = re.fullmatch(r"(\d{1,2})(?::([0-5]\d)|(\.\d+))?", text)
    if not match:
        msg = f"{text!r} is no hour of the day"
        raise ParameterError(msg, "Write it as 13, 13.5 or 13:30.")
    hour, minutes, fraction = match.groups()
    return int(hour) + int(minutes or 0) / 60 + float(fraction or 0)


def parse_azimuth(text: str | None) -> float | None:
    """Return an azimuth in degrees, None where it is left to chance.

    Raises
    ------
    ParameterError
        If it is no number.
    """
    from sesctl.errors import ParameterError

    if text is None or text == "random":
        return None
    try:
        return float(text)
    except ValueError as error:
        msg = f"the azimuth {text!r} is neither random nor a number of degrees"
        raise ParameterError(msg) from error


def _cut(path: Path, between: str, interval_s: float, reading: "Mapping[str, Any]") -> "Recorded":
    """Return the waveform that a record holds between two instants."""
    from sesctl import pipeline
    from sesctl.archive import is_archive
    from sesctl.errors import ParameterError
    from sesctl.types.instants import from_iso

    start, slash, end = between.partition("/")
    if not slash:
        msg = f"{between!r} does not name the start and the end of the waveform"
        raise ParameterError(msg, "Write START/END, both with Z or an offset from UTC.")
    found = pipeline.open_sources(path, **({} if is_archive(path) else reading), wanted=interval_s)
    if len(found) != 1:
        names = ", ".join(source.station.name for source in found)
        msg = f"{path} holds {len(found)} stations ({names}), not the one that recorded the waveform"
        raise ParameterError(msg, "Name a record of one station.")
    return pipeline.cut_from(found[0], from_iso(start), from_iso(end), interval_s)
