"""`two_scale`: where the level of ten minutes leaves that of two hours."""

import numpy as np
import numpy.typing as npt

from sesctl.kernels import running_median
from sesctl.plugin import Days, Detector, DetectorInfo, Scores, hookimpl

MAD_TO_SD = 1.4826
"""Standard deviation of normal noise over its median absolute deviation."""


class TwoScale(Detector):
    """Departure of a short running median from a long one, in units of the day's noise.

    With s and l the running medians over `short_s` and `long_s` of one day and dipole, the departure is
    d = s - l and its noise n = 1.4826 median(abs(d)), at least `least_noise`. The score of a sample is
    1 - 2^(-abs(d) / (departure n)): 0 on the background, one half where d is `departure` times the noise.
    It is monotone in abs(d) and no probability until somebody calibrates it.

    Pulses of up to half of `short_s` and signals of more than half of `long_s` are not seen.
    """

    threshold = 0.5
    short_s = 610.0
    long_s = 7210.0
    departure = 6.0
    least_noise = 0.2

    def score(self, days: Days) -> Scores:
        """Score every sample of every dipole by itself.

        Parameters
        ----------
        days : Days
            Values in mV/km, float32 (day, dipole, sample), NaN in gaps.

        Returns
        -------
        Scores
            Kind ``probability``, float32 (day, dipole, sample) in 0..1, NaN where the record has no value.
        """
        departure = np.abs(self._level(days, self.short_s) - self._level(days, self.long_s))
        noise = np.maximum(MAD_TO_SD * _median_of_each(departure), self.least_noise)
        score = 1.0 - np.exp2(-departure / (self.departure * noise))
        return Scores(values=score.astype(np.float32), kind="probability")

    @staticmethod
    def _level(days: Days, seconds: float) -> npt.NDArray[np.floating]:
        odd = 2 * round((seconds / days.interval - 1) / 2) + 1
        return running_median(days.values, window=odd)


def _median_of_each(departure: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the median of each row's finite samples, shape (day, dipole, 1), 0 where there are none."""
    medians = np.zeros((*departure.shape[:2], 1))
    for row in np.ndindex(departure.shape[:2]):
        finite = departure[row][np.isfinite(departure[row])]
        if finite.size:
            medians[row] = np.median(finite)
    return medians


@hookimpl
def sesctl_detectors() -> DetectorInfo:
    """Return the detector's record."""
    return DetectorInfo(
        name="two_scale",
        summary="level of 10 min against that of 2 h, dipole by dipole; needs no training",
        make=TwoScale,
        dipoles="each",
        interval=10.0,
        context=7200.0,
        cleaning="despike",
    )
