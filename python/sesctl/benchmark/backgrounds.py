"""Backgrounds: stretches of simulated record, known by their station, seed and days."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sesctl.pipeline import RecordSource
from sesctl.synth import AetaParameters, StationParameters, preset, simulate
from sesctl.types import Origin, Record
from sesctl.types.instants import DAY, EPOCH, day_offset

TRAINING, VALIDATION, TEST = range(1000), range(1000, 2000), range(2000, 3000)
"""Seeds, of backgrounds and of signals alike: what is learnt from, chosen on, and scored."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Days of a simulated station.

    Parameters
    ----------
    station : str
        Name of a preset; for ``random`` the seed chooses the station too.
    seed : int
        Seed of the simulation.
    first_day : datetime.date
        First day of the station's standard time.
    days : int
        Number of days.
    """

    station: str
    seed: int
    first_day: dt.date
    days: int

    def as_object(self) -> dict[str, str | int]:
        """Return it as JSON knows it."""
        return {
            "station": self.station,
            "seed": self.seed,
            "first_day": self.first_day.isoformat(),
            "days": self.days,
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class Background:
    """A stretch of record that holds no SES.

    Parameters
    ----------
    ground : Ground
        What it is.
    record : Record
        Its dipoles, mV/km, with a day more on either side for the context of detectors.
    starts : ndarray of int64, shape (day,)
        Where its days begin, µs UTC.
    offset : int
        Offset from UTC, in µs east of it, of its days.
    distortion : pair of pairs of float
        Galvanic distortion of the site.
    """

    ground: Ground
    record: Record
    starts: npt.NDArray[np.int64]
    offset: int
    distortion: tuple[tuple[float, float], tuple[float, float]]

    @property
    def dipoles(self) -> tuple[str, ...]:
        """Names of the dipoles."""
        return tuple(dipole.name for dipole in self.record.station.dipoles)

    def origins(self, starts: npt.NDArray[np.int64] | None = None) -> set[Origin]:
        """Return where the samples of its days, or of some of them, come from."""
        chosen = self.starts if starts is None else starts
        days = set((chosen // DAY).tolist()) | set(((chosen + DAY - 1) // DAY).tolist())
        return {origin for origin in self.record.origins if origin.day in days}


@lru_cache(maxsize=4)
def lay(ground: Ground) -> Background:
    """Simulate a background; the last few are kept, since several parts of a study share them."""
    parameters = _parameters(ground.station, ground.seed)
    offset = day_offset(parameters.timezone)
    first_day = ground.first_day - dt.timedelta(days=1)
    simulation = simulate(parameters, ground.days + 2, ground.seed, first_day=first_day)
    first = (ground.first_day - EPOCH.date()).days
    return Background(
        ground=ground,
        record=simulation.record.electric(),
        starts=np.arange(first, first + ground.days, dtype=np.int64) * DAY - offset,
        offset=offset,
        distortion=simulation.distortion,
    )


@lru_cache(maxsize=256)
def _parameters(station: str, seed: int) -> StationParameters | AetaParameters:
    # To draw a random station takes seconds: its noise is measured until it is as wanted.
    return preset(station, seed)


@dataclass(frozen=True)
class SomeDays(RecordSource):
    """A record of which only some days are to be scanned, with the rest as their context."""

    starts: tuple[int, ...] = ()

    def days(self, day_offset: int) -> npt.NDArray[np.int64]:
        """Return the starts (µs UTC) of these days."""
        return np.array(self.starts, dtype=np.int64)
