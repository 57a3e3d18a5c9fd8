import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from record_strategies import QUICK, RECORDS, stretches
from sesctl import _core
from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels import fill_gaps


def twin(values, max_length):
    """Interpolate between the last sample of each stretch and the first of the next."""
    filled = values.copy()
    mask = np.zeros(values.shape, bool)
    for row, out, is_filled in zip(values.astype(np.float64), filled, mask, strict=True):
        found = stretches(row)
        for before, after in itertools.pairwise(found):
            left, right = before.stop - 1, after.start
            if right - left - 1 <= max_length:
                inside = np.arange(left + 1, right)
                out[inside] = np.interp(inside, [left, right], row[[left, right]])
                is_filled[inside] = True
    return filled, mask


@QUICK
@given(values=RECORDS, max_length=st.integers(0, 12))
def test_short_gaps_lie_on_the_line_between_their_neighbours(values, max_length):
    filled, mask = fill_gaps(values, max_length)
    expected, where = twin(values, max_length)
    np.testing.assert_array_equal(mask, where)
    np.testing.assert_allclose(filled, expected, rtol=np.finfo(values.dtype).eps, atol=1e-10)


@QUICK
@given(values=RECORDS, max_length=st.integers(0, 12))
def test_the_mask_is_what_was_missing_and_is_not_and_nothing_else_changes(values, max_length):
    filled, mask = fill_gaps(values, max_length)
    np.testing.assert_array_equal(mask, np.isnan(values) & ~np.isnan(filled))
    np.testing.assert_array_equal(filled[~mask], values[~mask])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("missing", [0.02, 0.3, 0.9])
def test_gaps_are_filled_wherever_in_a_long_record_they_lie(dtype, missing):
    rng = np.random.default_rng(4)
    for samples in (63, 64, 65, 128, 1000):
        values = rng.normal(size=(40, samples)).astype(dtype)
        values[rng.random(values.shape) < missing] = np.nan
        for max_length in (0, 1, 5, 100):
            filled, mask = fill_gaps(values, max_length)
            expected, where = twin(values, max_length)
            np.testing.assert_array_equal(mask, where)
            np.testing.assert_array_equal(filled[~mask], values[~mask])
            np.testing.assert_allclose(filled, expected, rtol=np.finfo(dtype).eps, atol=1e-7)
            out = values.copy()
            fill_gaps(out, max_length, out=out)
            np.testing.assert_array_equal(out, filled)


def test_a_gap_of_the_longest_length_is_filled_and_one_sample_more_is_not():
    values = np.array([0.0, np.nan, np.nan, 3.0, np.nan, np.nan, np.nan, 7.0])
    filled, mask = fill_gaps(values, 2)
    np.testing.assert_array_equal(filled, [0, 1, 2, 3, np.nan, np.nan, np.nan, 7])
    np.testing.assert_array_equal(mask, [False, True, True, False, False, False, False, False])


@QUICK
@given(values=RECORDS, max_length=st.integers(0, 12))
def test_a_record_can_be_filled_in_place(values, max_length):
    filled, mask = fill_gaps(values, max_length)
    out, where = fill_gaps(values, max_length, out=values)
    assert out is values
    np.testing.assert_array_equal(out, filled)
    np.testing.assert_array_equal(where, mask)


def test_a_record_is_not_filled_into_memory_that_overlaps_it():
    memory = np.zeros(10)
    with pytest.raises(ShapeError, match="shares memory"):
        fill_gaps(memory[:-1], 3, out=memory[1:])


def test_a_gap_at_an_end_of_a_row_stays_whatever_stands_in_the_row_beside_it():
    values = np.array([[np.nan, 1.0, np.nan], [np.nan, 2.0, np.nan]])
    filled, mask = fill_gaps(values, 10**30)
    np.testing.assert_array_equal(filled, values)
    assert not mask.any()


def test_a_gap_between_equal_samples_is_filled_with_exactly_these():
    values = np.full(50, 10000.1)
    values[3:40] = np.nan
    np.testing.assert_array_equal(fill_gaps(values, 37)[0], np.full(50, 10000.1))


@pytest.mark.parametrize(
    ("max_length", "fault"),
    [(-1, "is -1 samples, which is less than none"), (2.0, "is 2.0, .* not an integer")],
)
def test_a_longest_gap_that_is_negative_or_no_integer_is_refused(max_length, fault):
    with pytest.raises(ParameterError, match=f"max_length {fault}"):
        fill_gaps(np.zeros(3), max_length)


def test_the_compiled_kernel_refuses_a_negative_length_on_its_own():
    with pytest.raises(ParameterError, match="max_length is -5 samples"):
        _core.fill_gaps(np.zeros(3), -5)
