"""miniSEED through ObsPy, some records at a time."""

import contextlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sesctl.errors import ReadError
from sesctl.ingest.file_bytes import opened
from sesctl.ingest.nearest import check_columns
from sesctl.plugin.reader import Piece, Request
from sesctl.types.instants import SECOND

_CHUNK_BYTES = 2**22
_DAMAGED = "Check that it was copied whole."


def read_miniseed(path: Path, request: Request) -> Iterator[Piece]:
    """Read a miniSEED file.

    Parameters
    ----------
    path : Path
        The file.
    request : Request
        The channels that are wanted, by their code (``BHZ``), or by network, station, location and code
        joined by points where one code stands for several. The files do not say their units, so that
        without a station file nothing can be read.

    Yields
    ------
    Piece
        The samples of one channel without a gap.

    Raises
    ------
    ReadError
        If ObsPy is not installed, or cannot read the file.
    StationError
        If a wanted channel does not exist.
    """
    obspy = _obspy()
    if request.columns is None:
        msg = f"{path.name} holds numbers without units, and there is no station file"
        raise ReadError(msg, "Give --station with each dipole's channel, unit and length_m.")
    size = _record_size(path)
    found: dict[str, set[str]] = {}
    with opened(path) as file:
        while chunk := file.read(_CHUNK_BYTES // size * size):
            try:
                with _quiet():
                    stream = obspy.read(io.BytesIO(chunk), format="MSEED")
            except Exception as error:  # whatever ObsPy and its C library raise on damaged records
                msg = f"{path.name} cannot be read as miniSEED ({' '.join(str(error).split())})"
                raise ReadError(msg, _DAMAGED) from error
            for trace in stream:
                found.setdefault(trace.stats.channel, set()).add(trace.id)
                for name in (trace.stats.channel, trace.id):
                    if name in request.columns:
                        yield _piece(path, name, trace)
    for code, identities in found.items():
        if code in request.columns and len(identities) > 1:
            msg = f"{path.name} has {len(identities)} channels {code!r}: {', '.join(sorted(identities))}"
            raise ReadError(msg, "Write the whole name as the `channel` in the station file.")
    check_columns(
        path.name,
        request.columns,
        sorted({*found, *(each for ids in found.values() for each in ids)}),
        "channel",
    )


def _obspy() -> Any:
    try:
        with _quiet():
            import obspy
    except ImportError as error:
        msg = "miniSEED files are read by ObsPy, which is not installed"
        raise ReadError(msg, "Install it with `pip install 'sesctl[seismo]'`.") from error
    return obspy


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep to ObsPy its warnings on what other packages have deprecated, and on damaged records it mends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _record_size(path: Path) -> int:
    with _quiet():
        from obspy.io.mseed.util import get_record_information

    with opened(path) as file:
        first = file.read(2**16)
    try:
        with _quiet():
            information = get_record_information(io.BytesIO(first))
        return int(information["record_length"])
    except Exception as error:  # whatever ObsPy raises on bytes that are no record
        msg = f"{path.name} does not begin with a record of miniSEED"
        raise ReadError(msg, _DAMAGED) from error


def _piece(path: Path, name: str, trace: Any) -> Piece:
    values = np.asarray(trace.data)
    if values.dtype.kind not in "iuf":
        msg = f"{path.name}: channel {name} holds {values.dtype}, not numbers"
        raise ReadError(msg, "Choose a channel of samples, not of a log.")
    rate = float(trace.stats.sampling_rate)
    if not (np.isfinite(rate) and rate > 0):
        msg = f"{path.name}: channel {name} has a sampling rate of {rate:g} Hz"
        raise ReadError(msg, _DAMAGED)
    start = int(trace.stats.starttime.ns) // 1000
    times = start + np.rint(np.arange(len(values)) * (SECOND / rate)).astype(np.int64)
    return Piece(columns=(name,), times=times, values=values.astype(np.float64)[np.newaxis])
