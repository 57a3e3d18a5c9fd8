"""Records made to order: quiet days with what a test is about."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sesctl.types import Dipole, Record, Station
from sesctl.types.instants import EPOCH, SECOND, iso

HOUR = 3600 * SECOND
REAL_HOUR = Path(__file__).parent / "golden" / "real" / "auslamp-sa225-2-edl"


def at(text: str) -> int:
    """Return an instant, µs UTC, from its ISO form without an offset."""
    return (dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC) - EPOCH) // dt.timedelta(microseconds=1)


def quiet_field(
    hours: float,
    *,
    start: str = "2020-01-01",
    interval: float = 10.0,
    noise: float = 0.3,
    dipoles: Sequence[str] = ("Ex", "Ey"),
    seed: int = 0,
    station: str = "hkb",
) -> Record:
    """Return white noise (mV/km) around an offset of each dipole."""
    rng = np.random.default_rng(seed)
    samples = round(hours * 3600 / interval)
    values = rng.normal(0, noise, (len(dipoles), samples)) + 100.0 * np.arange(1, len(dipoles) + 1)[:, None]
    return Record(
        station=Station(name=station, channels=tuple(Dipole(name=name) for name in dipoles)),
        values=values.astype(np.float32),
        start=at(start),
        interval=interval,
    )


def with_boxcar(record: Record, onset: int, seconds: float, heights: Mapping[str, float]) -> Record:
    """Return the record with a boxcar on some dipoles, heights in mV/km."""
    times = record.times()
    inside = (times >= onset) & (times < onset + round(seconds * SECOND))
    values = record.values.copy()
    for name, height in heights.items():
        values[record.station.index(name), inside] += np.float32(height)
    return replace(record, values=values)


def with_gap(record: Record, start: int, seconds: float, names: Sequence[str] = ()) -> Record:
    """Return the record without the values of some seconds, on all dipoles or on some."""
    times = record.times()
    inside = (times >= start) & (times < start + round(seconds * SECOND))
    values = record.values.copy()
    for name in names or [channel.name for channel in record.station.channels]:
        values[record.station.index(name), inside] = np.nan
    return replace(record, values=values)


def write_csv(record: Record, path: Path) -> Path:
    """Write a record as the CSV that `sesctl` reads; a missing value is left empty."""
    names = [channel.name for channel in record.station.channels]
    lines = ["time," + ",".join(names)]
    for instant, samples in zip(record.times().tolist(), record.values.T, strict=True):
        cells = ("" if np.isnan(value) else str(value) for value in samples)
        lines.append(f"{iso(instant)},{','.join(cells)}")
    path.write_text("\n".join(lines) + "\n")
    return path


def real_hour_with_boxcar(folder: Path, onset_s: float, seconds: float, heights: Mapping[str, float]) -> Path:
    """Write the real hour as its logger would have, with a boxcar added to some of its channels.

    The logger's integers are microvolts after a gain of ten, so that a height in mV/km is
    height * length * 10 of them.
    """
    lengths = {"EX": 46.0, "EY": 43.0}
    for file in REAL_HOUR.iterdir():
        channel = file.suffix[1:]
        if channel in lengths:
            counts = np.loadtxt(file, dtype=np.int64)
            first, last = round(onset_s * 10), round((onset_s + seconds) * 10)
            counts[first:last] += round(heights.get(channel, 0.0) * lengths[channel] * 10)
            (folder / file.name).write_text("\n".join(map(str, counts)) + "\n")
        elif file.suffix in {".BX", ".BY", ".toml"}:
            (folder / file.name).write_bytes(file.read_bytes())
    return folder
