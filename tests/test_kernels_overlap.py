import numpy as np
import pytest
import scipy.signal

from chirp_twins import WINDOWS
from sesctl.errors import ParameterError, ShapeError
from sesctl.kernels import check_overlap, chirp_stft, make_window


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("length", [1, 2, 7, 64])
def test_windows_are_the_periodic_ones_of_scipy(name, length):
    expected = scipy.signal.get_window(name.replace("rectangular", "boxcar"), length)
    np.testing.assert_allclose(make_window(name, length), expected, atol=1e-15)


@pytest.mark.parametrize("name", [*WINDOWS, "sine"])
@pytest.mark.parametrize("hop", [1, 8, 16, 20, 32, 48, 64])
def test_overlap_is_judged_as_scipy_judges_it(name, hop):
    window = np.sin(np.pi * np.arange(64) / 64) if name == "sine" else make_window(name, 64)
    assert check_overlap(window, hop) == (
        scipy.signal.check_COLA(window, 64, 64 - hop),
        scipy.signal.check_NOLA(window, 64, 64 - hop),
    )


def test_frames_with_gaps_between_them_overlap_nowhere():
    assert check_overlap(np.ones(8), 8) == (True, True)
    assert check_overlap(np.ones(8), 9) == (False, False)


@pytest.mark.parametrize("hop", [65, 10**12, 10**30])
def test_a_hop_beyond_the_window_leaves_gaps_however_long(hop):
    assert check_overlap(np.ones(64), hop) == (False, False)


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        (("hann", 0), ParameterError, "length is 0"),
        (("hann", 2**20 + 1), ParameterError, "1048577 samples, which is not from 1 to 1048576"),
        (("hann", 10**30), ParameterError, "not from 1 to 1048576"),
        (("hann", 64.0), ParameterError, "length is 64.0, which is not an integer"),
        (("triangle", 64), ParameterError, "triangle"),
    ],
)
def test_a_window_that_cannot_be_made_is_refused_with_what_to_do(parameters, error, message):
    with pytest.raises(error, match=message) as caught:
        make_window(*parameters)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("window", "error", "message"),
    [
        ([], ParameterError, "window has 0 samples"),
        (np.ones(2**20 + 1, np.float32), ParameterError, "window has 1048577 samples"),
        ([1.0, np.nan], ParameterError, "largest weight of the window is nan"),
        ([1.0, np.inf], ParameterError, r"window\[1\] is inf"),
        (np.zeros(4), ParameterError, "largest weight of the window is 0.0"),
        (np.full(4, 1e-200), ParameterError, "largest weight of the window is 1e-200"),
        (np.full(4, 1e200), ParameterError, r"largest weight of the window is 1e\+200"),
        (np.ones((2, 2)), ShapeError, r"window has shape \(2, 2\)"),
        (["a"], ShapeError, "window has type"),
    ],
)
def test_weights_that_no_spectrum_can_be_made_with_are_refused(window, error, message):
    for refuse in (lambda: check_overlap(window, 1), lambda: chirp_stft(np.zeros(300), window)):
        with pytest.raises(error, match=message) as caught:
            refuse()
        assert caught.value.hint


@pytest.mark.parametrize("hop", [0, -1, 8.0])
def test_frames_that_do_not_advance_are_refused(hop):
    for refuse in (lambda: check_overlap(np.ones(4), hop), lambda: chirp_stft(np.zeros(300), hop=hop)):
        with pytest.raises(ParameterError, match=f"hop is {hop}") as caught:
            refuse()
        assert caught.value.hint
