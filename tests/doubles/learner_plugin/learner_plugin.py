"""A detector that learns one number: over how many samples a running median is to smooth."""

import json

import numpy as np

from sesctl.kernels import running_median
from sesctl.plugin import DetectorInfo, Scores, TrainableDetector, hookimpl


class Learner(TrainableDetector):
    """Tries a few windows on the training days, and keeps the one nearest to the target on validation."""

    threshold = 6.0

    def __init__(self):
        self.window = 0
        self.lessons = 0

    def score(self, days):
        """Return the running median."""
        smooth = running_median(days.values, window=self.window or 3)
        return Scores(values=np.asarray(smooth, dtype=np.float32), kind="denoised")

    def fit(self, training, validation, progress):
        """Try windows around the one learnt before, or wide and narrow ones."""
        tried = [self.window - 10, self.window, self.window + 10] if self.window else [21, 61, 121]
        for number, window in enumerate(tried, 1):
            running_median(training.values[:1], window=window)
            progress(number, len(tried))
        self.window = min(tried, key=lambda window: _error(validation, window))
        self.lessons += 1

    def save(self, folder):
        """Write the window."""
        text = json.dumps({"window": self.window, "lessons": self.lessons})
        (folder / "learner.json").write_text(text)

    def load(self, folder):
        """Read the window."""
        learnt = json.loads((folder / "learner.json").read_text())
        self.window, self.lessons = learnt["window"], learnt["lessons"]


def _error(days, window):
    smooth = running_median(days.values, window=window)
    return float(np.nanmean((smooth - days.target) ** 2))


@hookimpl
def sesctl_detectors():
    """Return the record."""
    return DetectorInfo(
        name="learner",
        summary="learns the window of a running median",
        make=Learner,
        context=7200.0,
        cleaning="despike",
        trainable=True,
    )
