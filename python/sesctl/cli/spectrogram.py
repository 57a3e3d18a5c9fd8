"""`sesctl spectrogram`: spectrograms of a record, for people and for detectors."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from sesctl.cli.options import (
    ClockChangeOption,
    ClockChanges,
    DayTzOption,
    FormatOption,
    JsonOption,
    QuietOption,
    SinceOption,
    SourceArgument,
    StationOption,
    TzOption,
    UntilOption,
)
from sesctl.cli.spectrogram_runs import draw, label


class Window(StrEnum):
    """Windows by name."""

    HANN = "hann"
    HAMMING = "hamming"
    BARTLETT = "bartlett"
    RECTANGULAR = "rectangular"


class Style(StrEnum):
    """What is drawn."""

    SPECTROGRAM = "spectrogram"
    WAVEFORM = "waveform"


class Colours(StrEnum):
    """Colour maps of a detector's images."""

    MAGMA = "magma"
    GREY = "grey"


def spectrogram(
    source: SourceArgument,
    to: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="The folder to write into.", show_default=False)
    ],
    station: StationOption = None,
    tz: TzOption = None,
    file_format: FormatOption = None,
    clock_change: ClockChangeOption = ClockChanges.ERROR,
    channel: Annotated[
        list[str] | None,
        typer.Option(
            "--channel",
            metavar="NAME",
            help="Show only this channel; may be repeated. All dipoles by default, else all channels.",
            show_default=False,
        ),
    ] = None,
    day_tz: DayTzOption = "UTC",
    since: SinceOption = None,
    until: UntilOption = None,
    window: Annotated[Window, typer.Option(help="Window of a frame.")] = Window.HANN,
    length: Annotated[int, typer.Option(metavar="N", help="Samples in it.", min=2)] = 64,
    hop: Annotated[int, typer.Option(metavar="N", help="Samples from frame to frame.", min=1)] = 8,
    n_fft: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Frequencies, a power of two; just enough by default.", show_default=False
        ),
    ] = None,
    chirp: Annotated[
        bool, typer.Option("--chirp/--no-chirp", help="Let windows follow a changing frequency.")
    ] = True,
    compare: Annotated[
        bool, typer.Option("--compare", help="Draw ordinary and chirped windows beside each other.")
    ] = False,
    style: Annotated[
        Style, typer.Option(help="Spectrograms, or filled black-and-white waveforms.")
    ] = Style.SPECTROGRAM,
    size: Annotated[
        int, typer.Option(metavar="N", help="Height and width of a detector's image.", min=2)
    ] = 32,
    colours: Annotated[Colours, typer.Option(help="Its colour map: three channels, or one.")] = Colours.MAGMA,
    earthquakes: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Label days before and after these earthquakes: time, latitude, longitude, magnitude.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    min_magnitude: Annotated[float, typer.Option(metavar="M", help="Least magnitude.")] = 3.6,
    max_distance: Annotated[float, typer.Option(metavar="KM", help="Largest epicentral distance.")] = 75.0,
    days_before: Annotated[int, typer.Option(metavar="N", help="Days before an earthquake.", min=1)] = 14,
    days_after: Annotated[int, typer.Option(metavar="N", help="Days after it.", min=1)] = 14,
    longest_gap: Annotated[
        int, typer.Option(metavar="MIN", help="Minutes without a value that do not drop a day.", min=0)
    ] = 2,
    full_range: Annotated[
        float | None,
        typer.Option(
            metavar="VALUE",
            help="Largest value that the instrument records; days that reach it are dropped. By default "
            "flat tops tell.",
            show_default=False,
        ),
    ] = None,
    controls: Annotated[
        bool,
        typer.Option(
            "--controls", help="Label days around quiet times of the same stations instead, one an event."
        ),
    ] = False,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the quiet times.", min=0)] = 0,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Draw spectrograms day by day, with their exact arrays; or label days before and after earthquakes."""
    from sesctl import pipeline
    from sesctl.cli.checks import check_folder
    from sesctl.cli.terminal import note
    from sesctl.errors import ParameterError
    from sesctl.pairing import PairingRule, UsableRule
    from sesctl.types import SpectrogramParameters

    if compare and style is Style.WAVEFORM:
        msg = "--compare draws spectrograms, --style waveform none"
        raise ParameterError(msg, "Leave one of them out.")
    parameters = SpectrogramParameters(
        window=window.value,
        length=length,
        hop=hop,
        n_fft=n_fft if n_fft is not None else 1 << max(length - 1, 1).bit_length(),
        chirp=chirp or compare,
        height=size,
        width=size,
        colours=colours.value,
    )
    cola, nola = pipeline.overlap_of(parameters)
    overlap = (
        f"a {parameters.window} window of {length} samples every {hop}: "
        f"COLA {'holds' if cola else 'fails'}, NOLA {'holds' if nola else 'fails'}"
    )
    check_folder(to)
    sources = pipeline.open_sources(
        source, station_file=station, tz=tz, file_format=file_format, clock_change=clock_change.value
    )
    for each in sources:
        for text in each.notes:
            note(text, quiet)
    made: dict[str, Any] = {"parameters": vars(parameters), "cola": cola, "nola": nola}
    if earthquakes is None:
        made |= draw(
            sources, to, parameters, channel, (day_tz, since, until), compare, style is Style.WAVEFORM, quiet
        )
    else:
        rule = PairingRule(
            min_magnitude=min_magnitude,
            max_distance_km=max_distance,
            days_before=days_before,
            days_after=days_after,
        )
        usable = UsableRule(longest_gap=longest_gap)
        made |= label(
            sources,
            to,
            parameters,
            channel,
            day_tz,
            earthquakes,
            rule,
            usable,
            full_range,
            controls,
            seed,
            quiet,
        )
    if as_json:
        import json

        print(json.dumps(made, indent=2))
        return
    print(overlap)
    print(made["summary"])
