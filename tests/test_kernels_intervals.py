import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sesctl import _core
from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels import find_intervals, refit_edges

QUICK = settings(deadline=None, max_examples=150)
SCORES = hnp.arrays(
    st.sampled_from([np.float32, np.float64]),
    st.tuples(st.integers(0, 3), st.integers(0, 40)),
    elements=st.sampled_from([0.0, 0.25, 0.3, 0.5, 0.7, 0.75, 1.0, float("nan")]),
    fill=st.nothing(),
)


def found(*args, **kwargs):
    """Return what is found as tuples."""
    got = find_intervals(*args, **kwargs)
    return list(zip(got.row.tolist(), got.start.tolist(), got.end.tolist(), got.peak.tolist(), strict=True))


def twin(scores, high, low, lengths, merge_gap):
    """Walk over every row sample by sample."""
    intervals = []
    for r, row in enumerate(scores):
        runs, start = [], None
        for i in range(len(row) + 1):
            inside = i < len(row) and row[i] >= low
            if inside and start is None:
                start = i
            if not inside and start is not None:
                if (row[start:i] >= high).any():
                    runs.append([start, i])
                start = None
        merged = []
        for run in runs:
            if merged and run[0] - merged[-1][1] <= merge_gap:
                merged[-1][1] = run[1]
            else:
                merged.append(run)
        intervals += [(r, a, b, np.nanmax(row[a:b])) for a, b in merged if lengths[0] <= b - a <= lengths[1]]
    return intervals


@QUICK
@given(
    scores=SCORES,
    thresholds=st.lists(st.sampled_from([0.25, 0.3, 0.7, 0.75]), min_size=2, max_size=2).map(sorted),
    lengths=st.lists(st.integers(1, 15), min_size=2, max_size=2).map(sorted),
    merge_gap=st.integers(0, 5),
)
def test_intervals_are_those_found_sample_by_sample(scores, thresholds, lengths, merge_gap):
    low, high = thresholds
    got = found(scores, high, low, min_length=lengths[0], max_length=lengths[1], merge_gap=merge_gap)
    assert got == twin(scores, high, low, lengths, merge_gap)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("length", [1, 40, 64, 1023, 1024, 1025, 2048, 5000])
