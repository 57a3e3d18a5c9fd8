"""What a detector says of days, before anything is decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from sesctl.errors import ShapeError

Kind = Literal["probability", "denoised", "window"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Scores:
    """A detector's output over days, its context included.

    Parameters
    ----------
    values : ndarray of float32, shape (day, dipole or 1, sample) or (day, dipole or 1, window)
        For the kind ``probability`` the probability 0..1 that a sample lies in an SES; for ``denoised``
        the field in mV/km without its noise; for ``window`` a score per window. NaN where there is none.
    kind : {"probability", "denoised", "window"}
        What the values are.
    bounds : ndarray of int64, shape (window, 2), optional
        For ``window``: first sample and the one after the last of each window, counted in the day's row.
    amplitudes : ndarray of float32, shape (day, dipole, sample), optional
        For ``probability``: the field in mV/km that the SES would have on each dipole, where the detector
        estimates it.

    Raises
    ------
    ShapeError
        If the arrays and the kind disagree.
    """

    values: npt.NDArray[np.float32]
    kind: Kind
    bounds: npt.NDArray[np.int64] | None = None
    amplitudes: npt.NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        if self.values.dtype != np.float32 or self.values.ndim != 3:
            msg = f"scores are {self.values.dtype} {self.values.shape}, not float32 in three axes"
            raise ShapeError(msg)
        if self.kind not in get_args(Kind):
            msg = f"scores are of kind {self.kind!r}, not of {', '.join(get_args(Kind))}"
            raise ShapeError(msg)
        if (self.kind == "window") != (self.bounds is not None):
            msg = f"scores of kind {self.kind} come {'with' if self.bounds is not None else 'without'} bounds"
            raise ShapeError(msg)
        if self.bounds is not None and self.bounds.shape != (self.values.shape[2], 2):
            msg = f"bounds have shape {self.bounds.shape}, scores {self.values.shape[2]} windows"
            raise ShapeError(msg)
        if self.amplitudes is not None:
            day, _, sample = self.amplitudes.shape
            if self.kind != "probability" or (day, sample) != self.values.shape[::2]:
                msg = f"amplitudes of shape {self.amplitudes.shape} come with {self.kind} {self.values.shape}"
                raise ShapeError(msg, "Give one a day, dipole and sample, with probabilities.")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An interval a detector proposes; the decision is not its own.

    Parameters
    ----------
    day : int
        Index of the day, in the `Days` scored, whose row (context included) shows it.
    start, end : int
        Half-open interval, µs UTC.
    raw_score : float
        The detector's own score; larger is more like an SES. Only its order matters.
    amplitudes : mapping of str to float
        Signed amplitude in mV/km on each dipole that shows it.
    flags : tuple of str
        What a reader of the event should know, for example ``unfamiliar``.
    """

    day: int
    start: int
    end: int
    raw_score: float
    amplitudes: Mapping[str, float] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.end <= self.start:
            msg = f"a candidate ends at {self.end} µs, not after its start at {self.start} µs"
            raise ShapeError(msg)
        if not np.isfinite(self.raw_score):
            msg = f"a candidate has a score of {self.raw_score}"
            raise ShapeError(msg)
