"""The next piece of work is made while the one before is used."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def ahead(work: Callable[[Item], Made], items: Iterable[Item]) -> Iterator[Made]:
    """Yield what `work` makes of each item, in order, one being made in a thread while another is used.

    Reading, cleaning and most networks leave the interpreter free, so that the two go on at once. One result
    is held beside the one in use. What `work` raises is raised where its result would come; nothing goes on
    in the thread once the iterator is closed.

    Parameters
    ----------
    work : callable
        Never called twice at a time.
    items : iterable
        What it is given.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        waiting: Future[Made] | None = None
        for item in items:
            following = pool.submit(work, item)
            if waiting is not None:
                yield waiting.result()
            waiting = following
        if waiting is not None:
            yield waiting.result()
