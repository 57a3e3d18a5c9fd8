"""What is written of labelled days: images for detectors, a table of events, one of days."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from sesctl.catalogue.whole import write_whole
from sesctl.pairing import REASONS
from sesctl.pipeline.labelling import Labelled
from sesctl.report import MapView
from sesctl.spectrogram import paint
from sesctl.types import DecibelScale, LabelledImages
from sesctl.types.instants import iso


def write_images(images: LabelledImages, scale: DecibelScale, path: Path) -> Path:
    """Write labelled images as .npz, and return the path.

    ``images`` uint8 (day, height, width, channel) on the given scale, ``decibels`` float32 (day, height,
    width) for a scale of one's own, ``before``, ``event``, ``earthquake``, ``station``, ``start_us``,
    ``instant_us``, ``stations``, ``scale_db``, and ``parameters``: how the images are made, as JSON.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    labels, content = images.labels, io.BytesIO()
    np.savez_compressed(
        content,
        images=paint(images.decibels, scale, images.parameters),
        decibels=images.decibels,
        before=labels.before,
        event=labels.event,
        earthquake=labels.earthquake,
        station=labels.station,
        start_us=labels.start,
        instant_us=labels.instant,
        stations=np.array(labels.stations),
        scale_db=np.array([scale.low, scale.high]),
        parameters=np.array(json.dumps(asdict(images.parameters))),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, lambda file: file.write(content.getvalue()))
    return path


def write_tables(found: Labelled, events: Path, days: Path) -> None:
    """Write a line for every event, and one for every day with the reason if it was dropped.

    Raises
    ------
    OutputError
        If one cannot be written.
    """
    labels = found.all_days.labels
    used = np.asarray([reason is None for reason in found.reasons], dtype=np.bool_)
    lines = []
    for event, pair in enumerate(found.pairs):
        here = labels.event == event
        quake = found.earthquakes[pair.earthquake]
        # A control is a time without an earthquake: it has neither magnitude nor distance.
        real = np.isfinite(pair.distance_km)
        counts = [sum(found.reasons[row] == reason for row in np.flatnonzero(here)) for reason in REASONS]
        lines.append(
            (
                event,
                labels.stations[pair.station],
                iso(pair.instant),
                *(
                    (quake.magnitude, quake.latitude, quake.longitude, f"{pair.distance_km:.2f}")
                    if real
                    else [""] * 4
                ),
                int((here & used & labels.before).sum()),
                int((here & used & ~labels.before).sum()),
                *counts,
            )
        )
    columns = ("event", "station", "time", "magnitude", "latitude", "longitude", "distance_km")
    counted = ("days_before", "days_after", *(f"dropped_{reason.replace(' ', '_')}" for reason in REASONS))
    _write_csv(events, (*columns, *counted), lines)
    _write_csv(
        days,
        ("event", "station", "day", "label", "fate"),
        [
            (
                int(labels.event[row]),
                labels.stations[labels.station[row]],
                iso(int(labels.start[row])),
                "before" if labels.before[row] else "after",
                found.reasons[row] or "used",
            )
            for row in range(len(labels))
        ],
    )


def map_view(found: Labelled, title: str) -> MapView:
    """Return what a map shows: stations, and the earthquakes that were paired with one."""
    paired = sorted({pair.earthquake for pair in found.pairs})
    with_events = {pair.station for pair in found.pairs}
    return MapView(
        title=title,
        stations=[
            (station.name, station.latitude or 0.0, station.longitude or 0.0)
            for number, station in enumerate(found.stations)
            if number in with_events
        ],
        earthquakes=[
            (quake.latitude, quake.longitude, quake.magnitude)
            for quake in (found.earthquakes[number] for number in paired)
        ],
    )


def _write_csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, lambda file: file.write(text.getvalue().encode()))
