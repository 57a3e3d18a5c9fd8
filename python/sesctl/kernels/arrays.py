"""Conversion of what callers pass into what the compiled kernels take."""

from typing import Any

import numpy as np
import numpy.typing as npt

from sesctl.errors import ShapeError

FloatArray = npt.NDArray[np.float32] | npt.NDArray[np.float64]


def as_samples(values: npt.ArrayLike, name: str = "values") -> FloatArray:
    """Return `values` as a C-contiguous float32 or float64 array with samples on its last axis.

    float32 and float64 keep their type; integers, booleans and float16 become float64.
    """
    array: npt.NDArray[Any] = np.asarray(values)
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        raise ShapeError(
            f"{name} has type {array.dtype}, which is not a real number of at most 64 bits",
            "Pass float32 or float64.",
        )
    if array.ndim == 0:
        raise ShapeError(f"{name} is a single number", "Pass an array with samples on its last axis.")
    kept = (
        array.dtype if array.dtype.type in (np.float32, np.float64) and array.dtype.isnative else np.float64
    )
    return np.ascontiguousarray(array, dtype=kept)
