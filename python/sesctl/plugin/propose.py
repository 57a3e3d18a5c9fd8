"""From scores to intervals: the three default ways."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.errors import ShapeError
from sesctl.kernels import edge_contrast, find_intervals, find_opposite_edges, refit_edges
from sesctl.types import Candidate, Days, Scores

_MAD_TO_SD = 1.4826


@dataclass(frozen=True, kw_only=True)
class EdgeSearch:
    """How intervals are sought on a denoised trace.

    Parameters
    ----------
    edge_s : float
        Time in s on each side of an edge over which its contrast is measured.
    shortest_s, longest_s : float
        Durations in s between which an event lies.
    smallest : float
        The smallest contrast in mV/km that counts, and the floor of the noise in units of which scores
        are given is a tenth of it.
    most : int
        How many intervals a day and dipole at most.
    refit_s : float
        How far, in s, an edge may move when it is fitted again on the record itself.
    """

    edge_s: float = 180.0
    shortest_s: float = 300.0
    longest_s: float = 10_800.0
    smallest: float = 2.0
    most: int = 12
    refit_s: float = 180.0


def propose_opposite_edges(scores: Scores, days: Days, search: EdgeSearch) -> list[Candidate]:
    """Propose the pairs of opposite edges of a denoised trace, refitted on the record.

    The contrast c of an edge is the mean over `edge_s` after it minus that before it. A pair of edges of
    opposite sign scores the smaller of its two contrasts in units of the day's noise, 1.4826 times the
    median of abs(c): a slow drift has no edges, an electrode step has only one. All pairs of a day and
    dipole are chosen together, so that events neither overlap nor share an edge. Edges are then moved to
    where two levels fit the record, not the smoothed trace, best.

    Parameters
    ----------
    scores : Scores
        Denoised traces, float32 (day, dipole, sample) in mV/km.
    days : Days
        The days they were made from.
    search : EdgeSearch
        Limits of the search.

    Returns
    -------
    list of Candidate
        Amplitudes in mV/km: the mean of the two edges' contrasts on the record.
    """
    one_each = len(days.station.channels)
    if scores.values.shape != days.values.shape:
        msg = f"denoised traces have shape {scores.values.shape}, the days {days.values.shape}"
        raise ShapeError(
            msg,
            f"Return one trace for each of the {one_each} dipoles.",
        )
    samples = scores.values.shape[2]
    half = max(1, round(search.edge_s / days.interval))
    contrast = edge_contrast(scores.values, half).reshape(-1, samples)
    rows = days.values.reshape(-1, samples)
    noise = np.maximum(day_noise(contrast), search.smallest / 10)
    pairs = find_opposite_edges(
        contrast,
        min_length=max(1, round(search.shortest_s / days.interval)),
        max_length=round(search.longest_s / days.interval),
        min_score=search.smallest,
        max_events=search.most,
        half_window=half,
    )
    radius = round(search.refit_s / days.interval)
    start, end = refit_edges(rows, pairs.row, pairs.start, pairs.end, radius)
    candidates = []
    for k, row in enumerate(pairs.row):
        day, dipole = divmod(int(row), one_each)
        amplitude = _amplitude(rows[row], int(start[k]), int(end[k]), half)
        if not np.isfinite(amplitude):  # the record has gaps at both edges, the trace does not
            amplitude = float(pairs.sign[k] * pairs.score[k])
        name = days.station.channels[dipole].name
        candidates.append(
            Candidate(
                day=day,
                start=days.instant(day, int(start[k])),
                end=days.instant(day, int(end[k])),
                raw_score=float(pairs.score[k] / noise[row]),
                amplitudes={name: amplitude},
            )
        )
    return candidates


def day_noise(contrast: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return 1.4826 times the median of the absolute contrast of each row, 0 where a row has none."""
    noise = np.zeros(len(contrast))
    for row, values in enumerate(contrast):
        finite = np.abs(values[np.isfinite(values)])
        noise[row] = _MAD_TO_SD * float(np.median(finite)) if finite.size else 0.0
    return noise


