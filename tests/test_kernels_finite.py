"""What every kernel on a record takes, refuses, and leaves alone."""

import numpy as np
import pytest

from sesctl import kernels
from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels.finite import as_record


def first_of(result):
    return result[0] if isinstance(result, tuple) else result


KERNELS = {
    "despike": lambda values: first_of(kernels.despike(values, window=5)),
    "fill_gaps": lambda values: first_of(kernels.fill_gaps(values, max_length=2)),
    "grid_samples": lambda values: first_of(
        kernels.grid_samples(np.arange(np.shape(values)[-1]), values, 0, 1, np.shape(values)[-1])
    ),
    "moving_average": lambda values: kernels.moving_average(values, window=5),
    "running_median": lambda values: kernels.running_median(values, window=5),
    "smooth_savgol": lambda values: kernels.smooth_savgol(values, window=5, order=2),
}
# What does not return a record like the one it takes, but refuses the same.
OTHERS = {
    "chirp_stft": lambda values: kernels.chirp_stft(values, length=8),
    "edge_contrast": lambda values: kernels.edge_contrast(values, 3),
    "find_intervals": lambda values: kernels.find_intervals(values, 0.5),
    "find_opposite_edges": lambda values: kernels.find_opposite_edges(values, 1, 5, 0.0, 5, 2),
    "refit_edges": lambda values: kernels.refit_edges(values, [0], [1], [2], 1),
}
ARGUMENTS = {"find_intervals": "probability", "find_opposite_edges": "contrast"}
every_kernel = pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)


def record(dtype=np.float64, shape=(2, 3, 24)):
    values = np.random.default_rng(1).normal(0, 5, shape).round(1).astype(dtype)
    if np.issubdtype(dtype, np.floating):
        values[..., 7] = np.nan
    return values


@every_kernel
@pytest.mark.parametrize(
    ("given", "returned"),
    [
        ("float32", "float32"),
        ("float64", "float64"),
        ("float16", "float64"),
        (">f4", "float64"),
        ("int16", "float64"),
        ("uint64", "float64"),
        ("bool", "float64"),
    ],
)
def test_float32_and_float64_keep_their_type_and_other_reals_become_float64(kernel, given, returned):
    values = record().astype(np.float32) if given == "bool" else record(np.float32)
    values = np.nan_to_num(abs(values)).astype(given)
    result = kernel(values)
    assert result.dtype == returned
    np.testing.assert_array_equal(result, kernel(values.astype(returned)))


@every_kernel
def test_leading_axes_are_kept_and_rows_do_not_touch_each_other(kernel):
    values = record()
    result = kernel(values)
    assert result.shape == values.shape
    for index in np.ndindex(values.shape[:-1]):
        np.testing.assert_array_equal(result[index], kernel(values[index]))


@every_kernel
@pytest.mark.parametrize("shape", [(0,), (0, 5), (3, 0), (2, 0, 4), (0, 0)])
def test_no_rows_or_no_samples_give_none_back(kernel, shape):
    assert kernel(np.empty(shape, np.float32)).shape == shape


@every_kernel
def test_one_sample_stays(kernel):
    np.testing.assert_array_equal(kernel([[3.5], [np.nan]]), [[3.5], [np.nan]])


@every_kernel
def test_nothing_but_nan_stays_nan(kernel):
    assert np.isnan(kernel(np.full((2, 9), np.nan, np.float32))).all()


@every_kernel
def test_the_layout_in_memory_does_not_matter(kernel):
    values = record()
    expected = kernel(values)
    every_other = np.repeat(values, 2, axis=-1)[..., ::2]
    reversed_twice = values[..., ::-1].copy()[..., ::-1]
    unaligned = np.frombuffer(b"\0" + values.tobytes(), np.float64, offset=1).reshape(values.shape)
    assert not unaligned.flags.aligned
    for layout in (np.asfortranarray(values), every_other, reversed_twice, unaligned):
        np.testing.assert_array_equal(kernel(layout), expected)


@every_kernel
def test_a_read_only_record_is_taken_and_no_record_is_modified(kernel):
    values = record(np.float32)
    before = values.copy()
    values.flags.writeable = False
    result = kernel(values)
    np.testing.assert_array_equal(values, before)
    assert not np.shares_memory(result, values)


@every_kernel
def test_lists_are_taken(kernel):
    np.testing.assert_array_equal(kernel([1, 2, 3]), kernel(np.array([1.0, 2.0, 3.0])))


@every_kernel
@pytest.mark.parametrize("dtype", ["complex64", "longdouble", "object", "U3", "datetime64[us]"])
def test_what_is_no_real_number_of_64_bits_is_refused_by_its_type(kernel, dtype):
    values = np.zeros(3).astype("int64").astype(dtype)
    with pytest.raises(ShapeError, match=f"values has type {values.dtype}".replace("[", r"\[")):
        kernel(values)


@pytest.mark.parametrize("name", sorted(set(KERNELS) - {"grid_samples"}))
def test_a_single_number_is_refused(name):
    with pytest.raises(ShapeError, match="values is a single number"):
        KERNELS[name](1.0)


@pytest.mark.parametrize("name", [*KERNELS, *OTHERS])
@pytest.mark.parametrize("infinite", [np.inf, -np.inf])
def test_an_infinite_value_is_refused_with_its_place(name, infinite):
    values = record(np.float32)
    values[1, 2, 13] = infinite
    argument = ARGUMENTS.get(name, "values")
    with pytest.raises(ParameterError, match=rf"{argument}\[1, 2, 13\] is {infinite}") as caught:
        (KERNELS | OTHERS)[name](values)
    assert "NaN" in caught.value.hint


@pytest.mark.parametrize("place", [0, 63, 64, 1023, 1087, 1088, 2999])
@pytest.mark.parametrize(
    "kernel",
    [
        lambda values: kernels.despike(values, 1),
        lambda values: kernels.despike(values, 11),
        lambda values: kernels.despike(values, 101),
        lambda values: kernels.fill_gaps(values, 3),
        lambda values: kernels.smooth_savgol(values, 1, 0),
        lambda values: kernels.smooth_savgol(values, 61, 3),
    ],
)
def test_the_first_infinite_value_is_named_wherever_it_lies_and_whatever_follows(kernel, place):
    values = np.random.default_rng(2).normal(size=(9, 3000)).astype(np.float32)
    values[:, 100:2990:7] = np.nan
    values[6, place] = -np.inf
    values[7:, place] = np.inf
    with pytest.raises(ParameterError, match=rf"values\[6, {place}\] is -inf"):
        kernel(values)


@pytest.mark.parametrize("name", [*KERNELS, *OTHERS])
def test_masked_samples_are_missing_whatever_they_hide(name):
    values = record(np.float32)
    hidden = np.ma.masked_array(np.nan_to_num(values, nan=np.inf), np.isnan(values))
    got, expected = ((KERNELS | OTHERS)[name](given) for given in (hidden, values))
    if hasattr(got, "__dict__"):
        assert vars(got).keys() == vars(expected).keys()
        got, expected = vars(got).values(), vars(expected).values()
    for one, other in zip(got, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_record_that_fits_is_not_copied():
    values = record()
    assert as_record(values) is values
