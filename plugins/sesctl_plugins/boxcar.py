"""`boxcar`: opposite edges on a running median, the bar that every learned detector has to clear."""

from pathlib import Path

import numpy as np

from sesctl.plugin import Days, Detector, DetectorInfo, EdgeSearch, Scores, hookimpl


class Boxcar(Detector):
    """Running median over 10 min, then the best pairs of opposite edges.

    A median over 61 samples of 10 s removes what is shorter than 5 min and keeps the edges of what is
    longer. Each candidate's raw score is the smaller of its two edge contrasts (means over 3 min on
    either side) in units of the day's noise, 1.4826 times the median absolute contrast of that day and
    dipole. The score 0..1 comes from a calibration on a year of each of the three simulated stations
    `hkb`, `mts` and `ota`, unless another is given.
    """

    threshold = 6.0
    median_s = 610.0
    calibration_file = Path(__file__).with_name("boxcar_calibration.json")
    search = EdgeSearch(edge_s=180.0, shortest_s=300.0, longest_s=10_800.0)

    def score(self, days: Days) -> Scores:
        """Return the running median of every dipole, float32 (day, dipole, sample) in mV/km."""
        from sesctl.kernels import running_median

        window = 2 * round((self.median_s / days.interval - 1) / 2) + 1
        smooth = running_median(days.values, window=window)
        return Scores(values=np.asarray(smooth, dtype=np.float32), kind="denoised")


@hookimpl
def sesctl_detectors() -> DetectorInfo:
    """Return the record of `boxcar`."""
    return DetectorInfo(
        name="boxcar",
        summary="opposite edges on a 10-min running median of each dipole; needs no training",
        make=Boxcar,
        dipoles="each",
        interval=10.0,
        context=14_400.0,
        cleaning="despike",
    )
