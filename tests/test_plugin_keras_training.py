"""Training goes on: after too large a batch, after an interruption, and after the process was killed."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from sesctl.errors import ParameterError  # noqa: E402
from sesctl.plugin.keras import training  # noqa: E402
from sesctl.plugin.keras.training import make_stepper, out_of_memory  # noqa: E402
from sesctl.plugin.keras.variables import values_of  # noqa: E402
from test_plugin_keras import PARAMETERS, make, trained  # noqa: E402

MANY = replace(PARAMETERS, epochs=4)


def same(one, other):
    for mine, its in zip(values_of(one.network.weights), values_of(other.network.weights), strict=True):
        np.testing.assert_array_equal(mine, its)


def exhausted():
    """Return the error with which this backend says that memory is short."""
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        return jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 9 bytes.")
    if backend == "tensorflow":
        import tensorflow as tf

        return tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")
    import torch

    return torch.OutOfMemoryError("CUDA out of memory")


class Crowded:
    """A stepper whose device holds batches of four."""

    def __init__(self, stepper, room=4):
        self.stepper, self.room = stepper, room

    def step(self, rows, draws):
        if len(rows) > self.room:
            raise exhausted()
        return self.stepper.step(rows, draws)

    def __getattr__(self, name):
        return getattr(self.stepper, name)


def test_a_batch_that_does_not_fit_is_halved_and_it_is_said(monkeypatch):
    monkeypatch.setattr(training, "make_stepper", lambda *given: Crowded(make_stepper(*given)))
    notes = []
    detector, result = trained(note=notes.append)
    assert notes == ["the device's memory is too small for a batch of 8: 4 from now on"]
    assert len(result.history) == PARAMETERS.epochs
    monkeypatch.undo()
    expected, _ = trained(parameters=replace(PARAMETERS, batch=4))
    same(detector, expected)


def test_a_batch_of_one_that_does_not_fit_ends_training(monkeypatch):
    monkeypatch.setattr(training, "make_stepper", lambda *given: Crowded(make_stepper(*given), 0))
    with pytest.raises(type(exhausted())):
        trained(note=lambda text: None)


@pytest.mark.parametrize("error", [ValueError("RESOURCE_EXHAUSTED"), MemoryError(), KeyError("OOM")])
def test_other_errors_are_no_lack_of_the_device_s_memory(error):
    assert out_of_memory(exhausted())
    assert not out_of_memory(error)


def test_an_interrupted_training_goes_on_from_its_last_epoch(tmp_path):
    file = tmp_path / "run.safetensors"

    def interrupt(done, total):
        if done == 8:  # of 3 steps an epoch: in the third
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained(parameters=MANY, checkpoint=file, progress=interrupt)
    again, result = trained(parameters=MANY, checkpoint=file)
    whole, expected = trained(parameters=MANY)
    same(again, whole)
    assert [each.loss for each in result.history] == [each.loss for each in expected.history]


KILLED = """
import sys
from pathlib import Path
from sesctl.plugin.keras import loop
from test_plugin_keras_training import MANY, trained
loop.CHECKPOINT_EVERY_S = 0.0
trained(
    parameters=MANY,
    checkpoint=Path(sys.argv[1]),
    after_epoch=lambda epoch: print(epoch.epoch, flush=True),
    progress=lambda done, total: sys.stdin.read() if done == 8 else None,
)
"""


def test_a_killed_training_goes_on_to_the_same_result(tmp_path):
    file = tmp_path / "run.safetensors"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(file)],
        env={**os.environ, "PYTHONPATH": ":".join(sys.path), "KERAS_BACKEND": keras.backend.backend()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout.readline() == "1\n"
        assert process.stdout.readline() == "2\n"
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    steps = []
    again, result = trained(parameters=MANY, checkpoint=file, progress=lambda done, total: steps.append(done))
    assert min(steps) in {4, 7}  # the first step after the first or the second epoch
    whole, expected = trained(parameters=MANY)
    same(again, whole)
    assert [each.loss for each in result.history] == [each.loss for each in expected.history]


def test_a_device_that_is_missing_is_named_with_those_there_are():
    with pytest.raises(ParameterError, match=r"no device gpu:7: \w+ finds .*cpu:0"):
        make().use_device("gpu:7")


def test_training_on_a_named_device_gives_what_training_on_the_default_does():
    detector = make()
    detector.use_device("cpu")
    from test_plugin_keras import BLOCKS, noisy

    detector.train(noisy(), *BLOCKS, PARAMETERS)
    same(detector, trained()[0])
