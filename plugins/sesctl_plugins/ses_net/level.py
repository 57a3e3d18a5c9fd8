"""The slow course of a field, and how much it scatters."""

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

BLOCK_CELLS, KNOT_BLOCKS, WINDOW_BLOCKS = 5, 12, 72
LEAST_BLOCKS = 6


def slow_course(cells: Values, known: Flags) -> Values:
    """Return the running median over 6 h of minute means, float32 (day, dipole, cell) in mV/km.

    It is the median of 5-min means over the 6 h around every whole hour (shifted inward at the ends), joined
    by straight lines; hours with fewer than half an hour of values are bridged.

    Parameters
    ----------
    cells : ndarray of float32, shape (day, dipole, cell)
        Means of minutes in mV/km.
    known : ndarray of bool, shape (day, dipole, cell)
        Where they are known.
    """
    shape, blocks = cells.shape, cells.shape[2] // BLOCK_CELLS
    parts = (*shape[:2], blocks, BLOCK_CELLS)
    there = known[:, :, : blocks * BLOCK_CELLS].reshape(parts)
    number = there.sum(axis=-1, dtype=np.float32)
    total = np.where(there, cells[:, :, : blocks * BLOCK_CELLS].reshape(parts), np.float32(0)).sum(axis=-1)
    means = np.where(number > 0, total / np.maximum(number, np.float32(1)), np.float32(np.inf))
    window = min(WINDOW_BLOCKS, blocks)
    knots = np.arange(0, blocks + 1, KNOT_BLOCKS)
    first = np.clip(knots - window // 2, 0, blocks - window)
    ordered = np.sort(means[:, :, first[:, None] + np.arange(window)], axis=-1)
    count = np.isfinite(ordered).sum(axis=-1)
    low, high = (
        np.take_along_axis(ordered, np.clip(rank, 0, window - 1)[..., None], axis=-1)[..., 0]
        for rank in ((count - 1) // 2, count // 2)
    )
    usable = count >= min(LEAST_BLOCKS, window)
    medians = np.where(usable, (low + np.where(usable, high, 0)) / 2, np.float32(0))
    at, where = np.arange(shape[2]) + 0.5, knots * float(BLOCK_CELLS)
    course = np.zeros(shape, dtype=np.float32)
    for day, dipole in np.ndindex(*shape[:2]):
        good = usable[day, dipole]
        if good.any():
            course[day, dipole] = np.interp(at, where[good], medians[day, dipole, good])
        elif known[day, dipole].any():  # less than half an hour in all
            course[day, dipole] = np.median(cells[day, dipole, known[day, dipole]])
    return course


def mad(values: Values, known: Flags) -> Values:
    """Return 1.4826 times each row's median absolute value, float32 (day, dipole); 0 where none is known."""
    ordered = np.sort(np.where(known, np.abs(values), np.float32(np.inf)), axis=-1)
    count = known.sum(axis=-1)
    middle = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0)[..., None], axis=-1)[..., 0]
    return np.where(count > 0, np.float32(1.4826) * np.where(count > 0, middle, np.float32(0)), np.float32(0))
