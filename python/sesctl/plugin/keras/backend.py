"""Which library Keras computes with: the environment's choice, else the first that is installed."""

import os
from importlib.util import find_spec

PREFERENCE = ("tensorflow", "jax", "torch")

if "KERAS_BACKEND" not in os.environ:
    _installed = next((name for name in PREFERENCE if find_spec(name)), None)
    if _installed:
        os.environ["KERAS_BACKEND"] = _installed
