"""AETA: CSV of a value a minute, or every three, whose name or first lines name an earthquake.

Lines that begin with ``#`` stand above the table; its first column is ``time``. A row without any value is
no sample: an instrument of every third minute may write the minutes between.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path

import numpy as np

from sesctl.errors import ReadError
from sesctl.ingest.csv_file import csv_header, lines_after, table_pieces
from sesctl.ingest.file_bytes import plain_name
from sesctl.ingest.nearest import check_columns
from sesctl.ingest.text_blocks import TextBlock, text_blocks
from sesctl.plugin.reader import Piece, Request
from sesctl.types import Annotation


def read_aeta(path: Path, request: Request) -> Iterator[Piece | Annotation]:
    """Read an AETA file.

    Parameters
    ----------
    path : Path
        The file.
    request : Request
        The wanted columns, and the time zone of times without an offset from UTC.

    Yields
    ------
    Piece
        Rows with a value, in the file's order.
    Annotation
        The earthquake that the file names, over the time that it holds, with ``magnitude`` and
        ``distance_km``.

    Raises
    ------
    ReadError
        If the table is wrong; the message names the line.
    StationError
        If a wanted column does not exist.
    """
    blocks = text_blocks(path)
    first = next(blocks)
    remarks = _remarks(first)
    block = lines_after(first, len(remarks))
    header, lines = csv_header(block)
    check_columns(path.name, request.columns or (), header[1:])
    wanted = tuple(header[1:] if request.columns is None else request.columns)
    start = end = None
    for piece in table_pieces(chain([lines_after(block, lines)], blocks), header, wanted, request):
        alive = ~np.isnan(piece.values).all(axis=0)
        times = piece.times[alive]
        yield Piece(columns=wanted, times=times, values=piece.values[:, alive])
        if len(times):
            start = int(times.min()) if start is None else min(start, int(times.min()))
            end = int(times.max()) if end is None else max(end, int(times.max()))
    if start is None or end is None:
        msg = f"{path.name} holds no value"
        raise ReadError(msg, "Check that it was copied whole.")
    found = earthquake_in("\n".join([plain_name(path), *remarks]))
    if found:
        text = "earthquake" + (f" of magnitude {found['magnitude']:g}" if "magnitude" in found else "")
        text += f" at {found['distance_km']:g} km" if "distance_km" in found else ""
        yield Annotation(
            start=start, end=end + 1, text=text, kind="earthquake", values=tuple(sorted(found.items()))
        )


def earthquake_in(text: str) -> dict[str, float]:
    """Return the magnitude and the distance (``distance_km``) that a text names, as far as it does."""
    found = {}
    for key, patterns in _patterns().items():
        match = next((match for pattern in patterns if (match := pattern.search(text))), None)
        if match is not None:
            found[key] = float(match[1])
    return found


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    table = tomllib.loads(files("sesctl.ingest").joinpath("aeta_patterns.toml").read_text("utf-8"))
    return {
        key: tuple(re.compile(pattern, re.IGNORECASE) for pattern in table[key])
        for key in ("magnitude", "distance_km")
    }


def _remarks(block: TextBlock) -> list[str]:
    lines = []
    for line in block.lines():
        if not line.startswith("#"):
            break
        lines.append(line.rstrip("\r\n"))
    return lines
