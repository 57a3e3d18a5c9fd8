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
from sesctl.types import Days, Record
from sesctl.types.instants import DAY, SECOND

CLEANING = {"none": None, "despike": DESPIKE, "full": FULL}
RESAMPLED_SAMPLES = 64
"""Samples beyond the context that are read too: more than the decimation filter reaches."""


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

    More is read than the context, so that the ends of the decimation filter lie outside of it and a day does
    not depend on its neighbours in the batch.

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
    around_s = context_s + RESAMPLED_SAMPLES * interval
    record = _read(source, starts, dipoles, interval, around_s)
    return _cut(record, starts, round(context_s / interval)) if record is not None else None


def days_for(
    source: Source, starts: npt.NDArray[np.int64], info: DetectorInfo, dipoles: Sequence[str]
) -> tuple[Days, Days] | None:
    """Return consecutive days as they were read, and as a detector wants them, or None without a sample.

    With a context of whole days the record is cleaned once and then cut, rather than every day with its
    context by itself: the samples of a day serve the days beside it as well. As much more is read as cleaning
    reaches, so that a day does not depend on its neighbours in the batch.

    Parameters
    ----------
    source : Source
        The record.
    starts : ndarray of int64, shape (day,)
        Consecutive starts of days, µs UTC.
    info : DetectorInfo
        What the detector wants.
    dipoles : sequence of str
        Channels, in order.

    Returns
    -------
    tuple of Days, or None
        Those of the days that hold a sample: without context, not cleaned; and cleaned, with the context.
    """
    cleaning = CLEANING[info.cleaning]
    at_once = cleaning is not None and info.context * SECOND >= DAY
    reach_s = cleaning.context_s() if cleaning and at_once else 0.0
    around_s = info.context + reach_s + RESAMPLED_SAMPLES * info.interval
    record = _read(source, starts, dipoles, info.interval, around_s)
    raw = _cut(record, starts, 0) if record is not None else None
    if record is None or raw is None:
        return None
    context = round(info.context / info.interval)
    days = _cut(clean(record, cleaning) if cleaning and at_once else record, raw.starts, context)
    if days is None:
        return None
    return raw, days if at_once else prepare(days, info)


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


def _read(
    source: Source, starts: npt.NDArray[np.int64], dipoles: Sequence[str], interval: float, around_s: float
) -> Record | None:
    """Return consecutive days and the time around them as one record, resampled, or None without a sample."""
    margin = round(around_s * SECOND)
    piece = source.read(int(starts[0]) - margin, int(starts[-1]) + DAY + margin)
    return resample(piece.select(list(dipoles)), interval) if piece.samples else None


def _cut(record: Record, starts: npt.NDArray[np.int64], context: int) -> Days | None:
    """Return those of consecutive days that a record touches, with as many samples around each."""
    days = cut_days(record, day_offset=int(-starts[0] % DAY), context=context)
    inside = np.flatnonzero(np.isin(days.starts, starts))
    return days[int(inside[0]) : int(inside[-1]) + 1] if inside.size else None
