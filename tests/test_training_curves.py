"""What is told of each epoch, and drawn."""

from importlib.util import find_spec

import numpy as np
import pytest

from sesctl.evaluate import rmspe

if find_spec("keras") is None:  # not imported yet: the backend is chosen first
    pytest.skip("there is no Keras", allow_module_level=True)

from sesctl.plugin.keras.training import percentage_error


def test_the_percentage_error_of_an_epoch_is_that_of_the_evaluation():
    random = np.random.default_rng(0)
    wanted = random.normal(5, 2, (6, 400)).astype(np.float32)
    traces = (wanted + random.normal(0, 1, wanted.shape)).astype(np.float32)
    assert percentage_error(wanted, traces) == pytest.approx(rmspe(wanted, traces))


def test_of_a_signal_alone_only_its_own_samples_count():
    wanted = np.zeros((1, 100), dtype=np.float32)
    wanted[0, 40:60] = 10.0
    traces = np.where(wanted, 8.0, 3.0).astype(np.float32)
    assert percentage_error(wanted, traces) == pytest.approx([20.0])
