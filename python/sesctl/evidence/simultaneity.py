"""Whether all dipoles show the event's edges at one time (Uyeda et al. 2000)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.evidence.judging import judged, untestable
from sesctl.evidence.measure import Measured
from sesctl.evidence.surroundings import Surroundings
from sesctl.types import Finding, Verdict

ITEM = "simultaneity"
THRESHOLD = 2.0
CLEAR = 5.0
REACH_S = 600.0
LIKELY = 9.0


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A change of level: the split that fits best, and the first and last of those that fit as well."""

    best: int
    earliest: int
    latest: int


def judge_simultaneity(surroundings: Surroundings, measured: Measured) -> Finding:
    """Find each dipole's edges by two levels of least squares, and compare them.

    Dipoles count that show at least five times their noise. A lag of over two samples fails only where it is
    beyond the splits that fit about as well (a likelihood ratio of 3 standard errors).
    """
    if not measured.known_noise:
        return untestable(ITEM, "the noise around the event is not known")
    errors = np.sqrt(np.diag(measured.covariance))
    clear = np.flatnonzero(np.abs(measured.amplitude) >= CLEAR * errors)
    if clear.size < 2:
        shown = f"{clear.size} dipole shows" if clear.size == 1 else f"{clear.size} dipoles show"
        return untestable(ITEM, f"{shown} it at five times the noise, not two")
    reach = min(round(REACH_S / surroundings.near.interval), surroundings.length // 2)
    largest, beyond, worst = 0.0, 0.0, "its dipoles"
    for edge in (surroundings.first, surroundings.stop):
        found = {
            measured.dipoles[row].name: change
            for row in clear
            if (change := find_edge(surroundings.electric[measured.rows[row]], edge, reach)) is not None
        }
        for name, one in found.items():
            for other_name, other in found.items():
                lag = float(one.best - other.best)
                sure = float(one.earliest - other.latest)
                beyond = max(beyond, sure)
                if lag > largest:
                    largest, worst = lag, f"{name} and {other_name}"
    text = f"largest lag between the edges of {worst}"
    if largest <= THRESHOLD:
        return judged(ITEM, Verdict.PASS, largest, THRESHOLD, f"{text}: one time", "samples")
    if beyond > THRESHOLD:
        return judged(ITEM, Verdict.FAIL, largest, THRESHOLD, f"{text}: not at one time", "samples")
    reason = f"{text}, but in this noise the edges could as well be within {THRESHOLD:g}"
    return judged(ITEM, Verdict.NOT_TESTABLE, largest, THRESHOLD, reason, "samples")


def find_edge(row: npt.NDArray[np.float64], near: int, reach: int) -> Edge | None:
    """Return where the level changes within some samples, or None where too few have values.

    Two levels of least squares [Hinkley 1970]; the noise is that left, times (1 + r)/(1 − r), r its
    correlation from sample to sample.

    Parameters
    ----------
    row : ndarray of float64, shape (sample,)
        A dipole in mV/km.
    near, reach : int
        The sample to look around, and how far.
    """
    first = max(0, near - reach)
    piece = row[first : near + reach]
    size = piece.size
    if size < 8 or not np.isfinite(piece).all():
        return None
    piece = piece - piece.mean()
    counts = np.arange(1, size)
    sums, total = np.cumsum(piece)[:-1], piece.sum()
    gain = sums**2 / counts + (total - sums) ** 2 / (size - counts)
    split = int(np.argmax(gain))
    left = piece - np.where(np.arange(size) <= split, piece[: split + 1].mean(), piece[split + 1 :].mean())
    power = max(float(left @ left), 1e-12)
    follow = min(max(float(left[1:] @ left[:-1]) / power, 0.0), 0.95)
    noise = power / (size - 2) * (1 + follow) / (1 - follow)
    as_well = np.flatnonzero(gain >= gain[split] - LIKELY * noise)
    start = first + 1
    return Edge(best=start + split, earliest=start + int(as_well[0]), latest=start + int(as_well[-1]))
