import itertools
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from edge_twins import contrast_twin, pairs_twin
from sesctl import _core
from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels import edge_contrast, find_opposite_edges

QUICK = settings(deadline=None, max_examples=150)
RECORDS = hnp.arrays(
    st.sampled_from([np.float32, np.float64]),
    st.tuples(st.integers(0, 3), st.integers(0, 40)),
    elements=st.one_of(st.floats(-100, 100, width=32), st.just(float("nan"))),
    fill=st.nothing(),
)


def contrasts(heights):
    return hnp.arrays(
        st.sampled_from([np.float32, np.float64]),
        st.tuples(st.integers(0, 3), st.integers(0, 60)),
        elements=st.one_of(heights, st.just(float("nan"))),
        fill=st.nothing(),
    )


ALL_HEIGHTS = contrasts(st.floats(-100, 100, width=32))
# Few different ones: plateaus and ties are where the order matters.
FEW_HEIGHTS = contrasts(st.sampled_from([-3.0, -2.0, -0.75, 0.0, 0.75, 2.0, 3.0]))


def found(*args):
    got = find_opposite_edges(*args)
    columns = (got.row, got.start, got.end, got.score, got.sign)
    assert [c.dtype for c in columns] == [np.int64, np.int64, np.int64, np.float64, np.int8]
    assert len(got) == len(got.row)
    return list(zip(*(c.tolist() for c in columns), strict=True))


@QUICK
@given(values=RECORDS, half_window=st.integers(1, 50))
def test_the_contrast_is_the_difference_of_the_means_on_both_sides(values, half_window):
    contrast = edge_contrast(values, half_window)
    assert contrast.dtype == values.dtype
    tolerance = 1e-5 if values.dtype == np.float32 else 1e-12
    np.testing.assert_allclose(contrast, contrast_twin(values, half_window), rtol=1e-5, atol=tolerance)


@settings(deadline=None, max_examples=250)
@given(
    contrast=st.one_of(FEW_HEIGHTS, ALL_HEIGHTS),
    lengths=st.lists(st.integers(1, 65), min_size=2, max_size=2).map(sorted),
    min_score=st.sampled_from([0.0, 0.7, 1.0, 1.5, 2.0]),
    max_events=st.integers(0, 9),
    half_window=st.one_of(st.integers(1, 4), st.integers(1, 70)),
)
def test_events_are_those_of_the_slow_twin(contrast, lengths, min_score, max_events, half_window):
    limits = (*lengths, min_score, max_events, half_window)
    assert found(contrast, *limits) == pairs_twin(contrast, *limits)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("half_window", [1, 2, 18])
@pytest.mark.parametrize("step", [0.0, 0.25, 3.0])
def test_events_of_a_long_record_are_those_of_the_slow_twin(dtype, half_window, step):
    rng = np.random.default_rng(7)
    contrast = rng.normal(0, 4, (3, 3000)).astype(dtype)
    if step:  # the coarser, the more ties
        contrast = np.round(contrast / dtype(step)) * dtype(step)
    contrast[1, rng.random(3000) < 0.1] = np.nan
    contrast[2] = np.convolve(contrast[2], np.ones(9) / 9, "same")
    for lengths in ((1, 3000), (2, 10), (30, 400)):
        limits = (*lengths, 0.5, 3000, half_window)
        expected = pairs_twin(contrast, *limits)
        assert len(expected) > 3
        assert found(contrast, *limits) == expected


def test_events_in_rows_of_very_different_heights_are_those_of_the_slow_twin():
    # Gains beside which others vanish, and sums that differ in their last bit alone.
    rng = np.random.default_rng(8)
    contrast = 10.0 ** rng.uniform(-4, 5, (40, 120)) * rng.choice([-1, 1], (40, 120))
    contrast[20:] = rng.choice([0.1, 0.3, 0.7, 3.0, 1e4], (20, 120)) * rng.choice([-1, 1], (20, 120))
    for lengths in ((1, 120), (3, 20)):
        assert found(contrast, *lengths, 0.0, 120, 1) == pairs_twin(contrast, *lengths, 0.0, 120, 1)


