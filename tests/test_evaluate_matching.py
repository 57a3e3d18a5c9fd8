"""Overlaps and matchings are those that trying everything finds."""

import itertools
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesctl.evaluate import matching
from sesctl.evaluate.matching import growing_match, match
from sesctl.evaluate.overlap import Pairs, intersection_over_union, overlapping_pairs

INTERVALS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 25), st.integers(1, 12)), max_size=6)


def columns(intervals):
    table = np.array(intervals, dtype=np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 1] + table[:, 2]


def overlaps(truths, events):
    """Return every overlapping pair with its IoU, by comparing all with all."""
    found = {}
    for (i, (place, a, n)), (k, (other, b, m)) in itertools.product(enumerate(truths), enumerate(events)):
        shared = min(a + n, b + m) - max(a, b)
        if place == other and shared > 0:
            found[i, k] = shared / (n + m - shared)
    return found


def best(found, n_truth):
    """Return the largest number of matches, and the largest sum of IoU with that many, by trying all."""
    top = (0, 0.0)
    choices = [[None, *(k for i, k in found if i == truth)] for truth in range(n_truth)]
    for choice in itertools.product(*choices):
        taken = [(i, k) for i, k in enumerate(choice) if k is not None]
        if len({k for _, k in taken}) == len(taken):
            top = max(top, (len(taken), sum(found[pair] for pair in taken)))
    return top


@given(INTERVALS, INTERVALS)
def test_pairs_are_all_that_share_time(truths, events):
    pairs = overlapping_pairs(*columns(truths), *columns(events))
    found = overlaps(truths, events)
    assert list(zip(pairs.truth.tolist(), pairs.event.tolist(), strict=True)) == sorted(found)
    truth_times, event_times = columns(truths)[1:], columns(events)[1:]
    iou = intersection_over_union(
        (truth_times[0][pairs.truth], truth_times[1][pairs.truth]),
        (event_times[0][pairs.event], event_times[1][pairs.event]),
    )
    np.testing.assert_allclose(iou, [found[pair] for pair in sorted(found)])


@pytest.mark.parametrize("dense_cells", [1 << 20, 0])
@given(truths=INTERVALS, events=INTERVALS)
def test_the_matching_is_the_largest_and_of_these_the_best(dense_cells, truths, events):
    pairs = overlapping_pairs(*columns(truths), *columns(events))
    found = overlaps(truths, events)
    iou = np.array([found[pair] for pair in sorted(found)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "DENSE_CELLS", dense_cells)
        matched = match(pairs, iou, len(truths), len(events))
    chosen = [(i, k) for i, k in enumerate(matched.tolist()) if k >= 0]
    assert set(chosen) <= found.keys()
    assert len({k for _, k in chosen}) == len(chosen)
    size, total = best(found, len(truths))
    assert len(chosen) == size
    assert sum(found[pair] for pair in chosen) == pytest.approx(total)


@given(
    INTERVALS,
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 25), st.integers(1, 12)), max_size=6),
    st.data(),
)
def test_the_growing_match_is_the_largest_for_every_number_of_events(truths, events, data):
    pairs = overlapping_pairs(*columns(truths), *columns(events))
    score = np.array(
        data.draw(st.lists(st.integers(0, 3), min_size=len(events), max_size=len(events))), float
    )
    adds = growing_match(pairs, score, len(truths))
    found = overlaps(truths, events)
    order = np.argsort(-score, kind="stable").tolist()
    for count in range(len(order) + 1):
        kept = set(order[:count])
        some = {(i, k): 1.0 for i, k in found if k in kept}
        assert adds[order[:count]].sum() == best(some, len(truths))[0]


@pytest.mark.parametrize("dense_cells", [1 << 20, 0])
def test_two_poor_matches_come_before_one_that_is_nearly_perfect(dense_cells, monkeypatch):
    monkeypatch.setattr(matching, "DENSE_CELLS", dense_cells)
    truths, events = [(0, 10, 10), (0, 0, 10)], [(0, 9, 11), (0, 19, 11)]
    pairs = overlapping_pairs(*columns(truths), *columns(events))
    iou = np.array([each for _, each in sorted(overlaps(truths, events).items())])
    assert iou.tolist() == pytest.approx([10 / 11, 1 / 20, 1 / 20])
    assert match(pairs, iou, 2, 2).tolist() == [1, 0]


def test_one_event_over_ten_thousand_truths_and_events_stays_quick():
    began = time.process_time()
    start = np.arange(10_000, dtype=np.int64) * 100
    same = np.zeros(10_000, dtype=np.int64)
    event_start, event_end = np.append(start, 0), np.append(start + 40, 1_000_000)
    pairs = overlapping_pairs(same, start, start + 50, np.append(same, 0), event_start, event_end)
    assert len(pairs) == 20_000
    adds = growing_match(pairs, np.append(np.zeros(10_000), 1.0), 10_000)
    # The long event comes first, takes a truth and has to give way to the event that fits it, each time.
    assert adds.sum() == 10_000
    assert adds[-1]
    assert time.process_time() - began < 5


def test_nothing_matches_nothing():
    none = np.empty(0, dtype=np.int64)
    pairs = overlapping_pairs(none, none, none, none, none, none)
    assert match(pairs, np.empty(0), 3, 2).tolist() == [-1, -1, -1]
    assert growing_match(Pairs(truth=none, event=none), np.zeros(2), 3).tolist() == [False, False]
