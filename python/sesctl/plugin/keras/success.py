"""How often a network's best interval of a day is the signal that was put there."""

import numpy as np
import numpy.typing as npt

from sesctl.kernels import edge_contrast, find_opposite_edges, refit_edges
from sesctl.plugin.keras.embedding import Draws
from sesctl.plugin.propose import EdgeSearch


def top1_success(
    traces: npt.NDArray[np.float32],
    observed: npt.NDArray[np.float32],
    truth: Draws,
    search: EdgeSearch,
    interval: float,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Return which days' best interval is the signal: both its edges are off by less than half of it.

    Parameters
    ----------
    traces : ndarray of float32, shape (day, sample)
        Denoised days in mV/km; the interval is the best pair of opposite edges here.
    observed : ndarray of float32, shape (day, sample)
        The days with their signals in mV/km, on which the edges are fitted again.
    truth : Draws
        The signals.
    search : EdgeSearch
        Limits of the search.
    interval : float
        Sampling interval in s.

    Returns
    -------
    success : ndarray of bool, shape (day,)
        Whether it is found; a day without any interval is none.
    error_s : ndarray of float64, shape (day, 2)
        Onset and end found minus true ones, in s; NaN where there is none.
    """
    half = max(1, round(search.edge_s / interval))
    found = find_opposite_edges(
        edge_contrast(traces, half),
        max(1, round(search.shortest_s / interval)),
        round(search.longest_s / interval),
        0.0,
        1,
        half,
    )
    radius = round(search.refit_s / interval)
    start, end = refit_edges(observed, found.row, found.start, found.end, radius)
    error = np.full((len(traces), 2), np.nan)
    # A signal is in the samples from ceil(onset) to ceil(end) - 1.
    error[found.row, 0] = start - np.ceil(truth.onset[found.row])
    error[found.row, 1] = end - np.ceil(truth.end[found.row])
    half_length = (truth.end - truth.onset)[:, None] / 2
    success = np.all(np.abs(error) < half_length, axis=1)
    return success, error * interval