@settings(deadline=None, max_examples=100)
@given(
    spikes=st.lists(
        st.tuples(st.integers(4, 20), st.floats(-9, 9).filter(lambda height: abs(height) > 0.01)), max_size=7
    )
)
def test_edges_are_paired_as_trying_every_choice_would(spikes):
    contrast = np.zeros(200)
    edges_at = np.cumsum([0, *(gap for gap, _ in spikes)])[1:]
    contrast[edges_at] = [height for _, height in spikes]
    events = found(contrast, 6, 40, 1.0, 10, 2)

    possible = [
        (int(a), int(b), min(abs(contrast[a]), abs(contrast[b])))
        for a, b in itertools.combinations(edges_at, 2)
        if contrast[a] * contrast[b] < 0
        and 6 <= b - a <= 40
        and min(abs(contrast[a]), abs(contrast[b])) >= 1.0
    ]
    best = max(
        sum(score**4 for _, _, score in choice)
        for count in range(4)
        for choice in itertools.combinations(possible, count)
        if all(one[1] < other[0] for one, other in itertools.pairwise(sorted(choice)))
    )
    scores = [score for _, _, _, score, _ in events]
    assert sum(score**4 for score in scores) == pytest.approx(best, rel=1e-9)
    assert scores == sorted(scores, reverse=True)
    assert {(start, end, score) for _, start, end, score, _ in events} <= set(possible)
    assert all(np.sign(contrast[start]) == sign for _, start, _, _, sign in events)


def test_no_edge_is_no_event():
    for contrast in (np.zeros((2, 50)), np.full((1, 50), np.nan), np.zeros((1, 0)), np.zeros((0, 10))):
        assert found(contrast, 5, 20, 0.0, 10, 3) == []


def test_only_the_best_of_a_row_are_kept():
    contrast = np.zeros(200)
    contrast[[10, 30, 60, 80, 110, 130]] = [5, -5, 3, -3, 4, -4]
    assert found(contrast, 5, 25, 1.0, 2, 2) == [(0, 10, 30, 5.0, 1), (0, 110, 130, 4.0, 1)]


