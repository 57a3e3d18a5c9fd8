"""How much of a found interval the record itself confirms."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sesctl.plugin import Candidate, Days

EDGE_S = 180.0
"""Time in s on either side of an edge over which the record's levels are compared."""


def confirmed(candidates: list[Candidate], days: Days) -> list[Candidate]:
    """Return the candidates of single dipoles with the amplitude that the record confirms as raw score.

    Parameters
    ----------
    candidates : list of Candidate
        Each on one dipole.
    days : Days
        The days they were found on.

    Returns
    -------
    list of Candidate
        The same intervals and amplitudes; raw scores in mV/km (see `confirmed_amplitude`).
    """
    number = {channel.name: k for k, channel in enumerate(days.station.channels)}
    width = max(1, round(EDGE_S / days.interval))
    scored = []
    for each in candidates:
        (dipole,) = each.amplitudes
        first = days.row_start(each.day)
        start, end = ((instant - first) // days.interval_us for instant in (each.start, each.end))
        row = days.values[each.day, number[dipole]]
        sign = 1.0 if each.amplitudes[dipole] >= 0 else -1.0
        amplitude = confirmed_amplitude(sign * row.astype(np.float64), start, end, width)
        scored.append(replace(each, raw_score=amplitude))
    return scored


def confirmed_amplitude(row: npt.NDArray[np.float64], start: int, end: int, width: int) -> float:
    r"""Return how high a piece of a record stands out as a boxcar, in the record's unit.

    .. math:: a = \max(0, \min(e_1, e_2, l_1, l_2)) \max(0, r)

    with the steps e at both edges, medians over `width` samples on either side; the steps l from the median
    of the whole piece to those before and after it, over half of its length on either side, at least
    `width`; and the correlation r of the record with the boxcar over all of these samples. What is not there,
    because of a gap or the end of the row, is left out of the least. A train's current has steps as high as a
    signal's, but between more steps of its own: its r is small.

    Parameters
    ----------
    row : ndarray of float64, shape (sample,)
        The record, turned so that the piece should be above the rest; NaN in gaps.
    start, end : int
        The piece, in samples.
    width : int
        Samples on either side of an edge.

    Returns
    -------
    float
        Never below 0; 0 where nothing can be compared.
    """
    inner, outer = min(width, end - start), max(width, (end - start) // 2)
    inside = row[start:end]
    before, after = row[max(0, start - outer) : start], row[end : end + outer]
    levels = [
        (inside[:inner], before[-width:]),
        (inside[-inner:], after[:width]),
        (inside, before),
        (inside, after),
    ]
    steps = [_median(high) - _median(low) for high, low in levels]
    told = [step for step in steps if np.isfinite(step)]
    if not told:
        return 0.0
    boxcar = np.zeros(len(before) + len(inside) + len(after))
    boxcar[len(before) : len(before) + len(inside)] = 1.0
    return max(0.0, min(told)) * max(0.0, _correlation(np.concatenate([before, inside, after]), boxcar))


def _median(values: npt.NDArray[np.float64]) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")


def _correlation(values: npt.NDArray[np.float64], boxcar: npt.NDArray[np.float64]) -> float:
    """Return Pearson's correlation over the finite values, 0 where one of both does not vary."""
    there = np.isfinite(values)
    one, other = (x[there] - x[there].mean() for x in (values, boxcar))
    scale = float(np.sqrt(one @ one) * np.sqrt(other @ other))
    return float(one @ other) / scale if scale > 0.0 else 0.0
