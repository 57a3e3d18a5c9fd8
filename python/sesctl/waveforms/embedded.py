"""Days with signals in them, and what was put in: what a detector learns from."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from sesctl.errors import ShapeError
from sesctl.types import Days


@dataclass(frozen=True, kw_only=True, eq=False)
class EmbeddedDays(Days):
    """Days of a record with signals added, and the answer beside them.

    `values` is what a detector sees. Without `signals` it is the background, into which other signals may
    be put; where `signals` is not zero lies an SES.

    Parameters
    ----------
    signals : ndarray of float32, shape of values
        What was added to each sample, in mV/km; 0 outside the signals.
    target : ndarray of float32, shape of values
        The record freed of most of its noise, with the same signals, in mV/km: what a denoising detector
        is to return. NaN in gaps.

    Raises
    ------
    ShapeError
        If the arrays disagree in shape or type.
    """

    signals: npt.NDArray[np.float32]
    target: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("signals", "target"):
            array = getattr(self, name)
            if array.dtype != np.float32 or array.shape != self.values.shape:
                msg = f"{name} are {array.dtype} {array.shape}, the values float32 {self.values.shape}"
                raise ShapeError(msg)

    def __getitem__(self, which: slice) -> Self:
        """Return some of the days."""
        return replace(
            self,
            values=self.values[which],
            starts=self.starts[which],
            quality=self.quality[which],
            origins=self.origins[which],
            signals=self.signals[which],
            target=self.target[which],
        )
