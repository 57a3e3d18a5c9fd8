"""Times that are stored as arrays: moments, or seconds since 1970."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sesctl.errors import ReadError
from sesctl.ingest.iso_time import Kind, TimeColumn


def instants_of_array(
    times: npt.NDArray[Any], clock: TimeColumn, name: str, first_row: int, *, naive: bool
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_] | None]:
    """Return the instants of an array.

    Parameters
    ----------
    times : ndarray of datetime64, or of numbers, shape (row,)
        Moments, or seconds since 1970-01-01 UTC.
    clock : TimeColumn
        The file's time column.
    name : str
        The file's name, for the error.
    first_row : int
        Number of rows of the file before these.
    naive : bool
        Whether moments are readings of a local clock; if not, they are UTC.

    Returns
    -------
    instants, kept
        As `TimeColumn.instants` returns them.

    Raises
    ------
    ReadError
        If a time is missing or absurd, or the array holds neither moments nor numbers.
    """
    if times.dtype.kind == "M":
        missing = np.isnat(times)
        kind = pa.timestamp("us") if naive else pa.timestamp("us", tz="UTC")
    elif times.dtype.kind in "iuf":
        times = times.astype(np.float64)
        missing, kind = ~np.isfinite(times), pa.float64()
    else:
        msg = f"{name}: its times are {times.dtype}, neither moments nor seconds since 1970"
        raise ReadError(msg, "Store them as datetime64 or as numbers.")
    if missing.any():
        msg = f"{name}: row {first_row + int(np.flatnonzero(missing)[0]) + 1} has no time"
        raise ReadError(msg, "Leave rows without a time out.")
    if times.dtype.kind == "M":
        outside = np.abs(times.astype("datetime64[D]").astype(np.int64)) > 366 * 400
        if outside.any():
            row = int(np.flatnonzero(outside)[0])
            msg = f"{name}: row {first_row + row + 1} has the time {times[row]}, outside 1800 to 2299"
            raise ReadError(msg, "Check the clock of the logger; a number is seconds since 1970.")
        column = pa.array(times.astype("datetime64[us]").astype(np.int64)).cast(kind)
    else:
        column = pa.array(times)
    what: Kind = "epoch" if times.dtype.kind == "f" else "naive" if naive else "aware"
    return clock.instants(column, what, lambda row: first_row + row + 1)
