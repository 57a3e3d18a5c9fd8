"""An archive that is open for writing."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from sesctl.archive import durable
from sesctl.archive.archive import Archive
from sesctl.archive.files import FileEntry, Files
from sesctl.archive.layout import as_json, new_group, samples_a_day
from sesctl.archive.lock import WriterLock
from sesctl.archive.merge import Policy, check_policy
from sesctl.archive.remarks import Remarks
from sesctl.archive.write import WriteReport, group_of, refuse_other_making, write
from sesctl.errors import ArchiveError
from sesctl.types import Annotation, Record


class WritableArchive(Archive):
    """The groups of an archive, to be read and written; made by `create_or_open`.

    Use it in a ``with`` statement, or close it, to let the next writer in.

    Parameters
    ----------
    path : Path
        The archive's folder.
    lock : WriterLock
        The right to write it.
    """

    def __init__(self, path: Path, lock: WriterLock) -> None:
        super().__init__(path)
        self._lock = lock
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
            If the record does not fit the group or the grid, its samples differ, the archive is closed, or it
            cannot be written.
        ParameterError
            If the policy is unknown or the provenance cannot be written as JSON.
        """
        self._check_open()
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
            If the archive is closed, has no such station, or cannot be written.
        """
        self._check_writable(station)
        with durable.named_failures(self.path, "written"):
            return Remarks(self.path / station).add(annotations)

    def add_files(self, station: str, files: Iterable[FileEntry]) -> None:
        """Note that all samples of some files are archived.

        Raises
        ------
        ArchiveError
            If the archive is closed, has no such station, or cannot be written.
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
        # Nobody else writes it: once read, it is known.
        if station not in self._files:
            self._files[station] = Files(self.path / station)
        return self._files[station]

    def _check_open(self) -> None:
        if not self._lock.held:
            msg = f"archive {self.path} is not open for writing any more"
            raise ArchiveError(msg, "Open it again with create_or_open.")

    def _check_writable(self, station: str) -> None:
        self._check_open()
        if not (self.path / station / "zarr.json").exists():
            known = sorted({key.station for key in self.groups()})
            msg = f"archive {self.path} has no station {station}"
            raise ArchiveError(msg, f"It has {', '.join(known)}." if known else "It has none yet.")
