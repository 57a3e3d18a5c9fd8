"""Looking at a day of a record, and at the training pair that is made of it."""

import numpy as np

from sesctl.clean import TARGET, clean
from sesctl.inject import Injection, add_signals, plan_day
from sesctl.pipeline.making import distortion_of
from sesctl.pipeline.source import Source, choose_dipoles
from sesctl.report import DayView, PairView
from sesctl.types.instants import DAY, SECOND, day_offset, microseconds

HOUR = 3600 * SECOND
NIGHT = (1 * HOUR, 4 * HOUR)


def day_view(source: Source) -> DayView:
    """Return the first whole day of a record's local standard time, and 01:00–04:00 of its night.

    A record without a whole local day shows its first day of UTC.

    Parameters
    ----------
    source : Source
        The record; its dipoles are shown, or all channels of a station without any.
    """
    start, offset = _first_day(source)
    record = source.read(start, start + DAY)
    if record.station.dipoles:
        record = record.electric()
    midnight = -(-(start + offset) // DAY) * DAY - offset
    if midnight + NIGHT[1] > start + DAY:
        midnight -= DAY
    return DayView(
        station=record.station.name,
        times=record.times(),
        channels=[channel.name for channel in record.station.channels],
        units=[channel.unit for channel in record.station.channels],
        values=record.values,
        night=(midnight + NIGHT[0], midnight + NIGHT[1]),
        day_offset=offset,
    )


def pair_view(source: Source, seed: int) -> PairView:
    """Return the training pair of the same day, for the dipole that shows its SES most strongly.

    Parameters
    ----------
    source : Source
        The record.
    seed : int
        Seed of the SES: a boxcar of 25–30 min and 10–15 mV/km between 6 and 22 h.

    Raises
    ------
    StationError
        If the station has no dipole, or one of unknown azimuth.
    """
    choose_dipoles(source, None)
    start, offset = _first_day(source)
    # Hours of the day shown, which is one of UTC where there is no whole local day.
    injection = Injection(seed=seed, hours=(6.0, 22.0), day_offset=-start % DAY)
    interval_us = microseconds(source.interval, "the sampling interval")
    (signal,) = plan_day(
        injection, source.station.name, (start + injection.day_offset) // DAY, interval_us
    ).signals
    wide = source.read(start - DAY // 4, start + DAY + DAY // 4).electric()
    distortion = distortion_of(source.provenance)
    given = add_signals(wide, [signal], distortion)
    target = add_signals(clean(wide, TARGET), [signal], distortion)
    onset = np.array([signal.onset + interval_us * 2], dtype=np.int64)
    strongest = int(np.argmax(np.abs(signal.deflections(onset, wide.station.dipoles, distortion)[:, 0])))
    times = wide.times()
    inside = (times >= start) & (times < start + DAY)
    return PairView(
        station=wide.station.name,
        dipole=wide.station.dipoles[strongest].name,
        times=times[inside],
        given=given.values[strongest, inside],
        target=target.values[strongest, inside],
        truth=signal.truth(),
        day_offset=offset,
    )


def _first_day(source: Source) -> tuple[int, int]:
    """Return the start, µs UTC, of the day to show, and the offset of its clock from UTC in µs."""
    offset = day_offset(source.station.timezone)
    utc = source.days(0).tolist()
    for day in utc:
        midnight = -(-(day + offset) // DAY) * DAY - offset
        if midnight == day or day + DAY in utc:
            return midnight, offset
    return int(utc[0]), offset
