"""Days as a detector wants them: its dipoles, sampling interval, context and cleaning."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from sesctl.clean import DESPIKE, FULL, clean
from sesctl.errors import ParameterError
from sesctl.pipeline.source import Source
from sesctl.plugin import DetectorInfo
from sesctl.resample import resample
from sesctl.segment import cut_days
from sesctl.types import Days
from sesctl.types.instants import DAY, SECOND

CLEANING = {"none": None, "despike": DESPIKE, "full": FULL}


def check_fine_enough(sources: Sequence[Source], info: DetectorInfo) -> None:
    """Refuse a record that is coarser than a detector needs.

    Raises
    ------
    ParameterError
        Naming the station and both intervals.
    """
    for source in sources:
        if source.interval > info.interval:
            msg = (
                f"station {source.station.name} is sampled every {source.interval:g} s, which is too coarse "
                f"for detector {info.name}"
            )
            raise ParameterError(msg, f"It needs a sample every {info.interval:g} s or more often.")


def raw_days(
    source: Source,
    starts: npt.NDArray[np.int64],
    *,
    dipoles: Sequence[str],
    interval: float,
    context_s: float,
) -> Days | None:
    """Return consecutive days of a source, resampled but not cleaned, or None where it has no sample.

    A margin beyond the context keeps the ends of the decimation filter out of it, so a day does not
    depend on its neighbours in the batch.

    Parameters
    ----------
    source : Source
        The record.
    starts : ndarray of int64, shape (day,)
        Consecutive starts of days, µs UTC.
    dipoles : sequence of str
        Channels, in order.
    interval : float
        Sampling interval in s.
    context_s : float
        Time before and after each day, in s.

    Returns
    -------
    Days or None
        Those of the days that hold a sample.
    """
    context = round(context_s / interval)
    margin = round((context + 64) * interval * SECOND)
    piece = source.read(int(starts[0]) - margin, int(starts[-1]) + DAY + margin)
    if piece.samples == 0:
        return None
    fitted = resample(piece.select(list(dipoles)), interval)
    days = cut_days(fitted, day_offset=int(-starts[0] % DAY), context=context)
    inside = np.flatnonzero(np.isin(days.starts, starts))
    return days[int(inside[0]) : int(inside[-1]) + 1] if inside.size else None


def prepare(days: Days, info: DetectorInfo) -> Days:
    """Return days cleaned as a detector wants them."""
    cleaning = CLEANING[info.cleaning]
    return clean(days, cleaning) if cleaning else days


def batches(starts: npt.NDArray[np.int64], size: int) -> Iterator[npt.NDArray[np.int64]]:
    """Yield runs of consecutive days, at most `size` each."""
    breaks = np.flatnonzero(np.diff(starts) != DAY) + 1
    for run in np.split(starts, breaks):
        for first in range(0, len(run), size):
            yield run[first : first + size]
