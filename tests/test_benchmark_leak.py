"""Backgrounds that training and test share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesctl.benchmark import refuse_shared_origins, shared_origins
from sesctl.errors import ParameterError
from sesctl.types import Origin

A, B = "a" * 64, "b" * 64
DAY_0 = 10_600  # 1999-01-09


def test_a_shared_day_is_refused_by_its_name_and_by_none_of_the_others():
    training = [Origin("HKB", DAY_0, A), Origin("HKB", DAY_0 + 1, A)]
    with pytest.raises(ParameterError, match=r"test day 1999-01-09 of station HKB .*aaaaaaaaaaaa.* too"):
        refuse_shared_origins(training, [Origin("HKB", DAY_0, A), Origin("MTS", DAY_0, A)])


def test_another_station_another_source_and_another_day_share_nothing():
    training = [Origin("HKB", DAY_0, A)]
    refuse_shared_origins(
        training, [Origin("MTS", DAY_0, A), Origin("HKB", DAY_0, B), Origin("HKB", DAY_0 + 1, A)]
    )


def test_the_embargo_ends_after_exactly_its_days():
    training = [Origin("HKB", DAY_0, A), Origin("HKB", DAY_0 - 100, A)]
    with pytest.raises(ParameterError, match="lies 7 days from training day 1999-01-09"):
        refuse_shared_origins(training, [Origin("HKB", DAY_0 + 7, A)], embargo_days=7)
    with pytest.raises(ParameterError, match="lies 7 days from training day 1999-01-09"):
        refuse_shared_origins(training, [Origin("HKB", DAY_0 - 7, A)], embargo_days=7)
    refuse_shared_origins(training, [Origin("HKB", DAY_0 + 8, A)], embargo_days=7)


ORIGINS = st.builds(Origin, st.sampled_from(["HKB", "MTS"]), st.integers(0, 40), st.sampled_from([A, B]))


@given(training=st.lists(ORIGINS), test=st.lists(ORIGINS), embargo=st.integers(0, 5))
def test_shared_origins_are_those_that_comparing_every_pair_finds(training, test, embargo):
    slow = {
        tested
        for tested in test
        for learnt in training
        if (tested.station, tested.source) == (learnt.station, learnt.source)
        and abs(tested.day - learnt.day) <= embargo
    }
    assert {tested for _, tested in shared_origins(training, test, embargo_days=embargo)} == slow
