"""The field of a line's trains on the dipoles of a station."""

import numpy as np
import numpy.typing as npt

from sesctl.synth.leakage import LeakageTable
from sesctl.synth.motion import Phases, phases, trip_s
from sesctl.synth.railway import Railway
from sesctl.synth.seeds import generator
from sesctl.synth.span import Span, civil_midnight
from sesctl.synth.timetable import departures

Array = npt.NDArray[np.float64]

STEP_S = 5.0


def _ragged(first: npt.NDArray[np.int64], count: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return first[0], first[0] + 1, ... (count[0] of them), first[1], ..."""
    ends = np.cumsum(count)
    return np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - count - first, count)


def _visited(runs: Phases, step_s: float) -> tuple[npt.NDArray[np.int64], Array, Array, Array]:
    """Return the steps at which trains are on the line, their train, position (m) and relative current."""
    moving = runs.duration_s > 0
    train = np.broadcast_to(np.arange(moving.shape[0])[:, None], moving.shape)[moving]
    start, end = runs.start_s[moving], (runs.start_s + runs.duration_s)[moving]
    # Each phase owns the middles of steps in [start, end).
    first = np.ceil(start / step_s - 0.5).astype(np.int64)
    count = np.ceil(end / step_s - 0.5).astype(np.int64) - first
    step = _ragged(first, count)
    elapsed = (step + 0.5) * step_s - np.repeat(start, count)
    position = np.repeat(runs.position_m[moving], count) + elapsed * (
        np.repeat(runs.speed_m_s[moving], count)
        + 0.5 * elapsed * np.repeat(runs.acceleration_m_s2[moving], count)
    )
    current = np.repeat(runs.current[moving], count)
    return step, np.repeat(train, count), position, current


def train_field(
    railway: Railway,
    table: LeakageTable,
    *,
    seed: int,
    timezone: str,
    span: Span,
    wetness: Array,
) -> Array:
    """Return the field of a line's trains on each dipole.

    E_i(t) = Σ_trains I(t) · T_i(x(t)), averaged over each sampling interval from steps of 5 s (a recorder
    does not see a current shorter than its interval), T_i from `LeakageTable`.

    Parameters
    ----------
    railway : Railway
        The line.
    table : LeakageTable
        Field per A by position.
    seed : int
        Seed of the simulation.
    timezone : str
        Civil time of the timetable.
    span : Span
        The days wanted.
    wetness : ndarray of float64, shape (sample,)
        Of the ground, 0 to 1, on the span.

    Returns
    -------
    ndarray of float64, shape (dipole, sample)
        mV/km.
    """
    field = np.zeros((table.dry.shape[0], span.samples))
    steps = max(1, round(span.interval_s / STEP_S))
    step_s = span.interval_s / steps
    trip = trip_s(railway)
    # The trains of a civil date run within two days of UTC before and after it.
    for date in range(span.first_day - 2, span.first_day + span.days + 2):
        trains = departures(railway, seed, date, trip)
        if not trains.time_s.size:
            continue
        midnight = civil_midnight(date, timezone)
        draw = generator(seed, "motion", railway.name, date)
        runs = phases(railway, trains.time_s + midnight, trains.up, trains.freight, draw)
        first = span.sample_at(date, float(runs.start_s.min())) - 1
        last = span.sample_at(date, float((runs.start_s + runs.duration_s).max()))
        if last < span.first_sample or first >= span.first_sample + span.samples:
            continue
        step, train, position, current = _visited(runs, step_s)
        sample = step // steps + date * span.per_day
        seen = np.clip(sample - span.first_sample, 0, span.samples - 1)
        per_ampere = table.at(position, wetness[seen])
        amperes = railway.peak_current_a * trains.load[train] * current / steps
        low = int(sample.min())
        for row in range(field.shape[0]):
            summed = np.bincount(sample - low, weights=amperes * per_ampere[row])
            span.add(field[row], low, summed.astype(np.float64))
    return field
