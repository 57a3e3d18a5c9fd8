import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from record_strategies import QUICK, SAMPLES
from sesctl import _core
from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels import grid_samples

INT64 = np.iinfo(np.int64)
ANY_TIME = st.integers(INT64.min, INT64.max) | st.sampled_from([INT64.min, INT64.min + 1, -1, 0, INT64.max])


def twin(times, values, start, interval, count):
    """Drop each sample into the list of its grid point, in Python's unbounded integers."""
    gridded = np.full((len(values), count), np.nan)
    hits = np.zeros((len(values), count), np.uint32)
    for channel, samples in enumerate(values):
        points = {}
        for time, sample in zip(times.tolist(), samples.astype(float).tolist(), strict=True):
            point = (2 * (time - start) + interval) // (2 * interval)
            if 0 <= point < count and not np.isnan(sample):
                points.setdefault(point, []).append(sample)
        for point, found in points.items():
            gridded[channel, point] = np.mean(found)
            hits[channel, point] = len(found)
    return gridded.astype(values.dtype), hits


@st.composite
def recordings(draw, time, start, interval):
    times = draw(hnp.arrays(np.int64, st.integers(0, 30), elements=time))
    dtype = draw(st.sampled_from([np.dtype(np.float32), np.dtype(np.float64)]))
    shape = (draw(st.integers(0, 3)), len(times))
    values = draw(hnp.arrays(dtype, shape, elements=SAMPLES, fill=st.nothing()))
    return times, values, draw(start), draw(interval), draw(st.integers(0, 12))


def check_against_twin(recording):
    gridded, hits = grid_samples(*recording)
    expected, counted = twin(*recording)
    assert gridded.dtype == recording[1].dtype
    np.testing.assert_array_equal(hits, counted)
    np.testing.assert_allclose(
        gridded, expected, rtol=1e-6 if gridded.dtype == np.float32 else 1e-12, atol=1e-9
    )


@QUICK
@given(recordings(time=st.integers(-15, 60), start=st.integers(-10, 10), interval=st.integers(1, 9)))
def test_samples_go_to_their_nearest_grid_point_and_are_averaged_there(recording):
    check_against_twin(recording)


@QUICK
@given(recordings(time=ANY_TIME, start=ANY_TIME, interval=st.integers(1, INT64.max) | st.just(INT64.max)))
def test_no_time_overflows(recording):
    check_against_twin(recording)


@pytest.mark.parametrize("start", [INT64.min, INT64.max])
@pytest.mark.parametrize("interval", [1, 2, 3, INT64.max - 1, INT64.max])
def test_the_ends_of_time_are_grid_points_like_others(start, interval):
    times = np.array([INT64.min, INT64.min + 1, -1, 0, INT64.max - 1, INT64.max])
    check_against_twin((times, np.arange(6.0)[None] + 1, start, interval, 4))


