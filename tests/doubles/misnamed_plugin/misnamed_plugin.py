"""A plugin whose entry point and detector have different names."""

from sesctl.plugin import Detector, DetectorInfo, Scores, hookimpl


class Other(Detector):
    """Scores the record as it is."""

    threshold = 5.0

    def score(self, days):
        """Return the record."""
        return Scores(values=days.values, kind="denoised")


@hookimpl
def sesctl_detectors():
    """Return a record of another name."""
    return DetectorInfo(name="other", summary="announced under another name", make=Other)
