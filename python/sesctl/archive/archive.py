"""An archive and what can be asked of it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from sesctl.archive import durable
from sesctl.archive.files import FileEntry, Files
from sesctl.archive.group import Group
from sesctl.archive.key import GroupKey
from sesctl.archive.layout import as_json, new_group, samples_a_day
from sesctl.archive.lock import WriterLock
from sesctl.archive.merge import Policy, check_policy
from sesctl.archive.read import read
from sesctl.archive.remarks import Remarks
from sesctl.archive.write import (
    WriteReport,
    group_of,
    refuse_differing,
    refuse_other_making,
    samples_differ,
    write,
)
from sesctl.errors import ArchiveError
from sesctl.types import Annotation, Record, Station


class Archive:
    """The groups of an archive; made by `open_archive` or `create_or_open`.

    A reader sees the days that are committed when it asks, also while another process writes. Use an
    archive opened for writing in a ``with`` statement, or close it, to let the next writer in.

    Parameters
    ----------
    path : Path
        The archive's folder.
    lock : WriterLock, optional
        The right to write it.
    """

    def __init__(self, path: Path, lock: WriterLock | None = None) -> None:
        self.path = path
        self._lock = lock
        self._groups: dict[GroupKey, Group] = {}
        self._files: dict[str, Files] = {}

    def __enter__(self) -> Self:
        """Return the archive itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Give up the right to write."""
        if self._lock is not None:
            with durable.named_failures(self.path, "written"):
                self._lock.release()

    def settle(self) -> None:
        """Bring in order what an interrupted writer left: days are completed or thrown away.

        Raises
        ------
        ArchiveError
            If the archive is damaged.
        OSError
            If it cannot be written.
        """
        for key in self.groups():
            self._group(key).settle()

    def groups(self) -> tuple[GroupKey, ...]:
        """Return the names of the groups, sorted.

        Raises
        ------
        ArchiveError
            If the archive is damaged or cannot be read.
        """
        with durable.named_failures(self.path, "read"):
            known = {group.folder for group in self._groups.values()}
            for document in self.path.glob("[!.]*/[0-9]*/zarr.json"):
                if document.parent in known:
                    continue
                group = Group(document.parent)
                if document.parent != self.path / group.key.path:
                    msg = f"{document.parent} holds the samples of {group.key}"
                    raise ArchiveError(msg, "Give the folder its name back.")
                self._groups[group.key] = group
        return tuple(sorted(self._groups))

    def station(self, group: GroupKey) -> Station:
        """Return a group's station.

        Raises
        ------
        ArchiveError
            If there is no such group.
        """
        return self._group(group).station

    def provenance(self, group: GroupKey) -> Mapping[str, Any]:
        """Return how a group's samples were made, as told when the group was.

        Raises
        ------
        ArchiveError
            If there is no such group.
        """
        return MappingProxyType(dict(self._group(group).provenance))

    def days(self, group: GroupKey) -> npt.NDArray[np.int64]:
        """Return a group's committed days, int64 (day,), days since 1970-01-01 UTC, rising.

        Raises
        ------
        ArchiveError
            If there is no such group, or its journal is damaged.
        """
        return self._group(group).days()

    def read(self, group: GroupKey, start: int, end: int) -> Record:
        """Return a group's samples in the half-open interval from `start` to `end`, µs UTC.

        Parameters
        ----------
        group : GroupKey
            Which station and sampling interval.
        start, end : int
            µs UTC; they need not be on the grid.

        Returns
        -------
        Record
            NaN where no day is committed, with the origins of every day that it touches.

        Raises
        ------
        ArchiveError
            If there is no such group, or a day is damaged.
        ParameterError
            If the interval ends before it starts.
        """
        opened = self._group(group)
        with durable.named_failures(self.path, "read"):
            return read(opened, start, end)

    def write(
        self, record: Record, *, policy: Policy = "error", provenance: Mapping[str, Any] | None = None
    ) -> WriteReport:
        """Merge a record into its group, day by day; the group is made if need be.

        Gaps are filled from either side, and equal samples change nothing. Should it be interrupted, each
        day is as it was or as it becomes, and the same call completes the work.

        Parameters
        ----------
        record : Record
            Its start is a multiple of its interval from midnight UTC, its interval divides a day.
        policy : {"error", "keep", "replace"}
            What to do with samples that differ from archived ones: refuse the record before anything is
            written, keep the archived ones, or replace them.
        provenance : mapping, optional
            How the samples were made, as JSON can hold it. A group has one; nothing is the same as empty.

        Returns
        -------
        WriteReport
            How many days were written.

        Raises
        ------
        ArchiveError
            If the record does not fit the group or the grid, its samples differ, the archive was opened for
            reading, or it cannot be written.
        ParameterError
            If the policy is unknown or the provenance cannot be written as JSON.
        """
        self._check_locked()
        check_policy(policy)
        told = as_json(provenance or {})
        key = group_of(record)
        with durable.named_failures(self.path, "written"):
            if not record.samples or np.isnan(record.values).all():
                return WriteReport(0, 0)
            if (self.path / key.path / "zarr.json").exists():
                group = self._group(key)
                refuse_other_making(group, record.station, told)
                # What an earlier failure of this process left behind.
                group.settle()
            else:
                new_group(self.path, key, record.station, told, samples_a_day(key.interval_us))
                group = self._group(key)
            return write(group, record, policy)

    def check(self, record: Record) -> None:
        """Compare a record with what is archived, and write nothing.

        So a long record that comes in parts is known to fit before the first part is written.

        Parameters
        ----------
        record : Record
            As for `write`.

        Raises
        ------
        ArchiveError
            If its station or some sample differs, or it does not fit the grid.
        """
        key = group_of(record)
        with durable.named_failures(self.path, "read"):
            if (self.path / key.path / "zarr.json").exists():
                group = self._group(key)
                refuse_other_making(group, record.station, {})
                refuse_differing(group, record)

    def differs(self, record: Record) -> bool:
        """Return whether some sample of a record differs from the archived one.

        Parameters
        ----------
        record : Record
            As for `write`.

        Raises
        ------
        ArchiveError
            If it does not fit the grid, or a day is damaged.
        """
        key = group_of(record)
        with durable.named_failures(self.path, "read"):
            return (self.path / key.path / "zarr.json").exists() and samples_differ(self._group(key), record)

    def annotations(self, station: str) -> tuple[Annotation, ...]:
        """Return the remarks on a station's record, in order of time.

        Raises
        ------
        ArchiveError
            If they are damaged or cannot be read.
        """
        with durable.named_failures(self.path, "read"):
            return Remarks(self.path / station).all()

    def annotate(self, station: str, annotations: Iterable[Annotation]) -> int:
        """Add remarks on the record of a station that is archived; those that are there already stay.

        Parameters
        ----------
        station : str
            Name of the station.
        annotations : iterable of Annotation
            The remarks.

        Returns
        -------
        int
            How many are new.

        Raises
        ------
        ArchiveError
            If the archive was opened for reading, has no such station, or cannot be written.
        """
        self._check_writable(station)
        with durable.named_failures(self.path, "written"):
            return Remarks(self.path / station).add(annotations)

    def files(self) -> Mapping[str, tuple[FileEntry, ...]]:
        """Return, by station, the files whose samples are archived.

        Raises
        ------
        ArchiveError
            If a list is damaged or cannot be read.
        """
        with durable.named_failures(self.path, "read"):
            return {name: self._list(name).all() for name in {key.station for key in self.groups()}}

    def add_files(self, station: str, files: Iterable[FileEntry]) -> None:
        """Note that all samples of some files are archived.

        Raises
        ------
        ArchiveError
            If the archive was opened for reading, has no such station, or cannot be written.
        """
        self._check_writable(station)
        with durable.named_failures(self.path, "written"):
            self._list(station).add(files)

    def forget_files(self, station: str) -> None:
        """Note that samples of some files are about to be replaced, so that none counts as archived.

        Raises
        ------
        ArchiveError
            As for `add_files`.
        """
        self._check_writable(station)
        with durable.named_failures(self.path, "written"):
            self._list(station).clear()

    def _list(self, station: str) -> Files:
        if station not in self._files or self._lock is None:  # another process may write it
            self._files[station] = Files(self.path / station)
        return self._files[station]

    def _check_locked(self) -> None:
        if self._lock is None or not self._lock.held:
            msg = f"archive {self.path} is not open for writing"
            raise ArchiveError(msg, "Open it with create_or_open.")

    def _check_writable(self, station: str) -> None:
        self._check_locked()
        if not (self.path / station / "zarr.json").exists():
            known = sorted({key.station for key in self.groups()})
            msg = f"archive {self.path} has no station {station}"
            raise ArchiveError(msg, f"It has {', '.join(known)}." if known else "It has none yet.")

    def _group(self, key: GroupKey) -> Group:
        """Return a group with the days that are committed by now."""
        with durable.named_failures(self.path, "read"):
            if key not in self._groups and (self.path / key.path / "zarr.json").exists():
                self._groups[key] = Group(self.path / key.path)
            if key in self._groups:
                self._groups[key].journal.refresh()
                return self._groups[key]
        msg = f"archive {self.path} has no group {key}"
        known = ", ".join(map(str, self.groups()))
        raise ArchiveError(msg, f"It has {known}." if known else "It has none yet.")
