"""What a reader hands on: instants and the file's own values, before any grid."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.ingest.source import Source


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """Some columns of one file.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    sha256 : str
        Hash of the file's bytes.
    columns : tuple of str
        Names of the columns, as the file or its format has them.
    times : ndarray of int64, shape (row,)
        Instants in µs UTC, in the file's order.
    values : ndarray of float64, shape (column, row)
        The file's numbers, in the file's units; NaN where there is none.
    """

    name: str
    sha256: str
    columns: tuple[str, ...]
    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]


def piece_of(
    source: Source,
    columns: tuple[str, ...],
    times: npt.NDArray[np.int64],
    values: npt.NDArray[np.float64],
) -> Piece:
    """Return a piece of this source."""
    return Piece(name=source.name, sha256=source.sha256, columns=columns, times=times, values=values)
