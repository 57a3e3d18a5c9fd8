"""Which library Keras computes with: the environment's choice, else the first that is installed.

TensorFlow's C++ library writes notes about missing accelerators to the terminal while it is imported, as
errors even where there is none to be missed; what does go wrong is raised in Python as well. They are left
out unless the environment says otherwise.
"""

import os
from importlib.util import find_spec

PREFERENCE = ("jax", "tensorflow", "torch")
"""The quickest of the libraries first, as measured on two processor cores."""

CHOICE = os.environ.get("KERAS_BACKEND")
"""What the user chose, or None."""

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def installed() -> str | None:
    """Return the library that Keras is to compute with, or None where there is none (or no Keras)."""
    if find_spec("keras") is None:
        return None
    return CHOICE or next((name for name in PREFERENCE if find_spec(name)), None)


if (_found := installed()) is not None:
    os.environ["KERAS_BACKEND"] = _found
