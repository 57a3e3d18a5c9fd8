"""Errors of traces against values computed by hand."""

import math

import numpy as np
import pytest

from sesctl.errors import ShapeError
from sesctl.evaluate import mae, rmse, rmspe


def test_errors_of_a_trace_are_those_of_the_definitions():
    label, predicted = [[10.0, -20.0, 5.0, 4.0]], [[11.0, -20.0, 4.0, 2.0]]
    np.testing.assert_allclose(rmse(label, predicted), [math.sqrt(6 / 4)])
    np.testing.assert_allclose(mae(label, predicted), [1.0])
    np.testing.assert_allclose(rmspe(label, predicted), [100 * math.sqrt((0.01 + 0.04 + 0.25) / 4)])


def test_a_trace_has_no_error_against_itself_even_at_zero():
    trace = np.array([[0.0, 1.0], [2.0, 0.0]], dtype=np.float32)
    for error in (rmse, mae, rmspe):
        np.testing.assert_array_equal(error(trace, trace), [0, 0])


def test_rmspe_is_infinite_where_the_label_is_zero_and_changes_with_the_offset():
    assert rmspe([0.0, 1.0], [0.5, 1.0]) == math.inf
    assert rmspe([10.0], [11.0]) == pytest.approx(10)
    assert rmspe([110.0], [111.0]) == pytest.approx(100 / 110)


def test_samples_without_a_value_are_left_out_and_none_left_is_nan():
    assert rmse([1.0, np.nan, 3.0], [1.0, 2.0, np.nan]) == 0
    assert mae([0.0, np.nan], [2.0, 7.0]) == 2
    assert math.isnan(rmspe([np.nan], [1.0]))


def test_arrays_that_disagree_are_refused():
    with pytest.raises(ShapeError, match=r"label has shape \(2,\), the prediction \(3,\)"):
        rmse(np.zeros(2), np.zeros(3))
    with pytest.raises(ShapeError, match=r"label has shape \(\)"):
        mae(1.0, 1.0)
