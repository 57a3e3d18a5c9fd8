"""Truth tables: what was embedded in a record, as CSV."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from sesctl.catalogue.whole import write_whole
from sesctl.types.instants import iso
from sesctl.waveforms import SES

COLUMNS = ("station", "start", "end", "amplitude_mv_km", "shape", "activity_id", "dipole")


def write_truth(truth: Iterable[SES], path: Path) -> None:
    """Write a truth table; times ISO 8601 UTC, an empty dipole meaning all.

    Parameters
    ----------
    truth : iterable of SES
        The embedded signals.
    path : Path
        A CSV file.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for ses in truth:
        times = iso(ses.start), iso(ses.end)
        writer.writerow(
            (ses.station, *times, round(ses.amplitude, 4), ses.shape, ses.activity_id, ses.dipole)
        )
    write_whole(path, lambda file: file.write(text.getvalue().encode()))
