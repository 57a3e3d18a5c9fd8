"""The one rule by which intervals become one event: the best takes in what it overlaps."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar


class Timed(Protocol):
    """Something with a half-open interval, µs UTC."""

    @property
    def start(self) -> int:
        """First instant."""

    @property
    def end(self) -> int:
        """Instant after the last."""


T = TypeVar("T", bound=Timed)


def grouped(
    intervals: Iterable[T], least_overlap: float, best_first: Callable[[T], tuple[Any, ...]]
) -> Iterator[list[T]]:
    """Yield groups of intervals, each a best one and those of the rest that it overlaps enough.

    The best of all takes in every other that covers at least `least_overlap` of the shorter of the two; then
    the best of the rest, and so on. So a chain of overlaps cannot become one long event.

    Parameters
    ----------
    intervals : iterable
        Each with a start and an end.
    least_overlap : float
        Share of the shorter interval, in 0..1.
    best_first : callable
        Key of the order in which intervals take in others; it has to tell all that differ apart.

    Yields
    ------
    list
        The best of the group, then what it took in, in order of the key.
    """
    for cluster in _clusters(intervals):
        rest = sorted(cluster, key=best_first)
        while rest:
            best, *others = rest
            joined = [other for other in others if overlap(best, other) >= least_overlap]
            rest = [other for other in others if overlap(best, other) < least_overlap]
            yield [best, *joined]


def overlap(one: Timed, other: Timed) -> float:
    """Return the time two intervals share, as a share of the shorter; negative for a distance."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared / min(one.end - one.start, other.end - other.start)


def _clusters(intervals: Iterable[T]) -> Iterator[list[T]]:
    """Yield the intervals in clusters that share no time with each other."""
    cluster: list[T] = []
    end = 0
    for interval in sorted(intervals, key=lambda each: each.start):
        if cluster and interval.start >= end:
            yield cluster
            cluster = []
        end = max(end, interval.end) if cluster else interval.end
        cluster.append(interval)
    if cluster:
        yield cluster
