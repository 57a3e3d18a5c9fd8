"""Days before and after earthquakes, made to order."""

import numpy as np

from sesctl.types import BeforeAfter, LabelledDays
from sesctl.types.instants import DAY


def labelled(values, full_range=None):
    """Return days of as many earthquakes, in turn before and after."""
    days = len(values)
    numbers = np.arange(days, dtype=np.int64)
    labels = BeforeAfter(
        before=numbers % 2 == 0,
        event=numbers,
        earthquake=numbers,
        station=np.zeros(days, dtype=np.int64),
        start=numbers * DAY,
        instant=numbers * DAY,
        stations=("a",),
    )
    clipped = np.zeros(days, dtype=bool) if full_range is None else np.array(full_range)
    return LabelledDays(values=values.astype(np.float32), full_range=clipped, labels=labels)
