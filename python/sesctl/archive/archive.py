"""An archive: opened for reading by anyone, for writing by one process at a time."""

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from sesctl.archive import durable
from sesctl.archive.group import Group
from sesctl.archive.key import GroupKey
from sesctl.archive.layout import as_json, new_group, samples_a_day
from sesctl.archive.lock import LOCK_NAME, WriterLock
from sesctl.archive.merge import Policy, check_policy
from sesctl.archive.metadata import difference, group_document, read_attributes
from sesctl.archive.read import read
from sesctl.archive.remarks import Remarks
from sesctl.archive.write import WriteReport, group_of, refuse_differing, write
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

    def groups(self) -> tuple[GroupKey, ...]:
        """Return the names of the groups, sorted.

        Raises
        ------
        ArchiveError
            If the archive is damaged or cannot be read.
        """
        with durable.named_failures(self.path, "read"):
            known = {group.folder for group in self._groups.values()}
            for document in self.path.glob("[!.]*/[!.]*/zarr.json"):
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
        if self._lock is None or not self._lock.held:
            msg = f"archive {self.path} is not open for writing"
            raise ArchiveError(msg, "Open it with create_or_open.")
        check_policy(policy)
        told = as_json(provenance or {})
        key = group_of(record)
        with durable.named_failures(self.path, "written"):
            if not record.samples or np.isnan(record.values).all():
                return WriteReport(0, 0)
            if (self.path / key.path / "zarr.json").exists():
                group = self._group(key)
                self._check_same(group, record.station, told)
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
                self._check_same(group, record.station, {})
                refuse_differing(group, record)

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
        if self._lock is None or not self._lock.held:
            msg = f"archive {self.path} is not open for writing"
            raise ArchiveError(msg, "Open it with create_or_open.")
        if not (self.path / station / "zarr.json").exists():
            known = sorted({key.station for key in self.groups()})
            msg = f"archive {self.path} has no station {station}"
            raise ArchiveError(msg, f"It has {', '.join(known)}." if known else "It has none yet.")
        with durable.named_failures(self.path, "written"):
            return Remarks(self.path / station).add(annotations)

    def _check_same(self, group: Group, station: Station, provenance: Mapping[str, Any]) -> None:
        differs = difference(group.station, station)
        if differs:
            msg = f"station {station.name} is archived in {group.folder} with {differs}"
            raise ArchiveError(msg, "Correct the station file, or write to another archive.")
        if provenance != group.provenance:
            msg = (
                f"{group.folder} holds samples made with {dict(group.provenance)}, "
                f"the record was made with {dict(provenance)}"
            )
            raise ArchiveError(msg, "Write to another archive: one group holds samples of one making.")

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


def is_archive(path: Path) -> bool:
    """Whether a path looks like an archive; False also where it may not be looked at."""
    return os.path.isfile(path / "zarr.json")  # noqa: PTH113  # Path.is_file raises where access is denied


def open_archive(path: Path) -> Archive:
    """Open an archive for reading.

    Parameters
    ----------
    path : Path
        The archive's folder.

    Raises
    ------
    ArchiveError
        If there is none, it is something else, or of another version.
    """
    path = Path(path)
    with durable.named_failures(path, "read"):
        if not (path / "zarr.json").is_file():
            msg = f"{path} is not an archive: it {'has no zarr.json' if path.exists() else 'does not exist'}"
            raise ArchiveError(msg, "Make one with `sesctl ingest --to` or `sesctl synth --to`.")
        read_attributes(path, "archive")
    return Archive(path)


def create_or_open(path: Path) -> Archive:
    """Open an archive for writing, and make it if there is none.

    What an interrupted writer left is brought in order: committed days are completed, others thrown away.

    Parameters
    ----------
    path : Path
        The archive's folder; it may be missing or empty.

    Raises
    ------
    ArchiveError
        If it is something else or of another version, another process is writing it, or it cannot be
        written.
    """
    path = Path(path)
    with durable.named_failures(path, "written"):
        own = {LOCK_NAME, ".zarr.json.new"}
        if path.is_dir() and not (path / "zarr.json").exists():
            foreign = sorted(entry.name for entry in path.iterdir() if entry.name not in own)
            if foreign:
                msg = f"{path} is not an archive: it holds {foreign[0]} and no zarr.json"
                raise ArchiveError(msg, "Name an archive, or a folder that is empty or not there yet.")
        if (path / "zarr.json").exists():
            read_attributes(path, "archive")
        durable.make_folder(path)
        lock = WriterLock(path)
        try:
            if not (path / "zarr.json").exists():
                durable.replace(path / "zarr.json", group_document("archive"))
            _sweep(path)
            archive = Archive(path, lock)
            for key in archive.groups():
                archive._group(key).settle()
        except BaseException:
            lock.release()
            raise
    return archive


def _sweep(path: Path) -> None:
    """Remove the groups that an interrupted writer had not finished making."""
    for unfinished in path.glob("*/.*.new"):
        if unfinished.is_dir():
            shutil.rmtree(unfinished)
        else:
            unfinished.unlink()
