"""Edges in a record, and the pairs of opposite edges that bound a boxcar."""

from dataclasses import dataclass
from math import isfinite
from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from sesctl import _core
from sesctl.errors import ParameterError
from sesctl.kernels.arrays import FloatArray, as_out
from sesctl.kernels.finite import as_record
from sesctl.kernels.threads import as_threads
from sesctl.kernels.window import as_integer


@dataclass(frozen=True, eq=False)
class OppositeEdges:
    """Half-open intervals between an edge and an opposite one; ordered by row, the best of a row first.

    Parameters
    ----------
    row : ndarray of int64, shape (event,)
        Which row an event lies in, with all axes but the last flattened into one.
    start, end : ndarray of int64, shape (event,)
        The event is [start, end), in samples.
    score : ndarray of float64, shape (event,)
        The smaller of the two contrasts, without sign, in the unit of the contrast.
    sign : ndarray of int8, shape (event,)
        1 where the record rises at the start and falls at the end, -1 where it falls and rises.
    """

    row: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    score: npt.NDArray[np.float64]
    sign: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.row)


def edge_contrast(
    values: npt.ArrayLike,
    half_window: SupportsIndex,
    *,
    threads: SupportsIndex | None = None,
    out: FloatArray | None = None,
) -> FloatArray:
    r"""Measure how high an edge stands between every sample and the one before it.

    .. math:: c_i = \frac{1}{w} \sum_{n=i}^{i+w-1} x_n - \frac{1}{w} \sum_{n=i-w}^{i-1} x_n

    with :math:`w` = `half_window`; each mean is over the finite samples on its side. The means are summed
    window by window around a sample of the row, so that neither a large offset nor the length of the record
    costs accuracy.

    Parameters
    ----------
    values : array_like of real numbers, shape (..., samples)
        A record in any unit; NaN in its gaps. Not modified.
    half_window : int
        Samples on each side, at least 1.
    threads : int, optional
        The most threads to use; as many as the process has cores if not given. The result does not depend on
        it.
    out : ndarray of float32 or float64, shape (..., samples), optional
        Where to write the contrast: a C-contiguous array of the shape and type of the result that shares no
        memory with `values`. A new one if not given.

    Returns
    -------
    ndarray of float32 or float64, shape (..., samples)
        The contrast in the unit of `values`, of their type; NaN where fewer than half of the `half_window`
        samples on either side are finite or inside the record.

    Raises
    ------
    ShapeError
        If `values` is a single number, or not of a real type, or `out` does not fit.
    ParameterError
        If a value is infinite, or `half_window` is less than 1.
    """
    most_threads = as_threads(threads)
    samples = as_record(values, threads=most_threads)
    width = _as_half_window(half_window)
    # Two sides half full of a window longer than the record are more samples than there are.
    return _core.edge_contrast(samples, min(width, samples.shape[-1] + 1), most_threads, as_out(out, samples))


def find_opposite_edges(
    contrast: npt.ArrayLike,
    min_length: SupportsIndex,
    max_length: SupportsIndex,
    min_score: float,
    max_events: SupportsIndex,
    half_window: SupportsIndex,
    *,
    threads: SupportsIndex | None = None,
) -> OppositeEdges:
    """Find the boxcars of a record by their edges: a rise and a fall, or a fall and a rise.

    An edge is a sample whose contrast is at least `min_score`, either way, and the largest of its sign within
    `half_window` samples; of equal ones the first. Two edges of opposite sign make an event, scored by the
    smaller of their two contrasts: a single step or a slow drift has only one side and scores no higher than
    the noise.

    Two boxcars in a row have four edges of about the same height: rise, fall, rise, fall. The best single
    pair may as well be the first rise and the last fall, or the fall and the rise between the two. So all
    events of a row are chosen together: none overlap or share an edge, and the sum of the fourth powers of
    their scores is the largest. That power is near to taking the best first, so that many small edges do not
    outweigh a large one; but no more, so that of edges of about the same height as many as possible are
    explained. Of choices as good, each event, from the last to the first, closes as early as it can, and then
    opens as early as it can.

    The sums are taken in double precision: an event less than about 1/5000 as high as the highest of its row
    may add nothing to them, and be left out.

    With N samples and E edges in a row this takes O(N + E log E) steps and O(N) memory, whatever the limits.

    Parameters
    ----------
    contrast : array_like of real numbers, shape (..., samples)
        What `edge_contrast` returns, in any unit; NaN where it is not defined. Not modified.
    min_length, max_length : int
        The fewest and most samples in an event, from its first edge to its second.
    min_score : float
        The least score of an event, in the unit of `contrast`.
    max_events : int
        The most events in a row; the best are kept.
    half_window : int
        How near, in samples, a larger contrast of the same sign keeps one from being an edge; at least 1, and
        as a rule that of the contrast.
    threads : int, optional
        The most threads to use; as many as the process has cores if not given. The result does not depend on
        it.

    Returns
    -------
    OppositeEdges
        Of all rows.

    Raises
    ------
    ShapeError
        If `contrast` is a single number, or not of a real type.
    ParameterError
        If a value is infinite, `min_length` is less than 1 or more than `max_length`, `min_score` is not zero
        or more, `max_events` is negative, or `half_window` is less than 1.
    """
    most_threads = as_threads(threads)
    edges = as_record(contrast, "contrast", most_threads)
    shortest, longest = as_integer(min_length, "min_length"), as_integer(max_length, "max_length")
    most, width = as_integer(max_events, "max_events"), _as_half_window(half_window)
    if not 1 <= shortest <= longest:
        msg = (
            f"min_length is {shortest} and max_length {longest} samples, "
            "but 1 <= min_length <= max_length has to hold"
        )
        raise ParameterError(
            msg,
            "Pass lengths in samples.",
        )
    if not (isfinite(min_score) and min_score >= 0):
        msg = f"min_score is {min_score}, which is not zero or more"
        raise ParameterError(
            msg,
            "Pass a height in the unit of the contrast.",
        )
    if most < 0:
        msg = f"max_events is {most}"
        raise ParameterError(msg, "Pass how many events a row may have at most.")
    # No event or window is longer than the record, and no row has more events than samples.
    samples = edges.shape[-1]
    shortest, longest, width = (min(length, samples + 1) for length in (shortest, longest, width))
    return OppositeEdges(
        *_core.find_opposite_edges(
            edges, shortest, longest, min_score, min(most, samples), width, most_threads
        )
    )


def _as_half_window(half_window: SupportsIndex) -> int:
    """Return `half_window` as an int, at least 1."""
    width = as_integer(half_window, "half_window")
    if width < 1:
        msg = f"half_window is {width} samples"
        raise ParameterError(msg, "Pass 1 or more.")
    return width
