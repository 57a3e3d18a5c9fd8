from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

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
# Few different values: plateaus and ties are where the order matters.
CONTRASTS = hnp.arrays(
    st.sampled_from([np.float32, np.float64]),
    st.tuples(st.integers(0, 3), st.integers(0, 40)),
    elements=st.sampled_from([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, float("nan")]),
    fill=st.nothing(),
)


def contrast_twin(values, half_window):
    contrast = np.full(values.shape, np.nan)
    for r, row in enumerate(values.astype(np.float64)):
        for i in range(len(row)):
            sides = [row[max(0, i - half_window) : i], row[i : i + half_window]]
            before, after = (side[np.isfinite(side)] for side in sides)
            if min(len(before), len(after)) >= half_window / 2:
                contrast[r, i] = after.mean() - before.mean()
    return contrast


def extrema_twin(row):
    """Return the first sample of every maximum above zero and minimum below it, plateaus included."""
    extrema = []
    for i, here in enumerate(row):
        if np.isnan(here) or here == 0 or (i and row[i - 1] == here):
            continue
        end = i
        while end < len(row) and row[end] == here:
            end += 1
        beside = [row[j] for j in (i - 1, end) if 0 <= j < len(row) and not np.isnan(row[j])]
        if all(np.sign(here) * other < abs(here) for other in beside):
            extrema.append(i)
    return extrema


def pairs_twin(contrast, min_length, max_length, min_score, max_events):
    """List all pairs of a row, then take them in order."""
    events = []
    for r, row in enumerate(contrast):
        extrema = extrema_twin(row)
        pairs = sorted(
            (-min(abs(row[i]), abs(row[j])), i, j)
            for i in extrema
            for j in extrema
            if min_length <= j - i <= max_length and row[i] * row[j] < 0
        )
        accepted = []
        for score, i, j in pairs:
            if (
                -score >= min_score
                and len(accepted) < max_events
                and all(j <= a or b <= i for a, b in accepted)
            ):
                accepted.append((i, j))
                events.append((r, i, j, -score, np.sign(row[i])))
    return events


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


@QUICK
@given(
    contrast=CONTRASTS,
    lengths=st.lists(st.integers(1, 45), min_size=2, max_size=2).map(sorted),
    min_score=st.sampled_from([0.0, 1.0, 1.5, 2.0]),
    max_events=st.integers(0, 5),
)
def test_pairs_are_taken_as_from_a_sorted_list_of_all(contrast, lengths, min_score, max_events):
    assert found(contrast, *lengths, min_score, max_events) == pairs_twin(
        contrast, *lengths, min_score, max_events
    )


@pytest.mark.parametrize("seed", range(5))
def test_many_overlapping_pairs_are_taken_in_order(seed):
    contrast = np.random.default_rng(seed).normal(size=(2, 300))
    assert found(contrast, 3, 40, 0.1, 1000) == pairs_twin(contrast, 3, 40, 0.1, 1000)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [0.0, 1e4, -1e4])
@pytest.mark.parametrize("height", [12.0, -12.0])
@pytest.mark.parametrize("length", [18, 90, 180])
def test_a_boxcar_scores_its_height_at_its_edges(dtype, offset, height, length):
    values = np.full((1, 1000), offset, dtype)
    values[0, 300 : 300 + length] += height
    got = found(edge_contrast(values, 18), 18, 1080, 1.0, 1)
    assert got == [(0, 300, 300 + length, 12.0, np.sign(height))]


def test_the_best_boxcar_comes_first_and_others_follow():
    values = np.zeros(1000)
    values[100:150] = 5
    values[300:400] = -9
    values[600:700] = 7
    got = found(edge_contrast(values, 18), 30, 150, 1.0, 10)
    assert got == [(0, 300, 400, 9.0, -1), (0, 600, 700, 7.0, 1), (0, 100, 150, 5.0, 1)]
    assert found(edge_contrast(values, 18), 30, 150, 6.0, 10) == got[:2]
    assert found(edge_contrast(values, 18), 30, 150, 1.0, 1) == got[:1]


def test_events_that_touch_do_not_overlap():
    contrast = np.zeros(50)
    contrast[[10, 20, 30]] = [3, -5, 4]
    assert found(contrast, 5, 10, 1.0, 5) == [(0, 20, 30, 4.0, -1), (0, 10, 20, 3.0, 1)]


def test_of_pairs_as_good_the_earlier_and_then_the_shorter_is_taken():
    contrast = np.zeros(60)
    contrast[[10, 15, 20, 30, 40]] = [2, 2, -2, -2, 2]
    assert found(contrast, 1, 60, 1.0, 5) == [(0, 10, 20, 2.0, 1), (0, 20, 40, 2.0, -1)]


