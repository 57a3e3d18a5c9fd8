"""The bar for every network: a logistic regression on eight numbers a day."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.spectrogram import band_power
from sesctl.types.images import SpectrogramParameters

BANDS: Final = 8

Features = npt.NDArray[np.float64]


def band_features(values: npt.NDArray[np.float32], *, bands: int = BANDS) -> Features:
    """Return the power of days in equal bands of frequency, on a logarithmic scale.

    Parameters
    ----------
    values : ndarray of float32, shape (day, 1440)
        A value a minute in any unit, without gaps.
    bands : int
        Bands from 0 to the Nyquist frequency, a divisor of 32.

    Returns
    -------
    ndarray of float64, shape (day, band)
        dB re 1 unit² of each band's mean power over the whole day, the lowest band first.

    Raises
    ------
    ParameterError
        If a day has a gap, or the bands do not divide the frequencies.
    """
    missing = np.isnan(values).any(axis=1)
    if missing.any():
        msg = f"{missing.sum()} of {len(values)} days have gaps, so that their band power is not known"
        raise ParameterError(msg, "Drop or fill them first, as `usable_days` does.")
    return band_power(values, SpectrogramParameters(chirp=False), bands)


@dataclass(frozen=True, kw_only=True, eq=False)
class BandPowerModel:
    """A logistic regression on standardised band power.

    Parameters
    ----------
    mean, deviation : ndarray of float64, shape (band,)
        Of the training days, in dB.
    weights : ndarray of float64, shape (band,)
        Weights of the standardised bands.
    bias : float
        Log-odds of a mean day.
    """

    mean: Features
    deviation: Features
    weights: Features
    bias: float

    def probability(self, features: Features) -> Features:
        """Return the probability that days lie before an earthquake, float64 (day,).

        Parameters
        ----------
        features : ndarray of float64, shape (day, band)
            From `band_features`.
        """
        odds = ((features - self.mean) / self.deviation) @ self.weights + self.bias
        return np.asarray(1 / (1 + np.exp(-odds)))

    def accuracy(self, features: Features, before: npt.NDArray[np.bool_]) -> float:
        """Return the share of days that are told right.

        Parameters
        ----------
        features : ndarray of float64, shape (day, band)
            From `band_features`.
        before : ndarray of bool, shape (day,)
            The labels.
        """
        return float(((self.probability(features) > 0.5) == before).mean())


def fit_band_power(features: Features, before: npt.NDArray[np.bool_]) -> BandPowerModel:
    """Fit the regression, with an L2 penalty of 1 (scikit-learn's default).

    Parameters
    ----------
    features : ndarray of float64, shape (day, band)
        Of the training days, from `band_features`.
    before : ndarray of bool, shape (day,)
        Their labels.

    Returns
    -------
    BandPowerModel
        The model.

    Raises
    ------
    ParameterError
        If all labels are alike.
    """
    if before.all() or not before.any():
        kind = "before" if before.any() else "after"
        msg = f"all {len(before)} training days lie {kind} their earthquake"
        raise ParameterError(msg, "Train on days of both kinds.")
    from sklearn.linear_model import LogisticRegression

    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-9
    model = LogisticRegression(max_iter=1000).fit((features - mean) / deviation, before)
    return BandPowerModel(
        mean=mean, deviation=deviation, weights=np.asarray(model.coef_[0]), bias=float(model.intercept_[0])
    )
