"""Files into an archive."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sesctl.archive import Policy, create_or_open
from sesctl.archive.write import check_grid
from sesctl.errors import SesctlError
from sesctl.ingest import read, read_station_file
from sesctl.resample import resample
from sesctl.types import Record


@dataclass(frozen=True, kw_only=True)
class Ingested:
    """What became of one file or folder.

    Parameters
    ----------
    path : Path
        The file or folder.
    station : str
        Name of the station it belongs to.
    days_written, days_unchanged : int
        Days that it changed, and days that already held the same.
    notes : tuple of str
        What was odd about it.
    """

    path: Path
    station: str
    days_written: int
    days_unchanged: int
    notes: tuple[str, ...]


def ingest(
    paths: Sequence[Path],
    archive: Path,
    *,
    station_file: Path | None,
    tz: str | None,
    policy: Policy,
    progress: Callable[[int, int], None],
) -> list[Ingested]:
    """Read files and write their days into an archive; what is there already stays.

    Parameters
    ----------
    paths : sequence of Path
        Files or folders, in any order.
    archive : Path
        The archive; made if it is not there.
    station_file : Path or None
        Station TOML that describes all of them.
    tz : str or None
        IANA zone of naive times.
    policy : {"error", "keep", "replace"}
        What to do with samples that differ from archived ones.
    progress : callable
        Is told the files done and their number.

    Returns
    -------
    list of Ingested
        One a path.

    Raises
    ------
    SesctlError
        If a file cannot be read or does not fit; files before it are in the archive by then, and the
        same call may be made again once the fault is mended.
    """
    described = read_station_file(station_file) if station_file else None
    done: list[Ingested] = []
    reading = read(paths[0], described, tz)
    on_grid = _on_grid(reading.record)  # before an archive is made for what it cannot hold
    with create_or_open(archive) as store:
        for number, path in enumerate(paths, 1):
            try:
                if number > 1:
                    reading = read(path, described, tz)
                    on_grid = _on_grid(reading.record)
                report = store.write(on_grid, policy=policy)
            except SesctlError as error:
                if done:
                    before = "file before it is" if len(done) == 1 else f"{len(done)} files before it are"
                    error.hint = f"{error.hint} The {before} in {archive}.".strip()
                raise
            done.append(
                Ingested(
                    path=path,
                    station=on_grid.station.name,
                    days_written=report.days_written,
                    days_unchanged=report.days_unchanged,
                    notes=reading.notes,
                )
            )
            progress(number, len(paths))
    return done


def _on_grid(record: Record) -> Record:
    """Return the record at whole multiples of its interval from midnight UTC, as an archive holds it."""
    aligned = resample(record, record.interval)
    check_grid(aligned)
    return aligned
