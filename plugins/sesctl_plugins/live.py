"""Which dipoles are alive on a day."""

import numpy as np
import numpy.typing as npt

from sesctl.plugin import Days


def live_dipoles(days: Days) -> npt.NDArray[np.bool_]:
    """Return which dipoles have a value in each day proper, its context left out, bool (day, dipole)."""
    proper = days.values[:, :, days.context : days.context + days.samples_per_day]
    return np.asarray(np.isfinite(proper).any(axis=2))
