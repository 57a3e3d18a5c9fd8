"""From instants and numbers of files to a record on a regular grid."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sesctl.errors import ReadError
from sesctl.ingest.piece import Piece
from sesctl.ingest.sampling import refuse_absurd_span, rows_out_of_order, sampling_interval
from sesctl.ingest.station_file import StationFile
from sesctl.kernels import grid_samples
from sesctl.types import Origin, Quality, Record
from sesctl.types.instants import DAY, SECOND, iso

_LARGEST = float(np.finfo(np.float32).max)


def to_record(
    pieces: Sequence[Piece], station_file: StationFile, name: str, *, timed: bool
) -> tuple[Record, tuple[str, ...]]:
    """Put the samples of some files on one grid.

    The grid starts at the first time of all. Each sample goes to the nearest grid point; several at one
    point are averaged and flagged `Quality.OVERLAP`.

    Parameters
    ----------
    pieces : sequence of Piece
        Columns of files; a channel may be continued in several of them.
    station_file : StationFile
        The station, and the column and factor of each channel.
    name : str
        What was read, for messages.
    timed : bool
        Whether the files have times of their own; if not, the interval is the station file's.

    Returns
    -------
    record : Record
        The record, in each channel's unit.
    notes : tuple of str
        What a person should know of the files.

    Raises
    ------
    ReadError
        If the times tell no interval or an absurd span, a value is infinite, or no value is finite.
    """
    factors = {each.column: each.factor for each in station_file.columns}
    rows = {each.column: row for row, each in enumerate(station_file.columns)}
    groups: dict[tuple[str, ...], list[Piece]] = defaultdict(list)
    for piece in sorted(pieces, key=lambda piece: int(piece.times[0])):
        groups[piece.columns].append(piece)
    every_time = np.concatenate([piece.times for piece in pieces])
    interval = station_file.interval_us
    if timed or interval is None:
        interval = sampling_interval(every_time, interval, name)
    start = int(every_time.min())
    count = refuse_absurd_span(every_time, interval, len(rows), name)
    del every_time
    values = np.full((len(rows), count), np.nan, dtype=np.float32)
    quality = np.zeros(values.shape, dtype=np.uint8)
    averaged = np.zeros(count, dtype=bool)
    for columns, group in groups.items():
        scale = np.array([[factors[column]] for column in columns])
        scaled = np.concatenate([_scaled(piece, scale) for piece in group], axis=1)
        times = np.concatenate([piece.times for piece in group])
        gridded, hits = grid_samples(times, scaled, start, interval, count)
        where = [rows[column] for column in columns]
        values[where] = gridded
        quality[where] = np.where(hits > 1, np.uint8(Quality.OVERLAP), np.uint8(0))
        averaged |= (hits > 1).any(axis=0)
    if np.isnan(values).all():
        msg = f"{name} holds no value: all of its {count} samples are missing"
        raise ReadError(msg, "Check the channels that were chosen.")
    record = Record(
        station=station_file.station,
        values=values,
        start=start,
        interval=interval / SECOND,
        quality=quality,
        origins=_origins(pieces, station_file.station.name, start, interval),
    )
    return record, _notes(pieces, record, int(averaged.sum()), name)


def _scaled(piece: Piece, scale: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    scaled = piece.values * scale
    beyond = np.abs(scaled) > _LARGEST  # NaN is not beyond anything
    if beyond.any():
        column, row = (int(each[0]) for each in np.nonzero(beyond))
        msg = (
            f"{piece.name}: column {piece.columns[column]} holds {piece.values[column, row]:g} at "
            f"{iso(int(piece.times[row]))}, which is not finite"
        )
        raise ReadError(msg, "Leave a missing value empty, or write NaN.")
    return scaled.astype(np.float32)


def _origins(pieces: Sequence[Piece], station: str, start: int, interval: int) -> list[Origin]:
    origins: set[Origin] = set()
    for piece in pieces:
        instants = start + (piece.times - start + interval // 2) // interval * interval
        origins.update(Origin(station, int(day), piece.sha256) for day in np.unique(instants // DAY))
    return sorted(origins, key=lambda origin: (origin.day, origin.source))


def _notes(pieces: Sequence[Piece], record: Record, averaged: int, name: str) -> tuple[str, ...]:
    notes = []
    unsorted = sum(rows_out_of_order(piece.times) for piece in pieces)
    faults = []
    if unsorted:
        faults.append(
            f"{unsorted} {'row' if unsorted == 1 else 'rows'} out of order "
            f"{'was' if unsorted == 1 else 'were'} sorted"
        )
    if averaged:
        faults.append(f"{averaged} duplicate {'time was' if averaged == 1 else 'times were'} averaged")
    if faults:
        notes.append(f"{name}: {', '.join(faults)}")
    notes.extend(
        f"{name}: {channel.name} holds no value"
        for channel, values in zip(record.station.channels, record.values, strict=True)
        if np.isnan(values).all()
    )
    lengths: dict[int, dict[str, int]] = {}
    for piece in pieces:
        lengths.setdefault(int(piece.times[0]), {})[piece.name] = len(piece.times)
    for start, files in lengths.items():
        if len(set(files.values())) > 1:
            listed = ", ".join(f"{file} {length}" for file, length in files.items())
            notes.append(f"{name}: files that start at {iso(start)} differ in length ({listed} samples)")
    return tuple(notes)
