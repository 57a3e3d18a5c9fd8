"""Values of Keras variables as arrays."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt


def values_of(variables: Iterable[Any]) -> list[npt.NDArray[Any]]:
    """Return copies of the variables' values.

    NumPy is asked for the tensor that a variable holds: asked for the variable itself, Keras 3.15 makes it
    warn.
    """
    from keras import ops

    return [np.array(ops.convert_to_numpy(ops.convert_to_tensor(variable))) for variable in variables]