@pytest.mark.parametrize("smoothness", [1, 30, 3000])
def test_long_rows_hold_the_same_intervals_as_sample_by_sample(dtype, length, smoothness):
    noise = np.random.default_rng(length + smoothness).normal(0, 1, (3, length + smoothness - 1))
    sums = np.cumsum(np.pad(noise, [(0, 0), (1, 0)]), axis=1)
    scores = (sums[:, smoothness:] - sums[:, :-smoothness]).astype(dtype)
    low, high = np.quantile(scores[1:], [0.4, 0.8]).tolist()
    scores[0, ::2] = high + 1
    scores[2, length // 2] = np.nan
    assert found(scores, high, low) == twin(scores, dtype(high), dtype(low), (1, length), 0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("infinite", [np.inf, -np.inf])
def test_an_infinite_score_is_refused_wherever_it_lies(dtype, infinite):
    for place in (0, 63, 1024, 1100, 2099):
        scores = np.zeros((2, 2100), dtype)
        scores[1, place] = infinite
        with pytest.raises(ParameterError, match=rf"probability\[1, {place}\] is {infinite}"):
            find_intervals(scores, 0.5, -0.5)


def test_without_a_low_threshold_and_limits_every_run_is_an_interval():
    assert found([0, 0.9, 0.6, 0, 0.5, 1], 0.5) == [(0, 1, 3, 0.9), (0, 4, 6, 1.0)]


def test_a_run_counts_only_if_it_reaches_the_high_threshold():
    assert found([0.4, 0.4, 0, 0.4, 0.8, 0.4], 0.8, 0.4) == [(0, 3, 6, 0.8)]


def test_nan_ends_a_run():
    assert found([1, np.nan, 1], 0.5) == [(0, 0, 1, 1.0), (0, 2, 3, 1.0)]


@pytest.mark.parametrize(("merge_gap", "count"), [(1, 2), (2, 1), (10, 1)])
def test_runs_merge_across_exactly_the_merge_gap(merge_gap, count):
    assert len(found([1, np.nan, 0, 0.7], 0.5, merge_gap=merge_gap)) == count


def test_runs_merge_before_their_length_is_judged():
    scores = [1, 1, 0, 1, 1]
    assert found(scores, 0.5, min_length=5, merge_gap=1) == [(0, 0, 5, 1.0)]
    assert found(scores, 0.5, max_length=4, merge_gap=1) == []


def test_rows_do_not_mix_and_leading_axes_are_flattened():
    scores = np.zeros((2, 2, 3))
    scores[0, 1, 2] = scores[1, 0, 0] = 1
    assert found(scores, 0.5, merge_gap=10) == [(1, 2, 3, 1.0), (2, 0, 1, 1.0)]


def test_a_float32_score_reaches_a_threshold_written_alike():
    assert len(find_intervals(np.float32([0.7]), 0.7)) == 1


def test_what_is_found_has_its_types_even_where_nothing_is():
    for scores in (np.zeros((0, 5)), np.zeros((4, 0)), np.zeros(5), np.ones(5, np.float32)):
        got = find_intervals(scores, 0.5)
        assert [a.dtype for a in (got.row, got.start, got.end, got.peak)] == [np.int64] * 3 + [np.float64]
        assert len(got) == got.row.size == (1 if scores.any() else 0)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"high": 0.5, "low": 0.6}, "low is 0.6 and high 0.5"),
        ({"high": np.nan}, "nan"),
        ({"high": 0.5, "low": -np.inf}, "-inf"),
        ({"high": 0.5, "min_length": 0}, "min_length is 0"),
        ({"high": 0.5, "min_length": 5, "max_length": 4}, "min_length is 5 and max_length 4"),
        ({"high": 0.5, "merge_gap": -1}, "merge_gap is -1"),
        ({"high": 0.5, "merge_gap": 1.0}, "merge_gap is 1.0, which is not an integer"),
        ({"high": 0.5, "max_length": 1.5}, "max_length is 1.5, which is not an integer"),
    ],
)
def test_a_wrong_threshold_or_length_is_named_with_what_to_do(parameters, message):
    with pytest.raises(ParameterError, match=message) as caught:
        find_intervals([1.0], **parameters)
    assert caught.value.hint


@pytest.mark.parametrize("dtype", [np.complex128, object, "U3"])
def test_what_is_not_a_real_score_is_refused(dtype):
    with pytest.raises(ShapeError, match="probability"):
        find_intervals(np.ones(3, dtype), 0.5)
    with pytest.raises(ShapeError, match="values"):
        refit_edges(np.ones(3, dtype), [0], [1], [2], 1)


def split_twin(row, edge, first, last, radius):
    """Try every split by its squared error; the nearest of equals, then the earlier."""
    needed = max(1, min(2, radius))

    def error(split):
        sides = [side[np.isfinite(side)] for side in (row[first:split], row[split:last])]
        if min(map(len, sides)) < needed:
            return None
        return sum(((side - side.mean()) ** 2).sum() for side in sides)

    if not first < edge < last or error(edge) is None:
        return edge
    splits = [s for s in range(edge - radius, edge + radius + 1) if first < s < last and error(s) is not None]
    least = min(map(error, splits))
    # Splits that differ by rounding alone tie.
    return min((s for s in splits if error(s) < least + 1e-9), key=lambda s: (abs(s - edge), s))


@st.composite
def records_with_intervals(draw):
    values = draw(
        hnp.arrays(
            st.sampled_from([np.float32, np.float64]),
            st.tuples(st.integers(1, 3), st.integers(1, 40)),
            elements=st.sampled_from([0.0, 1.0, 2.0, 5.0, float("nan")]),
            fill=st.nothing(),
        )
    )
    rows, samples = values.shape
    bounds = st.tuples(st.integers(0, rows - 1), st.integers(0, samples - 1), st.integers(1, samples))
    intervals = draw(st.lists(bounds.filter(lambda b: b[1] < b[2]), max_size=4))
    return values, np.array(intervals, np.int64).reshape(-1, 3).T


