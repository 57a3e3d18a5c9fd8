"""`ses_net`: what it is given, what it may not be fooled by, how it learns, and what it says."""

import numpy as np
import pytest

from sesctl import registry
from sesctl.errors import ParameterError, PluginError, ShapeError
from sesctl.pipeline.loading import load_detector
from sesctl.plugin import Days, Dipole, Progress, Scores, Station
from sesctl.types.instants import DAY
from sesctl.waveforms.embedded import EmbeddedDays
from sesctl_plugins.ses_net import make
from sesctl_plugins.ses_net.backgrounds import _bay, draw_background, traffic
from sesctl_plugins.ses_net.detector import _features, _records
from sesctl_plugins.ses_net.events import _median, propose
from sesctl_plugins.ses_net.familiar import Familiar, features_of
from sesctl_plugins.ses_net.lessons import StationRecord, examples
from sesctl_plugins.ses_net.parameters import SegmentParameters
from sesctl_plugins.ses_net.rows import CHANNELS, KNOWN, MEAN, YESTERDAY, rows_of

CONTEXT = 8640
SMALL = {"stem": 4, "width1": 4, "width2": 4, "width4": 4, "width8": 4, "width16": 4, "width32": 4, "head": 4}


def noise(days=1, dipoles=3, seed=0, scale=1.0):
    """Return quiet days: white noise on a slow wander, float32 (day, dipole, sample)."""
    random = np.random.default_rng(seed)
    shape = (days, dipoles, 3 * CONTEXT)
    wander = np.cumsum(random.normal(0, 0.01, shape), axis=-1)
    return (scale * (random.normal(0, 0.5, shape) + wander) + 40.0).astype(np.float32)


def days_of(values):
    """Return days with their context."""
    station = Station(
        name="made", channels=tuple(Dipole(name=f"D{k}", length_m=100.0) for k in range(values.shape[1]))
    )
    starts = (10_957 + np.arange(len(values), dtype=np.int64)) * DAY
    return Days(station=station, values=values, starts=starts, interval=10.0, context=CONTEXT)


def with_boxcar(values, first, samples, heights):
    """Return the values with a boxcar on each dipole."""
    made = values.copy()
    made[:, :, first : first + samples] += np.asarray(heights, dtype=np.float32)[:, None]
    return made


@pytest.fixture(scope="module")
def shipped():
    """Return the detector with the model that comes with it."""
    return load_detector(registry.find("ses_net"))[0]


def found(detector, values):
    """Return what a detector proposes above its threshold."""
    days = days_of(values)
    candidates = detector.propose(detector.score(days), days)
    return [each for each in candidates if each.raw_score > detector.threshold]


def test_neither_offset_nor_scale_nor_polarity_changes_what_the_network_is_given():
    values = noise()
    first = rows_of(values, 1200, 1920)
    factors = np.array([3.0, -0.5, 20.0], dtype=np.float32)[:, None]
    second = rows_of(values * factors + 1000.0, 1200, 1920)
    dipoles = slice(0, 3)  # mixtures of white noise have no axes of their own
    assert np.allclose(np.abs(first.values[:, dipoles]), np.abs(second.values[:, dipoles]), atol=2e-2)
    assert np.allclose(first.scale * np.abs(factors[:, 0]), second.scale, rtol=1e-3)


def test_yesterday_is_the_same_minute_a_day_before_and_unknown_before_the_record():
    values = noise()
    values[:, :, 5000:5600] += 30
    rows = rows_of(values, 1200, 1920).values[0, 0]
    minute = 5300 // 6 + 1440 - 1200
    assert rows[minute, YESTERDAY] > 4
    assert not rows[:240, YESTERDAY + 1].any()
    assert rows[240:, YESTERDAY + 1].all()


