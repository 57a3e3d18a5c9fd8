"""Whether what a detector is tested on was part of what it learnt from."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from sesctl.errors import ParameterError
from sesctl.types import Origin
from sesctl.types.instants import DAY, iso


def shared_origins(
    training: Iterable[Origin], test: Iterable[Origin], *, embargo_days: int = 0
) -> list[tuple[Origin, Origin]]:
    """Return the test backgrounds that are, or lie too near to, one of training.

    A background is known by its station, UTC day and source. The day before a test day, or the week, shares
    its weather, its electrodes' drift and its trains' timetable, so a neighbour teaches nearly as much as the
    day itself.

    Parameters
    ----------
    training, test : iterable of Origin
        Where the samples come from that were, or will be, used for each; thresholds and choices between
        models count as training.
    embargo_days : int
        Number of whole days that have to lie between the two on the same station and source.

    Returns
    -------
    list of pair of Origin
        The nearest one of training and that of the test, for each test background that is too near, in order.
    """
    known: dict[tuple[str, str], list[int]] = defaultdict(list)
    for origin in sorted(set(training), key=_order):
        known[origin.station, origin.source].append(origin.day)
    shared = []
    for origin in sorted(set(test), key=_order):
        days = known.get((origin.station, origin.source))
        if days:
            at = bisect_left(days, origin.day)
            nearest = min(days[max(at - 1, 0) : at + 1], key=lambda day: abs(day - origin.day))
            if abs(nearest - origin.day) <= embargo_days:
                shared.append((Origin(origin.station, nearest, origin.source), origin))
    return shared


def refuse_shared_origins(
    training: Iterable[Origin], test: Iterable[Origin], *, embargo_days: int = 0
) -> None:
    """Refuse a test on backgrounds of training, or within the embargo around them.

    Parameters
    ----------
    training, test, embargo_days
        As in `shared_origins`.

    Raises
    ------
    ParameterError
        If there is such a background; it names the first.
    """
    shared = shared_origins(training, test, embargo_days=embargo_days)
    if shared:
        learnt, tested = shared[0]
        apart = abs(learnt.day - tested.day)
        near = f"lies {apart} days from training day {_date(learnt)}" if apart else "is a training day too"
        msg = (
            f"test day {_date(tested)} of station {tested.station} (source {tested.source[:12]}…) {near}; "
            f"{len(shared)} test days are less than {embargo_days + 1} days from training"
        )
        raise ParameterError(msg, "Test on days, or stations, that nothing was learnt from.")


def _order(origin: Origin) -> tuple[str, str, int]:
    return origin.station, origin.source, origin.day


def _date(origin: Origin) -> str:
    return iso(origin.day * DAY)[:10]
