"""How many threads a kernel may use."""

import os
from typing import SupportsIndex

from sesctl.errors import ParameterError
from sesctl.kernels.window import as_integer


def as_threads(threads: SupportsIndex | None) -> int:
    """Return the number of threads as an int.

    Parameters
    ----------
    threads : int or None
        At most so many; None for as many as the process has cores.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    ParameterError
        If `threads` is no integer, or less than 1.
    """
    if threads is None:
        return len(os.sched_getaffinity(0))
    count = as_integer(threads, "threads")
    if count < 1:
        msg = f"threads is {count}"
        raise ParameterError(msg, "Pass 1 or more, or leave it out to use all cores of the process.")
    # Beyond what any machine has, threads only cost.
    return min(count, 1024)
