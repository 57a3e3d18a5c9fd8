"""Files that an archive holds already, so that they need not be read again."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace

from sesctl import __version__
from sesctl.archive import FileEntry, WritableArchive
from sesctl.ingest.file_bytes import sha256_of
from sesctl.ingest.file_state import FileState
from sesctl.ingest.gathered import FileSeen
from sesctl.ingest.reader_table import identity_of
from sesctl.ingest.station_file import StationFile
from sesctl.pipeline.ingest_files import Unit
from sesctl.plugin.reader import ReaderInfo, Request


def reading_of(info: ReaderInfo, described: StationFile | None, request: Request) -> str:
    """Return the SHA-256 of all beside a file's content and name that decides what is read from it."""
    station = None if described is None else replace(described, name="")
    return hashlib.sha256(repr((__version__, identity_of(info), station, request)).encode()).hexdigest()


class IngestedFiles:
    """The files that are archived whole, by what the archive says.

    A file is taken for one of them if the file system says the same of it as when it was read, and it had
    been at rest then; else if it has the same name, length and SHA-256. Its time of modification alone is
    never trusted, since copying and unpacking set it at will.

    Parameters
    ----------
    store : WritableArchive
        The archive.
    """

    def __init__(self, store: WritableArchive) -> None:
        self._store = store
        self._by_path: dict[str, tuple[str, FileEntry]] = {}
        self._by_name: dict[str, list[tuple[str, FileEntry]]] = defaultdict(list)
        groups = {str(key) for key in store.groups()}
        for station, entries in store.files().items():
            for entry in entries:
                if groups.issuperset(entry.groups):  # a group may have been removed, to make it again
                    self._put(station, entry)

    def find(self, unit: Unit, reading: str) -> tuple[str, list[FileEntry]] | None:
        """Return the station and the entries of files that are all archived; None if one is not.

        What the archive says of a file is brought up to date where the file has moved.

        Parameters
        ----------
        unit : Unit
            The files.
        reading : str
            What `reading_of` gives for them.

        Raises
        ------
        ReadError
            If a file cannot be looked at or read.
        ArchiveError
            If the archive cannot be written.
        """
        found: list[tuple[str, FileEntry]] = []
        for path in unit.files:
            state, place = FileState.of(path), str(path.resolve())
            station, entry = self._by_path.get(place, ("", None))
            if entry is not None and entry.reading == reading:
                was = _state(entry)
                if was.settled and was.same_as(state):
                    found.append((station, entry))
                    continue
            alike = [
                (station, entry)
                for station, entry in self._by_name[path.name]
                if entry.reading == reading and entry.size == state.size
            ]
            sha256 = sha256_of(path) if alike else ""
            same = next((each for each in alike if each[1].sha256 == sha256), None)
            if same is None:
                return None
            now = replace(same[1], path=place, **asdict(state))
            if state.settled and state.same_as(FileState.of(path)):
                self.keep(same[0], [now])
            found.append((same[0], now))
        return (found[0][0], [entry for _, entry in found]) if len({each for each, _ in found}) == 1 else None

    def add(
        self, station: str, files: Sequence[FileSeen], reading: str, groups: Sequence[str], days: int
    ) -> None:
        """Note that all samples of files are archived.

        Parameters
        ----------
        station : str
            Name of the station.
        files : sequence of FileSeen
            The files, read together.
        reading : str
            What `reading_of` gives for them.
        groups : sequence of str
            The groups that hold their samples.
        days : int
            Number of days that do.

        Raises
        ------
        ArchiveError
            If the archive cannot be written.
        """
        self.keep(
            station,
            [
                FileEntry(
                    path=str(file.path.resolve()),
                    sha256=file.sha256,
                    reading=reading,
                    groups=tuple(groups),
                    days=days,
                    **asdict(file.state),
                )
                for file in files
            ],
        )

    def keep(self, station: str, entries: Sequence[FileEntry]) -> None:
        """Add entries to the archive."""
        self._store.add_files(station, entries)
        for entry in entries:
            self._put(station, entry)

    def forget(self, station: str) -> None:
        """Note that samples of a station's files are about to be replaced.

        Raises
        ------
        ArchiveError
            If the archive cannot be written.
        """
        self._store.forget_files(station)
        self._by_path = {path: each for path, each in self._by_path.items() if each[0] != station}
        for name, alike in self._by_name.items():
            self._by_name[name] = [each for each in alike if each[0] != station]

    def _put(self, station: str, entry: FileEntry) -> None:
        self._by_path[entry.path] = (station, entry)
        self._by_name[entry.path.rpartition("/")[2]].append((station, entry))


def _state(entry: FileEntry) -> FileState:
    return FileState(
        size=entry.size,
        modified_ns=entry.modified_ns,
        changed_ns=entry.changed_ns,
        inode=entry.inode,
        looked_ns=entry.looked_ns,
    )
