"""What is written of spectrograms: pictures for people, arrays for detectors."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.pipeline.labelled_files import map_view, write_images, write_tables
from sesctl.pipeline.labelling import Labelled
from sesctl.pipeline.spectrograms import (
    VALUES_FOR_SCALE,
    Chosen,
    DaySpectrogram,
    overlap_of,
    some_days,
    spectrograms_of,
    stems_of,
    too_short,
    write_arrays,
)
from sesctl.report import draw_comparison, draw_gallery, draw_map, draw_spectrogram, write_pixels
from sesctl.spectrogram import (
    concentration,
    decibels,
    filled_waveform,
    fit_scale,
    labelled_images,
    paint,
    transform,
)
from sesctl.types import DecibelScale, SpectrogramParameters
from sesctl.types.instants import DAY, iso

SHOWN = 24


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What was written.

    Parameters
    ----------
    files : tuple of Path
        All files.
    spectrograms : int
        How many spectrograms.
    chirped_frames : float
        Share of the frames whose window was chirped.
    largest_error : float or None
        The largest error of a record made again from its spectrum, relative to its root mean square; None
        where windows leave samples without weight.
    short : int
        Days left out because they are too short for a single frame.
    """

    files: tuple[Path, ...]
    spectrograms: int
    chirped_frames: float
    largest_error: float | None
    short: int = 0


