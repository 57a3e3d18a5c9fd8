"""Which library Keras computes with: the environment's choice, else the first that is installed.

TensorFlow's C++ library writes notes about missing accelerators to the terminal while it is imported. They
are left out unless the environment says otherwise.
"""

import os
import random
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

PREFERENCE = ("jax", "tensorflow", "torch")
"""The quickest of the libraries first, as measured on two processor cores."""

_CHOSEN_HERE = "SESCTL_KERAS_BACKEND"
"""Tells a process begun by this one that the backend in its environment is not what the user chose."""
_GIVEN = os.environ.get("KERAS_BACKEND") or None

CHOICE = None if os.environ.get(_CHOSEN_HERE) == _GIVEN else _GIVEN
"""What the user chose, or None."""

_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_TALKATIVE = os.environ.setdefault(_LEVEL, "3") != "3"
# The level does not reach what is written before TensorFlow's log is set up: its heading, and what informs.
_NOTES = re.compile(rb"(?m)^(?:WARNING: All log messages before absl::InitializeLog\(\)|I\d{4} \d).*\n?")


def installed() -> str | None:
    """Return the library that Keras is to compute with, or None where there is none (or no Keras)."""
    if find_spec("keras") is None:
        return None
    return CHOICE or next((name for name in PREFERENCE if find_spec(name)), None)


def seed_weights(seed: int) -> None:
    """Let a seed decide the initial weights of the layers that are built next.

    Keras draws them from Python's generator. Its own function for seeds imports TensorFlow, wherever that is
    installed, which takes seconds; so it is called where TensorFlow is the backend alone.

    Parameters
    ----------
    seed : int
        The seed.
    """
    import keras

    if keras.backend.backend() == "tensorflow":
        keras.utils.set_random_seed(seed)
    else:
        random.seed(seed)


@contextmanager
def without_notes() -> Iterator[None]:
    """Hold back TensorFlow's notes, if it may be imported in the block; what else is written, stays.

    Keras imports it with itself where it is the backend, else with the first layer that needs to know what
    is no tensor of it. What C++ code writes to standard error is written at the end of the block.
    """
    if _TALKATIVE or "tensorflow" in sys.modules:
        yield
        return
    try:
        terminal = os.dup(2)
    except OSError:  # a program without standard error
        yield
        return
    with tempfile.TemporaryFile() as held:
        sys.stderr.flush()
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
            held.seek(0)
            if rest := _NOTES.sub(b"", held.read()):
                os.write(2, rest)


if (_found := installed()) is not None:
    os.environ["KERAS_BACKEND"] = _found
    if CHOICE is None:
        os.environ[_CHOSEN_HERE] = _found