def test_of_edges_of_one_sign_the_largest_within_the_window_counts_and_of_equal_ones_the_first():
    contrast = np.zeros(60)
    contrast[[10, 13, 16]] = [2, 3, 3]
    contrast[[40, 41, 42, 43]] = -2
    assert found(contrast, 1, 60, 1.0, 5, 3) == [(0, 13, 40, 2.0, 1)]
    assert found(contrast, 1, 24, 1.0, 5, 3) == []
    assert found(contrast, 1, 24, 1.0, 5, 2) == [(0, 16, 40, 2.0, 1)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_least_score_is_compared_in_the_type_of_the_contrast(dtype):
    contrast = np.array([0, 0.7, 0, -0.7, 0], dtype)
    assert found(contrast, 1, 5, 0.7, 5, 1) == [(0, 1, 3, float(dtype(0.7)), 1)]
    assert found(contrast, 1, 5, 0.7000002, 5, 1) == []


def test_contrasts_whose_product_underflows_make_an_event():
    contrast = np.array([0, 1e-30, 0, -1e-30, 0], np.float32)
    assert found(contrast, 1, 5, 0.0, 5, 1) == [(0, 1, 3, float(np.float32(1e-30)), 1)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [0.0, 1e4, -1e4])
@pytest.mark.parametrize("height", [12.0, -12.0])
@pytest.mark.parametrize("length", [18, 90, 180])
def test_a_boxcar_scores_its_height_at_its_edges(dtype, offset, height, length):
    values = np.full((1, 1000), offset, dtype)
    values[0, 300 : 300 + length] += height
    got = found(edge_contrast(values, 18), 18, 1080, 1.0, 1, 18)
    assert got == [(0, 300, 300 + length, 12.0, np.sign(height))]


def test_the_best_boxcar_comes_first_and_others_follow():
    values = np.zeros(1000)
    values[100:150] = 5
    values[300:400] = -9
    values[600:700] = 7
    got = found(edge_contrast(values, 18), 30, 150, 1.0, 10, 18)
    assert got == [(0, 300, 400, 9.0, -1), (0, 600, 700, 7.0, 1), (0, 100, 150, 5.0, 1)]
    assert found(edge_contrast(values, 18), 30, 150, 6.0, 10, 18) == got[:2]
    assert found(edge_contrast(values, 18), 30, 150, 1.0, 1, 18) == got[:1]


def test_an_edge_bounds_one_event():
    contrast = np.zeros(50)
    contrast[[10, 20, 30]] = [3, -5, 4]
    assert found(contrast, 5, 10, 1.0, 5, 2) == [(0, 20, 30, 4.0, -1)]


def test_of_choices_as_good_events_close_first_and_then_open_first():
    contrast = np.zeros(60)
    contrast[[10, 15, 20, 30, 40]] = [2, 2, -2, -2, 2]
    assert found(contrast, 1, 60, 1.0, 5, 2) == [(0, 10, 20, 2.0, 1), (0, 30, 40, 2.0, -1)]


def test_a_single_step_scores_no_higher_than_the_noise():
    rng = np.random.default_rng(3)
    values = 1e4 + rng.normal(0, 1, (20, 2000))
    values[:, 1000:] += 100
    noise = edge_contrast(values[:, :900], 18)
    got = find_opposite_edges(edge_contrast(values, 18), 30, 1080, 0.0, 3, 18)
    assert len(got) > 0
    assert got.score.max() < 1.5 * np.nanmax(abs(noise))
    assert got.score.max() < 2


@pytest.mark.parametrize("slope", [0.25, -0.25, 0.1])
def test_a_ramp_has_no_opposite_edges(slope):
    values = 1e4 + slope * np.arange(2000.0)
    contrast = edge_contrast(values, 18)
    np.testing.assert_allclose(contrast[18:-17], 18 * slope, rtol=1e-9)
    assert found(contrast, 1, 1080, 0.0, 10, 18) == []


def test_a_slow_drift_is_longer_than_any_event():
    values = 300 * np.sin(2 * np.pi * np.arange(8640) / 8640)
    assert found(edge_contrast(values, 18), 30, 1080, 0.1, 10, 18) == []


def test_an_offset_costs_no_accuracy_however_long_the_record():
    # Multiples of 1/1024, so that the offset itself rounds nothing away.
    noise = np.random.default_rng(4).integers(-4096, 4096, (1, 20_000)) / 1024
    plain, offset = edge_contrast(noise, 30), edge_contrast(noise + 1e4, 30)
    np.testing.assert_allclose(offset, plain, atol=1e-13)
    single = edge_contrast((noise + 1e4).astype(np.float32), 30)
    np.testing.assert_allclose(single, plain, rtol=1e-6, atol=1e-12)


def test_a_wild_sample_costs_its_neighbours_nothing_beyond_its_own_windows():
    values = np.random.default_rng(5).normal(size=500)
    expected = edge_contrast(values, 10)
    for at in (0, 250):
        wild = values.copy()
        wild[at] = 1e30
        far = abs(np.arange(500) - at) > 10
        np.testing.assert_allclose(edge_contrast(wild, 10)[far], expected[far], atol=1e-13)


def test_the_contrast_of_a_constant_is_exactly_zero():
    contrast = edge_contrast(np.full(100, 0.1), 7)
    np.testing.assert_array_equal(contrast[7:-6], 0.0)
    assert np.isnan(edge_contrast(np.full(100, np.nan), 7)).all()


@pytest.mark.parametrize("half_window", [1, 2, 5, 6])
def test_the_contrast_ends_where_less_than_half_a_window_remains(half_window):
    contrast = edge_contrast(np.zeros(30), half_window)
    needed = (half_window + 1) // 2
    np.testing.assert_array_equal(np.flatnonzero(~np.isnan(contrast)), np.arange(needed, 31 - needed))


def test_the_compiled_contrast_leaves_infinite_samples_out():
    values = np.arange(20.0)
    values[8] = np.nan
    expected = edge_contrast(values, 4)
    values[8] = np.inf
    np.testing.assert_array_equal(_core.edge_contrast(values, 4), expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_compiled_pairing_takes_no_infinite_extremum(dtype):
    contrast = np.array([0, np.inf, 0, 2, 0, -2, 0, -np.inf, 0], dtype)
    row, start, end, score, sign = _core.find_opposite_edges(contrast, 1, 10, 0.0, 5, 1)
    assert (row.tolist(), start.tolist(), end.tolist()) == ([0], [3], [5])
    assert (score.tolist(), sign.tolist()) == ([2.0], [1])


@pytest.mark.parametrize("samples", [1, 2, 7, 8])
def test_a_window_as_long_as_the_record_has_two_half_sides_at_its_middle(samples):
    values = np.arange(samples, dtype=float)
    for half_window in (samples, samples + 1):
        np.testing.assert_array_equal(
            edge_contrast(values, half_window), contrast_twin(values[None], half_window)[0]
        )


@pytest.mark.parametrize("half_window", [21, 41, 10**6, 10**18, 10**30])
def test_a_window_longer_than_the_record_leaves_nothing(half_window):
    assert np.isnan(edge_contrast(np.ones((2, 20)), half_window)).all()


@pytest.mark.parametrize("shape", [(0,), (0, 5), (3, 0), (2, 0, 4)])
def test_no_rows_or_no_samples_have_no_edges(shape):
    contrast = edge_contrast(np.zeros(shape, np.float32), 3)
    assert contrast.shape == shape
    assert contrast.dtype == np.float32
    assert found(contrast, 1, 5, 0.0, 5, 3) == []


def test_leading_axes_are_kept_by_the_contrast_and_flattened_by_the_pairs():
    values = np.zeros((2, 3, 100))
    values[1, 1, 40:60] = 1
    contrast = edge_contrast(values, 5)
    assert contrast.shape == values.shape
    assert found(contrast, 5, 50, 0.5, 5, 5) == [(4, 40, 60, 1.0, 1)]


@pytest.mark.parametrize("kind", [np.int16, np.bool_, np.float16, "unaligned"])
def test_any_real_input_is_taken_and_left_alone(kind):
    lowest = 0 if kind is np.bool_ else -1
    numbers = np.random.default_rng(6).integers(lowest, 2, (2, 60)).astype(np.float64)
    if kind == "unaligned":
        values = np.frombuffer(b" " + numbers.tobytes(), np.uint8)[1:].view(np.float64).reshape(2, 60)
    else:
        values = np.asfortranarray(numbers.astype(kind))[:, ::2]
        numbers = numbers[:, ::2]
    values.flags.writeable = False
    before = values.copy()
    contrast = edge_contrast(values, 3)
    assert contrast.dtype == np.float64
    np.testing.assert_array_equal(contrast, edge_contrast(numbers, 3))
    events = found(values, 1, 10, 0.0, 5, 2)
    assert events == found(numbers, 1, 10, 0.0, 5, 2)
    assert bool(events) == (lowest < 0)
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize(
    ("min_length", "half_window", "most"),
    [(1, 1, 100_000), (500, 1, 398), (100_000, 1, 1), (1, 100_000, 1)],
)
def test_the_work_grows_with_neither_lengths_nor_window(min_length, half_window, most):
    turns, ramp = np.tile([1.0, -1.0], 100_000), np.linspace(1, 2, 200_000)
    contrast = [turns, turns * ramp, turns * ramp[::-1], np.where(turns > 0, 1e-3, -9.0), ramp, -ramp[::-1]]
    start = process_time()
    got = find_opposite_edges(np.array(contrast), min_length, 200_000, 0.0, 200_000, half_window)
    assert process_time() - start < 10  # minutes, were the one multiplied by the other
    assert np.bincount(got.row, minlength=6).max() == most
    assert set(got.row) <= {0, 1, 2, 3}


@pytest.mark.parametrize("dtype", [np.complex128, object, "U3"])
def test_what_is_not_a_real_record_is_refused(dtype):
    with pytest.raises(ShapeError, match="values"):
        edge_contrast(np.ones(3, dtype), 1)
    with pytest.raises(ShapeError, match="contrast"):
        find_opposite_edges(np.ones(3, dtype), 1, 2, 0.0, 1, 1)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ((0, 5, 1.0, 1, 1), "min_length is 0"),
        ((6, 5, 1.0, 1, 1), "min_length is 6 and max_length 5"),
        ((1, 5, -1.0, 1, 1), "min_score is -1.0"),
        ((1, 5, np.nan, 1, 1), "min_score is nan"),
        ((1, 5, 1.0, -1, 1), "max_events is -1"),
        ((1, 5, 1.0, 2.0, 1), "max_events is 2.0, which is not an integer"),
        ((1.0, 5, 1.0, 2, 1), "min_length is 1.0, which is not an integer"),
        ((1, 5, 1.0, 1, 0), "half_window is 0 samples"),
        ((1, 5, 1.0, 1, -1), "half_window is -1 samples"),
        ((1, 5, 1.0, 1, 2.5), "half_window is 2.5, which is not an integer"),
    ],
)
def test_a_wrong_limit_is_named_with_what_to_do(parameters, message):
    with pytest.raises(ParameterError, match=message) as caught:
        find_opposite_edges([1.0, -1.0], *parameters)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("limits", "message"),
    [((0, 5, 1.0, 1, 1), "0 and the longest 5"), ((3, 2, 1.0, 1, 1), "3 and the longest 2")],
)
def test_the_compiled_pairing_refuses_lengths_that_no_event_has(limits, message):
    with pytest.raises(ParameterError, match=message):
        _core.find_opposite_edges(np.array([1.0, -1.0]), *limits)


@pytest.mark.parametrize("limit", [10**12, 10**30])
def test_limits_beyond_the_record_are_no_limits(limit):
    contrast = [0.0, 1.0, 0.0, -1.0, 0.0]
    assert found(contrast, 1, limit, 0.0, limit, 1) == [(0, 1, 3, 1.0, 1)]
    assert found(contrast, limit, limit, 0.0, limit, 1) == []
    assert found(contrast, 1, limit, 0.0, limit, limit) == [(0, 1, 3, 1.0, 1)]
    assert found(contrast, 1, limit, 1e300, limit, 1) == []


@pytest.mark.parametrize("half_window", [0, -1, 3.0])
def test_a_half_window_of_no_samples_is_refused(half_window):
    with pytest.raises(ParameterError, match=f"half_window is {half_window}") as caught:
        edge_contrast([1.0], half_window)
    assert caught.value.hint
