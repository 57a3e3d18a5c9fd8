"""Bounds and intervals cover at the rate they state."""

import math

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.stats import chi2, poisson

from sesctl.errors import ParameterError
from sesctl.evaluate import compare, evaluate, fano_factor, judge, poisson_bound
from sesctl.evaluate.bootstrap import drawn, intervals
from sesctl.evaluate.ledger import COLUMNS, Ledger
from sesctl.evaluate.tally import scores_of
from sesctl.types import Catalogue, Event, Exposure
from sesctl.types.instants import DAY, SECOND
from sesctl.waveforms import SES

TAU = 1800 * SECOND


def ses(day, hour=12, station="s0"):
    start = day * DAY + hour * 3600 * SECOND
    return SES(
        station=station,
        start=start,
        end=start + TAU,
        amplitude=12.0,
        shape="boxcar",
        activity_id=f"{station}-{start}",
    )


def found(truth, raw=5.0):
    return Event(
        station=truth.station,
        start=truth.start,
        end=truth.end,
        amplitude=12.0,
        score=0.5,
        raw_score=raw,
        dipoles=("D1",),
    )


def catalogue(events, *, days, stations=("s0",), detector="test"):
    return Catalogue(
        events=tuple(events),
        exposure=tuple(
            Exposure(station=name, live_hours=24.0 * days, skipped_hours=0.0, days=days) for name in stations
        ),
        detector=detector,
        threshold=0.0,
    )


@pytest.mark.parametrize(("alarms", "days"), [(0, 90), (1, 143), (3, 233), (6, 356)])
def test_the_bound_is_one_in_thirty_days_where_the_table_says_so(alarms, days):
    assert poisson_bound(alarms, days) <= 1 / 30 < poisson_bound(alarms, days - 1)
    assert poisson_bound(alarms, days) == pytest.approx(chi2.ppf(0.95, 2 * (alarms + 1)) / 2 / days)


@pytest.mark.parametrize("expected", [0.5, 3.0, 8.3, 40.0])
def test_the_bound_covers_at_its_stated_rate_in_ten_thousand_poisson_draws(expected):
    days, draws = 365.0, 10_000
    counts = np.random.default_rng(5).poisson(expected, draws)
    bounds = {k: poisson_bound(k, days) for k in set(counts.tolist())}
    covered = np.mean([bounds[k] >= expected / days for k in counts.tolist()])
    # Counts are whole numbers, so that the true coverage lies above 95 %, and is known exactly.
    exact = sum(poisson.pmf(k, expected) for k in range(400) if poisson_bound(k, days) >= expected / days)
    assert exact >= 0.95
    assert covered == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / draws) + 1e-9)
    assert covered >= 0.95 - 4 * math.sqrt(0.05 * 0.95 / draws)


def test_no_day_bounds_nothing():
    assert poisson_bound(0, 0) == math.inf


def test_the_fano_factor_is_pooled_over_stations_with_their_own_means():
    weekly = [np.array([0.0, 4.0]), np.array([10.0, 10.0, 10.0]), np.zeros(9), np.array([7.0])]
    # Squared scatter over the mean: 8 / 2 and 0, in 1 + 2 degrees of freedom.
    assert fano_factor(weekly) == pytest.approx(4 / 3)
    assert math.isnan(fano_factor([np.zeros(3)]))


