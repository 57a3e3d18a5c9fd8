import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sesctl.archive.merge import DayBlock, differing, merge
from sesctl.types import Origin, Quality

SHAPE = (2, 6)
ALL = hnp.arrays(np.bool_, SHAPE)
QUALITY = hnp.arrays(np.uint8, SHAPE, elements=st.sampled_from([0, 2, 4, 8, 32, 34]))
FIELD = hnp.arrays(np.float32, SHAPE, elements=st.sampled_from([-2.0, 0.0, 0.5, 3.0]))


def block(field, present, quality, source):
    values = np.where(present, field, np.float32(np.nan)).astype(np.float32)
    quality = np.where(present, quality, quality | np.uint8(Quality.GAP)).astype(np.uint8)
    return DayBlock(values=values, quality=quality, origins=(Origin("hkb", 1, source),))


@st.composite
def accounts(draw, same_field):
    truth = draw(FIELD)
    return [block(truth if same_field else draw(FIELD), draw(ALL), draw(QUALITY), source) for source in "abc"]


def merged(blocks, **policy):
    result = blocks[0]
    for each in blocks[1:]:
        result = merge(result, each, **policy)
    return result


@given(accounts(same_field=True), st.permutations(range(3)), st.booleans())
def test_accounts_that_agree_merge_to_the_same_day_in_any_order(blocks, order, replace):
    blocks = [each for each in blocks if not np.isnan(each.values).all()] or blocks[:1]
    order = [index for index in order if index < len(blocks)]
    forth = merged(blocks, replace=replace)
    assert merged([blocks[index] for index in order], replace=not replace).same_as(forth)


@given(accounts(same_field=True))
def test_every_value_is_found_in_the_merged_day_and_no_other(blocks):
    result = merged(blocks, replace=False).values
    for each in blocks:
        present = ~np.isnan(each.values)
        np.testing.assert_array_equal(result[present], each.values[present])
    np.testing.assert_array_equal(
        np.isnan(result), np.all([np.isnan(each.values) for each in blocks], axis=0)
    )


@pytest.mark.parametrize("replace", [False, True])
@settings(deadline=None)
@given(blocks=accounts(same_field=False))
def test_merging_the_same_account_again_changes_nothing(blocks, replace):
    once = merge(blocks[0], blocks[1], replace=replace)
    again = merge(once, blocks[1], replace=replace)
    np.testing.assert_array_equal(again.values, once.values)
    if replace:
        assert again.same_as(once)
    own = merge(once, once, replace=replace)
    np.testing.assert_array_equal(own.quality, once.quality)


@given(accounts(same_field=False))
def test_where_two_accounts_differ_the_policy_decides_value_and_quality(blocks):
    first, second, _ = blocks
    differ = differing(first, second)
    for replace, chosen in ((False, first), (True, second)):
        result = merge(first, second, replace=replace)
        np.testing.assert_array_equal(result.values[differ], chosen.values[differ])
        np.testing.assert_array_equal(result.quality[differ], chosen.quality[differ])


@given(accounts(same_field=False), st.booleans())
def test_the_gap_bit_stays_where_a_value_is_missing(blocks, replace):
    result = merged(blocks, replace=replace)
    gaps = (result.quality & np.uint8(Quality.GAP)) != 0
    np.testing.assert_array_equal(gaps, np.isnan(result.values))
