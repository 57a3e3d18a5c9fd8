"""Cut a record into station-days."""

import numpy as np

from sesctl.errors import ParameterError
from sesctl.types import Days, Origin, Quality, Record
from sesctl.types.instants import DAY, SECOND, iso


def cut_days(record: Record, day_offset: int = 0, context: int = 0) -> Days:
    """Cut a record into days, each with the samples around it that a detector needs.

    Every day that the record touches is there whole; where the record has no sample, context included,
    the value is NaN.

    Parameters
    ----------
    record : Record
        The record, float32 (channel, sample). Its samples must lie on the grid of the days: at whole
        multiples of its interval after the start of a day.
    day_offset : int
        The days' fixed offset from UTC in µs, positive to the east: 9 h for Japan. There are no clock
        changes, so that every day has 24 h.
    context : int
        Number of samples before each day, and after it.

    Returns
    -------
    Days
        Values float32 (day, channel, context + day + context). The origins of a day are those of the
        record in the one or two UTC days that overlap it, its context left aside.

    Raises
    ------
    ParameterError
        If the record is empty or not on the grid of the days, or a parameter is out of range.
    """
    interval = record.interval_us
    if not -DAY < day_offset < DAY:
        msg = f"the day offset is {day_offset / SECOND / 3600:g} h, not within a day of UTC"
        raise ParameterError(msg, "Offsets from UTC go from -12 to +14 h.")
    if context < 0:
        msg = f"the context is {context} samples, which is negative"
        raise ParameterError(msg, "Give 0 for none.")
    if not record.samples:
        msg = f"the record of station {record.station.name} has no sample"
        raise ParameterError(msg, "There is no day to cut.")
    if DAY % interval:
        msg = f"a day is no whole number of sampling intervals of {record.interval:g} s"
        raise ParameterError(msg, "Resample the record, for example to 10 s.")
    remainder = (record.start + day_offset) % interval
    if remainder:
        msg = (
            f"the record of station {record.station.name} starts at {iso(record.start)}, "
            f"{remainder / SECOND:g} s after an instant of the day's grid of {record.interval:g} s"
        )
        raise ParameterError(msg, "Resample the record to its own interval, which aligns it.")
    first_day = (record.start + day_offset) // DAY
    last_day = (record.end - interval + day_offset) // DAY
    starts = np.arange(first_day, last_day + 1, dtype=np.int64) * DAY - day_offset
    shape = (len(starts), len(record.station.channels), DAY // interval + 2 * context)
    values = np.full(shape, np.nan, dtype=np.float32)
    quality = np.full(shape, Quality.GAP, dtype=np.uint8)
    for day, start in enumerate(starts):
        # The row's first sample, counted in the record; before the record it is negative.
        offset = (int(start) - record.start) // interval - context
        begin, end = max(offset, 0), min(offset + shape[2], record.samples)
        if begin < end:
            values[day, :, begin - offset : end - offset] = record.values[:, begin:end]
            quality[day, :, begin - offset : end - offset] = record.quality[:, begin:end]
    return Days(
        station=record.station,
        values=values,
        starts=starts,
        interval=record.interval,
        context=context,
        quality=quality,
        origins=[_origins(record, int(start)) for start in starts],
    )


def _origins(record: Record, start: int) -> tuple[Origin, ...]:
    utc_days = range(start // DAY, (start + DAY - 1) // DAY + 1)
    return tuple(origin for origin in record.origins if origin.day in utc_days)
