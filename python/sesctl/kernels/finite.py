"""Records: samples that are finite, or NaN in gaps."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from sesctl import _core
from sesctl.errors import ParameterError
from sesctl.kernels.arrays import FloatArray, as_samples


def as_record(values: npt.ArrayLike, name: str = "values", threads: int = 1) -> FloatArray:
    """Return `values` as samples that a kernel can take: finite numbers, and NaN where there is none.

    Parameters
    ----------
    values : array_like of real numbers, shape (..., samples)
        float32 and float64 keep their type; integers, booleans and float16 become float64, masked elements
        NaN.
    name : str
        How an error calls them.
    threads : int
        The most threads to look through them with.

    Returns
    -------
    ndarray of float32 or float64, shape (..., samples)
        C-contiguous and aligned; `values` itself where it is both already.

    Raises
    ------
    ShapeError
        If `values` is a single number, or not of a real type of at most 64 bits.
    ParameterError
        If a value is infinite: what a kernel would have to return around it is not defined.
    """
    samples = as_samples(values, name)
    refuse_infinite(samples, name, threads)
    return samples


@contextmanager
def infinite_named(samples: FloatArray, name: str = "values", threads: int = 1) -> Iterator[None]:
    """Say which sample is infinite where a kernel refuses one.

    A kernel sees every sample anyway, but does not know where in an array of many axes it lies.

    Parameters
    ----------
    samples, name, threads
        As for `refuse_infinite`.

    Raises
    ------
    ParameterError
        With the sample's place, if one is infinite; else what the kernel refused.
    """
    try:
        yield
    except ParameterError:
        refuse_infinite(samples, name, threads)
        raise


def refuse_infinite(samples: FloatArray, name: str = "values", threads: int = 1) -> None:
    """Say which sample is infinite.

    Parameters
    ----------
    samples : ndarray of float32 or float64, shape (..., samples)
        C-contiguous and aligned.
    name : str
        How an error calls them.
    threads : int
        The most threads to look through them with.

    Raises
    ------
    ParameterError
        If there is one.
    """
    first = _core.first_infinite(samples, threads)
    if first < samples.size:
        where = tuple(int(i) for i in np.unravel_index(first, samples.shape))
        index = ", ".join(str(i) for i in where)
        msg = f"{name}[{index}] is {samples[where]}, which is not a finite number"
        raise ParameterError(
            msg,
            "Mark samples that are missing or out of range with NaN.",
        )
