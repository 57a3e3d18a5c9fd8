"""The one hook of sesctl, and the markers for it."""

import pluggy

from sesctl.plugin.info import DetectorInfo

ENTRY_POINT_GROUP = "sesctl.detectors"

hookspec = pluggy.HookspecMarker("sesctl")
hookimpl = pluggy.HookimplMarker("sesctl")


@hookspec
def sesctl_detectors() -> DetectorInfo:  # type: ignore[empty-body]  # a specification has none
    '''Return the light record of the detector that this module provides.

    One entry point of the group ``sesctl.detectors`` names one module, and that module provides one
    detector of the same name, so that using one detector imports one plugin.

    Returns
    -------
    DetectorInfo
        The detector's record.

    Examples
    --------
    A whole plugin, the file ``quiet_edges.py``:

    >>> import numpy as np
    >>> from sesctl.plugin import Detector, DetectorInfo, Scores, hookimpl
    >>> class QuietEdges(Detector):
    ...     """Opposite edges on the record as it is."""
    ...
    ...     threshold = 8.0
    ...
    ...     def score(self, days):
    ...         return Scores(values=days.values, kind="denoised")
    >>> @hookimpl
    ... def sesctl_detectors():
    ...     return DetectorInfo(name="quiet_edges", summary="Edges, no filter", make=QuietEdges)

    and in its ``pyproject.toml``::

        [project.entry-points."sesctl.detectors"]
        quiet_edges = "quiet_edges"
    '''
