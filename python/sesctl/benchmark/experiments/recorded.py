"""A recorded event embedded at other hours: Table I, with a stand-in for the event of 17 January 1999."""

import datetime as dt
from typing import Any

import numpy as np

from sesctl.benchmark.backgrounds import TEST, Ground, lay
from sesctl.benchmark.passes import Trial, run_passes
from sesctl.benchmark.scoring import top1_scores
from sesctl.benchmark.signals import STRONG, Unit
from sesctl.benchmark.splits import Protocol, pool, test_ground
from sesctl.benchmark.study import Study, guard
from sesctl.inject import Signal, cut_waveform, embed
from sesctl.plugin import DetectorInfo
from sesctl.types.instants import SECOND
from sesctl.waveforms import ExponentialEdges, Recorded

HOURS = (4, 13, 18)
MINUTES = 27.0
ONSET_S = 3600 + 37 * 60
FIELDS = {"hkb": (16.0, 100.0), "mts": (23.0, 80.0), "ota": (11.3, 60.0)}
"""Amplitude in mV/km on the strongest dipole, and azimuth in degrees, of the event at each station."""
NIGHT = dt.date(1999, 1, 17)


def run(study: Study, info: DetectorInfo, protocol: Protocol, station: str) -> dict[str, Any]:
    """Embed the event at 04, 13 and 18 h on days spread over the record, dipole by dipole.

    A detector that judges all dipoles of a station together gets the event on all of them at once.
    """
    scale = study.scale
    event = {"": whole_event(station)} if info.dipoles == "all" else recorded_event(station)
    background = lay((pool if protocol == "paper" else test_ground)(station, scale))
    subject = study.subject(info, protocol, station, STRONG)
    chosen = np.linspace(0, len(background.starts) - 1, scale.recorded_days).round().astype(int)
    starts = background.starts[np.unique(chosen)]
    trials = {
        (dipole, hour): Trial(
            background=background,
            unit=Unit(dipole=dipole, copy=0),
            signals=[
                Signal(
                    station=background.record.station.name,
                    waveform=waveform,
                    onset=start + hour * 3600 * SECOND,
                    amplitude=waveform.amplitude,
                    azimuth_deg=None,
                    activity_id=f"{dipole}-{hour}-{start}",
                )
                for start in starts.tolist()
            ],
            starts=starts,
        )
        for dipole, waveform in event.items()
        for hour in HOURS
    }
    passes = dict(zip(trials, run_passes(subject, list(trials.values())), strict=True))

    def scores(*keys: str | int) -> dict[str, Any]:
        some = [each for key, each in passes.items() if all(part in key for part in keys)]
        return top1_scores(subject, some, scale.replicates)

    return {
        "leak": guard(protocol, subject.learnt_from, background.origins(starts)),
        "event": {
            "minutes": MINUTES,
            "amplitude_mv_km": {name or "station": round(each.amplitude, 2) for name, each in event.items()},
        },
        "days": len(starts),
        "all": scores(),
        "by_hour": {f"{hour:02d}": scores(hour) for hour in HOURS},
        "by_dipole": {dipole: scores(dipole) for dipole in event if dipole},
    }


def recorded_event(station: str) -> dict[str, Recorded]:
    """Return the waveform of an event as each dipole of a station recorded it, dipole by dipole.

    Parameters
    ----------
    station : str
        A preset: ``hkb``, ``mts`` or ``ota``.

    Returns
    -------
    dict of str to Recorded
        By dipole.
    """
    whole = whole_event(station)
    return {
        name: Recorded(dipoles=(name,), values=row[np.newaxis], interval_s=whole.interval_s)
        for name, row in zip(whole.dipoles, whole.values, strict=True)
    }


def whole_event(station: str) -> Recorded:
    """Return the waveform of an event as all dipoles of a station recorded it on a quiet night.

    The record of the paper's event is not public. The stand-in has its length, its hour and its range of
    amplitudes, 7 to 23 mV/km over nine dipoles; it is put into a simulated night with edges of a few tens of
    seconds and cut out again as the paper's was, noise included.

    Parameters
    ----------
    station : str
        A preset: ``hkb``, ``mts`` or ``ota``.

    Returns
    -------
    Recorded
        All dipoles together.
    """
    amplitude, azimuth = FIELDS[station]
    night = lay(Ground(station=station, seed=TEST[-1], first_day=NIGHT, days=1))
    onset = int(night.starts[0]) + ONSET_S * SECOND
    record, (truth,) = embed(
        night.record,
        ExponentialEdges(duration_s=60 * MINUTES, rise_s=20.0, fall_s=20.0),
        onset=onset,
        amplitude=amplitude,
        azimuth_deg=azimuth,
        activity_id="night",
        distortion=night.distortion,
    )
    return cut_waveform(record, truth.start, truth.end)