def test_gaps_and_dead_dipoles_are_zero_and_say_so():
    values = noise()
    values[0, 1] = np.nan
    values[0, 0, 12000:13200] = np.nan
    rows = rows_of(values, 1200, 1920)
    assert np.isfinite(rows.values).all()
    assert not rows.values[0, 1].any()
    gap = slice(12000 // 6 - 1200, 13200 // 6 - 1200)
    assert not rows.values[0, 0, gap, : KNOWN + 1].any()
    assert rows.seen[0, gap].all()
    assert rows.values[0, 0, gap.stop :, MEAN].any()
    assert rows.values.shape == (1, 6, 1920, CHANNELS)


def test_the_order_of_dipoles_does_not_matter(shipped):
    values = with_boxcar(noise(seed=3), 14000, 150, [6, -4, 2])
    one, other = (shipped.score(days_of(each)).values for each in (values, values[:, [2, 0, 1]]))
    assert np.nanmax(np.abs(one - other)) < 1e-3


@pytest.mark.parametrize("live", [(0,), (0, 1), (0, 1, 2)])
def test_a_clear_signal_is_found_where_it_is_with_any_number_of_dipoles(shipped, live):
    values = with_boxcar(noise(seed=1), 14000, 160, [12, -9, 5])
    dead = values.copy()
    dead[:, [k for k in range(3) if k not in live]] = np.nan
    for given in (values[:, list(live)], dead):
        (event,) = found(shipped, given)
        edges = (event.start, event.end)
        start, end = (round((each / 1e6 - 10_957 * 86_400) / 10) + CONTEXT for each in edges)
        assert abs(start - 14000) <= 3
        assert abs(end - 14160) <= 3
        assert event.amplitudes["D0"] == pytest.approx(12, abs=0.5)


@pytest.mark.parametrize("onset", [CONTEXT - 80, 2 * CONTEXT - 60])
def test_a_signal_across_midnight_is_seen_whole(shipped, onset):
    values = with_boxcar(noise(seed=2), onset, 150, [12, 8, -10])
    (event,) = found(shipped, values)
    assert event.end - event.start == pytest.approx(1500e6, abs=60e6)


@pytest.mark.parametrize("length", [1, 5, 30, 90, 400, 1500])
def test_no_gap_is_an_event(shipped, length):
    values = noise(days=6, seed=length)
    values[:, :, 9000 : 9000 + length] = np.nan
    values[:3, 0, 15000 : 15000 + length] = np.nan
    assert found(shipped, values) == []


def test_no_level_change_at_midnight_or_at_a_gap_is_an_event(shipped):
    values = noise(days=6, seed=5)
    values[:3, :, CONTEXT:] += 25
    values[3:, :, 13000:] -= 25
    values[3:, :, 12900:13000] = np.nan
    assert found(shipped, values) == []


@pytest.mark.parametrize("height", [20.0, 1e3, -1e4])
def test_no_spike_of_one_sample_is_an_event(shipped, height):
    values = noise(days=6, seed=6)
    values[:, 1, 14003] += height
    values[3:, :, 10000] += height
    assert found(shipped, values) == []


def test_a_drift_of_hundreds_of_mv_km_a_day_is_no_event_and_hides_none(shipped):
    values = noise(days=4, seed=7)
    drift = (400 * np.arange(values.shape[2]) / CONTEXT).astype(np.float32)
    drift = drift + 60 * np.sin(np.arange(values.shape[2]) / 4000).astype(np.float32)
    values[:, 0] += drift
    assert found(shipped, values) == []
    days = {each.day for each in found(shipped, with_boxcar(values, 14000, 150, [9, -12, 8]))}
    assert days == {0, 1, 2, 3}


def test_a_day_unlike_those_learnt_from_is_flagged(shipped):
    values = with_boxcar(noise(seed=9), 14000, 160, [12, -9, 5])
    strange = np.where(np.arange(values.shape[2]) // 30 % 2, 60.0, -60.0).astype(np.float32)
    days = days_of(values * 0.01 + strange)
    distance = shipped.familiar.distance(features_of(rows_of(days.values, 1200, 1920)))
    assert distance[0] > 1
    assert all("unfamiliar" in each.flags for each in shipped.propose(shipped.score(days), days))


def test_a_day_of_which_little_is_known_is_like_none():
    values = noise(days=2, seed=11)
    values[1, :, CONTEXT + 1000 :] = values[1, :, :CONTEXT] = np.nan
    features = features_of(rows_of(values, 1200, 1920))
    known = np.random.default_rng(0).normal(size=(50, 5)) + features[0]
    distance = Familiar.of(known).distance(features)
    assert distance[0] < 1
    assert np.isinf(distance[1])


@pytest.mark.parametrize(("length", "events"), [(1, 1), (60, 1), (61, 2)])
def test_a_signal_goes_on_over_a_gap_of_up_to_ten_minutes(length, events):
    gap = slice(14080, 14080 + length)
    values = with_boxcar(noise(seed=1), 14000, 300, [12, -9, 5])
    values[:, :, gap] = np.nan
    probability = np.full((1, 1, values.shape[2]), np.nan, dtype=np.float32)
    probability[:, :, CONTEXT - 1440 : 2 * CONTEXT + 1440] = 0.01
    probability[:, :, 14000:14300] = 0.9
    probability[:, :, gap] = np.nan
    amplitudes = np.where(np.isnan(values), np.float32(np.nan), np.float32(12))
    scores = Scores(values=probability, kind="probability", amplitudes=amplitudes)
    found = propose(scores, days_of(values))
    assert len(found) == events
    if events == 1:
        assert found[0].end - found[0].start == pytest.approx(3000e6, abs=40e6)
        assert found[0].raw_score == pytest.approx(0.9, abs=1e-3)


def test_familiar_days_lie_within_their_own_bound():
    features = np.random.default_rng(0).normal(size=(500, 5))
    familiar = Familiar.of(features)
    assert np.mean(familiar.distance(features) > 1) <= 0.002
    assert familiar.distance(np.full((1, 5), 40.0))[0] > 1
    with pytest.raises(ParameterError, match="3 days are too few"):
        Familiar.of(features[:3])


def test_a_day_is_described_from_the_days_beside_it_as_from_the_whole_record(monkeypatch):
    values = np.concatenate(list(noise(days=3, seed=21)), axis=1)  # nine days
    values[0, 3 * CONTEXT + 100 : 3 * CONTEXT + 4000] = np.nan
    values[1, 6 * CONTEXT - 500 : 7 * CONTEXT + 500] = np.nan
    whole = [features_of(rows_of(values[None], day * 1440, 1440))[0] for day in range(9)]
    given = []

    def watched(values, first, count):
        given.append(values.shape[2])
        return rows_of(values, first, count)

    monkeypatch.setattr("sesctl_plugins.ses_net.detector.rows_of", watched)
    parts = _features([StationRecord(values[:, : 9 * CONTEXT + 700], np.ones((1, 3)))])
    assert np.array_equal(parts, whole)
    assert max(given) == 3 * CONTEXT


def test_days_of_which_little_is_known_do_not_count_as_learnt_from():
    values = noise(seed=22)[0]
    values[:, CONTEXT:] = np.nan
    assert _features([StationRecord(values, np.ones((1, 3)))]).shape == (1, 5)
    short = StationRecord(values[:, : CONTEXT - 6], np.ones((1, 3)))
    assert _features([short]).shape == (0, 5)


@pytest.mark.parametrize("count", [1, 2, 3, 60, 151])
def test_the_median_of_a_stretch_is_numpy_s(count):
    values = np.random.default_rng(count).normal(0, 30, count).astype(np.float32)
    holed = np.insert(values, [0, count // 2], np.nan)
    assert _median(holed) == float(np.median(values))
    assert np.isnan(_median(holed[:1]))


def test_a_patience_that_would_never_end_training_is_refused():
    with pytest.raises(ParameterError, match="patience is 3, but ses_net keeps its last epoch"):
        SegmentParameters(patience=3)


def test_a_record_of_another_interval_is_refused():
    days = Days(
        station=days_of(noise()).station,
        values=noise()[:, :, : 3 * 4320],
        starts=np.zeros(1, dtype=np.int64),
        interval=20.0,
        context=4320,
    )
    with pytest.raises(ShapeError, match="every 10 s, not 20 s"):
        make(SMALL).score(days)


def test_a_day_with_a_few_minutes_is_not_judged():
    values = noise(days=2)
    values[1, :, : CONTEXT + 300] = np.nan
    values[1, :, CONTEXT + 360 :] = np.nan
    assert make(SMALL).not_judged(days_of(values)) == {1: "no dipole has values in 20 min"}


def records(count, seed):
    return [
        StationRecord(noise(seed=seed + k)[0], np.array([[1.0, -0.5, 0.3], [0.2, 1.0, 0.9]]))
        for k in range(count)
    ]


def test_examples_follow_from_their_numbers_alone_and_hold_what_they_say():
    stations = records(2, 0)
    few = SegmentParameters(batch=3)
    one, again, other = (examples(stations, few, 1, step) for step in (4, 4, 5))
    assert np.array_equal(one.table(), again.table())
    assert not np.array_equal(one.given, other.given)
    many = examples(stations, SegmentParameters(batch=24, seed=1), 1, 0)
    assert 0.005 < many.inside.mean() < 0.2
    assert (np.abs(many.field).max(axis=1)[many.told.max(axis=1) > 0.5] > 0.5).mean() > 0.8


def test_augmentation_can_be_left_out_and_drawn_backgrounds_need_no_record():
    plain = SegmentParameters(batch=16, drawn=0.0, varied=False)
    stations = records(2, 0)
    found = examples(stations, plain, 1, 0)
    known = found.given[:, :3, :, KNOWN]
    assert np.array_equal(known.min(axis=1), known.max(axis=1))  # no dipole fails, all have a day's gaps
    varied = examples(stations, SegmentParameters(batch=16, drawn=0.0), 1, 0).given[:, :3, :, KNOWN]
    assert not np.array_equal(varied.min(axis=1), varied.max(axis=1))
    drawn = SegmentParameters(batch=4, drawn=1.0)
    assert np.array_equal(
        examples(stations, drawn, 1, 0).table(), examples(records(2, 9), drawn, 1, 0).table()
    )
    with pytest.raises(ParameterError, match=r"drawn is 1\.5, not in"):
        SegmentParameters(drawn=1.5)


def test_it_learns_and_what_it_learnt_is_kept(tmp_path):
    detector = make(SMALL)
    told = []
    parameters = SegmentParameters(
        epochs=4, steps=10, batch=2, warmup=2, validation_steps=3, learning_rate=1e-2, average=0.5
    )
    progress = Progress(epoch=told.append)
    detector.learn(records(3, 0), records(2, 50), parameters, progress)
    assert len(told) == 4
    assert told[-1]["validation_loss"] < told[0]["validation_loss"]
    detector.familiar = Familiar.of(np.random.default_rng(0).normal(size=(50, 5)))
    detector.save(tmp_path)
    again = make()
    again.load(tmp_path)
    days = days_of(noise(seed=77))
    assert np.array_equal(detector.score(days).values, again.score(days).values, equal_nan=True)
    assert again.familiar == detector.familiar


def test_fit_takes_the_signals_out_and_keeps_their_directions():
    background = noise(days=2)
    signals = np.zeros_like(background)
    signals[:, :, 13000:13150] = np.array([8.0, -4.0, 2.0], dtype=np.float32)[:, None]
    days = days_of(background + signals)
    embedded = EmbeddedDays(
        station=days.station,
        values=days.values,
        starts=days.starts,
        interval=10.0,
        context=CONTEXT,
        signals=signals,
        target=signals,
    )
    first, _ = records = _records(embedded)
    # The days around them are shown, and are no days of their own.
    assert np.array_equal(_features(records), features_of(rows_of(days.values - signals, 1440, 1440)))
    assert np.allclose(first.values, background[0], atol=1e-4)
    assert first.directions.tolist() == [[1.0, -0.5, 0.25]]
    with pytest.raises(ParameterError, match="embedded signals"):
        _records(days)


def test_a_model_with_another_description_is_refused(tmp_path):
    detector = make(SMALL)
    detector.save(tmp_path)
    path = tmp_path / "model.json"
    path.write_text(path.read_text().replace('"familiar": null', '"familiar": {"mean": [1]}'))
    with pytest.raises(PluginError, match="in an unknown way"):
        make().load(tmp_path)


def test_a_drawn_background_is_a_record_of_one_field_and_noise():
    values, directions = draw_background(np.random.default_rng(5), 3, 28_800)
    again, _ = draw_background(np.random.default_rng(5), 3, 28_800)
    assert values.shape == (3, 28_800)
    assert np.isfinite(values).all()
    assert np.array_equal(values, again)
    assert np.abs(directions).max(axis=1) == pytest.approx(1)
    assert np.linalg.matrix_rank(directions, tol=1e-9) == 2


def test_bays_of_drawn_backgrounds_have_no_flat_top():
    # Half of a boxcar's samples lie at its height; of a bay fewer lie near its own.
    for seed in range(30):
        bay = np.abs(_bay(np.random.default_rng(seed), 8640)).max(axis=0)
        assert (bay > 0.98 * bay.max()).sum() < 0.3 * (bay > 0).sum()


def test_traffic_sleeps_for_hours_every_day_and_has_scatter_one_otherwise():
    pulses = traffic(np.random.default_rng(3), 2, 4 * 8640)
    loud = (np.abs(pulses).max(axis=0) > 1e-6).reshape(-1, 360).any(axis=1)  # by the hour
    assert all(2 <= 24 - day.sum() <= 11 for day in loud.reshape(4, 24))
    assert pulses.reshape(2, -1, 360)[:, loud].std() == pytest.approx(1, rel=0.3)
