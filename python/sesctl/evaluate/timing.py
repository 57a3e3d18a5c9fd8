"""Whether an event's edges are close enough to the truth's: equation (3) of Xue et al. (2022)."""

import numpy as np
import numpy.typing as npt

from sesctl.evaluate.overlap import Ints

Flags = npt.NDArray[np.bool_]


def edges_within(truth: tuple[Ints, Ints], event: tuple[Ints, Ints], part: tuple[int, int]) -> Flags:
    r"""Return where both edges are nearer than a part of the truth's duration.

    .. math:: |ST_N - ST_S| < q \tau \quad\text{and}\quad |ET_N - ET_S| < q \tau

    The paper omits the absolute values, without which an event that starts a day early would succeed.
    Success is :math:`q = 1/2`; both for 1/2 and for 1 the two intervals always share time.

    Parameters
    ----------
    truth, event : pair of ndarray of int64, shape (pair,)
        Starts and ends, µs UTC.
    part : pair of int
        Numerator and denominator of q, so that the comparison is exact.

    Returns
    -------
    ndarray of bool, shape (pair,)
        True where both edges are within it, strictly.
    """
    limit = part[0] * (truth[1] - truth[0])
    onset, end = np.abs(event[0] - truth[0]), np.abs(event[1] - truth[1])
    return np.asarray((part[1] * onset < limit) & (part[1] * end < limit), dtype=np.bool_)


def succeeds(truth: tuple[Ints, Ints], event: tuple[Ints, Ints]) -> Flags:
    """Return where both edges are nearer than half the truth's duration (see `edges_within`)."""
    return edges_within(truth, event, (1, 2))


def nearly_succeeds(truth: tuple[Ints, Ints], event: tuple[Ints, Ints]) -> Flags:
    """Return where both edges are nearer than the truth's duration; success included."""
    return edges_within(truth, event, (1, 1))


def nearly_succeeds_literally(truth: tuple[Ints, Ints], event: tuple[Ints, Ints]) -> Flags:
    """Return where *both* edges miss by half the truth's duration or more, but by less than the whole.

    This is the paper's own wording; an event with one good edge and one that misses by three quarters
    is then a failure, though a better detection than one whose edges both miss.
    """
    duration = truth[1] - truth[0]
    onset, end = np.abs(event[0] - truth[0]), np.abs(event[1] - truth[1])
    both_miss = (2 * onset >= duration) & (2 * end >= duration)
    return np.asarray(nearly_succeeds(truth, event) & both_miss, dtype=np.bool_)
