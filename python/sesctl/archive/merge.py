"""Bring together two accounts of the same day."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.types import Origin, Quality

Policy = Literal["error", "keep", "replace"]


@dataclass(frozen=True, eq=False)
class DayBlock:
    """One UTC day of all channels.

    Parameters
    ----------
    values : ndarray of float32, shape (channel, sample)
        Samples in each channel's unit, NaN in gaps.
    quality : ndarray of uint8, shape (channel, sample)
        Bits of `Quality`.
    origins : tuple of Origin
        Where the samples come from, sorted.
    """

    values: npt.NDArray[np.float32]
    quality: npt.NDArray[np.uint8]
    origins: tuple[Origin, ...]

    def same_as(self, other: "DayBlock") -> bool:
        """Whether the other day says the same, NaN for NaN."""
        return (
            self.origins == other.origins
            and np.array_equal(self.values, other.values, equal_nan=True)
            and np.array_equal(self.quality, other.quality)
        )


def check_policy(policy: str) -> None:
    """Raise ParameterError unless this is a policy."""
    if policy not in get_args(Policy):
        msg = f"the policy for differing samples is {policy!r}, not one of {', '.join(get_args(Policy))}"
        raise ParameterError(msg)


def differing(archived: DayBlock, given: DayBlock) -> npt.NDArray[np.bool_]:
    """Return where both days have a value and not the same one, bool (channel, sample)."""
    both = ~np.isnan(archived.values) & ~np.isnan(given.values)
    return np.asarray(both & (archived.values != given.values))


def merge(archived: DayBlock, given: DayBlock, *, replace: bool) -> DayBlock:
    """Return the day that both accounts make together.

    A gap of one is filled from the other. Where both have the same value, or both none, the sample has the
    quality bits of both: so the result does not depend on the order in which days arrive. An account's
    origins stay as long as one of its samples does.

    Parameters
    ----------
    archived, given : DayBlock
        The two accounts, of the same shape.
    replace : bool
        Whether the given value holds where the two differ; otherwise the archived one.
    """
    had, given_too = ~np.isnan(archived.values), ~np.isnan(given.values)
    differ = differing(archived, given)
    taken = (given_too & ~had) | (differ if replace else np.zeros_like(differ))
    agreed = (had == given_too) & ~differ
    quality = np.where(taken, given.quality, archived.quality)
    quality |= np.where(agreed, given.quality, np.uint8(0))
    origins: set[Origin] = set()
    if (had & ~taken).any():
        origins.update(archived.origins)
    if (taken | (agreed & had)).any():
        origins.update(given.origins)
    return DayBlock(
        values=np.where(taken, given.values, archived.values),
        quality=quality,
        origins=sorted_origins(origins),
    )


def sorted_origins(origins: set[Origin]) -> tuple[Origin, ...]:
    """Return origins in an order of their own, by station, day and source."""
    return tuple(sorted(origins, key=lambda origin: (origin.station, origin.day, origin.source)))


def empty_block(channels: int, samples: int, origins: tuple[Origin, ...] = ()) -> DayBlock:
    """Return a day without a value."""
    return DayBlock(
        values=np.full((channels, samples), np.nan, dtype=np.float32),
        quality=np.full((channels, samples), Quality.GAP, dtype=np.uint8),
        origins=origins,
    )
