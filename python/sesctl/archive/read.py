"""Read a stretch of time from a group."""

import numpy as np

from sesctl.archive.group import Group
from sesctl.errors import ParameterError
from sesctl.types import Origin, Quality, Record
from sesctl.types.instants import DAY


def read(group: Group, start: int, end: int) -> Record:
    """Return the samples of an interval, NaN where the archive has none.

    Memory is that of the result and a batch of days.

    Parameters
    ----------
    group : Group
        The group.
    start, end : int
        Half-open interval, µs UTC; the samples on the grid within it are returned.

    Returns
    -------
    Record
        With the origins of every day it touches.

    Raises
    ------
    ParameterError
        If the interval ends before it starts.
    ArchiveError
        If a day is damaged.
    OSError
        If a day cannot be read.
    """
    if end < start:
        msg = f"an interval to be read ends at {end} µs, before its start at {start} µs"
        raise ParameterError(msg)
    first = -(-start // group.interval_us)
    stop = max(first, -(-end // group.interval_us))
    values = np.full((group.shape[0], stop - first), np.nan, dtype=np.float32)
    quality = np.full(values.shape, Quality.GAP, dtype=np.uint8)
    origins: dict[Origin, None] = {}
    touched = [day for day in group.days().tolist() if start < (day + 1) * DAY and day * DAY < end]
    for batch in range(0, len(touched), group.days_a_batch):
        days = touched[batch : batch + group.days_a_batch]
        for day, block in zip(days, group.read(days), strict=True):
            midnight = day * group.samples - first
            begin, until = max(0, midnight), min(stop - first, midnight + group.samples)
            values[:, begin:until] = block.values[:, begin - midnight : until - midnight]
            quality[:, begin:until] = block.quality[:, begin - midnight : until - midnight]
            origins.update(dict.fromkeys(block.origins))
    return Record(
        station=group.station,
        values=values,
        start=first * group.interval_us,
        interval=group.key.interval,
        quality=quality,
        origins=tuple(origins),
    )
