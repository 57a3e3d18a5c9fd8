"""The sampling intervals of files with times, and where one gives way to another."""

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sesctl.errors import ReadError
from sesctl.types.instants import DAY, SECOND, iso

# Clocks jitter: where no step makes half of all, steps are compared to the next coarser of these.
_ROUNDINGS = (1, 100, 1000, 10_000, 100_000, SECOND, 10 * SECOND, 60 * SECOND)
_BLOCK = 32  # steps whose median is one reading of the sampling
_ANOTHER = 0.05  # relative difference of two samplings
_LEAST_SHARE = 0.1  # of the whole time, or a day: a shorter change is a spell of lost samples
_MOST_STRETCHES = 100
_SLOW_CLOCK = 5e-4  # a clock is off by less; a larger difference is another interval

Steps = npt.NDArray[np.int64]


@dataclass
class Stretch:
    """A stretch of time with one sampling interval.

    Parameters
    ----------
    begin, end : int
        Half-open interval, µs UTC, that holds its rows.
    interval_us : int
        Sampling interval in µs.
    drift_us : int
        How far the clock has left the sampling grid from the first sample to the last, in µs: the sum of
        the steps' excess over the interval, where the steps are of one interval.
    steps : int
        How many steps of one interval there are.
    """

    begin: int
    end: int
    interval_us: int
    drift_us: int = 0
    steps: int = 0
    found: Counter[int] = field(default_factory=Counter, repr=False, compare=False)


def stretches(chunks: Iterable[Steps], given: int | None, name: str) -> list[Stretch]:
    """Return the sampling intervals of rows: the most frequent time steps.

    A new stretch begins where the step changes by more than 5 % and stays changed for at least 64 steps,
    and for a tenth of all the time or of all the steps, or a day.

    Parameters
    ----------
    chunks : iterable of ndarray of int64, shape (row,)
        Instants, µs UTC, in order.
    given : int or None
        What the station file says, in µs.
    name : str
        The file's or folder's name, for the error.

    Returns
    -------
    list of Stretch
        In order; one where the sampling does not change.

    Raises
    ------
    ReadError
        If there is no interval, or it differs from the given one by more than 1 %.
    """
    found: list[Stretch] = []
    first = last = None
    rows, shortest, longest, gap = 0, None, 0, None
    for times in chunks:
        rows += len(times)
        first = int(times[0]) if first is None else first
        instants = times if last is None else np.append(np.int64(last), times)
        steps = instants[1:] - instants[:-1]
        begins, steps = instants[:-1][steps > 0], steps[steps > 0]
        last = int(times[-1])
        if len(steps):
            shortest = min(int(steps.min()), shortest or int(steps.min()))
            longest = max(longest, int(steps.max()))
            if gap is None and longest > DAY:
                wide = int(np.flatnonzero(steps > DAY)[0])
                gap = int(begins[wide]), int(begins[wide] + steps[wide])
            _follow(found, begins, steps)
    assert first is not None  # a spool without rows is refused before
    assert last is not None
    known = [stretch for stretch in found if stretch.interval_us]
    if given is not None:
        for stretch in known:
            if abs(stretch.interval_us - given) > given / 100:
                msg = (
                    f"{name} has a value every {stretch.interval_us / 1e6:g} s, the station file says "
                    f"interval_s = {given / 1e6:g}"
                )
                raise ReadError(msg, "Correct interval_s, or leave it out for files with times.")
        return [_whole([_as(stretch, given) for stretch in known], first, last, given)]
    if shortest is None:
        count = "a single row" if rows == 1 else f"{rows} rows of a single time"
        msg = f"{name} has {count}, which tells no sampling interval"
        raise ReadError(msg, "Give --station with interval_s.")
    if not known:
        msg = f"{name} has no sampling interval: its time steps are from {shortest / 1e6:g} s to " + (
            f"{longest / 1e6:g} s, and none is frequent"
        )
        raise ReadError(msg, "Give --station with interval_s.")
    if all(stretch.interval_us > DAY for stretch in known) and gap is not None:
        msg = (
            f"{name} goes from {iso(gap[0])} to {iso(gap[1])}, and no sampling interval is longer than a day"
        )
        raise ReadError(msg, "Check the first and the last times.")
    return _merged(known, first, last, name)