def test_a_single_step_scores_no_higher_than_the_noise():
    rng = np.random.default_rng(3)
    values = 1e4 + rng.normal(0, 1, (20, 2000))
    values[:, 1000:] += 100
    noise = edge_contrast(values[:, :900], 18)
    got = find_opposite_edges(edge_contrast(values, 18), 30, 1080, 0.0, 3)
    assert len(got) > 0
    assert got.score.max() < 1.5 * np.nanmax(abs(noise))
    assert got.score.max() < 2


@pytest.mark.parametrize("slope", [0.25, -0.25, 0.1])
def test_a_ramp_has_no_opposite_edges(slope):
    values = 1e4 + slope * np.arange(2000.0)
    contrast = edge_contrast(values, 18)
    np.testing.assert_allclose(contrast[18:-17], 18 * slope, rtol=1e-9)
    assert found(contrast, 1, 1080, 0.0, 10) == []


def test_a_slow_drift_is_longer_than_any_event():
    values = 300 * np.sin(2 * np.pi * np.arange(8640) / 8640)
    assert found(edge_contrast(values, 18), 30, 1080, 0.1, 10) == []


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
    row, start, end, score, sign = _core.find_opposite_edges(contrast, 1, 10, 0.0, 5)
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
    assert found(contrast, 1, 5, 0.0, 5) == []


def test_leading_axes_are_kept_by_the_contrast_and_flattened_by_the_pairs():
    values = np.zeros((2, 3, 100))
    values[1, 1, 40:60] = 1
    contrast = edge_contrast(values, 5)
    assert contrast.shape == values.shape
    assert found(contrast, 5, 50, 0.5, 5) == [(4, 40, 60, 1.0, 1)]


@pytest.mark.parametrize("kind", [np.int16, np.bool_, np.float16, "unaligned"])
def test_any_real_input_is_taken_and_left_alone(kind):
    numbers = np.random.default_rng(6).integers(0, 2, (2, 60)).astype(np.float64)
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
    assert found(values, 1, 10, 0.0, 5) == found(numbers, 1, 10, 0.0, 5)
    np.testing.assert_array_equal(values, before)


def test_a_day_of_nothing_but_edges_is_paired_in_a_moment():
    days = [np.tile([1.0, -1.0], 8640), np.linspace(1, 2, 17280) * np.tile([1.0, -1.0], 8640)]
    start = process_time()
    for min_length in (1, 500):
        got = find_opposite_edges(np.array(days), min_length, 1080, 0.0, 17280)
        assert len(got) >= 2 * 16
    assert process_time() - start < 5


@pytest.mark.parametrize("dtype", [np.complex128, object, "U3"])
def test_what_is_not_a_real_record_is_refused(dtype):
    with pytest.raises(ShapeError, match="values"):
        edge_contrast(np.ones(3, dtype), 1)
    with pytest.raises(ShapeError, match="contrast"):
        find_opposite_edges(np.ones(3, dtype), 1, 2, 0.0, 1)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ((0, 5, 1.0, 1), "min_length is 0"),
        ((6, 5, 1.0, 1), "min_length is 6 and max_length 5"),
        ((1, 5, -1.0, 1), "min_score is -1.0"),
        ((1, 5, np.nan, 1), "min_score is nan"),
        ((1, 5, 1.0, -1), "max_events is -1"),
        ((1, 5, 1.0, 2.0), "max_events is 2.0, which is not an integer"),
        ((1.0, 5, 1.0, 2), "min_length is 1.0, which is not an integer"),
    ],
)
def test_a_wrong_limit_is_named_with_what_to_do(parameters, message):
    with pytest.raises(ParameterError, match=message) as caught:
        find_opposite_edges([1.0, -1.0], *parameters)
    assert caught.value.hint


@pytest.mark.parametrize("limit", [10**12, 10**30])
def test_limits_beyond_the_record_are_no_limits(limit):
    contrast = [0.0, 1.0, 0.0, -1.0, 0.0]
    assert found(contrast, 1, limit, 0.0, limit) == [(0, 1, 3, 1.0, 1)]
    assert found(contrast, limit, limit, 0.0, limit) == []
    assert found(contrast, 1, limit, 1e300, limit) == []


@pytest.mark.parametrize("half_window", [0, -1, 3.0])
def test_a_half_window_of_no_samples_is_refused(half_window):
    with pytest.raises(ParameterError, match=f"half_window is {half_window}") as caught:
        edge_contrast([1.0], half_window)
    assert caught.value.hint