@pytest.mark.parametrize("interval", [10, 11])
def test_a_sample_within_half_an_interval_counts_and_a_tie_goes_to_the_later_point(interval):
    times = np.arange(-interval, 2 * interval + 1)
    hits = grid_samples(times, np.ones(len(times)), 0, interval, 2)[1]
    np.testing.assert_array_equal(hits, [interval, interval])
    before, between, after = -(interval // 2), (interval + 1) // 2, interval + (interval + 1) // 2
    placed, _ = grid_samples(
        [before - 1, before, between - 1, between, after - 1, after], range(6), 0, interval, 2
    )
    np.testing.assert_array_equal(placed, [(1 + 2) / 2, (3 + 4) / 2])


def test_several_samples_on_a_point_are_averaged_in_double():
    # In single precision, the sum of 1e5 samples near 1e4 would be off by about 1.
    values = (1e4 + np.random.default_rng(10).normal(0, 1, 100_000)).astype(np.float32)
    gridded, hits = grid_samples(np.zeros(len(values), np.int64), values, 0, 10, 1)
    assert hits[0] == len(values)
    assert gridded[0] == np.float32(values.mean(dtype=np.float64))


def test_equal_samples_average_to_themselves():
    assert grid_samples([0, 0, 0], [0.1, 0.1, 0.1], 0, 1, 1)[0][0] == 0.1


@QUICK
@given(
    recordings(time=st.integers(-15, 60), start=st.integers(-10, 10), interval=st.integers(1, 9)),
    st.randoms(),
)
def test_the_order_of_the_samples_does_not_matter(recording, random):
    times, values, *grid = recording
    order = random.sample(range(len(times)), len(times))
    gridded, hits = grid_samples(times, values, *grid)
    shuffled, counted = grid_samples(times[order], values[:, order], *grid)
    np.testing.assert_array_equal(counted, hits)
    np.testing.assert_allclose(shuffled, gridded, rtol=1e-6, atol=1e-9)


def test_nan_is_left_out_of_the_mean():
    gridded, hits = grid_samples([0, 1, 10], [[4.0, np.nan, np.nan]], 0, 10, 2)
    np.testing.assert_array_equal(gridded, [[4.0, np.nan]])
    np.testing.assert_array_equal(hits, [[1, 0]])


def test_channels_without_samples_have_an_empty_row_on_the_grid():
    gridded, hits = grid_samples(np.empty(0, np.int64), np.empty((3, 0), np.float32), 0, 10, 4)
    assert gridded.shape == hits.shape == (3, 4)
    assert np.isnan(gridded).all()
    assert not hits.any()


def test_one_channel_needs_no_axis():
    gridded, hits = grid_samples([0, 10], [1.0, 2.0], 0, 10, 3)
    np.testing.assert_array_equal(gridded, [1, 2, np.nan])
    np.testing.assert_array_equal(hits, [1, 1, 0])


def test_times_of_any_layout_are_taken():
    times = np.arange(12, dtype=np.int64)
    expected = grid_samples(times, times, 0, 2, 6)[0]
    read_only = times.copy()
    read_only.flags.writeable = False
    unaligned = np.frombuffer(b"\0" + times.tobytes(), np.int64, offset=1)
    for layout in (np.repeat(times, 2)[::2], times.astype(">i8"), times.astype("u1"), read_only, unaligned):
        np.testing.assert_array_equal(grid_samples(layout, times, 0, 2, 6)[0], expected)


def test_lengths_that_differ_are_refused_with_both():
    with pytest.raises(ShapeError, match=r"values has length 3, times have length 2"):
        grid_samples([0, 1], np.zeros((2, 3)), 0, 1, 2)


@pytest.mark.parametrize(
    "times",
    [np.zeros(2), np.zeros(2, "uint64"), np.zeros(2, "datetime64[us]"), np.zeros((1, 2), int), np.array(0)],
)
def test_times_that_are_not_one_axis_of_int64_are_refused(times):
    with pytest.raises(ShapeError, match=r"times has shape .* and type .*, not one axis of int64"):
        grid_samples(times, np.zeros(2), 0, 1, 2)


@pytest.mark.parametrize(
    ("start", "interval", "count", "fault"),
    [
        (2**63, 1, 1, "start is 9223372036854775808 µs"),
        (0, 0, 1, "interval is 0 µs, which is not from 1"),
        (0, -5, 1, "interval is -5 µs"),
        (0, 2**63, 1, "interval is 9223372036854775808 µs"),
        (0, 1, -1, "count is -1 grid points, which is not from 0"),
        (0.0, 1, 1, "start is 0.0, which is not an integer"),
        (0, 1e6, 1, "interval is 1000000.0, which is not an integer"),
    ],
)
def test_a_grid_that_is_none_is_refused(start, interval, count, fault):
    with pytest.raises(ParameterError, match=fault):
        grid_samples([0], [1.0], start, interval, count)


def test_the_compiled_kernel_refuses_what_disagrees_on_its_own():
    times, values = np.zeros(2, np.int64), np.zeros((1, 2))
    with pytest.raises(ParameterError, match="interval is 0"):
        _core.grid_samples(times, values, 0, 0, 1)
    with pytest.raises(ParameterError, match="count is -1"):
        _core.grid_samples(times, values, 0, 1, -1)
    with pytest.raises(ShapeError, match="values have 2 samples a channel and times 1"):
        _core.grid_samples(times[:1], values, 0, 1, 1)
    with pytest.raises(ShapeError, match="times have 1 axes and values 1, not 1 and 2"):
        _core.grid_samples(times, values[0], 0, 1, 1)


@pytest.mark.parametrize("count", [2**32 + 1, 10**15, 2**63 - 1])
@pytest.mark.parametrize("channels", [(), (0,), (3,)])
def test_a_grid_that_no_memory_holds_is_refused_before_it_is_made(count, channels):
    with pytest.raises(ParameterError, match=f"count is {count} grid points") as caught:
        grid_samples([], np.zeros((*channels, 0)), 0, 1, count)
    assert "interval" in caught.value.hint


def test_many_channels_are_many_grid_points():
    with pytest.raises(ParameterError, match="1000000 grid points of 1000000 channels"):
        grid_samples([], np.zeros((10**6, 0)), 0, 1, 10**6)


def test_a_grid_of_no_channels_takes_no_memory():
    gridded, hits = grid_samples([], np.zeros((0, 0)), 0, 1, 2**32)
    assert gridded.shape == hits.shape == (0, 2**32)


def test_the_mean_of_large_samples_does_not_overflow():
    largest = np.finfo(np.float64).max
    gridded, hits = grid_samples([0, 0, 1, 1, 1], [largest, -largest, largest, largest, largest], 0, 1, 2)
    np.testing.assert_array_equal(gridded, [0.0, largest])
    np.testing.assert_array_equal(hits, [2, 3])


def test_masked_times_are_refused_with_their_place():
    times = np.ma.masked_equal([0, 1, 2], 2)
    with pytest.raises(ShapeError, match=r"times\[2\] is masked") as caught:
        grid_samples(times, [1.0, 2.0, 3.0], 0, 1, 3)
    assert caught.value.hint


def test_the_compiled_grid_takes_infinite_samples_to_their_points():
    values = np.array([[np.inf, 1.0, np.inf, -np.inf]])
    gridded, hits = _core.grid_samples(np.array([0, 1, 2, 2]), values, 0, 1, 3)
    np.testing.assert_array_equal(gridded, [[np.inf, 1.0, np.nan]])
    np.testing.assert_array_equal(hits, [[1, 1, 2]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("times", [np.arange(70), np.arange(70) - 50, np.arange(70) // 2, -np.arange(70)])
def test_an_infinite_sample_is_refused_on_the_grid_and_off_it(dtype, times):
    for place in (0, 1, 40, 69):
        for infinite in (np.inf, -np.inf):
            values = np.ones((2, 70), dtype)
            values[1, place] = infinite
            with pytest.raises(ParameterError, match=rf"values\[1, {place}\] is {infinite}"):
                grid_samples(times, values, 0, 1, 60)


@QUICK
@given(st.data())
def test_gaps_and_stretches_longer_than_a_vector_go_to_their_points(data):
    steps = data.draw(st.lists(st.sampled_from([1] * 30 + [2, 3, 50]), min_size=1, max_size=400))
    dtype = data.draw(st.sampled_from([np.float32, np.float64]))
    times = np.cumsum(steps) * 7 + np.random.default_rng(len(steps)).integers(-3, 4, len(steps))
    values = np.arange(len(steps), dtype=dtype)[None] + dtype(0.5)
    values[0, data.draw(st.integers(0, len(steps) - 1))] = np.nan
    start, count = 7 * data.draw(st.integers(-20, 50)), data.draw(st.integers(0, 500))
    check_against_twin((times, values, start, 7, count))