def _follow(found: list[Stretch], begins: Steps, steps: Steps) -> None:
    """Add steps to the last stretch, or open new ones where they change."""
    for start, stop in _spells(steps):
        spell = steps[start:stop]
        interval = _most_frequent(spell)
        interval = None if interval is None else set_interval(interval)
        if interval is None:
            continue
        if not found or not _alike(found[-1].interval_us, interval):
            # A step of the sampling before may come first: its begin is the last sample of that.
            first = start + int(np.argmax(np.abs(spell - interval) <= interval // 10))
            found.append(Stretch(int(begins[first]), 0, interval))
        stretch = found[-1]
        stretch.end = int(begins[stop - 1] + spell[-1])
        regular = spell[np.abs(spell - stretch.interval_us) <= stretch.interval_us // 10]
        stretch.found[interval] += len(regular)
        stretch.steps += len(regular)
        stretch.drift_us += int((regular - stretch.interval_us).sum())


def _spells(steps: Steps) -> list[tuple[int, int]]:
    """Return where steps, taken 32 at a time, keep to one length."""
    blocks = len(steps) // _BLOCK
    if blocks < 4:
        return [(0, len(steps))]
    grouped = steps[: blocks * _BLOCK].reshape(blocks, _BLOCK)
    level = np.median(grouped, axis=1)
    steady = (np.abs(grouped - level[:, np.newaxis]) <= 0.1 * level[:, np.newaxis]).sum(axis=1) >= 24
    edges = [0]
    now = float(level[steady][0]) if steady.any() else 0.0
    differs = np.flatnonzero(steady & (np.abs(level - now) > _ANOTHER * now))
    at = 0
    while differs.size and steady.any():
        block = int(differs[0])
        if block + 1 < blocks and steady[block + 1] and _alike(level[block], level[block + 1]):
            new = float(level[block])
            edges.append(_edge(steps, block * _BLOCK, now, new))
            now, at = new, block
        else:
            at = block + 1
        later = np.arange(at, blocks)
        differs = later[steady[at:] & (np.abs(level[at:] - now) > _ANOTHER * now)]
    edges.append(len(steps))
    return [(a, b) for a, b in itertools.pairwise(edges) if b > a]


def _edge(steps: Steps, block: int, old: float, new: float) -> int:
    """Return the first of the steps around a block from which all are nearer to the new length."""
    first = max(0, block - _BLOCK)
    around = steps[first : block + _BLOCK]
    nearer = np.abs(around - new) < np.abs(around - old)
    behind = np.flatnonzero(~nearer)
    return first + (int(behind[-1]) + 1 if behind.size else 0)


def _alike(one: float, other: float) -> bool:
    return abs(one - other) <= _ANOTHER * max(one, other)


def _merged(known: list[Stretch], first: int, last: int, name: str) -> list[Stretch]:
    """Return stretches without spells too short to be another sampling."""
    least = min(DAY, int(_LEAST_SHARE * (last - first)))
    many = _LEAST_SHARE * sum(each.steps for each in known)
    kept = [
        each
        for each in known
        if each.steps >= 2 * _BLOCK and (each.end - each.begin >= least or each.steps >= many)
    ]
    kept = kept or [max(known, key=lambda each: each.steps)]
    groups: list[list[Stretch]] = []
    for each in kept:
        if groups and _alike(groups[-1][-1].interval_us, each.interval_us):
            groups[-1].append(each)
        else:
            groups.append([each])
    if len(groups) > _MOST_STRETCHES:
        msg = f"{name} changes its sampling interval {len(groups) - 1} times"
        raise ReadError(msg, "Give --station with interval_s, or read the files apart.")
    bounds = [first, *(group[0].begin for group in groups[1:]), last + 1]
    return [
        _whole(group, begin, end - 1, sum((each.found for each in group), Counter()).most_common(1)[0][0])
        for group, begin, end in zip(groups, bounds[:-1], bounds[1:], strict=True)
    ]


def _whole(group: list[Stretch], first: int, last: int, interval: int) -> Stretch:
    return Stretch(
        first,
        last + 1,
        interval,
        sum(each.drift_us for each in group),
        sum(each.steps for each in group),
    )


def _as(stretch: Stretch, interval: int) -> Stretch:
    excess = (stretch.interval_us - interval) * stretch.steps
    return Stretch(stretch.begin, stretch.end, interval, stretch.drift_us + excess, stretch.steps)


def _most_frequent(steps: Steps) -> int | None:
    """Return the most frequent step, of equally frequent ones the shortest; None where none is frequent."""
    for rounding in _ROUNDINGS:
        rounded = (steps + rounding // 2) // rounding * rounding if rounding > 1 else steps
        sizes, counts = np.unique(rounded[rounded > 0], return_counts=True)
        if len(sizes) and 2 * counts.max() >= len(steps):
            return int(sizes[counts.argmax()])
    return None


def set_interval(found: int) -> int:
    """Return the interval that a clock, fast or slow by up to 500 ppm, was set to: one that divides a day."""
    if DAY % found == 0:
        return found
    digits = 10 ** max(0, len(str(found)) - 3)
    set_to = (found + digits // 2) // digits * digits
    return set_to if DAY % set_to == 0 and abs(set_to - found) <= _SLOW_CLOCK * found else found


def refuse_absurd_span(first: int, last: int, interval_us: int, channels: int, rows: int, name: str) -> int:
    """Return the number of grid points between the first and the last time.

    A single wrong date makes a record of decades of nothing, which may not fit in memory.

    Parameters
    ----------
    first, last : int
        Instants, µs UTC.
    interval_us : int
        Sampling interval in µs.
    channels : int
        Number of channels.
    rows : int
        Number of rows between them.
    name : str
        The file's or folder's name, for the error.

    Raises
    ------
    ReadError
        If the grid has more than 100 million samples and under a tenth of them could have a value.
    """
    count = (last - first + interval_us // 2) // interval_us + 1
    if count * channels > 100_000_000 and rows < count / 10:
        msg = (
            f"{name} goes from {iso(first)} to {iso(last)}: {count} samples of {interval_us / 1e6:g} s for "
            f"{rows} rows"
        )
        raise ReadError(msg, "Check the first and the last times, or read the files of each period apart.")
    return count
