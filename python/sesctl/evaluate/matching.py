"""One-to-one matching of events and truths."""

from collections import deque

import numpy as np
import numpy.typing as npt

from sesctl.evaluate.overlap import Floats, Ints, Pairs

DENSE_CELLS = 1 << 20


def match(pairs: Pairs, iou: Floats, n_truth: int, n_event: int) -> Ints:
    r"""Match as many truths as possible, each with one event of its own, and among all such ways the best.

    A maximum-cardinality matching of the bipartite graph of overlaps that has the largest sum of IoU. With
    weights :math:`1 + \mathrm{IoU}/(m+1)`, :math:`m` being the most matches there can be, one match more
    outweighs any IoU, so a maximum-weight matching is what is sought: per connected component, by the
    Hungarian method.

    Parameters
    ----------
    pairs : Pairs
        The overlaps.
    iou : ndarray of float64, shape (pair,)
        Intersection over union of each pair, 0..1.
    n_truth, n_event : int
        Number of truths and events.

    Returns
    -------
    ndarray of int64, shape (truth,)
        The event matched to each truth, -1 for none.
    """
    matched = np.full(n_truth, -1, dtype=np.int64)
    if not len(pairs):
        return matched
    component = _components(pairs, n_truth, n_event)
    order = np.lexsort((-iou, component))
    bounds = np.flatnonzero(np.diff(component[order], prepend=-1, append=-1))
    first = order[bounds[:-1]]
    # Where all pairs share a truth or an event, the best pair is the match.
    alone = _all_equal(pairs.truth[order], bounds) | _all_equal(pairs.event[order], bounds)
    matched[pairs.truth[first[alone]]] = pairs.event[first[alone]]
    for which in np.flatnonzero(~alone):
        chosen = np.sort(order[bounds[which] : bounds[which + 1]])
        truth, event = _assign(pairs.truth[chosen], pairs.event[chosen], iou[chosen])
        matched[truth] = event
    return matched


def growing_match(pairs: Pairs, score: Floats, n_truth: int) -> npt.NDArray[np.bool_]:
    """Return which events, taken in order of falling score, let one more truth be matched.

    An event that finds no free truth, directly or by moving others along an augmenting path, never will
    (transversals form a matroid), so the number of marked events among the best k is the largest number of
    truths that these k can be matched with, for every k at once.

    Parameters
    ----------
    pairs : Pairs
        The overlaps.
    score : ndarray of float64, shape (event,)
        Score of every event; equal ones are taken in order of their index.
    n_truth : int
        Number of truths.

    Returns
    -------
    ndarray of bool, shape (event,)
        True for each event that adds a match.
    """
    adds = np.zeros(len(score), dtype=np.bool_)
    if not len(pairs):
        return adds
    order = np.lexsort((pairs.truth, pairs.event))
    events, first = np.unique(pairs.event[order], return_index=True)
    split = np.split(pairs.truth[order], first[1:])
    search = _Search(
        {event: rows.tolist() for event, rows in zip(events.tolist(), split, strict=True)}, n_truth
    )
    for event in events[np.argsort(-score[events], kind="stable")].tolist():
        adds[event] = search.add(event)
    return adds


class _Search:
    """Augmenting paths, breadth first, through a matching that only grows."""

    def __init__(self, truths_of: dict[int, list[int]], n_truth: int) -> None:
        self.truths_of = truths_of
        self.holder = [-1] * n_truth
        # A truth that is held stays held, so each event looks for a free one from where it last did.
        self.looked = dict.fromkeys(truths_of, 0)
        # Truths from which a failed search reached no free one; no later match can change that.
        self.closed = [False] * n_truth

    def add(self, event: int) -> bool:
        """Match one more event, if others can make room for it."""
        came_from: dict[int, int] = {}
        queue = deque([event])
        while queue:
            current = queue.popleft()
            free = self._free_truth(current)
            if free is not None:
                came_from[free] = current
                self._shift(free, event, came_from)
                return True
            for truth in self.truths_of[current]:
                if truth not in came_from and not self.closed[truth]:
                    came_from[truth] = current
                    queue.append(self.holder[truth])
        for truth in came_from:
            self.closed[truth] = True
        return False

    def _free_truth(self, event: int) -> int | None:
        truths = self.truths_of[event]
        for place in range(self.looked[event], len(truths)):
            if self.holder[truths[place]] == -1:
                self.looked[event] = place
                return truths[place]
        self.looked[event] = len(truths)
        return None

    def _shift(self, truth: int, event: int, came_from: dict[int, int]) -> None:
        """Give a free truth to the event that reached it, the one that this event held to the one before."""
        held = {self.holder[other]: other for other in came_from}
        while True:
            taker = came_from[truth]
            self.holder[truth] = taker
            if taker == event:
                return
            truth = held[taker]


def _components(pairs: Pairs, n_truth: int, n_event: int) -> Ints:
    """Return the number of each pair's connected component."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    nodes = n_truth + n_event
    ones = np.ones(len(pairs), dtype=np.int8)
    graph = coo_array((ones, (pairs.truth, n_truth + pairs.event)), shape=(nodes, nodes))
    labels = connected_components(graph.tocsr(), directed=False)[1]
    return np.asarray(labels[pairs.truth], dtype=np.int64)


def _all_equal(values: Ints, bounds: Ints) -> npt.NDArray[np.bool_]:
    low = np.minimum.reduceat(values, bounds[:-1])
    return np.asarray(low == np.maximum.reduceat(values, bounds[:-1]), dtype=np.bool_)


def _assign(truth: Ints, event: Ints, iou: Floats) -> tuple[Ints, Ints]:
    """Return the matched truths and events of one component."""
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    truths, row = np.unique(truth, return_inverse=True)
    events, column = np.unique(event, return_inverse=True)
    weight = 1 + iou / (min(len(truths), len(events)) + 1)
    if len(truths) * len(events) <= DENSE_CELLS:
        table = np.zeros((len(truths), len(events)))
        table[row, column] = weight
        rows, columns = linear_sum_assignment(table, maximize=True)
        real = table[rows, columns] > 0
        return truths[rows[real]], events[columns[real]]
    # One event over many years of others: too large a table, so sparse, with one partner of no worth for
    # each truth. Weights start at 1 because a sparse zero would be no edge.
    places = np.arange(len(truths))
    graph = coo_array(
        (
            np.concatenate([1 + weight, np.ones(len(truths))]),
            (np.concatenate([row, places]), np.concatenate([column, len(events) + places])),
        ),
        shape=(len(truths), len(events) + len(truths)),
    )
    rows, columns = min_weight_full_bipartite_matching(graph.tocsr(), maximize=True)
    real = columns < len(events)
    return truths[rows[real]], events[columns[real]]
