"""Write a record into a group: by UTC day, merged into what is there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sesctl.archive.group import Group, day_name
from sesctl.archive.key import GroupKey
from sesctl.archive.layout import DAYS, samples_a_day
from sesctl.archive.making import other_making
from sesctl.archive.merge import (
    DayBlock,
    Policy,
    check_policy,
    differing,
    empty_block,
    merge,
    sorted_origins,
)
from sesctl.archive.metadata import difference
from sesctl.errors import ArchiveError
from sesctl.types import Record, Station
from sesctl.types.instants import DAY, iso


@dataclass(frozen=True)
class WriteReport:
    """What writing a record did.

    Parameters
    ----------
    days_written : int
        Number of days that are new or changed.
    days_unchanged : int
        Number of days with values that the archive held already.
    samples_differing : int
        Number of samples whose archived value was another one, settled by the policy.
    """

    days_written: int
    days_unchanged: int
    samples_differing: int = 0


def check_grid(record: Record) -> None:
    """Check that a record can be archived as it is.

    Raises
    ------
    ArchiveError
        If its samples are not on the grid of a UTC day, or beyond the days an archive has room for.
    """
    samples_a_day(record.interval_us)
    if record.samples and not 0 <= record.start <= record.end <= DAYS * DAY:
        first, last = record.start // DAY, (record.end - 1) // DAY
        msg = (
            f"station {record.station.name}: the record covers the days {first} to {last} after 1970-01-01, "
            f"an archive only 0 to {DAYS - 1}"
        )
        raise ArchiveError(msg, "Check the years and the unit of its times.")
    late = record.start % record.interval_us
    if late:
        msg = (
            f"station {record.station.name}: the record starts at {iso(record.start)}, {late / 1e6} s after "
            f"a multiple of its {record.interval} s from midnight UTC"
        )
        raise ArchiveError(msg, "Resample it to that grid first.")


def write(group: Group, record: Record, policy: Policy) -> WriteReport:
    """Merge a record into a group's days.

    A day without any value is not stored. With the policy ``error`` the record is compared before anything
    is written, so that one that is refused has changed nothing.

    Parameters
    ----------
    group : Group
        The group, of the record's station and interval.
    record : Record
        On the group's grid.
    policy : {"error", "keep", "replace"}
        What to do with samples that differ from archived ones.

    Raises
    ------
    ArchiveError
        If samples differ and the policy is ``error``.
    OSError
        If something cannot be written.
    """
    check_policy(policy)
    days = _days_with_values(record)
    known: set[int] = set()
    if policy == "error":
        for given, archived in _batches(group, record, [day for day in days if day in group.journal.entries]):
            for day, block in archived.items():
                _refuse_differing(group, day, block, given[day])
                if merge(block, given[day], replace=False).same_as(block):
                    known.add(day)
    written = differ = 0
    for given, archived in _batches(group, record, [day for day in days if day not in known]):
        changed = dict(given)
        for day, block in archived.items():
            differ += int(differing(block, given[day]).sum())
            changed[day] = merge(block, given[day], replace=policy == "replace")
            if changed[day].same_as(block):
                del changed[day]
        if changed:
            group.commit(changed)
        written += len(changed)
    return WriteReport(written, len(days) - written, differ)


def refuse_other_making(group: Group, station: Station, provenance: Mapping[str, Any]) -> None:
    """Compare a station and how its samples were made with what a group says.

    Raises
    ------
    ArchiveError
        If they differ.
    """
    differs = difference(group.station, station)
    if differs:
        msg = f"station {station.name} is archived in {group.folder} with {differs}"
        raise ArchiveError(msg, "Correct the station file, or write to another archive.")
    other = other_making(group.provenance, provenance)
    if other:
        msg = f"{group.folder} holds samples {other}"
        raise ArchiveError(msg, "Write to another archive: one group holds samples of one making.")


def refuse_differing(group: Group, record: Record) -> None:
    """Compare a record with the group's days.

    Raises
    ------
    ArchiveError
        If some sample differs from the archived one.
    """
    days = [day for day in _days_with_values(record) if day in group.journal.entries]
    for given, archived in _batches(group, record, days):
        for day, block in archived.items():
            _refuse_differing(group, day, block, given[day])


def samples_differ(group: Group, record: Record) -> bool:
    """Return whether some sample of a record differs from the archived one."""
    days = [day for day in _days_with_values(record) if day in group.journal.entries]
    return any(
        differing(block, given[day]).any()
        for given, archived in _batches(group, record, days)
        for day, block in archived.items()
    )


def _refuse_differing(group: Group, day: int, archived: DayBlock, given: DayBlock) -> None:
    counts = differing(archived, given).sum(axis=1)
    if not counts.any():
        return
    found = [
        f"{count} on {channel.name}"
        for channel, count in zip(group.station.channels, counts, strict=True)
        if count
    ]
    msg = (
        f"station {group.station.name}, {day_name(day)}: samples differ from those archived in "
        f"{group.folder}, {', '.join(found)}"
    )
    hint = (
        "Nothing was written. Check the times and their zone; --on-conflict keep or replace says whether the "
        "archived or the new samples stay."
    )
    raise ArchiveError(msg, hint)


def _batches(
    group: Group, record: Record, days: Sequence[int]
) -> Iterator[tuple[dict[int, DayBlock], dict[int, DayBlock]]]:
    """Yield days of the record some at a time, with those of them that are archived."""
    for first in range(0, len(days), group.days_a_batch):
        batch = days[first : first + group.days_a_batch]
        known = [day for day in batch if day in group.journal.entries]
        archived = dict(zip(known, group.read(known), strict=True)) if known else {}
        yield {day: _block(group, record, day) for day in batch}, archived


def _days_with_values(record: Record) -> list[int]:
    days = range(record.start // DAY, -(-record.end // DAY))
    return [day for day in days if not np.isnan(record.values[:, _columns(record, day)]).all()]


def _columns(record: Record, day: int) -> slice:
    """Return which of the record's samples lie in a day."""
    midnight = (day * DAY - record.start) // record.interval_us
    return slice(max(0, midnight), min(record.samples, midnight + DAY // record.interval_us))


def _block(group: Group, record: Record, day: int) -> DayBlock:
    columns = _columns(record, day)
    first = (record.start - day * DAY) // record.interval_us + columns.start
    # An origin of a day that the record does not cover cannot be put to one of its days, and a background
    # must never be lost: every day has it.
    covered = range(record.start // DAY, -(-record.end // DAY))
    origins = {origin for origin in record.origins if origin.day == day or origin.day not in covered}
    block = empty_block(*group.shape, origins=sorted_origins(origins))
    block.values[:, first : first + columns.stop - columns.start] = record.values[:, columns]
    block.quality[:, first : first + columns.stop - columns.start] = record.quality[:, columns]
    return block


def group_of(record: Record) -> GroupKey:
    """Return the group a record belongs to, once it is known to fit an archive."""
    check_grid(record)
    return GroupKey.of(record)
