"""Looking at events again: what the detector saw around each."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sesctl.detect import scan
from sesctl.pipeline.prepare import prepare, raw_days
from sesctl.pipeline.scanning import Scan
from sesctl.pipeline.source import Source, choose_dipoles
from sesctl.pipeline.spectrograms import DaySpectrogram
from sesctl.plugin import Detector, DetectorInfo
from sesctl.report import EventView, SpectrogramView
from sesctl.spectrogram import decibels, transform
from sesctl.types import Catalogue, Days, Event
from sesctl.types.instants import DAY, SECOND

MARGIN_S = 3600.0
LABELS = {
    "denoised": "detector's trace\n(mV/km)",
    "probability": "probability",
    "window": "window score",
}


def event_views(
    sources: Sequence[Source],
    catalogue: Catalogue,
    info: DetectorInfo,
    detector: Detector,
    options: Scan,
) -> Iterator[EventView]:
    """Yield, for each event of a catalogue, the record around it as the detector saw it.

    A day's scores follow from its own row, so the day of the event is read and scored again: nothing
    had to be kept of all the others.
    """
    by_name = {source.station.name: source for source in sources}
    for event in catalogue.events:
        source = by_name[event.station]
        start = (event.start + options.day_offset) // DAY * DAY - options.day_offset
        raw = raw_days(
            source,
            np.array([start], dtype=np.int64),
            dipoles=choose_dipoles(source, options.dipoles, detector.quantity),
            interval=info.interval,
            context_s=info.context,
        )
        if raw is None:
            continue
        days = prepare(raw, info)
        scores = scan(days, detector, info)[1]
        margin = max(MARGIN_S, event.duration_s) * SECOND
        samples = np.arange(days.values.shape[2], dtype=np.int64) * days.interval_us + days.row_start(0)
        shown = (samples >= event.start - margin) & (samples < event.end + margin)
        values = scores.values[0]
        if scores.bounds is not None:
            values = np.full((len(values), len(samples)), np.nan, dtype=np.float32)
            for window, (first, last) in enumerate(scores.bounds):
                values[:, first:last] = np.fmax(values[:, first:last], scores.values[0][:, [window]])
        yield EventView(
            event=event,
            detector=info.name,
            times=samples[shown],
            dipoles=[channel.name for channel in days.station.channels],
            record=raw.values[0][:, shown],
            cleaned=days.values[0][:, shown],
            score=values[:, shown],
            score_label=LABELS[scores.kind],
            unit=days.station.channels[0].unit,
            denoised=scores.kind == "denoised",
            spectrum=_spectrum(days, event, detector, shown) if info.input == "image" else None,
        )


def _spectrum(
    days: Days, event: Event, detector: Detector, shown: npt.NDArray[np.bool_]
) -> SpectrogramView | None:
    """Return the spectrogram of an event's first dipole as a detector of images makes it, on its scale."""
    from sesctl.plugin.keras import ImageDetector
    from sesctl.plugin.keras.image_windows import bridged_windows

    names = [channel.name for channel in days.station.channels]
    name = event.dipoles[0] if event.dipoles else names[0]
    values = bridged_windows(days.values[:1, names.index(name), shown], days.interval)[0]
    if not isinstance(detector, ImageDetector) or len(values) <= detector.spectrogram.length // 2:
        return None
    spectrum = transform(values, detector.spectrogram)
    seen = DaySpectrogram(
        station=days.station.name,
        channel=name,
        unit=days.station.channels[0].unit,
        start=int(days.row_start(0) + np.flatnonzero(shown)[0] * days.interval_us),
        interval=days.interval,
        values=values,
        spectrum=spectrum,
        decibels=decibels(spectrum),
    )
    return replace(seen.view(detector.scale), title=name)
