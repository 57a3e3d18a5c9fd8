"""An archive and what can be asked of it."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from sesctl.archive import durable
from sesctl.archive.files import FileEntry, Files
from sesctl.archive.group import Group
from sesctl.archive.key import GroupKey
from sesctl.archive.read import read
from sesctl.archive.remarks import Remarks
from sesctl.archive.write import group_of, refuse_differing, refuse_other_making, samples_differ
from sesctl.errors import ArchiveError
from sesctl.types import Annotation, Record, Station


class Archive:
    """The groups of an archive, to be read; made by `open_archive`.

    A reader sees the days that are committed when it asks, also while another process writes.

    Parameters
    ----------
    path : Path
        The archive's folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._groups: dict[GroupKey, Group] = {}

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

    def files(self) -> Mapping[str, tuple[FileEntry, ...]]:
        """Return, by station, the files whose samples are archived.

        Raises
        ------
        ArchiveError
            If a list is damaged or cannot be read.
        """
        with durable.named_failures(self.path, "read"):
            return {name: self._list(name).all() for name in {key.station for key in self.groups()}}

    def _list(self, station: str) -> Files:
        """Return the list of a station's files as it is by now."""
        return Files(self.path / station)

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
