"""Labelled days: what is learnt from and what judges, and what a baseline finds in them."""

import numpy as np
import pytest

from labelled_days import labelled
from sesctl.errors import ParameterError
from sesctl.pairing import (
    band_features,
    components,
    fit_band_power,
    honest_split,
    paper_split,
    permuted_labels,
    resampled_accuracy,
    two_labels,
    unambiguous,
    usable_days,
)
from sesctl.synth import aeta_set
from sesctl.types import BeforeAfter
from sesctl.types.instants import DAY


@pytest.fixture(scope="module")
def network():
    """Return the usable days of a small synthetic network."""
    return usable_days(aeta_set(120, stations=30, seed=7))[0]


@pytest.fixture(scope="module")
def null_network():
    return usable_days(aeta_set(60, stations=30, strength=0.0, seed=7))[0]


def test_the_honest_split_shares_no_station_no_earthquake_and_no_day(network):
    labels = network.labels
    split = honest_split(labels, seed=3)
    parts = (split.training, split.validation, split.test)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        for name in ("station", "earthquake"):
            values = getattr(labels, name)
            assert not set(values[parts[one]]) & set(values[parts[other]])
    everything = np.concatenate(parts)
    key = labels.station[everything] * 100_000 + labels.start[everything] // DAY
    assert len(np.unique(key)) == len(key)
    kept, ambiguous = unambiguous(labels)
    np.testing.assert_array_equal(np.sort(everything), kept)
    assert ambiguous == split.ambiguous > 0
    assert len(split.test) >= 0.2 * len(kept)


def test_a_day_has_two_labels_only_where_its_station_has_them():
    """The first two are one station-day; the third is the same day elsewhere, the last another one."""
    labels = labelled(np.zeros((4, 1440))).labels
    same = BeforeAfter(
        **{
            **vars(labels),
            "station": np.array([0, 0, 1, 0]),
            "stations": ("A", "B"),
            "start": np.array([5, 5, 5, 6]) * DAY,
            "before": np.array([True, False, False, False]),
        }
    )
    assert two_labels(same).tolist() == [True, True, False, False]
    kept, ambiguous = unambiguous(same)
    assert (kept.tolist(), ambiguous) == ([2, 3], 2)


def test_the_papers_split_takes_all_days_and_breaks_events(network):
    split = paper_split(network.labels, seed=3)
    everything = np.concatenate([split.training, split.validation, split.test])
    np.testing.assert_array_equal(np.sort(everything), np.arange(len(network)))
    assert len(split.test) == round(0.2 * len(network))
    shared = set(network.labels.event[split.test]) & set(network.labels.event[split.training])
    assert len(shared) > 100


@pytest.mark.parametrize("split", [paper_split, honest_split])
def test_a_split_that_leaves_nothing_to_learn_from_is_refused(network, split):
    with pytest.raises(ParameterError, match="leave nothing to learn from"):
        split(network.labels, seed=0, validation=0.5, test=0.5)
    one = network.labels[network.labels.station == 0]
    with pytest.raises(ParameterError, match=r"1 group\(s\)"):
        honest_split(one, seed=0)


def test_permuted_labels_exchange_whole_events_and_give_a_day_one_label(network):
    labels = network.labels
    changed = permuted_labels(labels, seed=1) != labels.before
    by_event = [set(changed[labels.event == event]) for event in np.unique(labels.event)]
    assert all(len(each) == 1 for each in by_event)
    assert 0.3 < np.mean([each.pop() for each in by_event]) < 0.7
    kept, _ = unambiguous(labels)
    permuted = BeforeAfter(**{**vars(labels), "before": permuted_labels(labels, seed=1)})
    np.testing.assert_array_equal(unambiguous(permuted)[0], kept)


def test_components_join_what_shares_a_station_or_an_earthquake():
    labels = labelled(np.zeros((5, 1440))).labels
    joined = BeforeAfter(
        **{
            **vars(labels),
            "earthquake": np.array([9, 9, 4, 4, 7]),
            "station": np.array([0, 1, 1, 2, 3]),
            "stations": ("a", "b", "c", "d"),
        }
    )
    np.testing.assert_array_equal(components(joined), [0, 0, 0, 0, 1])


def test_intervals_of_an_accuracy_are_those_of_whole_events():
    event = np.repeat(np.arange(40), 25)
    right = np.repeat(np.arange(40) % 4 != 0, 25)
    accuracy, low, high = resampled_accuracy(right, event)
    assert accuracy == 0.75
    # √(0.75 · 0.25 / 40) for 40 events that are all right or all wrong, not / 1000.
    assert (high - low) / 2 == pytest.approx(1.96 * np.sqrt(0.75 * 0.25 / 40), rel=0.15)
    with pytest.raises(ParameterError, match="no day"):
        resampled_accuracy(right[:0], event[:0])


def judged(days, before=None):
    """Return the accuracy of the baseline on other stations, with its interval by earthquakes."""
    labels = days.labels
    before = labels.before if before is None else before
    features, split = band_features(days.values), honest_split(labels, seed=0, test=0.4)
    model = fit_band_power(features[split.training], before[split.training])
    right = (model.probability(features[split.test]) > 0.5) == before[split.test]
    assert right.mean() == model.accuracy(features[split.test], before[split.test])
    # The stations of one earthquake see the same storms: they are resampled together.
    return resampled_accuracy(right, labels.earthquake[split.test])


def test_the_baseline_sees_the_disturbance_and_nothing_in_the_null_set_or_in_permuted_labels(
    network, null_network
):
    accuracy, low, _ = judged(network)
    assert accuracy > 0.7
    assert low > 0.6
    for days, before in ((null_network, None), (network, permuted_labels(network.labels, seed=5))):
        accuracy, low, _ = judged(days, before)
        assert accuracy == pytest.approx(0.5, abs=0.06)
        assert low < 0.5


def test_the_baseline_refuses_what_it_cannot_learn_from(network):
    gap = network.values[:2].copy()
    gap[1, 5] = np.nan
    with pytest.raises(ParameterError, match="1 of 2 days have gaps"):
        band_features(gap)
    with pytest.raises(ParameterError, match="all 2 training days lie before"):
        fit_band_power(np.zeros((2, 8)), np.array([True, True]))
