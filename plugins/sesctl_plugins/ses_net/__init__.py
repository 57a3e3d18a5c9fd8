"""`ses_net`: a convolutional segmenter over all dipoles of a station, for stations it never saw."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sesctl.plugin import DetectorInfo, hookimpl
from sesctl_plugins.models import shipped

if TYPE_CHECKING:
    from sesctl_plugins.ses_net.detector import SesNet


def make(config: Mapping[str, int] | None = None) -> "SesNet":
    """Return a new detector, untrained; `config` holds numbers that differ from its usual ones."""
    from sesctl_plugins.ses_net.detector import SesNet

    return SesNet(config)


@hookimpl
def sesctl_detectors() -> DetectorInfo:
    """Return the record of `ses_net`."""
    return DetectorInfo(
        name="ses_net",
        summary="convolutional segmenter over all dipoles, for stations it never saw",
        make=make,
        dipoles="all",
        interval=10.0,
        context=86_400.0,
        cleaning="despike",
        trainable=True,
        model=shipped("ses_net"),
    )
