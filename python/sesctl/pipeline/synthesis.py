"""A simulated station into an archive, blocks of days at a time."""

import datetime as dt
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sesctl.archive import GroupKey, create_or_open
from sesctl.archive.layout import DAYS
from sesctl.errors import ParameterError, SesctlError
from sesctl.pipeline.making import check_making
from sesctl.synth import AetaParameters, StationParameters, simulate_days
from sesctl.synth.parameters import MODEL, digest
from sesctl.types import Record
from sesctl.types.instants import DAY, EPOCH

BLOCK_DAYS = 16


@dataclass(frozen=True, kw_only=True)
class Synthesised:
    """What became of a simulation.

    Parameters
    ----------
    group : GroupKey
        Where it lies in the archive.
    days_written, days_there : int
        Days that were simulated, and days that the archive held already.
    """

    group: GroupKey
    days_written: int
    days_there: int


def synthesise(
    parameters: StationParameters | AetaParameters,
    archive: Path,
    *,
    seed: int,
    first_day: dt.date,
    days: int,
    preset: str | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Synthesised:
    """Simulate days into an archive; those that are there already are not simulated again.

    Memory is that of a few blocks of days a worker, whatever the length of the record.

    Parameters
    ----------
    parameters : StationParameters or AetaParameters
        The station.
    archive : Path
        The archive to write; made if it is not there.
    seed : int
        Seed of the simulation, ≥ 0.
    first_day : datetime.date
        First day of UTC, 1970 or later.
    days : int
        Number of days.
    preset : str, optional
        Name under which the station is shipped, kept with the record.
    workers : int
        Processes; the result does not depend on it.
    progress : callable
        Is told the days done and their number.

    Returns
    -------
    Synthesised
        How many days were made.

    Raises
    ------
    ParameterError
        If there is no day or no worker, the seed is negative, or a day is out of an archive's range.
    ArchiveError
        If the archive holds this station made in another way, or cannot be written.
    """
    for number, what in ((days, "days"), (workers, "workers")):
        if number < 1:
            msg = f"{number} {what} are asked for"
            raise ParameterError(msg, "Ask for at least one.")
    if seed < 0:
        msg = f"the seed is {seed}, less than 0"
        raise ParameterError(msg)
    first = (first_day - EPOCH.date()).days
    if not 0 <= first <= DAYS - days:
        msg = f"{days} days from {first_day} are not within the {DAYS} days from 1970-01-01 of an archive"
        raise ParameterError(msg, "Choose another first day or fewer days.")
    making = making_of(parameters, seed, preset)
    group = GroupKey(parameters.name, DAY // parameters.samples_per_day)
    with create_or_open(archive) as store:
        check_making(store, group, making)
        # One making, one group: a day of this group is a day of this simulation.
        there = set(store.days(group).tolist()) if group in store.groups() else set()
        missing = [day for day in range(first, first + days) if day not in there]
        done = days - len(missing)
        progress(done, days)
        for record in _simulated(parameters, seed, _blocks(missing), workers):
            # A day without a single value is not archived, and simulated again by the next call.
            store.write(record, provenance=making)
            done += len(record.origins)
            progress(done, days)
    return Synthesised(group=group, days_written=len(missing), days_there=days - len(missing))


def making_of(
    parameters: StationParameters | AetaParameters, seed: int, preset: str | None = None
) -> dict[str, Any]:
    """Return what an archive keeps of how its samples were simulated: enough to do it again."""
    return {
        "simulation": {
            "preset": preset,
            "seed": seed,
            "model": MODEL,
            "parameters": asdict(parameters),
            "sha256": digest(parameters, seed),
        }
    }


def _blocks(days: Sequence[int]) -> list[tuple[int, int]]:
    """Return runs of consecutive days as their first day and their number, at most a block each."""
    runs: list[tuple[int, int]] = []
    for day in days:
        if runs and day == sum(runs[-1]) and runs[-1][1] < BLOCK_DAYS:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((day, 1))
    return runs


def _simulated(
    parameters: StationParameters | AetaParameters, seed: int, blocks: list[tuple[int, int]], workers: int
) -> Iterator[Record]:
    """Yield the records of blocks of days in order, with at most two a worker made ahead."""
    workers = min(workers, len(blocks))
    if workers <= 1:
        for first, count in blocks:
            yield simulate_days(parameters, seed, _date(first), count)
        return
    # Spawned, not forked: the caller may hold threads.
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    waiting: deque[Future[Record]] = deque()
    try:
        for first, count in blocks:
            waiting.append(pool.submit(simulate_days, parameters, seed, _date(first), count))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        msg = f"one of {workers} processes that simulate was ended from outside"
        raise SesctlError(
            msg, "Repeat the command, with fewer --workers if memory is short: it goes on where it stopped."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _date(day: int) -> dt.date:
    return (EPOCH + dt.timedelta(days=day)).date()
