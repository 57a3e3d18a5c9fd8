"""Numbers that stand for a missing value in many a logger's files, and here for themselves."""

from collections import Counter

import numpy as np

from sesctl.plugin.reader import Piece

_NINES = (999.0, 999.9, 999.99, 9999.0, 9999.9, 9999.99, 99_999.0, 99_999.9)


def placeholders(piece: Piece) -> Counter[tuple[str, float]]:
    """Count the rows that hold ±999, ±9999 and the like, as the largest or smallest number of their column.

    Parameters
    ----------
    piece : Piece
        Rows as the file has them, before any scale.
    """
    found: Counter[tuple[str, float]] = Counter()
    if not len(piece.times):
        return found
    extremes = (np.fmin.reduce(piece.values, axis=1), np.fmax.reduce(piece.values, axis=1))
    for column, name in enumerate(piece.columns):
        for extreme in {float(each[column]) for each in extremes}:
            if abs(extreme) in _NINES:
                found[name, extreme] = int((piece.values[column] == extreme).sum())
    return found
