"""Files into an archive."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from sesctl.archive import Archive, GroupKey, Policy, WritableArchive, create_or_open, is_archive
from sesctl.archive.write import check_grid
from sesctl.errors import ReadError, SesctlError
from sesctl.ingest import read_station_file
from sesctl.ingest.ahead import ahead
from sesctl.ingest.gather import gather
from sesctl.ingest.gather_notes import overlap_note
from sesctl.ingest.gathered import Gathered
from sesctl.ingest.grid import Grid
from sesctl.ingest.read import request_for
from sesctl.ingest.station_file import StationFile
from sesctl.pipeline.ingest_files import Unit, units_of
from sesctl.pipeline.ingested_files import IngestedFiles, reading_of
from sesctl.plugin.reader import ClockChange, Request
from sesctl.types.instants import DAY


@dataclass(frozen=True, kw_only=True)
class Ingested:
    """What became of one file, or of the files of one stretch of time.

    Parameters
    ----------
    path : Path
        The file, or the first of them.
    files : int
        How many they are.
    station : str
        Name of the station it belongs to.
    days_written, days_unchanged : int
        Days that it changed, and days that already held the same.
    notes : tuple of str
        What was odd about it.
    remarks : int
        How many remarks it brought that were not there.
    known : bool
        Whether it was archived before, and so was not read again.
    """

    path: Path
    files: int = 1
    station: str
    days_written: int
    days_unchanged: int
    notes: tuple[str, ...] = ()
    remarks: int = 0
    known: bool = False


def ingest(
    paths: Sequence[Path],
    archive: Path,
    *,
    station_file: Path | None,
    tz: str | None,
    policy: Policy,
    progress: Callable[[int, int, int], None],
    file_format: str | None = None,
    clock_change: ClockChange = "error",
    reread: bool = False,
) -> list[Ingested]:
    """Read files and write their days into an archive; what is there already stays.

    Each file is read to its end before any of it is written, some days at a time, so that memory does not
    grow with its length and a file with a fault changes nothing.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders (with all in them) and patterns such as ``2021*/*.csv``, in any order.
    archive : Path
        The archive; made if it is not there.
    station_file : Path or None
        Station TOML that describes all of them.
    tz : str or None
        IANA zone of naive times.
    policy : {"error", "keep", "replace"}
        What to do with samples that differ from archived ones.
    progress : callable
        Is told the files done, their number, and the days found in them so far.
    file_format : str, optional
        Name of the reader of all of them; found by content and name where it is left out.
    clock_change : {"error", "earlier", "later", "drop", "infer"}
        What to do with a local time that a clock change makes unclear.
    reread : bool
        Read also files that are archived whole and have not changed.

    Returns
    -------
    list of Ingested
        One a file, or one a stretch of time where an instrument writes a file a channel.

    Raises
    ------
    SesctlError
        If a file cannot be read or does not fit; files before it are in the archive by then, and the
        same call may be made again once the fault is mended.
    """
    described = read_station_file(station_file) if station_file else None
    request = request_for(described, tz, clock_change)
    units = units_of(paths, file_format)
    total, count, days = sum(len(unit.files) for unit in units), 0, 0
    done: list[Ingested] = []

    def more_days(found: int) -> None:
        nonlocal days
        days += found
        progress(count, total, days)

    with ExitStack() as stack:
        target = _Target(archive, stack, policy, more_days)
        if is_archive(archive):
            target.open()
        for unit in units:
            try:
                reading = reading_of(unit.info, described, request)
                known = None if reread else target.known(unit, reading)
                if known is None:
                    with _gathered(unit, described, request) as got:
                        known = target.write(unit, got, reading)
                done.append(known)
            except SesctlError as error:
                if count:
                    before = "file before it is" if count == 1 else f"{count} files before it are"
                    error.hint = f"{error.hint} The {before} in {archive}.".strip()
                raise
            count += len(unit.files)
            progress(count, total, days)
    return done


class _Target:
    """The archive, which is made once there is something that it can hold."""

    def __init__(
        self, path: Path, stack: ExitStack, policy: Policy, more_days: Callable[[int], None]
    ) -> None:
        self._path, self._stack, self._policy, self._more_days = path, stack, policy, more_days
        self._opened: tuple[WritableArchive, IngestedFiles] | None = None

    def open(self) -> tuple[WritableArchive, IngestedFiles]:
        if self._opened is None:
            store = self._stack.enter_context(create_or_open(self._path))
            self._opened = store, IngestedFiles(store)
        return self._opened

    def known(self, unit: Unit, reading: str) -> Ingested | None:
        """Return what there is to say of files that are archived whole; None for others."""
        found = None if self._opened is None else self._opened[1].find(unit, reading)
        if found is None:
            return None
        station, entries = found
        days = max(entry.days for entry in entries)
        self._more_days(days)
        return Ingested(
            path=unit.files[0],
            files=len(unit.files),
            station=station,
            days_written=0,
            days_unchanged=days,
            known=True,
        )

    def write(self, unit: Unit, got: Gathered, reading: str) -> Ingested:
        """Archive what was read of files."""
        if got.station_file is None:
            msg = f"{got.name} holds remarks, and nobody says on which station"
            raise ReadError(msg, "Give --station.")
        station = got.station_file.station.name
        grids = _grids(got, got.station_file)  # before an archive is made for what it cannot hold
        store, files = self.open()
        self._compare(grids, station)
        written = unchanged = differing = 0
        for grid in grids:
            grid.averaged = 0
            for record in ahead(grid.records()):
                report = store.write(record, policy=self._policy)
                written, unchanged = written + report.days_written, unchanged + report.days_unchanged
                differing += report.samples_differing
                self._more_days(report.days_written + report.days_unchanged)
        remarks = store.annotate(station, got.annotations) if got.annotations else 0
        notes = [*overlap_note(got, sum(grid.averaged for grid in grids)), *got.notes]
        if not got.spool.rows and not got.annotations:
            notes.append(f"{got.name} holds none of the station's channels")
        # Files that lost against archived samples are not archived whole: they may yet replace them.
        elif self._policy != "keep" or not differing:
            groups = [str(GroupKey(station, grid.interval_us)) for grid in grids]
            files.add(station, got.files, reading, groups, written + unchanged)
        return Ingested(
            path=unit.files[0],
            files=len(unit.files),
            station=station,
            days_written=written,
            days_unchanged=unchanged,
            notes=tuple(notes),
            remarks=remarks,
        )

    def _compare(self, grids: Sequence[Grid], station: str) -> None:
        """Refuse what differs from archived samples; where these are to be replaced, forget their files."""
        store, files = self.open()
        if self._policy == "keep":
            return
        for grid in grids:
            if _touches(store, GroupKey(station, grid.interval_us), grid):
                for record in grid.records():
                    if self._policy == "error":
                        store.check(record)
                    elif store.differs(record):
                        files.forget(station)
                        return


def _gathered(unit: Unit, described: StationFile | None, request: Request) -> Gathered:
    first = unit.files[0]
    name = first.resolve().name
    if unit.info.part is not None and request.columns is not None:
        # A stretch of time may lack a channel: the file of it may come later, or be lost.
        there = {Path(file.name.removesuffix(".gz").removesuffix(".zst")).suffix[1:] for file in unit.files}
        request = replace(request, columns=tuple(each for each in request.columns if each in there))
    return gather(unit.info, unit.files, name=name, station_file=described, request=request)


def _grids(got: Gathered, station_file: StationFile) -> list[Grid]:
    sources = [file.sha256 for file in got.files]
    grids = [Grid(got.spool, station_file, stretch, sources) for stretch in got.stretches]
    for grid in grids:
        check_grid(grid.outline())
    return grids


def _touches(store: Archive, key: GroupKey, grid: Grid) -> bool:
    if key not in store.groups():
        return False
    days = store.days(key)
    first, last = grid.stretch.begin // DAY - 1, grid.stretch.end // DAY + 1
    return bool(((days >= first) & (days <= last)).any())
