"""A plugin that loads and breaks every clause it can."""

import numpy as np

from sesctl.plugin import Candidate, Detector, DetectorInfo, Scores, hookimpl


class Careless(Detector):
    """Fills gaps with noise that depends on the batch, changes its input, proposes outside the row."""

    threshold = 5.0

    def score(self, days):
        """Return something different each time."""
        noise = np.random.default_rng().random(days.values.shape, dtype=np.float32)
        return Scores(values=noise * len(days), kind="denoised")

    def propose(self, scores, days):
        """Propose before the row begins, and in a day without any value."""
        start = days.row_start(0) - 1_000_000
        empty = days.row_start(len(days) - 1)
        return [
            Candidate(day=0, start=start, end=start + 10, raw_score=1.0),
            Candidate(day=len(days) - 1, start=empty, end=empty + 10, raw_score=1.0),
        ]


@hookimpl
def sesctl_detectors():
    """Return the record."""
    return DetectorInfo(name="careless", summary="breaks the contract", make=Careless, interval=60.0)
