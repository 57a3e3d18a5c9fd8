"""A waveform cut from a record, which each dipole shows in its own way."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError, ShapeError
from sesctl.types.instants import microseconds
from sesctl.waveforms.truth import RECORDED


@dataclass(frozen=True, kw_only=True, eq=False)
class Recorded:
    """What dipoles recorded of one signal, freed from its background.

    Unlike a `Waveform`, it is no one shape times a projection: every dipole has samples of its own.

    Parameters
    ----------
    dipoles : tuple of str
        Names of the dipoles.
    values : ndarray of float64, shape (dipole, sample)
        Deflection from the background in mV/km, finite.
    interval_s : float
        Sampling interval in s; the first sample is at the onset.

    Raises
    ------
    ShapeError
        If the values do not fit the dipoles, or there is none.
    ParameterError
        If a value is not finite, or the interval is no whole number of microseconds.
    """

    shape = RECORDED
    dipoles: tuple[str, ...]
    values: npt.NDArray[np.float64]
    interval_s: float

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[0] != len(self.dipoles) or not self.values.size:
            msg = (
                f"a recorded waveform has values of shape {self.values.shape}, not one row of samples for "
                f"each of {len(self.dipoles)} dipoles"
            )
            raise ShapeError(msg)
        if not np.isfinite(self.values).all():
            msg = "a recorded waveform has a sample that is no finite number"
            raise ParameterError(msg)
        microseconds(self.interval_s, "the sampling interval")

    @property
    def duration_s(self) -> float:
        """Time from the onset to the end in s."""
        return int(self.values.shape[1]) * self.interval_s

    def heights(self) -> npt.NDArray[np.float64]:
        """Return each dipole's signed amplitude, its median over the signal, float64 (dipole,), mV/km."""
        return np.asarray(np.median(self.values, axis=1))

    @property
    def amplitude(self) -> float:
        """Signed amplitude on the strongest dipole in mV/km."""
        heights = self.heights()
        return float(heights[np.argmax(np.abs(heights))])

    def sample(self, times_s: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the deflection at any times, each recorded sample being held for an interval.

        Parameters
        ----------
        times_s : array_like of float, shape (time,)
            Times since the onset in s.

        Returns
        -------
        ndarray of float64, shape (dipole, time)
            mV/km, 0 outside the signal.
        """
        # A thousandth of a sample takes up the rounding of times that lie on the grid.
        index = np.floor(np.asarray(times_s, dtype=np.float64) / self.interval_s + 1e-3).astype(np.int64)
        samples = self.values.shape[1]
        inside = (index >= 0) & (index < samples)
        return np.where(inside, self.values[:, np.clip(index, 0, samples - 1)], 0.0)
