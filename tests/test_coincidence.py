"""Candidates of single dipoles become station events by overlap."""

from hypothesis import given
from hypothesis import strategies as st

from sesctl.coincidence import merge_dipoles
from sesctl.types import Candidate


def candidate(start, end, score, **amplitudes):
    return Candidate(day=0, start=start, end=end, raw_score=score, amplitudes=amplitudes)


def test_the_same_signal_on_three_dipoles_is_one_event_with_the_best_ones_edges():
    merged = merge_dipoles(
        [candidate(100, 200, 5, a=1.0), candidate(110, 205, 9, b=-3.0), candidate(90, 190, 7, c=2.0)]
    )
    assert merged == [candidate(110, 205, 9, b=-3.0, c=2.0, a=1.0)]


def test_signals_that_only_touch_stay_apart():
    pair = [candidate(0, 100, 5, a=1.0), candidate(100, 200, 6, b=1.0)]
    assert merge_dipoles(pair) == pair


def test_a_long_candidate_does_not_chain_two_short_ones_into_one():
    short, late = candidate(0, 100, 9, a=1.0), candidate(150, 250, 8, a=2.0)
    long = candidate(80, 170, 3, b=1.0)
    merged = merge_dipoles([short, late, long])
    assert [(each.start, each.end) for each in merged] == [(0, 100), (80, 170), (150, 250)]


@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(1, 100), st.integers(0, 5), st.sampled_from("abc")),
        max_size=25,
    ),
    st.randoms(),
)
def test_merging_keeps_every_dipole_and_does_not_depend_on_order(rows, random):
    candidates = [candidate(s, s + n, float(score), **{name: 1.0}) for s, n, score, name in rows]
    merged = merge_dipoles(candidates)
    shuffled = list(candidates)
    random.shuffle(shuffled)
    assert merge_dipoles(shuffled) == merged
    assert {name for each in merged for name in each.amplitudes} == {row[3] for row in rows}
    assert len(merged) <= len(candidates)
