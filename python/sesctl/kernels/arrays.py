"""Conversion of what callers pass into what the compiled kernels take."""

from typing import Any

import numpy as np
import numpy.typing as npt

from sesctl.errors import ShapeError

FloatArray = npt.NDArray[np.float32] | npt.NDArray[np.float64]


def as_samples(values: npt.ArrayLike, name: str = "values") -> FloatArray:
    """Return `values` as a C-contiguous float32 or float64 array with samples on its last axis.

    float32 and float64 keep their type; integers, booleans and float16 become float64. Masked elements
    become NaN.
    """
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    array: npt.NDArray[Any] = np.asarray(values)
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        msg = f"{name} has type {array.dtype}, which is not a real number of at most 64 bits"
        raise ShapeError(msg, "Pass float32 or float64.")
    if array.ndim == 0:
        msg = f"{name} is a single number"
        raise ShapeError(msg, "Pass an array with samples on its last axis.")
    native = array.dtype.type in (np.float32, np.float64) and array.dtype.isnative
    kept = array.dtype if native else np.dtype(np.float64)
    if mask is not None:
        array = np.where(mask, np.nan, array)
    # Aligned too: what a structured array or a buffer lends may not be.
    return np.require(array, kept, ["C", "A"])


def as_out(out: FloatArray | None, values: FloatArray, in_place: bool = False) -> FloatArray | None:
    """Return `out` if a kernel can write its result there.

    Parameters
    ----------
    out : ndarray of float32 or float64, shape (..., samples), or None
        Where a caller wants the result.
    values : ndarray of float32 or float64, shape (..., samples)
        What the kernel takes.
    in_place : bool
        Whether `out` may be `values`.

    Returns
    -------
    ndarray of float32 or float64, shape (..., samples), or None
        The same array.

    Raises
    ------
    ShapeError
        If `out` has another shape or type than `values`, is not C-contiguous, aligned and writeable, or
        shares memory with `values`, which a kernel reads while it writes.
    """
    if out is None:
        return None
    hint = "Pass np.empty_like(values) of a C-contiguous float32 or float64 array, or leave out away."
    if not isinstance(out, np.ndarray) or out.shape != values.shape or out.dtype != values.dtype:
        found = (
            f"shape {out.shape} and type {out.dtype}" if isinstance(out, np.ndarray) else f"type {type(out)}"
        )
        msg = f"out has {found}, but the result has shape {values.shape} and type {values.dtype}"
        raise ShapeError(msg, hint)
    if not (out.flags.c_contiguous and out.flags.aligned and out.flags.writeable):
        msg = "out is not C-contiguous, aligned and writeable"
        raise ShapeError(msg, hint)
    # Of one shape and type, both are the same where they begin at the same place.
    if np.may_share_memory(out, values) and not (in_place and out.ctypes.data == values.ctypes.data):
        msg = "out shares memory with values"
        raise ShapeError(msg, hint)
    return out


def as_integers(values: npt.ArrayLike, name: str, hint: str) -> npt.NDArray[np.int64]:
    """Return `values` as a C-contiguous int64 array of one axis.

    An empty list, which NumPy takes for floats, has no integers. Masked integers are refused with the hint:
    there is none that could stand for what is missing.
    """
    array: npt.NDArray[Any] = np.asarray(values)
    is_integer = array.dtype.kind in "iu" and np.can_cast(array.dtype, np.int64)
    if array.ndim != 1 or not (is_integer or (array.size == 0 and array.dtype.kind == "f")):
        msg = f"{name} has shape {array.shape} and type {array.dtype}, not one axis of int64"
        raise ShapeError(msg, hint)
    if isinstance(values, np.ma.MaskedArray) and np.ma.getmaskarray(values).any():
        msg = f"{name}[{int(np.ma.getmaskarray(values).argmax())}] is masked"
        raise ShapeError(msg, hint)
    return np.require(array, np.int64, ["C", "A"])
