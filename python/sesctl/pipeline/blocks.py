"""Which days are learnt from and which choose: whole later days, with an embargo between."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.pipeline.making import was_injected
from sesctl.pipeline.scanning import Scan
from sesctl.pipeline.source import Source, choose_dipoles
from sesctl.types.instants import DAY, iso

EMBARGO_DAYS = 7
"""Whole days between what is learnt from and what is chosen on: neighbours share weather and timetable."""
LEAST_VALIDATION_DAYS = 5
VALIDATION_SHARE = 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class Stretch:
    """Some days of a source.

    Parameters
    ----------
    source : Source
        The record.
    dipoles : tuple of str
        The dipoles that count.
    starts : ndarray of int64, shape (day,)
        Starts of the days, µs UTC, ascending.
    """

    source: Source
    dipoles: tuple[str, ...]
    starts: npt.NDArray[np.int64]

    def between(self, first: int, end: int) -> "Stretch":
        """Return the days that start in [first, end), µs UTC."""
        kept = (self.starts >= first) & (self.starts < end)
        return Stretch(source=self.source, dipoles=self.dipoles, starts=self.starts[kept])

    def __str__(self) -> str:
        """Return what it is, for a card."""
        if not self.starts.size:
            return f"{self.source.station.name}: no day"
        first, last = (iso(int(start))[:10] for start in (self.starts[0], self.starts[-1]))
        days = len(self.starts)
        return (
            f"{self.source.station.name}: {len(self.dipoles)} dipole{'' if len(self.dipoles) == 1 else 's'}, "
            f"{days} day{'' if days == 1 else 's'} from {first} to {last}"
        )


Block = tuple[Stretch, ...]


def stretches(sources: Sequence[Source], options: Scan) -> Block:
    """Return the days of sources that are asked for.

    Raises
    ------
    ParameterError
        If there is none, or signals were embedded in a source already.
    StationError
        If a station has no dipole, or none of a name asked for.
    """
    found = []
    for source in sources:
        if was_injected(source.provenance):
            msg = f"station {source.station.name} holds embedded signals already"
            raise ParameterError(msg, "Train on the record they were put into: training embeds its own.")
        dipoles = tuple(choose_dipoles(source, options.dipoles))
        whole = Stretch(source=source, dipoles=dipoles, starts=source.days(options.day_offset))
        first = options.since if options.since is not None else -(1 << 62)
        found.append(whole.between(first, options.until if options.until is not None else 1 << 62))
    if not any(each.starts.size for each in found):
        msg = "there is no day to learn from: the source has no sample in the time asked for"
        raise ParameterError(msg, "See `sesctl info` for what it holds.")
    return tuple(found)


def later_days(block: Block, validation_days: int | None) -> tuple[Block, Block]:
    """Divide days into those learnt from and, after the embargo, the last ones, which choose.

    Parameters
    ----------
    block : sequence of Stretch
        All days.
    validation_days : int, optional
        How many choose; by default a tenth, at least 5.

    Raises
    ------
    ParameterError
        If fewer days would be learnt from than choose; it names how many are needed.
    """
    days = np.unique(np.concatenate([each.starts for each in block]))
    wanted = validation_days or max(LEAST_VALIDATION_DAYS, round(VALIDATION_SHARE * len(days)))
    first = int(days[-wanted]) if len(days) >= wanted else int(days[0])
    end = first - EMBARGO_DAYS * DAY
    learnt = int((days < end).sum())
    if learnt < wanted:
        needed = 2 * wanted + EMBARGO_DAYS
        count = "1 day is" if len(days) == 1 else f"{len(days)} days are"
        msg = (
            f"{count} too few: the last {wanted} choose the epoch, {EMBARGO_DAYS} before them are left out, "
            f"and {learnt} remain to learn from"
        )
        raise ParameterError(
            msg, f"Give at least {needed} days, fewer --validation-days, or another record as --validation."
        )
    after = int(days[-1]) + 1
    return tuple(each.between(-(1 << 62), end) for each in block), tuple(
        each.between(first, after) for each in block
    )


def check_apart(training: Block, validation: Block) -> None:
    """Refuse days to choose on that are days learnt from, or lie within the embargo around them.

    Raises
    ------
    ParameterError
        Naming the station and the first such pair of days.
    """
    for one in training:
        for other in validation:
            if one.source.station.name != other.source.station.name or not one.starts.size:
                continue
            for start in other.starts.tolist():
                nearest = int(one.starts[np.argmin(np.abs(one.starts - start))])
                apart = abs(nearest - start) // DAY
                if apart <= EMBARGO_DAYS:
                    msg = (
                        f"validation day {iso(start)[:10]} of station {other.source.station.name} lies "
                        f"{apart} days from day {iso(nearest)[:10]}, which is learnt from"
                    )
                    raise ParameterError(msg, f"Leave {EMBARGO_DAYS} whole days between them.")
