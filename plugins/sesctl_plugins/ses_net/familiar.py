"""Whether a day looks like those the network has learnt from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.plugin import ParameterError
from sesctl_plugins.ses_net.rows import KNOWN, MEAN, SPREAD, Rows

Values = npt.NDArray[np.float64]
FEATURES = 5
SHARE = 0.001
"""Share of the days learnt from that lie beyond the bound."""
LEAST_KNOWN = 0.25


def features_of(rows: Rows) -> Values:
    """Return what describes each day's noise, float64 (day, 5), averaged over the dipoles that are alive.

    Mean and standard deviation of asinh of the minute means, their correlation from one minute to the next,
    the share of them beyond 3, and the mean logarithm of the spread within a minute, all in units of the
    dipole's own noise: of no unit. NaN for a day of which less than a quarter is known.
    """
    dipoles = rows.scale.shape[1]
    told = rows.values[:, :dipoles].astype(np.float64)
    known = told[..., KNOWN] > 0
    count = np.maximum(known.sum(axis=-1), 1)

    def mean(values: Values) -> Values:
        return np.asarray(np.where(known, values, 0).sum(axis=-1) / count)

    course = told[..., MEAN]
    centre = mean(course)
    away = np.where(known, course - centre[..., None], 0)
    square = np.maximum((away**2).sum(axis=-1), 1e-9)
    each = np.stack(
        [
            np.abs(centre),
            np.sqrt(square / count),
            (away[..., 1:] * away[..., :-1]).sum(axis=-1) / square,
            mean((np.abs(course) > 3).astype(np.float64)),
            mean(told[..., SPREAD]),
        ],
        axis=-1,
    )
    weight = (count / known.shape[-1] >= LEAST_KNOWN).astype(np.float64)[..., None]
    total = weight.sum(axis=1)
    return np.asarray(np.where(total > 0, (each * weight).sum(axis=1) / np.maximum(total, 1), np.nan))


@dataclass(frozen=True)
class Familiar:
    """The days learnt from, as an ellipsoid in the space of their features.

    A day is unfamiliar where the squared Mahalanobis distance (f - m)ᵀ C⁻¹ (f - m) exceeds the bound.

    Parameters
    ----------
    mean : tuple of float
        m.
    inverse : tuple of tuple of float
        C⁻¹.
    bound : float
        Squared distance.

    Raises
    ------
    ParameterError
        If the numbers are not those of five features.
    """

    mean: tuple[float, ...]
    inverse: tuple[tuple[float, ...], ...]
    bound: float

    def __post_init__(self) -> None:
        shape = np.shape(self.inverse)
        if len(self.mean) != FEATURES or shape != (FEATURES, FEATURES) or not self.bound > 0:
            msg = f"familiar days: {len(self.mean)} means, inverse {shape}, bound {self.bound}"
            raise ParameterError(msg, f"They are described by {FEATURES} features.")

    @staticmethod
    def of(features: Values) -> "Familiar":
        """Return what describes days, float64 (day, 5); those with NaN do not count.

        Raises
        ------
        ParameterError
            If there are fewer than ten days.
        """
        known = features[np.isfinite(features).all(axis=1)]
        if len(known) < 2 * FEATURES:
            msg = f"{len(known)} days are too few to say what is familiar"
            raise ParameterError(msg, f"Give at least {2 * FEATURES}.")
        mean = known.mean(axis=0)
        covariance = np.cov(known, rowvar=False) + 1e-6 * np.eye(FEATURES)
        inverse = np.linalg.inv(covariance)
        distances = np.einsum("di,ij,dj->d", known - mean, inverse, known - mean)
        bound = float(np.quantile(distances, 1 - SHARE))
        rows = tuple(tuple(float(each) for each in row) for row in inverse)
        return Familiar(tuple(float(each) for each in mean), rows, bound)

    def distance(self, features: Values) -> Values:
        """Return the squared distances over the bound, float64 (day,); infinite where features are NaN.

        A day of which too little is known to describe it is like none.
        """
        away = np.nan_to_num(features - np.asarray(self.mean))
        squared = np.einsum("di,ij,dj->d", away, np.asarray(self.inverse), away)
        return np.where(np.isfinite(features).all(axis=1), squared / self.bound, np.inf)