def test_a_burst_of_false_alarms_widens_the_bound():
    spread = [ses(day) for day in range(3, 140, 14)]
    burst = [ses(30 + k // 5, 2 * (k % 5)) for k in range(10)]
    results = [evaluate(catalogue(map(found, each), days=140), (), replicates=0) for each in (spread, burst)]
    assert [each.bound.alarms for each in results] == [10, 10]
    assert results[0].bound.fano < 1
    assert results[0].bound.value == results[0].bound.poisson == poisson_bound(10, 140)
    # Twenty weeks of which one has ten: the mean is 1/2 and the variance (9.5² + 19/4)/19.
    fano = (9.5**2 + 19 * 0.25) / 19 / 0.5
    assert results[1].bound.fano == pytest.approx(fano)
    assert results[1].bound.value == pytest.approx(poisson_bound(10, 140) * fano)


def shares(hits, truths):
    """Return a ledger of one station whose days have these hits and truths, and its scores."""
    table = np.zeros((len(hits), len(COLUMNS)))
    table[:, COLUMNS.index("truth")] = truths
    table[:, COLUMNS.index("hit")] = hits
    book = Ledger(
        station=np.zeros(len(hits), dtype=np.int64),
        day=np.arange(len(hits), dtype=np.int64),
        sums=csr_array(table),
        groups=(("overall", ""),),
        live_days=np.array([[float(len(hits))]]),
        days=np.array([len(hits)]),
        passes=np.array([1]),
        centre={"onset": 0.0, "end": 0.0, "amplitude": 0.0},
    )
    scores = scores_of(table.sum(axis=0)[None, :], book.live_days.sum(axis=0), book.centre)
    return book, {"recall": scores["recall"]}


def test_the_bootstrap_interval_covers_a_known_rate_though_days_are_good_or_bad_as_a_whole():
    random = np.random.default_rng(6)
    rate, days, copies, runs = 0.7, 120, 10, 400
    covered, width = 0, 0.0
    for run in range(runs):
        hits = random.binomial(copies, random.beta(0.7, 0.3, days))
        book, scores = shares(hits, np.full(days, copies))
        low, high = intervals(book, scores, 300, run, "day")[0]["recall"]
        covered += low <= rate <= high
        width += (high - low) / runs
    assert 0.915 <= covered / runs <= 0.985
    # As if all copies were independent, the interval would be far too narrow.
    assert width > 1.5 * 2 * 1.96 * math.sqrt(rate * (1 - rate) / (days * copies))


def test_what_is_the_same_on_every_day_has_the_exact_limit_as_its_interval():
    book, scores = shares(np.full(50, 4.0), np.full(50, 4.0))
    assert intervals(book, scores, 100, 0, "day")[0]["recall"] == (pytest.approx(0.025 ** (1 / 50)), 1.0)


def test_days_are_drawn_as_many_as_each_station_has_and_silent_ones_with_them():
    book, _ = shares(np.ones(10), np.ones(10))
    silent = Ledger(
        **{**{name: getattr(book, name) for name in book.__dataclass_fields__}, "days": np.array([40])}
    )
    weights = np.concatenate([each for each, _ in drawn(book, 500, 1, "day")])
    assert weights.shape == (500, 10)
    assert (weights.sum(axis=1) == 10).all()
    weights = np.concatenate([each for each, _ in drawn(silent, 2000, 1, "day")])
    assert weights.sum(axis=1).mean() == pytest.approx(10, abs=0.3)
    assert weights.sum(axis=1).std() == pytest.approx(math.sqrt(40 * 0.25 * 0.75), rel=0.1)


def test_alarms_of_one_day_among_many_silent_ones_may_as_well_not_have_come():
    events = [found(ses(3, hour)) for hour in (2, 4, 6, 8)]
    low, high = evaluate(catalogue(events, days=100), (), replicates=500).overall.intervals[
        "false_alarms_per_station_day"
    ]
    assert low == 0
    assert 8 / 100 <= high <= 16 / 100


def test_more_days_with_events_than_the_exposure_counts_are_all_drawn_from():
    truth = [ses(day) for day in range(20)]
    tally = evaluate(catalogue(map(found, truth[:10]), days=5), truth, replicates=300).overall
    low, high = tally.intervals["recall"]
    assert 0.2 <= low <= 0.35
    assert 0.65 <= high <= 0.8


def test_intervals_are_the_same_for_the_same_seed_and_lie_around_the_score():
    truth = [ses(day) for day in range(60)]
    seen = catalogue(map(found, truth[::2]), days=60)
    one, two, other = (evaluate(seen, truth, replicates=200, seed=seed).overall for seed in (3, 3, 4))
    assert one.intervals == two.intervals
    assert one.intervals != other.intervals
    low, high = one.intervals["success"]
    assert 0.3 < low < 0.5 < high < 0.7


def test_stations_drawn_anew_widen_the_interval_where_they_differ():
    stations = tuple(f"s{k}" for k in range(6))
    truth = [ses(day, station=name) for name in stations for day in range(40)]
    good = [each for each in truth if each.station in stations[:3] or each.start // DAY % 10 == 0]
    seen = catalogue(map(found, good), days=40, stations=stations)
    days = evaluate(seen, truth, replicates=300).overall
    units = evaluate(seen, truth, replicates=300, unit="station").overall
    assert days.recall == units.recall == pytest.approx(0.55)
    narrow, wide = (np.diff(each.intervals["recall"])[0] for each in (days, units))
    assert wide > 3 * narrow
    assert units.intervals["false_alarms_per_station_day"][0] == 0


def test_one_station_cannot_be_drawn_anew_and_no_replicate_is_none():
    seen = catalogue([], days=3)
    with pytest.raises(ParameterError, match="cannot be drawn anew from 1"):
        evaluate(seen, (), unit="station")
    with pytest.raises(ParameterError, match="has -1 replicates"):
        evaluate(seen, (), replicates=-1)
    assert evaluate(seen, (), replicates=0).overall.intervals == {}


def test_a_detector_differs_from_itself_by_nothing():
    truth = [ses(day) for day in range(50)]
    outcomes = judge(catalogue(map(found, truth[::3]), days=50), truth)
    plain = compare(outcomes, outcomes, replicates=100).as_object()
    assert plain["differences"]["success"] == {"value": 0.0, "interval_95": [0.0, 0.0]}
    assert plain["differences"]["precision"]["value"] == 0


def test_a_pair_on_the_same_days_tells_apart_what_two_intervals_do_not():
    # Both fail on the hard days; the second fails on four easy ones, too.
    random = np.random.default_rng(8)
    truth = [ses(day) for day in range(100)]
    easy = random.permutation(100)[:60]
    first = judge(catalogue((found(truth[k]) for k in sorted(easy)), days=100, detector="a"), truth)
    second = judge(catalogue((found(truth[k]) for k in sorted(easy[8:])), days=100, detector="b"), truth)
    pair = compare(first, second, replicates=1000)
    difference = pair.differences["recall"]
    assert (pair.first, pair.second) == ("a", "b")
    assert difference.value == pytest.approx(0.08)
    assert 0 < difference.low < 0.08 < difference.high
    single = intervals_of(first)
    assert single[0] < 0.52


def intervals_of(outcomes):
    from sesctl.evaluate import summarise

    return summarise(outcomes, replicates=1000).overall.intervals["recall"]


def test_detectors_on_other_signals_or_other_days_are_not_compared():
    truth = [ses(day) for day in range(5)]
    one = judge(catalogue([], days=5), truth)
    with pytest.raises(ParameterError, match="against 5 truths, test against 4"):
        compare(one, judge(catalogue([], days=5), truth[:4]))
    with pytest.raises(ParameterError, match=r"5\.00 live days at s0, test 6\.00"):
        compare(one, judge(catalogue([], days=6), truth))
    with pytest.raises(ParameterError, match="scanned 1 stations, test 2"):
        compare(one, judge(catalogue([], days=5, stations=("s0", "s1")), truth))