def draw_days(
    chosen: Chosen,
    parameters: SpectrogramParameters,
    scale: DecibelScale,
    to: Path,
    *,
    day_offset: int = 0,
    compare: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Drawn:
    """Write a picture and the arrays of every day and channel.

    Parameters
    ----------
    chosen : sequence of (Source, ndarray of int64, sequence of str)
        Records, the starts of their days (µs UTC), and their channels.
    parameters : SpectrogramParameters
        How spectrograms are made.
    scale : DecibelScale
        The one scale of the run.
    to : Path
        The folder.
    day_offset : int
        Where days begin, µs east of UTC: files have the date there.
    compare : bool
        Whether ordinary windows are drawn beside the chirped ones.
    progress : callable
        Takes the number of days done.

    Returns
    -------
    Drawn
        What was written.

    Raises
    ------
    OutputError
        If something cannot be written.
    """
    nola = overlap_of(parameters)[1]
    files: list[Path] = []
    errors: list[float] = []
    chirped: list[npt.NDArray[np.bool_]] = []
    stem_of = stems_of(chosen, day_offset)
    done = short = 0
    for source, starts, channels in chosen:
        for start in starts:
            record = source.read(int(start), int(start) + DAY)
            short += record.samples > 0 and too_short(record, parameters)
            for day in spectrograms_of(record, parameters, channels):
                stem = stem_of(source, int(start), day.channel)
                picture = to / f"{stem}.png"
                if compare:
                    _compare(day, parameters, scale, picture)
                else:
                    draw_spectrogram(day.view(scale), picture)
                files += [picture, write_arrays(day, scale, parameters, to / f"{stem}.npz")]
                chirped.append(day.spectrum.rates[np.isfinite(day.spectrum.rates)] != 0)
                errors += [day.reconstruction_error()] if nola else []
            done += 1
            progress(done)
    finite = [error for error in errors if np.isfinite(error)]
    frames = np.concatenate(chirped)
    return Drawn(
        files=tuple(files),
        spectrograms=len(chirped),
        chirped_frames=float(frames.mean()) if frames.size else 0.0,
        largest_error=max(finite) if finite else None,
        short=short,
    )


def _compare(day: DaySpectrogram, parameters: SpectrogramParameters, scale: DecibelScale, path: Path) -> None:
    plain = transform(day.values, replace(parameters, chirp=False))
    ordinary = replace(day, spectrum=plain, decibels=decibels(plain))
    notes = []
    for name, each in (("ordinary", ordinary), ("chirped", day)):
        frames = concentration(day.values, each.spectrum)
        usual = np.nanmedian(frames) if np.isfinite(frames).any() else float("nan")
        text = f"{name} windows: concentration {usual:.3f} in the median frame"
        rates = each.spectrum.rates[np.isfinite(each.spectrum.rates)]
        if name == "chirped" and rates.size:
            text += f"; {100 * (rates != 0).mean():.0f} % of frames chirped"
        notes.append(text)
    draw_comparison(ordinary.view(scale), day.view(scale), notes, path)


def waveform_range(chosen: Chosen) -> tuple[float, float, float]:
    """Return the range of a run's waveforms: quantiles 0.001, 0.5 and 0.999 of up to 50 days a source.

    Raises
    ------
    ParameterError
        If there is no sample.
    """
    found = []
    for source, starts, channels in chosen:
        for start in some_days(starts):
            values = source.read(int(start), int(start) + DAY).select(list(channels)).values
            finite = values[np.isfinite(values)]
            found.append(finite[:: -(-finite.size // VALUES_FOR_SCALE) or 1].copy())
    samples = np.concatenate(found) if found else np.empty(0, dtype=np.float32)
    if not samples.size:
        msg = "there is no day to show: the source has no sample in the time asked for"
        raise ParameterError(msg, "See `sesctl info` for what it holds.")
    low, middle, high = (float(each) for each in np.quantile(samples, (0.001, 0.5, 0.999)))
    # A record that hardly changes is drawn as a line in the middle.
    margin = 0.0 if low < middle < high else max(abs(middle), 1.0)
    return low - margin, middle, high + margin


def draw_waveforms(
    chosen: Chosen,
    limits: tuple[float, float, float],
    to: Path,
    *,
    day_offset: int = 0,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[Path, ...]:
    """Write the filled, binarised waveform of every day and channel as a PNG of its pixels.

    Parameters
    ----------
    chosen : sequence of (Source, ndarray of int64, sequence of str)
        Records, the starts of their days (µs UTC), and their channels.
    limits : (float, float, float)
        Lower end, middle line and upper end of the range that an image's height stands for.
    to : Path
        The folder.
    day_offset : int
        Where days begin, µs east of UTC: files have the date there.
    progress : callable
        Takes the number of days done.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    OutputError
        If something cannot be written.
    """
    files, done, stem_of = [], 0, stems_of(chosen, day_offset)
    for source, starts, channels in chosen:
        for start in starts.tolist():
            record = source.read(start, start + DAY).select(list(channels))
            for row, channel in enumerate(record.station.channels):
                if np.isnan(record.values[row]).all():
                    continue
                pixels = filled_waveform(record.values[row], *limits, width=min(512, record.samples))
                path = to / f"{stem_of(source, start, channel.name)}-waveform.png"
                files.append(write_pixels(pixels, path))
            done += 1
            progress(done)
    return tuple(files)


def write_labelled(
    found: Labelled, parameters: SpectrogramParameters, to: Path
) -> tuple[DecibelScale, tuple[Path, ...]]:
    """Write images, tables, a map and a picture of some images of labelled days.

    Parameters
    ----------
    found : Labelled
        The days.
    parameters : SpectrogramParameters
        How images are made.
    to : Path
        The folder.

    Returns
    -------
    scale : DecibelScale
        The scale of the images, fitted on all of them.
    files : tuple of Path
        ``images.npz``, ``events.csv``, ``days.csv``, ``map.png``, ``images.png``.

    Raises
    ------
    ParameterError
        If every day was dropped.
    OutputError
        If something cannot be written.
    """
    if not len(found.days):
        lost = ", ".join(f"{count} {reason}" for reason, count in found.dropped.items())
        events = f"{len(found.pairs)} event{'' if len(found.pairs) == 1 else 's'}"
        msg = f"none of {len(found.all_days)} days around {events} can be used: {lost}"
        raise ParameterError(msg, "Look at the record with `sesctl info`, or allow a longer --longest-gap.")
    images = labelled_images(found.days, parameters)
    scale = fit_scale(images.decibels)
    tables = to / "events.csv", to / "days.csv"
    files = [write_images(images, scale, to / "images.npz"), *tables]
    write_tables(found, *tables)
    files.append(draw_map(map_view(found, "Stations and the earthquakes paired with them"), to / "map.png"))
    labels = images.labels
    some = [row for kind in (True, False) for row in np.flatnonzero(labels.before == kind)[: SHOWN // 2]]
    titles = [
        f"{'before' if labels.before[row] else 'after'}\n{labels.stations[labels.station[row]]} "
        f"{iso(int(labels.start[row]))[:10]}"
        for row in some
    ]
    pixels = list(paint(images.decibels[some], scale, parameters))
    files.append(draw_gallery(pixels, titles, min(SHOWN // 2, len(some)), to / "images.png"))
    return scale, tuple(files)