@QUICK
@given(case=records_with_intervals(), radius=st.integers(0, 12), offset=st.sampled_from([0.0, 1e4]))
def test_edges_move_to_the_split_of_least_squared_error(case, radius, offset):
    values, (row, start, end) = case
    new_start, new_end = refit_edges(values + values.dtype.type(offset), row, start, end, radius)
    samples = values.shape[1]
    for r, s, e, got_start, got_end in zip(row, start, end, new_start, new_end, strict=True):
        record, middle = values[r].astype(np.float64), s + (e - s) // 2
        assert got_start == split_twin(record, s, max(0, s - 2 * radius), min(middle, s + 2 * radius), radius)
        assert got_end == split_twin(
            record, e, max(middle, e - 2 * radius), min(samples, e + 2 * radius), radius
        )
        assert 0 <= got_start < got_end <= samples


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [0.0, -1e4])
def test_the_edges_of_a_clean_boxcar_come_back_exactly(dtype, offset):
    values = np.full((2, 400), offset, dtype)
    values[1, 150:260] += 7
    for shift in range(-10, 11):
        start, end = refit_edges(values, [1], [150 + shift], [260 - shift], 10)
        assert (start.tolist(), end.tolist()) == ([150], [260])


def test_edges_in_drifting_noise_come_back_within_two_samples():
    rng = np.random.default_rng(1)
    frequency = np.fft.rfftfreq(1000)
    frequency[0] = np.inf
    spectrum = rng.normal(size=(200, 501)) + 1j * rng.normal(size=(200, 501))
    noise = np.fft.irfft(spectrum / np.sqrt(frequency), 1000)
    values = 1e4 + noise / noise.std()
    values[:, 400:580] += 8
    start, end = refit_edges(values, range(200), np.full(200, 394), np.full(200, 588), 18)
    assert (abs(start - 400) <= 2).all()
    assert (abs(end - 580) <= 2).all()


def test_gaps_are_left_out_of_the_fit():
    values = np.zeros(100)
    values[40:60] = 1
    values[::3] = np.nan
    start, end = refit_edges(values, [0], [44], [57], 8)
    # Samples 39 and 60 are missing: the splits beside each are as good, and the nearest to the edge is taken.
    assert (start.tolist(), end.tolist()) == ([40], [60])


@pytest.mark.parametrize("values", [np.full(50, np.nan), np.full(50, 0.1), np.arange(50.0) * 0 + 1e300])
def test_edges_stay_where_nothing_decides(values):
    start, end = refit_edges(values, [0, 0], [10, 0], [20, 50], 8)
    assert (start.tolist(), end.tolist()) == ([10, 0], [20, 50])


def test_the_edges_of_neighbouring_steps_never_cross():
    values = np.zeros(60)
    values[28:] = 1
    start, end = refit_edges(values, [0], [20], [24], 10)
    assert start[0] < 22 < end[0]


def test_no_intervals_give_no_edges():
    for none in ([], np.zeros(0, np.int32)):
        start, end = refit_edges(np.zeros(5), none, none, none, 3)
        assert start.dtype == end.dtype == np.int64
        assert start.size == end.size == 0


def test_refitting_leaves_its_input_alone():
    values = np.zeros((200, 2)).T[:, ::2]
    values[0, 30:60] = 1
    intervals = [np.array([0]), np.array([27]), np.array([62])]
    before = [array.copy() for array in (values, *intervals)]
    for array in (values, *intervals):
        array.flags.writeable = False
    start, end = refit_edges(values, *intervals, 5)
    assert (start[0], end[0]) == (30, 60)
    for array, kept in zip((values, *intervals), before, strict=True):
        np.testing.assert_array_equal(array, kept)


