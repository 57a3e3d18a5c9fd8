"""Work on the next item while this one is used."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
_END = object()


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Yield what an iterator yields, which makes each item in a thread while the one before is used.

    One item more than without it is in memory, and no two are made at once. Reading, parsing, cleaning and
    most networks leave the interpreter free, so that both go on together. Nothing goes on in the thread once
    the iterator is closed.

    Parameters
    ----------
    items : iterator
        What makes the items; nobody else may use it.

    Yields
    ------
    object
        The items, in their order; an error comes where it would have come.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        coming = pool.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = pool.submit(next, items, _END)
            yield item  # type: ignore[misc]  # the sentinel ends the loop
