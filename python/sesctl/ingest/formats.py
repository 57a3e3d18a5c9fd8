"""The formats that sesctl reads by itself; what parses each is imported when a file of it is read."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from sesctl.ingest.file_bytes import plain_name
from sesctl.plugin.reader import Piece, ReaderInfo, Request
from sesctl.types import Annotation, Channel, Dipole

Items = Iterator[Piece | Annotation]


def _later(module: str, function: str) -> Callable[[Path, Request], Items]:
    def read(path: Path, request: Request) -> Items:
        yield from getattr(import_module(f"sesctl.ingest.{module}"), function)(path, request)

    return read


def _ending(*suffixes: str) -> Callable[[Path, bytes], bool]:
    return lambda path, head: Path(plain_name(path)).suffix.casefold() in suffixes


def _is_edl(path: Path, _head: bytes) -> bool:
    return re.fullmatch(r".+_\d{12}\.[A-Za-z]\w*", plain_name(path)) is not None


def _edl_part(path: Path) -> tuple[str, str]:
    from sesctl.ingest.edl import edl_part

    return edl_part(path)


def _is_lemi424(_path: Path, head: bytes) -> bool:
    fields = head.partition(b"\n")[0].split()
    return len(fields) == 24 and all(field.isdigit() for field in fields[:6])


def _is_iaga2002(_path: Path, head: bytes) -> bool:
    return re.match(rb"\s*Format\s+IAGA-2002", head, re.IGNORECASE) is not None


def _iaga_channel(column: str) -> Channel | None:
    from sesctl.ingest.iaga2002 import iaga_channel

    return iaga_channel(column)


def _iaga_place(path: Path) -> tuple[str, float | None, float | None]:
    from sesctl.ingest.iaga2002 import iaga_place

    return iaga_place(path)


def _is_miniseed(_path: Path, head: bytes) -> bool:
    return re.match(rb"\d{6}[DRQM][ \0]", head) is not None or head[:3] == b"MS\x03"


def _is_aeta(path: Path, head: bytes) -> bool:
    is_table = Path(plain_name(path)).suffix.casefold() == ".csv"
    return is_table and (
        path.name.casefold().startswith("aeta") or b"aeta" in head.partition(b"\n")[0].lower()
    )


def _is_kakioka(_path: Path, head: bytes) -> bool:
    return b"Remarks of earth current" in head[:200]


def _is_csv(path: Path, head: bytes) -> bool:
    return Path(plain_name(path)).suffix.casefold() == ".csv" or head[:5].lower() == b"time,"


def _lemi_channel(column: str) -> Channel | None:
    return Dipole(name=column) if column in {"E1", "E2", "E3", "E4"} else None


def _dipole(column: str) -> Channel | None:
    return Dipole(name=column)


def _aeta_channel(column: str) -> Channel | None:
    return Channel(name=column, quantity="electromagnetic", unit="AETA")


FORMATS: dict[str, ReaderInfo] = {
    info.name: info
    for info in (
        ReaderInfo(
            name="edl",
            summary="Earth Data Logger: NAME_YYMMDDhhmmss.CHANNEL, one number a line",
            recognises=_is_edl,
            read=_later("edl", "read_edl"),
            timed=False,
            part=_edl_part,
        ),
        ReaderInfo(
            name="parquet",
            summary="Parquet: a column time, then one a channel",
            recognises=lambda path, head: head[:4] == b"PAR1" or path.suffix.casefold() == ".parquet",
            read=_later("parquet_file", "read_parquet"),
            channel=_dipole,
        ),
        ReaderInfo(
            name="npz",
            summary="NumPy .npz: an array time, then one a channel",
            recognises=_ending(".npz"),
            read=_later("npz_file", "read_npz"),
            channel=_dipole,
        ),
        ReaderInfo(
            name="miniseed",
            summary="miniSEED, through ObsPy (the extra seismo)",
            recognises=_is_miniseed,
            read=_later("miniseed", "read_miniseed"),
        ),
        ReaderInfo(
            name="iaga2002",
            summary="IAGA-2002 of observatories, by the second or the minute",
            recognises=_is_iaga2002,
            read=_later("iaga2002", "read_iaga2002"),
            channel=_iaga_channel,
            place=_iaga_place,
        ),
        ReaderInfo(
            name="kakioka",
            summary="Observers' remarks of the Kakioka observatory",
            recognises=_is_kakioka,
            read=_later("kakioka", "read_kakioka"),
        ),
        ReaderInfo(
            name="lemi424",
            summary="LEMI-424 text of 24 columns",
            recognises=_is_lemi424,
            read=_later("lemi424", "read_lemi424"),
            channel=_lemi_channel,
        ),
        ReaderInfo(
            name="aeta",
            summary="AETA CSV, a value a minute or every three, with its earthquake in name or header",
            recognises=_is_aeta,
            read=_later("aeta", "read_aeta"),
            channel=_aeta_channel,
        ),
        ReaderInfo(
            name="csv",
            summary="CSV with a first column time; also .csv.gz and .csv.zst",
            recognises=_is_csv,
            read=_later("csv_file", "read_csv"),
            channel=_dipole,
        ),
    )
}
"""In the order in which a file is shown to them."""