@pytest.mark.parametrize(
    ("row", "start", "end", "radius", "error", "message"),
    [
        ([0], [2], [2], 1, ParameterError, r"\[2, 2\) of row 0"),
        ([0], [-1], [2], 1, ParameterError, r"\[-1, 2\)"),
        ([0, 0], [0, 1], [2, 11], 1, ParameterError, r"interval 1 is \[1, 11\)"),
        ([1], [0], [2], 1, ParameterError, "1 rows of 10 samples"),
        ([0], [0], [2], -1, ParameterError, "radius is -1"),
        ([0], [0, 1], [2], 1, ShapeError, "1 rows, 2 starts and 1 ends"),
        ([0.0], [0], [2], 1, ShapeError, "row has shape .* float64"),
        ([0], [2**63], [2**63 + 1], 1, ShapeError, "start has shape .* uint64"),
        (
            [0],
            [np.iinfo(np.int64).min],
            [np.iinfo(np.int64).max],
            1,
            ParameterError,
            r"\[-922",
        ),
        ([0], [0], np.ma.masked_equal([2], 2), 1, ShapeError, r"end\[0\] is masked"),
        ([0], [0], [2], 1.0, ParameterError, "radius is 1.0, which is not an integer"),
        ([0], [[0]], [2], 1, ShapeError, r"start has shape \(1, 1\)"),
    ],
)
def test_a_wrong_interval_is_named_with_what_to_do(*, row, start, end, radius, error, message):
    with pytest.raises(error, match=message) as caught:
        refit_edges(np.zeros(10), row, start, end, radius)
    assert caught.value.hint


@pytest.mark.parametrize("limit", [10, 2**63, 10**30])
def test_lengths_and_gaps_beyond_the_record_are_no_limits(limit):
    scores = [1.0, 0.0, 1.0]
    assert found(scores, 0.5, max_length=limit, merge_gap=limit) == [(0, 0, 3, 1.0)]
    assert found(scores, 0.5, min_length=limit) == []


def test_an_edge_may_move_as_far_as_the_record_reaches_and_no_radius_is_too_large():
    values = np.repeat([0.0, 1.0, 0.0], 20)
    for radius in (60, 2**62, 2**63, 10**30):
        start, end = refit_edges(values, [0], [25], [33], radius)
        assert (start.tolist(), end.tolist()) == ([20], [40])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("row", "start", "end"),
    [
        (2, 0, 5),
        (-1, 0, 5),
        (0, -1, 5),
        (0, 0, 11),
        (0, 5, 5),
        (0, 6, 5),
        (2**63 - 1, 0, 5),
        (0, -(2**63), 2**63 - 1),
        (0, 2**63 - 1, -(2**63)),
    ],
)
def test_the_compiled_refit_reads_nothing_outside_the_record(*, dtype, row, start, end):
    intervals = [np.array([0, bound]) for bound in (row, start, end)]
    intervals[2][0] = 5
    with pytest.raises(ParameterError, match=r"does not lie in 2 rows of 10 samples"):
        _core.refit_edges(np.zeros((2, 10), dtype), *intervals, 3)


def test_the_compiled_refit_refuses_intervals_that_lack_a_bound():
    with pytest.raises(ShapeError, match="1 rows, 2 starts and 1 ends"):
        _core.refit_edges(np.zeros(10), np.array([0]), np.array([0, 1]), np.array([2]), 3)
    with pytest.raises(ParameterError, match="radius is -1"):
        _core.refit_edges(np.zeros(10), np.array([0]), np.array([0]), np.array([2]), -1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("infinite", [np.inf, -np.inf])
def test_the_compiled_refit_leaves_infinite_samples_out(dtype, infinite):
    values = np.repeat(np.array([0, 1, 0], dtype), 20)
    values[[5, 30, 50]] = infinite
    start, end = _core.refit_edges(values, np.array([0]), np.array([25]), np.array([33]), 12)
    assert (start.tolist(), end.tolist()) == ([20], [40])
