"""The same weights give the same scores and the same steps, whatever Keras computes with."""

import json
import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest

from tiny_networks import SIZES

keras = pytest.importorskip("keras")

from sesctl.plugin.keras import InputMap, backend  # noqa: E402
from sesctl.plugin.keras.variables import values_of  # noqa: E402

OTHERS = [name for name in ("jax", "tensorflow") if find_spec(name) and name != keras.backend.backend()]
SCORE = """
import json, sys
import numpy as np
from importlib import import_module
from pathlib import Path
folder = Path(sys.argv[1])
rows = np.load(folder / "days.npy")
for name, config in json.loads(sys.argv[2]).items():
    detector = import_module(f"sesctl_plugins.autoencoders.{name}").make(config)
    detector.load(folder / name)
    detector.batch = len(rows)
    np.save(folder / f"{name}.npy", detector.denoise(rows))
import keras
print(keras.backend.backend())
"""
STEP = """
import json
from test_plugin_keras_backends import losses_of_steps
print(json.dumps(losses_of_steps()))
"""


def run_with(backend, code, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def losses_of_steps():
    from sesctl.plugin.keras.optimizer import make_optimizer
    from sesctl.plugin.keras.training import make_stepper
    from test_plugin_keras import PARAMETERS, make, noisy

    network, optimizer = make().network, make_optimizer(PARAMETERS)
    random = np.random.default_rng(2)  # initial weights differ between backends
    network.set_weights([random.normal(0, 0.05, each.shape) for each in values_of(network.weights)])
    optimizer.build(network.trainable_variables)
    stepper = make_stepper(network, optimizer, noisy(), InputMap(scale=1.0), PARAMETERS)
    draws = PARAMETERS.embedding.draw(8, 1, 1, 8640, 10.0).table()
    rows = np.arange(8, dtype=np.int32)
    steps = [float(stepper.step(rows, draws)) for _ in range(5)]
    return [*steps, float(stepper.look(rows, draws)[0].mean())]


@pytest.mark.parametrize("backend", OTHERS)
def test_another_backend_gives_the_same_scores(backend, tmp_path):
    sizes = {"lstm_ae": {}, **{name: size for name, size in SIZES.items() if name != "lstm_ae"}}
    random = np.random.default_rng(4)
    rows = random.normal(0, 3, (4, 8640)).astype(np.float32)
    np.save(tmp_path / "days.npy", rows)
    expected = {}
    for name, size in sizes.items():
        detector = import_module(f"sesctl_plugins.autoencoders.{name}").make(size)
        detector.input_map, detector.batch = InputMap(scale=2.0), len(rows)
        (tmp_path / name).mkdir()
        detector.save(tmp_path / name)
        expected[name] = detector.denoise(rows)
    assert run_with(backend, SCORE, tmp_path, json.dumps(sizes)) == backend
    for name, scores in expected.items():
        largest = max(1.0, float(np.abs(scores).max()))
        np.testing.assert_allclose(np.load(tmp_path / f"{name}.npy"), scores, rtol=0, atol=1e-4 * largest)


@pytest.mark.parametrize("backend", OTHERS)
def test_another_backend_takes_the_same_steps(backend):
    mine = losses_of_steps()
    assert mine[-1] < mine[0]
    assert json.loads(run_with(backend, STEP)) == pytest.approx(mine, rel=1e-3)


QUIET = """
import sys
from importlib import import_module
from sesctl.plugin.keras import devices
from tiny_networks import SIZES
assert "keras" not in sys.modules
devices()
for name, size in SIZES.items():
    import_module(f"sesctl_plugins.autoencoders.{name}").make(size).network
"""


def test_nothing_is_written_while_networks_are_built():
    environment = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-c", QUIET],
        env={**environment, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_notes_alone_are_held_back_unless_they_are_asked_for(capfd, monkeypatch):
    lines = [
        b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n",
        b"I0000 00:00:1795392388.572928   24440 cudart_stub.cc:31] Could not find cuda drivers.\n",
        b"E0000 00:00:1795392388.572928   24440 cuda_dnn.cc:8310] out of order\n",
        b"Illegal instruction",
    ]
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    with backend.without_notes():
        os.write(2, b"".join(lines))
    assert capfd.readouterr().err.encode() == b"".join(lines[2:])
    monkeypatch.setattr(backend, "_TALKATIVE", True)
    with backend.without_notes():
        os.write(2, b"".join(lines))
    assert capfd.readouterr().err.encode() == b"".join(lines)


@pytest.mark.parametrize("chosen", [None, "tensorflow"])
def test_a_backend_that_was_not_chosen_is_no_choice_in_a_process_begun_within_either(chosen):
    tell = "from sesctl.plugin.keras.backend import CHOICE; print(CHOICE, flush=True)"
    within = f"{tell}; import subprocess, sys; subprocess.run([sys.executable, '-c', {tell!r}], check=True)"
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("KERAS_BACKEND", "SESCTL_KERAS_BACKEND")
    }
    done = subprocess.run(
        [sys.executable, "-c", within],
        env=environment | {"PYTHONPATH": ":".join(sys.path)} | ({"KERAS_BACKEND": chosen} if chosen else {}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(chosen)] * 2
