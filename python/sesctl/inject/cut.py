"""Cut the waveform of a signal out of the record that holds it."""

import numpy as np

from sesctl.errors import ParameterError
from sesctl.types import Record
from sesctl.types.instants import SECOND, iso
from sesctl.waveforms import Recorded

BASELINE_S = 600.0
TAPER = (1 / 3, 2 / 3)
"""Weights of the first two samples, and backwards of the last two."""


def cut_waveform(record: Record, start: int, end: int) -> Recorded:
    """Return what each dipole recorded of a signal, free of its background.

    From the samples between the edges, the straight line is taken away that fits the ten minutes before
    the start and the ten after the end best (least squares); the first and last two samples are tapered,
    so that the line's error makes no edge of its own.

    Parameters
    ----------
    record : Record
        The record that holds the signal; its dipoles are cut.
    start, end : int
        Half-open interval of the signal, µs UTC.

    Returns
    -------
    Recorded
        The waveform of each dipole.

    Raises
    ------
    StationError
        If the station has no dipole.
    ParameterError
        If the record does not hold the interval with samples on both sides, it has a gap there, or nothing
        deflects.
    """
    electric = record.electric()
    name, times = record.station.name, record.times()
    inside = (times >= start) & (times < end)
    if end <= start or inside.sum() < 2 * len(TAPER) + 1:
        msg = (
            f"station {name}: the record from {iso(record.start)} to {iso(record.end)} has {inside.sum()} "
            f"samples between {iso(start)} and {iso(end)}, which are no signal to cut"
        )
        raise ParameterError(msg, "Name the interval of a signal in this record.")
    margin = round(BASELINE_S * SECOND)
    sides = (times >= start - margin) & (times < start), (times >= end) & (times < end + margin)
    # From the middle of the signal, in ten minutes: well scaled for the fit.
    seconds = (times - (start + end) / 2) / margin
    taper = np.ones(int(inside.sum()))
    taper[: len(TAPER)], taper[-len(TAPER) :] = TAPER, TAPER[::-1]
    waveforms = []
    for channel, samples in zip(electric.station.channels, electric.values, strict=True):
        row = samples.astype(np.float64)
        if np.isnan(row[inside]).any() or times[-1] + record.interval_us < end or times[0] > start:
            msg = f"station {name}: dipole {channel.name} has a gap between {iso(start)} and {iso(end)}"
            raise ParameterError(msg, "Cut a signal that is recorded whole.")
        known = [side & ~np.isnan(row) for side in sides]
        if not all(side.any() for side in known):
            msg = (
                f"station {name}: dipole {channel.name} has no sample in the ten minutes before "
                f"{iso(start)} or after {iso(end)}"
            )
            raise ParameterError(msg, "The background of a signal is the line through both.")
        around = known[0] | known[1]
        slope, level = np.polyfit(seconds[around], row[around], 1)
        waveforms.append((row[inside] - level - slope * seconds[inside]) * taper)
    cut = Recorded(
        dipoles=tuple(channel.name for channel in electric.station.channels),
        values=np.array(waveforms),
        interval_s=record.interval,
    )
    if cut.amplitude == 0:
        msg = f"station {name}: no dipole deflects between {iso(start)} and {iso(end)}"
        raise ParameterError(msg, "Name the interval of a signal in this record.")
    return cut
