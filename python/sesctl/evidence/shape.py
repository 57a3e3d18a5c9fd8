"""How fast the event rises and falls, and whether the record comes back to where it was."""

import numpy as np
import numpy.typing as npt

from sesctl.evidence.contrast import quiet_starts, window_levels
from sesctl.evidence.judging import judged, untestable
from sesctl.evidence.measure import Measured
from sesctl.evidence.surroundings import Surroundings
from sesctl.types import Finding, Verdict

EDGES, BASELINE = "edges", "baseline"
EDGES_THRESHOLD = 0.25
BASELINE_THRESHOLD = 0.5
LARGEST_NOISE = 0.2
SMOOTH_S = 60.0
SURE = 3.0

Array = npt.NDArray[np.float64]


def event_trace(surroundings: Surroundings, measured: Measured) -> Array | None:
    """Return the record as a share of the event: 0 on its flanks, 1 within, float64, shape (sample,).

    x(t) = aᵀΣ⁻¹E(t)/aᵀΣ⁻¹a: the combination of dipoles in which the event stands out most.
    """
    if not measured.known_noise or not measured.amplitude.any():
        return None
    weight = np.linalg.pinv(measured.covariance) @ measured.amplitude
    trace = (weight @ surroundings.electric[list(measured.rows)]) / float(weight @ measured.amplitude)
    first, stop, flank = surroundings.first, surroundings.stop, surroundings.flank
    sides = window_levels(trace[None], np.array([first - flank, stop], dtype=np.int64), flank)
    return np.asarray(trace - sides.mean())


def judge_edges(surroundings: Surroundings, measured: Measured) -> Finding:
    """Measure the longer of the times from 10 to 90 % and back, as a share of the duration.

    On the running median over a minute, of the level in the middle third of the event; the rise ends where it
    first reaches 90 %, the fall begins where it last does.
    """
    trace = event_trace(surroundings, measured)
    if trace is None:
        return untestable(EDGES, measured.missing or "the noise around the event is not known")
    interval = surroundings.near.interval
    first, stop = surroundings.first, surroundings.stop
    begin = max(0, first - max(surroundings.length // 2, surroundings.flank))
    end = min(trace.size, stop + max(surroundings.length // 2, surroundings.flank))
    smooth = running_median(trace[begin:end], max(1, round(SMOOTH_S / interval)))
    if not np.isfinite(smooth).all():
        return untestable(EDGES, "the event or its flanks have gaps")
    # Around the edges the trace is on its way: noise is judged outside and inside, a quarter off.
    apart = surroundings.length // 4
    outside = np.concatenate([smooth[: first - begin - apart], smooth[stop - begin + apart :]])
    noise = 1.4826 * float(np.median(np.abs(outside - np.median(outside)))) if outside.size else np.inf
    if noise > LARGEST_NOISE:
        return untestable(EDGES, f"the noise around it is {100 * min(noise, 99):.0f} % of the event")
    third = surroundings.length // 3
    level = float(np.median(smooth[first - begin + third : stop - begin - third]))
    high = np.flatnonzero(smooth >= 0.9 * level) if level > 0 else np.empty(0, dtype=np.int64)
    if not high.size:
        return untestable(EDGES, "it does not reach 90 % of its level for a minute")
    top, tail = int(high[0]), int(high[-1])
    low_before, low_after = (
        np.flatnonzero(smooth[:top] <= 0.1 * level),
        np.flatnonzero(smooth[tail:] <= 0.1 * level),
    )
    rise = (top - int(low_before[-1]) if low_before.size else top + 1) * interval
    fall = (int(low_after[0]) if low_after.size else smooth.size - tail) * interval
    value = max(rise, fall) / surroundings.event.duration_s
    text = f"longer of rise ({rise:.0f} s) and fall ({fall:.0f} s), 10–90 %, over the duration"
    if value > EDGES_THRESHOLD:
        return judged(EDGES, Verdict.FAIL, value, EDGES_THRESHOLD, f"{text}: not like a rectangle")
    return judged(EDGES, Verdict.PASS, value, EDGES_THRESHOLD, f"{text}: like a rectangle")


def judge_baseline(surroundings: Surroundings, measured: Measured) -> Finding:
    """Compare the level after the event with that before it, as a share of its amplitude.

    An electrode's step leaves about 1, an SES 0. It fails above a half, if that is three times what the
    record's own wandering between such windows gives.
    """
    trace = event_trace(surroundings, measured)
    if trace is None:
        return untestable(BASELINE, measured.missing or "the noise around the event is not known")
    first, stop, flank = surroundings.first, surroundings.stop, surroundings.flank

    def change(starts: npt.NDArray[np.int64]) -> Array:
        after = window_levels(trace[None], starts + stop - first, flank)
        return np.asarray((after - window_levels(trace[None], starts - flank, flank))[0])

    value = abs(float(change(np.array([first], dtype=np.int64))[0]))
    step = max(1, round(120 / surroundings.near.interval))
    wandering = change(quiet_starts(trace.size, first, stop, flank, step))
    usual = 1.4826 * float(np.nanmedian(np.abs(wandering))) if np.isfinite(wandering).any() else np.nan
    if not (np.isfinite(value) and np.isfinite(usual)):
        return untestable(BASELINE, "the record before or after it is too short or has gaps")
    text = "change of the level from before to after, over the amplitude"
    if value <= BASELINE_THRESHOLD:
        return judged(BASELINE, Verdict.PASS, value, BASELINE_THRESHOLD, f"{text}: it comes back")
    if value < SURE * usual:
        reason = f"{text}, but the record wanders by {usual:.2f} anyway"
        return judged(BASELINE, Verdict.NOT_TESTABLE, value, BASELINE_THRESHOLD, reason)
    return judged(BASELINE, Verdict.FAIL, value, BASELINE_THRESHOLD, f"{text}: it does not, as after a step")


def running_median(trace: Array, samples: int) -> Array:
    """Return medians over windows of some samples centred on each one, the ends repeated."""
    half = samples // 2
    padded = np.pad(trace, half, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), axis=1))
