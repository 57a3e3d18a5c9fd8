import numpy as np
import pytest

from sesctl import _core, kernels
from sesctl.errors import ParameterError
from sesctl.kernels.window import LONGEST_WINDOW, as_window

FILTERS = [kernels.despike, kernels.moving_average, kernels.running_median, kernels.smooth_savgol]


@pytest.mark.parametrize("kernel", FILTERS)
@pytest.mark.parametrize("window", [-1, 0, 2, 10, 1000, 1003, 2**63 + 1, -(2**63) - 1])
def test_a_window_that_is_even_or_out_of_range_is_refused_by_its_value(kernel, window):
    with pytest.raises(ParameterError, match=f"window is {window} samples, .* odd number from 1 to 1001"):
        kernel(np.zeros(5), window=window)


@pytest.mark.parametrize(
    ("window", "nearest"), [(-1, 1), (0, 1), (10, 11), (1000, 1001), (1003, 1001), (2**70, 1001)]
)
def test_the_hint_names_a_window_that_is_allowed(window, nearest):
    with pytest.raises(ParameterError) as caught:
        as_window(window)
    assert caught.value.hint == f"The nearest window is {nearest}."
    assert as_window(nearest) == nearest


@pytest.mark.parametrize("kernel", FILTERS)
@pytest.mark.parametrize("window", [61.0, "61", None])
def test_a_window_that_is_no_integer_is_refused(kernel, window):
    with pytest.raises(ParameterError, match=r"window is .*, which is not an integer"):
        kernel(np.zeros(5), window=window)


def test_integers_of_numpy_are_windows():
    assert as_window(np.uint16(61)) == 61


@pytest.mark.parametrize("window", [-3, 0, 4, LONGEST_WINDOW + 2])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_compiled_filters_refuse_such_windows_on_their_own(window, dtype):
    values = np.zeros((1, 5), dtype)
    for call in (
        lambda: _core.despike(values, window, 4.0, 0.0),
        lambda: _core.moving_average(values, window),
        lambda: _core.running_median(values, window),
        lambda: _core.smooth_savgol(values, window, 0),
    ):
        with pytest.raises(ParameterError, match=f"window is {window} samples"):
            call()
