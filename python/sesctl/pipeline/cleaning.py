"""A source cleaned into an archive, day by day."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sesctl.archive import GroupKey, Policy, create_or_open
from sesctl.clean import Cleaning, clean
from sesctl.clean_tides import TidalFit, Tides
from sesctl.pipeline.making import check_making
from sesctl.pipeline.prepare import batches, raw_days
from sesctl.pipeline.source import Source
from sesctl.types import Days, Record
from sesctl.types.instants import DAY, microseconds

BATCH_DAYS = 8


def clean_into(
    source: Source,
    archive: Path,
    cleaning: Cleaning,
    *,
    policy: Policy,
    interval: float | None = None,
    tides: bool = False,
    progress: Callable[[int, int], None],
) -> int:
    """Clean every day of a source, each with enough of its neighbours, and archive it.

    Parameters
    ----------
    source : Source
        The record; all its channels are cleaned.
    archive : Path
        The archive to write; made if it is not there.
    cleaning : Cleaning
        What to do.
    policy : {"error", "keep", "replace"}
        What to do with samples that differ from archived ones.
    interval : float, optional
        Sampling interval in s to bring the record to first; its own by default.
    tides : bool
        Whether tides and the daily variation are fitted to the whole record and taken off first.
    progress : callable
        Is told the days done and their number.

    Returns
    -------
    int
        The number of days written or found the same.

    Raises
    ------
    SesctlError
        If the archive cannot be written, or holds something else. No archive is made for a record that
        cannot be cleaned.
    """
    interval = source.interval if interval is None else interval
    microseconds(interval, "the sampling interval")
    # A copy of a cleaned copy is another making than a copy of the record, and an archive keeps them apart.
    making: dict[str, Any] = {"cleaning": asdict(cleaning)}
    if source.provenance:
        making["of"] = dict(source.provenance)
    starts = source.days(0)
    fitted = fit_tides(source, starts) if tides else None
    if fitted is not None:
        making["tides"] = {
            "days": fitted.days,
            "lines": list(fitted.names),
            "coefficients": fitted.coefficients.tolist(),
        }
    names = [channel.name for channel in source.station.channels]
    done = 0
    with ExitStack() as opened:
        store = None
        for batch in batches(starts, BATCH_DAYS):
            days = raw_days(source, batch, dipoles=names, interval=interval, context_s=cleaning.context_s())
            if days is not None:
                cleaned = clean(days if fitted is None else _without(days, fitted), cleaning)
                if store is None:
                    store = opened.enter_context(create_or_open(archive))
                    check_making(store, GroupKey(cleaned.station.name, cleaned.interval_us), making)
                proper = slice(cleaned.context, cleaned.context + cleaned.samples_per_day)
                for day, start in enumerate(cleaned.starts):
                    record = Record(
                        station=cleaned.station,
                        values=cleaned.values[day][:, proper],
                        quality=cleaned.quality[day][:, proper],
                        start=int(start),
                        interval=cleaned.interval,
                        origins=cleaned.origins[day],
                    )
                    store.write(record, policy=policy, provenance=making)
            done += len(batch)
            progress(done, len(starts))
    return done


def fit_tides(source: Source, starts: npt.NDArray[np.int64]) -> Tides:
    """Fit tides and the daily variation to all of a source.

    Parameters
    ----------
    source : Source
        The record, of all its channels.
    starts : ndarray of int64, shape (day,)
        Starts of its UTC days, µs UTC.

    Raises
    ------
    ParameterError
        If it is shorter than 30 days.
    """
    channels = len(source.station.channels)
    first, last = (int(starts[0]), int(starts[-1]) + DAY) if len(starts) else (0, 0)
    fit = TidalFit(channels, first, last)
    for batch in batches(starts, BATCH_DAYS):
        fit.add(source.read(int(batch[0]), int(batch[-1]) + DAY))
    return fit.solve()


def _without(days: Days, tides: Tides) -> Days:
    samples = np.arange(days.values.shape[2], dtype=np.int64) * days.interval_us
    lines = np.stack([tides.at(days.row_start(day) + samples) for day in range(len(days))])
    return replace(days, values=(days.values - lines).astype(np.float32))