def _amplitude(row: npt.NDArray[np.float32], start: int, end: int, width: int) -> float:
    """Return the mean of the level changes into and out of [start, end), medians over `width` samples."""
    inner = min(width, max(1, end - start))
    into = _level(row[start : start + inner]) - _level(row[max(0, start - width) : start])
    out_of = _level(row[end - inner : end]) - _level(row[end : end + width])
    changes = [change for change in (into, out_of) if np.isfinite(change)]
    return float(np.mean(changes)) if changes else float("nan")


def _level(values: npt.NDArray[np.float32]) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")


def propose_runs(scores: Scores, days: Days, threshold: float) -> list[Candidate]:
    """Propose the runs where a probability stays at or above half the threshold.

    The raw score of a run is its largest probability, so that every threshold from there on can be
    asked for later.

    Parameters
    ----------
    scores : Scores
        Probabilities, float32 (day, dipole or 1, sample).
    days : Days
        The days they were made from.
    threshold : float
        The detector's threshold, in 0..1.

    Returns
    -------
    list of Candidate
        With amplitudes in mV/km measured on every dipole the row stands for.
    """
    traces = scores.values.shape[1]
    rows = scores.values.reshape(-1, scores.values.shape[2])
    low = threshold / 2
    found = find_intervals(rows, high=low, low=low)
    width = max(1, round(180.0 / days.interval))
    candidates = []
    for row, start, end, peak in zip(found.row, found.start, found.end, found.peak, strict=True):
        day, trace = divmod(int(row), traces)
        dipoles = [trace] if traces > 1 else range(len(days.station.channels))
        candidates.append(
            Candidate(
                day=day,
                start=days.instant(day, int(start)),
                end=days.instant(day, int(end)),
                raw_score=float(peak),
                amplitudes=_amplitudes(days, day, dipoles, int(start), int(end), width),
            )
        )
    return candidates


def propose_windows(scores: Scores, days: Days, threshold: float) -> list[Candidate]:
    """Propose overlapping or touching windows whose score exceeds half the threshold, merged.

    Parameters
    ----------
    scores : Scores
        Scores of windows, float32 (day, dipole or 1, window), with bounds.
    days : Days
        The days they were made from.
    threshold : float
        The detector's threshold.

    Returns
    -------
    list of Candidate
        The raw score of a merged interval is its windows' largest.
    """
    if scores.bounds is None:
        msg = "scores of windows lack their bounds"
        raise ShapeError(msg)
    width = max(1, round(180.0 / days.interval))
    candidates = []
    for day, traces in enumerate(scores.values):
        for trace, values in enumerate(traces):
            dipoles = [trace] if len(traces) > 1 else range(len(days.station.channels))
            for start, end, best in _merge(
                scores.bounds[values > threshold / 2], values[values > threshold / 2]
            ):
                candidates.append(
                    Candidate(
                        day=day,
                        start=days.instant(day, start),
                        end=days.instant(day, end),
                        raw_score=best,
                        amplitudes=_amplitudes(days, day, dipoles, start, end, width),
                    )
                )
    return candidates


def _merge(bounds: npt.NDArray[np.int64], values: npt.NDArray[np.float32]) -> list[tuple[int, int, float]]:
    merged: list[tuple[int, int, float]] = []
    for (start, end), value in sorted(zip(bounds.tolist(), values.tolist(), strict=True)):
        if merged and start <= merged[-1][1]:
            first, last, best = merged[-1]
            merged[-1] = (first, max(last, end), max(best, value))
        else:
            merged.append((start, end, value))
    return merged


def _amplitudes(
    days: Days, day: int, dipoles: "range | list[int]", start: int, end: int, width: int
) -> dict[str, float]:
    measured = {
        days.station.channels[d].name: _amplitude(days.values[day, d], start, end, width) for d in dipoles
    }
    return {name: value for name, value in measured.items() if np.isfinite(value)}
