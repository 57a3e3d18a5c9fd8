"""The sampling interval of a file with times."""

import numpy as np
import numpy.typing as npt

from sesctl.errors import ReadError
from sesctl.types.instants import DAY, SECOND, iso

# Clocks jitter: where no step makes half of all, steps are compared to the next coarser of these.
_ROUNDINGS = (1, 100, 1000, 10_000, 100_000, SECOND, 10 * SECOND, 60 * SECOND)


def sampling_interval(times: npt.NDArray[np.int64], given: int | None, name: str) -> int:
    """Return the sampling interval: the most frequent time step.

    Parameters
    ----------
    times : ndarray of int64, shape (row,)
        Instants, µs UTC, in any order.
    given : int or None
        What the station file says, in µs.
    name : str
        The file's or folder's name, for the error.

    Returns
    -------
    int
        Interval in µs. Of steps that are equally frequent, the shortest.

    Raises
    ------
    ReadError
        If there is no such step, or it differs from the given one by more than 1 %.
    """
    ordered = np.sort(times)
    steps = ordered[1:] - ordered[:-1]
    steps = steps[steps > 0]
    found = _most_frequent(steps)
    if given is not None:
        if found is not None and abs(found - given) > given / 100:
            msg = (
                f"{name} has a value every {found / 1e6:g} s, the station file says "
                f"interval_s = {given / 1e6:g}"
            )
            raise ReadError(msg, "Correct interval_s, or leave it out for files with times.")
        return given
    if not len(steps):
        count = "a single row" if len(times) == 1 else f"{len(times)} rows of a single time"
        msg = f"{name} has {count}, which tells no sampling interval"
        raise ReadError(msg, "Give --station with interval_s.")
    if found is None:
        msg = f"{name} has no sampling interval: its time steps are from {steps.min() / 1e6:g} s to " + (
            f"{steps.max() / 1e6:g} s, and none is frequent"
        )
        raise ReadError(msg, "Give --station with interval_s.")
    if found > DAY:
        first = int(np.flatnonzero(ordered[1:] - ordered[:-1] > DAY)[0])
        earlier, later = iso(int(ordered[first])), iso(int(ordered[first + 1]))
        msg = f"{name} goes from {earlier} to {later}, and no sampling interval is longer than a day"
        raise ReadError(msg, "Check the first and the last times.")
    return found


def _most_frequent(steps: npt.NDArray[np.int64]) -> int | None:
    for rounding in _ROUNDINGS:
        rounded = (steps + rounding // 2) // rounding * rounding
        sizes, counts = np.unique(rounded[rounded > 0], return_counts=True)
        if len(sizes) and 2 * counts.max() >= len(steps):
            return int(sizes[counts.argmax()])
    return None


def refuse_absurd_span(times: npt.NDArray[np.int64], interval_us: int, channels: int, name: str) -> int:
    """Return the number of grid points between the first and the last time.

    A single wrong date makes a record of decades of nothing, which may not fit in memory.

    Parameters
    ----------
    times : ndarray of int64, shape (row,)
        Instants, µs UTC.
    interval_us : int
        Sampling interval in µs.
    channels : int
        Number of channels.
    name : str
        The file's or folder's name, for the error.

    Raises
    ------
    ReadError
        If the grid has more than 100 million samples and under a tenth of them could have a value.
    """
    first, last = int(times.min()), int(times.max())
    count = (last - first + interval_us // 2) // interval_us + 1
    if count * channels > 100_000_000 and len(times) < count / 10:
        msg = (
            f"{name} goes from {iso(first)} to {iso(last)}: {count} samples of {interval_us / 1e6:g} s for "
            f"{len(times)} rows"
        )
        raise ReadError(msg, "Check the first and the last times, or read the files of each period apart.")
    return count


def rows_out_of_order(times: npt.NDArray[np.int64]) -> int:
    """Return how many rows have an earlier time than a row before them."""
    return int((times < np.maximum.accumulate(times)).sum()) if len(times) else 0
