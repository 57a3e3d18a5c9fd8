"""Which days are learnt from, chosen on and scored: the paper's way, and one that does not leak."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from sesctl.benchmark.backgrounds import TEST, TRAINING, VALIDATION, Background, Ground
from sesctl.benchmark.scale import Scale
from sesctl.benchmark.signals import Unit

Protocol = Literal["paper", "honest"]
PROTOCOLS: tuple[Protocol, ...] = ("paper", "honest")
LABELS: Mapping[Protocol, str] = {
    "paper": "leaking: training and test share background days, as in the paper",
    "honest": "no leak: later days of another seed and timetable, or other stations, with an embargo",
}
EMBARGO_DAYS = 7
FIRST_DAY = dt.date(1999, 1, 4)
"""A Monday, in the first month of the paper's record."""
NEXT_YEAR = dt.date(2001, 1, 8)
"""The later period: the year that the paper transfers to, weeks after its two years of training."""


def pool(station: str, scale: Scale) -> Ground:
    """Return the days that protocol ``paper`` both trains and tests on."""
    return Ground(station=station, seed=TRAINING[0], first_day=FIRST_DAY, days=scale.pool_days)


def training_ground(station: str, scale: Scale) -> Ground:
    """Return the days that protocol ``honest`` learns from."""
    return Ground(station=station, seed=TRAINING[0], first_day=FIRST_DAY, days=scale.training_days)


def validation_ground(station: str, scale: Scale) -> Ground:
    """Return the block of days after an embargo on which thresholds and models are chosen."""
    first = FIRST_DAY + dt.timedelta(days=scale.training_days + EMBARGO_DAYS)
    return Ground(station=station, seed=VALIDATION[0], first_day=first, days=scale.validation_days)


def test_ground(station: str, scale: Scale) -> Ground:
    """Return the later period that protocol ``honest`` scores: its seed gives it another timetable."""
    return Ground(station=station, seed=TEST[0], first_day=NEXT_YEAR, days=scale.test_days)


@dataclass(frozen=True, kw_only=True)
class Shuffled:
    """Copies of days dealt out at random, whatever background they share.

    Parameters
    ----------
    training, validation, test : mapping of Unit to ndarray of int64, shape (day,)
        Starts of the days of each unit, µs UTC.
    """

    training: Mapping[Unit, npt.NDArray[np.int64]]
    validation: Mapping[Unit, npt.NDArray[np.int64]]
    test: Mapping[Unit, npt.NDArray[np.int64]]


def shuffle(background: Background, units: Sequence[Unit], most: int, seed: int = TRAINING[0]) -> Shuffled:
    """Deal out all copies of all days: 9 parts to training, 1 to the test, as in the paper.

    A tenth of the nine is set aside, from which a model may be chosen: the paper chooses it by the test set.

    Parameters
    ----------
    background : Background
        The days.
    units : sequence of Unit
        The copies.
    most : int
        The most copies in the test; the rest of its tenth goes unused.
    seed : int
        Seed of the shuffling.

    Returns
    -------
    Shuffled
        Three sets that share no copy, and nearly all backgrounds.
    """
    days = len(background.starts)
    order = np.random.default_rng(seed).permutation(len(units) * days)
    tenth = max(1, len(order) // 10)
    parts = order[2 * tenth :], order[tenth : 2 * tenth], order[: min(tenth, most)]
    training, validation, test = (
        {
            unit: background.starts[np.sort(part[part // days == number] % days)]
            for number, unit in enumerate(units)
            if (part // days == number).any()
        }
        for part in parts
    )
    return Shuffled(training=training, validation=validation, test=test)
