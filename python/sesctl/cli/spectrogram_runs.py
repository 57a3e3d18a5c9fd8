"""What `sesctl spectrogram` makes of its options: drawn days, or labelled ones, and what is said of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sesctl.pairing import PairingRule, UsableRule
    from sesctl.pipeline import Source
    from sesctl.types import SpectrogramParameters


def draw(
    sources: "list[Source]",
    to: Path,
    parameters: "SpectrogramParameters",
    channels: list[str] | None,
    span: tuple[str, str | None, str | None],
    compare: bool,
    waveforms: bool,
    quiet: bool,
) -> dict[str, Any]:
    """Draw every day of every source, and say what was made."""
    from sesctl import pipeline
    from sesctl.cli.terminal import counted, progress
    from sesctl.types.instants import date_start, day_offset

    day_tz, since, until = span
    offset = day_offset(day_tz)
    first, last = (date_start(each, offset) if each else None for each in (since, until))
    chosen = [
        (
            each,
            pipeline.days_between(each, offset, first, last),
            pipeline.chosen_channels(each, channels),
        )
        for each in sources
    ]
    total = sum(len(starts) for _, starts, _ in chosen)
    if waveforms:
        limits = pipeline.waveform_range(chosen)
        with progress("waveforms", "days", quiet) as report:
            written = pipeline.draw_waveforms(
                chosen, limits, to, day_offset=offset, progress=lambda done: report(done, total)
            )
        return {
            "files": [str(path) for path in written],
            "range": list(limits),
            "summary": f"{counted(len(written), 'waveform')} in {to}; {limits[0]:.4g} to {limits[2]:.4g}, "
            f"filled from {limits[1]:.4g}",
        }
    scale = pipeline.run_scale(chosen, parameters)
    with progress("spectrograms", "days", quiet) as report:
        drawn = pipeline.draw_days(
            chosen,
            parameters,
            scale,
            to,
            day_offset=offset,
            compare=compare,
            progress=lambda done: report(done, total),
        )
    error = "unknown, since NOLA fails" if drawn.largest_error is None else f"{drawn.largest_error:.1e}"
    short = f"; {counted(drawn.short, 'day')} too short for a window left out" if drawn.short else ""
    return {
        "files": [str(path) for path in drawn.files],
        "spectrograms": drawn.spectrograms,
        "days_too_short": drawn.short,
        "scale_db": [scale.low, scale.high],
        "reconstruction_error": drawn.largest_error,
        "chirped_frames": drawn.chirped_frames,
        "summary": f"{counted(drawn.spectrograms, 'spectrogram')} in {to}; all on one scale, "
        f"{scale.low:.1f} to {scale.high:.1f} dB; {100 * drawn.chirped_frames:.0f} % of frames chirped; "
        f"largest relative error of the record made again from its spectrum {error}{short}",
    }


def label(
    sources: "list[Source]",
    to: Path,
    parameters: "SpectrogramParameters",
    channels: list[str] | None,
    day_tz: str,
    earthquakes: Path,
    rule: "PairingRule",
    usable: "UsableRule",
    full_range: float | None,
    controls: bool,
    seed: int,
    quiet: bool,
) -> dict[str, Any]:
    """Label days by earthquakes, write images, tables and a map, and say what was made."""
    from sesctl import pipeline
    from sesctl.cli.terminal import counted, progress
    from sesctl.errors import ParameterError
    from sesctl.pairing import read_earthquakes
    from sesctl.types.instants import day_offset

    if channels and len(channels) > 1:
        msg = f"{len(channels)} channels are named, but days are labelled on one"
        raise ParameterError(msg, "Name one --channel a run.")
    listed = read_earthquakes(earthquakes)
    with progress("pair", "events", quiet) as report:
        found = pipeline.label_sources(
            sources,
            listed,
            rule,
            usable=usable,
            channel=channels[0] if channels else None,
            day_offset=day_offset(day_tz),
            full_range=full_range,
            control_seed=seed if controls else None,
            progress=report,
        )
    scale, files = pipeline.write_labelled(found, parameters, to)
    labels, dropped = found.days.labels, found.dropped
    before = int(labels.before.sum())
    lost = ", ".join(f"{count} {reason}" for reason, count in dropped.items())
    return {
        "files": [str(path) for path in files],
        "events": len(found.pairs),
        "earthquakes": len({pair.earthquake for pair in found.pairs}),
        "stations": len({pair.station for pair in found.pairs}),
        "days": len(found.all_days),
        "before": before,
        "after": len(labels) - before,
        "dropped": dropped,
        "scale_db": [scale.low, scale.high],
        "summary": f"{counted(len(found.pairs), 'control' if controls else 'event')}; of "
        f"{len(found.all_days)} days {before} before and {len(labels) - before} after are used, "
        f"{sum(dropped.values())} dropped ({lost}); images, tables and map in {to}",
    }
