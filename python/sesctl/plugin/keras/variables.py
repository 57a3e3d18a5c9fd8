"""Values of Keras variables as arrays."""

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt


def values_of(variables: Iterable[Any]) -> list[npt.NDArray[Any]]:
    """Return copies of the variables' values, each in one piece.

    NumPy warns that the variables of Keras 3.15 and TensorFlow 2.21 cannot be told whether to be copied; they
    are copied here in any case.
    """
    from keras import ops

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        return [np.array(ops.convert_to_numpy(variable.value), order="C") for variable in variables]
