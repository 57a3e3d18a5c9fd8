"""The next piece is made in a thread while one is used, and nothing is lost when either side fails."""

import threading

import pytest

from sesctl.ingest.ahead import ahead


def test_results_come_in_order_and_the_next_is_made_while_one_is_used():
    begun = [threading.Event() for _ in range(4)]

    def work(item):
        begun[item].set()
        return 10 * item

    seen = []
    for result in ahead(map(work, range(4))):
        seen.append(result)
        following = len(seen)
        assert following == 4 or begun[following].wait(10)
        assert not any(event.is_set() for event in begun[following + 1 :])
    assert seen == [0, 10, 20, 30]


def test_what_fails_is_raised_where_its_result_would_come():
    def work(item):
        if item == 1:
            raise ValueError(item)
        return item

    made = ahead(map(work, range(3)))
    assert next(made) == 0
    with pytest.raises(ValueError, match="1"):
        next(made)


def test_nothing_goes_on_once_it_is_closed():
    done = []
    made = ahead(map(done.append, range(100)))
    next(made)
    made.close()
    assert len(done) <= 2
    assert not any(thread.name.startswith("ahead") for thread in threading.enumerate())


def test_nothing_gives_nothing():
    assert list(ahead(iter([]))) == []
