"""What was read of files, before any of it is used."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from sesctl.ingest.file_state import FileState
from sesctl.ingest.sampling import Stretch
from sesctl.ingest.spool import Spool
from sesctl.ingest.station_file import StationFile
from sesctl.types import Annotation


@dataclass(kw_only=True)
class FileSeen:
    """What was met in one file.

    Parameters
    ----------
    path : Path
        The file.
    state : FileState
        What the file system said of it before it was read.
    sha256 : str
        SHA-256 of its content, in hexadecimal digits.
    rows : int
        Number of rows.
    first, latest : int
        Instants of the first row and of the latest, µs UTC.
    disordered : int
        How many rows come after a later one.
    """

    path: Path
    state: FileState
    sha256: str = ""
    rows: int = 0
    first: int = 0
    latest: int = -(2**63)
    disordered: int = 0

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name


@dataclass(kw_only=True)
class Gathered:
    """The rows of some files, and what there is to say of them; close it.

    Parameters
    ----------
    name : str
        What was read, for messages.
    spool : Spool
        The rows, in their channels' units.
    files : list of FileSeen
        The files with rows or remarks, by their number.
    station_file : StationFile or None
        The station; None where there are remarks alone and nobody says whose.
    stretches : list of Stretch
        The sampling intervals, in order of time; none where there are no rows.
    annotations : list of Annotation
        Remarks in the files and on their clocks, with the names of channels.
    notes : list of str
        What a person should know.
    alive : set of str
        The columns with a value.
    placeholders : Counter of (str, float)
        By column and value, how many rows hold a number that elsewhere stands for a missing one.
    """

    name: str
    spool: Spool
    files: list[FileSeen] = field(default_factory=list)
    station_file: StationFile | None = None
    stretches: list[Stretch] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    alive: set[str] = field(default_factory=set)
    placeholders: Counter[tuple[str, float]] = field(default_factory=Counter)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Throw the rows away."""
        self.spool.close()
