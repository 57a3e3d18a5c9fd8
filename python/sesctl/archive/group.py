"""The days of one station and sampling interval on disk."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sesctl.archive import durable
from sesctl.archive.journal import Entry, Journal
from sesctl.archive.key import GroupKey
from sesctl.archive.layout import ARRAYS, COMMITTED, DAYS, JOURNAL, STAGED, samples_a_day
from sesctl.archive.merge import DayBlock
from sesctl.archive.metadata import read_attributes, station_from_json
from sesctl.archive.scratch import Scratch
from sesctl.errors import ArchiveError
from sesctl.types import Station
from sesctl.types.instants import DAY, iso

# A commit costs a dozen syncs, however many days it has; beyond some days only memory would grow.
_BATCH_DAYS = 64
_BATCH_BYTES = 2**26


class Group:
    """A group of an archive, read or written some days at a time.

    Parameters
    ----------
    folder : Path
        The group's folder.

    Raises
    ------
    ArchiveError
        If it is no group of an archive, or its parts disagree.
    OSError
        If it cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        attributes = read_attributes(folder, "samples")
        self.folder = folder
        try:
            self.station: Station = station_from_json(attributes["station"], folder)
            self.interval_us = int(attributes["interval_us"])
            self.provenance: Mapping[str, Any] = dict(attributes["provenance"])
        except (KeyError, TypeError, ValueError) as error:
            msg = f"{folder} does not describe a station's samples as an archive does ({error})"
            raise ArchiveError(msg, "Its zarr.json has been changed; restore it from a copy.") from error
        self.samples = samples_a_day(self.interval_us)
        self.shape = (len(self.station.channels), self.samples)
        self.journal = Journal(folder / COMMITTED / JOURNAL)
        self._shown: set[int] = set()  # the days that `committed` is known to tell

    @property
    def key(self) -> GroupKey:
        """Name of the group."""
        return GroupKey(self.station.name, self.interval_us)

    @property
    def days_a_batch(self) -> int:
        """How many days are worth reading or writing together."""
        return max(1, min(_BATCH_DAYS, _BATCH_BYTES // (5 * self.shape[0] * self.shape[1])))

    @cached_property
    def _scratch(self) -> dict[str, Scratch]:
        scratch = {name: Scratch(self.folder / name, self.days_a_batch) for name in ARRAYS}
        for name, each in scratch.items():
            if each.shape != self.shape:
                msg = f"{self.folder / name} has days of shape {each.shape}, its station needs {self.shape}"
                raise ArchiveError(msg, "Its zarr.json has been changed; restore it from a copy.")
        return scratch

    @cached_property
    def _committed(self) -> Scratch:
        return Scratch(self.folder / COMMITTED, DAYS)

    def days(self) -> npt.NDArray[np.int64]:
        """Return the committed days, int64 (day,), days since 1970-01-01 UTC, rising."""
        return np.array(sorted(self.journal.entries), dtype=np.int64)

    def read(self, days: Sequence[int]) -> list[DayBlock]:
        """Return committed days, at most a batch of them.

        Parameters
        ----------
        days : sequence of int
            Days since 1970-01-01 UTC.

        Raises
        ------
        ArchiveError
            If a shard is missing or damaged.
        OSError
            If a shard cannot be read.
        """
        found = [self._shards(day) for day in days]
        shards = zip(*(pair for _, pair in found), strict=True)
        blocks = [self._scratch[name].decode(each) for name, each in zip(ARRAYS, shards, strict=True)]
        return [
            DayBlock(values=values, quality=quality, origins=entry.origins)
            for (entry, _), quality, values in zip(found, *blocks, strict=True)
        ]

    def _shards(self, day: int) -> tuple[Entry, list[bytes]]:
        """Return a day's entry and its shards, in the order of ARRAYS, while a writer may be at work."""
        entry, missed = self.journal.entries[day], 0
        # A writer may rename a shard after it was looked for in one place and before the other, but each
        # array's only once for an entry: one miss more, and a shard is not there.
        while missed <= len(ARRAYS):
            shards = [self._look(name, entry) for name in ARRAYS]
            whole = [shard for shard in shards if shard is not None]
            if len(whole) == len(ARRAYS):
                return entry, whole
            self.journal.refresh()
            latest = self.journal.entries[day]
            entry, missed = latest, missed + 1 if latest == entry else 0
        lost = [name for name, shard in zip(ARRAYS, shards, strict=True) if shard is None]
        msg = (
            f"station {self.station.name}, {day_name(day)}: {' and '.join(lost)} in {self.folder} "
            f"{'is' if len(lost) == 1 else 'are'} not what was committed"
        )
        raise ArchiveError(msg, f"Restore {shard_name(day)} from a copy, or ingest into a new archive.")

    def _look(self, name: str, entry: Entry) -> bytes | None:
        file = shard_name(entry.day)
        for path in (self.folder / name / file, self.folder / name / STAGED / file):
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue
            if _sha256(content) == getattr(entry, name):
                return content
        return None

    def commit(self, days: Mapping[int, DayBlock]) -> None:
        """Write days, at most a batch of them, each with a value: all of each or nothing, whatever happens.

        Parameters
        ----------
        days : mapping of int to DayBlock
            The days, by days since 1970-01-01 UTC.

        Raises
        ------
        OSError
            If something cannot be written; `settle` then brings the group in order.
        """
        hashes: dict[str, list[str]] = {}
        staged: list[Path] = []
        for name in ARRAYS:
            shards = self._scratch[name].encode(np.stack([getattr(block, name) for block in days.values()]))
            hashes[name] = [_sha256(shard) for shard in shards]
            for day, shard in zip(days, shards, strict=True):
                staged.append(self.folder / name / STAGED / shard_name(day))
                durable.write(staged[-1], shard)
        durable.sync_all(staged)
        durable.sync_all([self.folder / name / STAGED for name in ARRAYS])
        self.journal.append(
            Entry(day=day, values=values, quality=quality, origins=block.origins)
            for (day, block), values, quality in zip(
                days.items(), hashes["values"], hashes["quality"], strict=True
            )
        )
        self._place(staged)

    def settle(self) -> None:
        """Move committed shards into their places, throw others away, and bring `committed` up to date.

        It is the beginning of the next writer's work after a crash.

        Raises
        ------
        OSError
            If something cannot be written.
        """
        committed = []
        for name in ARRAYS:
            durable.make_folder(self.folder / name / STAGED)
            for path in sorted((self.folder / name / STAGED).iterdir()):
                entry = self._entry_of(path)
                if entry is not None and _sha256(path.read_bytes()) == getattr(entry, name):
                    committed.append(path)
                else:
                    durable.remove(path)
        self._place(committed)

    def _place(self, committed: Sequence[Path]) -> None:
        """Move shards from where they are staged into their places, and bring `committed` up to date."""
        for path in committed:
            durable.rename(path, path.parent.parent / path.name)
        durable.sync_all(sorted({path.parent.parent for path in committed}))
        if self.journal.entries:
            self._show_committed()

    def _entry_of(self, staged: Path) -> Entry | None:
        parts = staged.name.split(".")
        day = int(parts[1]) if len(parts) == 4 and parts[1].isdecimal() else -1
        return self.journal.entries.get(day)

    def _show_committed(self) -> None:
        if self._shown == self.journal.entries.keys():
            return
        mask = np.zeros(DAYS, dtype=bool)
        mask[self.days()] = True
        (chunk,) = self._committed.encode(mask)
        path = self.folder / COMMITTED / "c.0"
        if not path.exists() or path.read_bytes() != chunk:
            durable.replace(path, chunk)
        self._shown = set(self.journal.entries)


def shard_name(day: int) -> str:
    """Return the name of a day's shard in an array's folder."""
    return f"c.{day}.0.0"


def day_name(day: int) -> str:
    """Return a day as a date, for example ``2015-03-01``."""
    return iso(day * DAY)[:10]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
