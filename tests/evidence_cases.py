"""Events with their surroundings, made to order; the cases of the stored study among them."""

import functools
import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np

from field_records import HOUR, at
from sesctl.evidence import Surroundings
from sesctl.types import Channel, Dipole, Event, Record, Station
from sesctl.types.instants import DAY, SECOND

STUDY = Path(__file__).parents[1] / "docs" / "scripts" / "evidence_study.py"
ONSET = at("2020-03-10T13:00:00")
DURATION_S = 1500.0
AZIMUTHS = {"d1": 0.0, "d2": 90.0, "d3": 45.0}


@functools.cache
def study():
    """Return the script of the study, with fewer days."""
    spec = importlib.util.spec_from_file_location("evidence_study", STUDY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.DAYS, module.TO_DAY = 32, 17
    return module


@functools.cache
def ground():
    """Return a simulated station without pumps of its own."""
    return study().ground_of("mts", False)


def event(start=ONSET, seconds=DURATION_S, *, station="site", raw_score=9.0):
    """Return an event."""
    return Event(
        station=station,
        start=start,
        end=start + round(seconds * SECOND),
        amplitude=10.0,
        score=0.5,
        raw_score=raw_score,
        dipoles=(),
    )


def site(azimuths=AZIMUTHS, *, lengths=None, electrodes=None, magnetic=True):
    """Return a station."""
    lengths, electrodes = lengths or {}, electrodes or {}
    dipoles = [
        Dipole(
            name=name,
            azimuth_deg=azimuth,
            length_m=lengths.get(name, 2000.0),
            electrodes=electrodes.get(name, ()),
        )
        for name, azimuth in azimuths.items()
    ]
    rest = [Channel(name=name, quantity="magnetic", unit="nT") for name in ("bx", "by")] if magnetic else []
    return Station(name="site", channels=(*dipoles, *rest))


def far_record(station, start, end, seed, noise=0.1):
    """Return a record of one slowly changing field vector on all dipoles, and the magnetic field it is of."""
    rng = np.random.default_rng([seed, start // HOUR])
    samples = (end - start) // (10 * SECOND)
    field = np.cumsum(rng.normal(0, 0.08, (2, samples)), axis=1)
    angles = np.radians([dipole.azimuth_deg or 0.0 for dipole in station.dipoles])
    shown = np.stack([np.cos(angles), np.sin(angles)], axis=1) @ field
    rows = [*shown, *field[::-1][: len(station.channels) - len(shown)]]
    values = np.array(rows) + rng.normal(0, noise, (len(rows), samples))
    return Record(station=station, values=values.astype(np.float32), start=start, interval=10.0)


def surroundings(station=None, heights=None, *, of=None, seed=0, noise=0.1):
    """Return a quiet site with a boxcar of some height, mV/km, on each dipole."""
    station, of = station or site(), of or event()
    near = far_record(station, of.start - 6 * HOUR, of.end + 6 * HOUR, seed, noise)
    midnight = of.start // DAY * DAY
    nights = [midnight + number * DAY + HOUR for number in range(-7, 8) if number]
    around = Surroundings(
        event=of,
        near=near,
        nights=tuple(far_record(station, night, night + 3 * HOUR, seed + 1, noise) for night in nights),
        replicas={
            days: far_record(station, near.start + days * DAY, near.end + days * DAY, seed + 2, noise)
            for days in (-14, -7, -1, 1, 7, 14)
        },
        peers=(of,),
    )
    return with_heights(around, heights or {})


def with_heights(around, heights, *, late=None):
    """Return the surroundings with a boxcar added to some dipoles, on some of them late by some samples."""
    values = around.near.values.copy()
    for name, height in heights.items():
        shift = (late or {}).get(name, 0)
        row = around.near.station.index(name)
        values[row, around.first + shift : around.stop + shift] += np.float32(height)
    return replace(around, near=replace(around.near, values=values))


def without(record, *names):
    """Return a record without a value on some channels."""
    values = record.values.copy()
    for name in names:
        values[record.station.index(name)] = np.nan
    return replace(record, values=values, quality=None)


def finding(evidence, item):
    """Return the finding of one test."""
    (found,) = [each for each in evidence.findings if each.item == item]
    return found
