"""Cleaning: each step does its own work, marks what it did, and erases no signal."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from field_records import HOUR, at, quiet_field, with_boxcar, with_gap
from sesctl.clean import DESPIKE, FULL, TARGET, Cleaning, clean, find_steps
from sesctl.errors import ParameterError
from sesctl.kernels import moving_average, smooth_savgol
from sesctl.segment import cut_days
from sesctl.types import Quality
from sesctl.types.instants import SECOND

NOTHING = Cleaning(despike_s=0, fill_s=0, savgol_s=0, mean_s=0, step=0)
NOON = at("2020-01-01T12:00")
QUICK = settings(deadline=None, max_examples=25)


def marked(record, bit):
    return np.flatnonzero((record.quality[0] & np.uint8(bit)) != 0).tolist()


def test_with_every_step_off_nothing_changes():
    record = with_gap(with_boxcar(quiet_field(24), NOON, 10, {"Ex": 900.0}), NOON + HOUR, 100)
    cleaned = clean(record, NOTHING)
    np.testing.assert_array_equal(cleaned.values, record.values)
    np.testing.assert_array_equal(cleaned.quality, record.quality)


def test_the_input_is_not_changed():
    record = with_gap(with_boxcar(quiet_field(24), NOON, 10, {"Ex": 900.0}), NOON + HOUR, 100)
    values, quality = record.values.copy(), record.quality.copy()
    clean(record, FULL)
    np.testing.assert_array_equal(record.values, values)
    np.testing.assert_array_equal(record.quality, quality)


def test_a_spike_alone_is_replaced_and_marked():
    quiet = quiet_field(2, noise=0.1)
    record = with_boxcar(quiet, quiet.start + HOUR, 10, {"Ex": 900.0})
    cleaned = clean(record, replace(NOTHING, despike_s=110.0, n_sigma=6.0))
    assert marked(cleaned, Quality.DESPIKED) == [360]
    assert abs(cleaned.values[0, 360] - 100) < 0.5
    others = np.arange(720) != 360
    np.testing.assert_array_equal(cleaned.values[0, others], record.values[0, others])
    np.testing.assert_array_equal(cleaned.values[1], record.values[1])


def test_a_short_gap_is_filled_by_a_line_and_marked_and_a_longer_one_stays():
    record = quiet_field(2, noise=0.0)
    ramp = replace(record, values=record.values + np.arange(720, dtype=np.float32))
    gappy = with_gap(with_gap(ramp, record.start + 1000 * SECOND, 300), record.start + HOUR, 310)
    cleaned = clean(gappy, replace(NOTHING, fill_s=300.0))
    assert marked(cleaned, Quality.FILLED) == list(range(100, 130))
    np.testing.assert_allclose(cleaned.values[0, 100:130], ramp.values[0, 100:130], rtol=1e-6)
    assert marked(cleaned, Quality.GAP) == list(range(360, 391))
    assert np.isnan(cleaned.values[0, 360:391]).all()


@pytest.mark.parametrize(("interval", "longest"), [(0.1, 7), (0.7, 1), (10.0, 0)])
def test_the_longest_gap_filled_is_counted_without_rounding_errors(interval, longest):
    quiet = quiet_field(0.1, interval=interval)
    for samples in (longest, longest + 1):
        gappy = quiet.values.copy()
        gappy[0, 10 : 10 + samples] = np.nan
        filled = clean(replace(quiet, values=gappy), replace(NOTHING, fill_s=0.7))
        assert len(marked(filled, Quality.FILLED)) == (samples if samples <= longest else 0)


@pytest.mark.parametrize(
    ("cleaning", "expected"),
    [
        (replace(NOTHING, savgol_s=610.0), lambda x: smooth_savgol(x, 61, 3)),
        (replace(NOTHING, mean_s=310.0), lambda x: moving_average(x, 31)),
        (
            replace(NOTHING, savgol_s=610.0, mean_s=310.0),
            lambda x: moving_average(smooth_savgol(x, 61, 3), 31),
        ),
    ],
)
def test_smoothing_is_the_filters_in_their_order(cleaning, expected):
    record = quiet_field(6)
    np.testing.assert_allclose(clean(record, cleaning).values, expected(record.values), rtol=1e-6)
    assert not clean(record, cleaning).quality.any()


def test_a_long_gap_ends_a_stretch_which_is_smoothed_as_a_record_of_its_own():
    record = quiet_field(6)
    gappy = with_gap(record, record.start + 3 * HOUR, 600)
    cleaned = clean(gappy, FULL)
    assert np.isnan(cleaned.values[:, 1080:1140]).all()
    for part in (slice(0, 1080), slice(1140, None)):
        alone = replace(record, values=gappy.values[:, part], quality=gappy.quality[:, part])
        np.testing.assert_allclose(cleaned.values[:, part], clean(alone, FULL).values, rtol=1e-6)


@pytest.mark.parametrize("height", [60.0, -25.0])
def test_a_lasting_step_is_marked_and_not_erased(height):
    quiet = quiet_field(24)
    record = with_boxcar(quiet, NOON, 13 * 3600, {"Ex": height})
    for cleaning in (DESPIKE, FULL):
        cleaned = clean(record, cleaning)
        (where,) = marked(cleaned, Quality.STEP)
        assert abs(where - 4320) <= 1
        after, before = cleaned.values[0, 4500:].mean(), cleaned.values[0, :4200].mean()
        assert after - before == pytest.approx(height, abs=0.5)
    assert not (clean(record, FULL).quality[1] & Quality.STEP).any()


def test_an_ses_a_drift_and_a_small_step_are_not_marked_as_steps():
    quiet = quiet_field(24)
    ses = with_boxcar(quiet, NOON, 1800, {"Ex": 60.0})
    small = with_boxcar(quiet, NOON, 13 * 3600, {"Ex": 10.0})
    drift = replace(quiet, values=quiet.values + np.linspace(0, 500, quiet.samples, dtype=np.float32))
    for record in (quiet, ses, small, drift):
        assert marked(clean(record, FULL), Quality.STEP) == []


def test_a_step_of_a_short_record_cannot_be_told_from_an_ses():
    record = quiet_field(1)
    step = with_boxcar(record, record.start + HOUR // 2, 3600, {"Ex": 60.0})
    assert not find_steps(step.values, 10.0, 20.0).any()


def test_cleaning_keeps_an_ses():
    record = with_boxcar(quiet_field(24, noise=0.1), NOON, 1800, {"Ex": 12.0})
    for cleaning in (DESPIKE, FULL):
        cleaned = clean(record, cleaning).values[0]
        middle, before = cleaned[4320 + 60 : 4320 + 120].mean(), cleaned[4000:4200].mean()
        assert middle - before == pytest.approx(12.0, abs=0.3)


def test_the_target_is_smooth_enough_to_be_called_clean():
    record = quiet_field(48, noise=3.0)
    steps = np.abs(np.diff(clean(record, TARGET).values, axis=1))
    assert np.percentile(steps, 99) < 0.1 * 10.0


@pytest.mark.parametrize("cleaning", [DESPIKE, FULL, TARGET])
def test_a_record_and_its_days_are_cleaned_alike_beyond_the_context(cleaning):
    record = with_boxcar(quiet_field(72), at("2020-01-02T00:30"), 86_400 * 2, {"Ex": 60.0})  # steps near
    record = with_gap(record, at("2020-01-01T23:58"), 240)  # a filled gap over midnight
    record = with_gap(record, at("2020-01-02T23:50"), 1200)
    record = with_boxcar(record, at("2020-01-03T00:00"), 10, {"Ey": 300.0})
    whole = cut_days(clean(record, cleaning))
    context = round(cleaning.context_s() / record.interval)
    days = clean(cut_days(record, context=context), cleaning)
    proper = slice(context, context + days.samples_per_day)
    np.testing.assert_allclose(days.values[:, :, proper], whole.values, rtol=1e-5)
    np.testing.assert_array_equal(days.quality[:, :, proper], whole.quality)
    assert (whole.quality & np.uint8(Quality.STEP)).any()
    assert (whole.quality & np.uint8(Quality.FILLED)).any()


@QUICK
@given(
    seed=st.integers(0, 2**32 - 1),
    gaps=st.lists(st.tuples(st.integers(0, 700), st.integers(1, 90)), max_size=4),
    spikes=st.lists(st.integers(0, 719), max_size=4),
)
def test_bits_and_values_agree_whatever_the_record(seed, gaps, spikes):
    record = quiet_field(2, seed=seed)
    values = record.values.copy()
    for spike in spikes:
        values[0, spike] = 1e4
    for first, length in gaps:
        values[0, first : first + length] = np.nan
    record = replace(record, values=values)
    cleaned = clean(record, FULL)
    np.testing.assert_array_equal((cleaned.quality & Quality.GAP) != 0, np.isnan(cleaned.values))
    filled = (cleaned.quality & Quality.FILLED) != 0
    np.testing.assert_array_equal(filled, np.isnan(record.values) & ~np.isnan(cleaned.values))
    assert not ((cleaned.quality & Quality.DESPIKED) != 0)[np.isnan(record.values)].any()
    np.testing.assert_array_equal(clean(record, FULL).values, cleaned.values)


def test_bits_that_were_there_stay():
    quality = np.zeros((2, 720), dtype=np.uint8)
    quality[0, 5] = Quality.CLIPPED | Quality.OVERLAP
    record = replace(quiet_field(2), quality=quality)
    assert clean(record, FULL).quality[0, 5] == Quality.CLIPPED | Quality.OVERLAP


@pytest.mark.parametrize(
    "name", ["despike_s", "n_sigma", "noise_floor", "fill_s", "savgol_s", "mean_s", "step"]
)
@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_a_length_that_is_none_is_refused_by_name(name, value):
    with pytest.raises(ParameterError, match=f"{name} is {value}"):
        Cleaning(**{name: value})


@pytest.mark.parametrize(("order", "least"), [(0, 1), (1, 3), (2, 3), (3, 5), (4, 5), (5, 7)])
def test_a_window_shorter_than_its_polynomial_needs_is_the_shortest_that_is_odd(order, least):
    record = quiet_field(1)
    smoothed = clean(record, replace(NOTHING, savgol_s=5.0, savgol_order=order)).values
    np.testing.assert_allclose(smoothed, smooth_savgol(record.values, least, order), rtol=1e-6)


def test_a_window_beyond_the_filters_is_named_in_seconds_and_samples():
    with pytest.raises(ParameterError, match=r"a window of 610 s is 6101 samples of 0.1 s, more than 1001"):
        clean(quiet_field(0.1, interval=0.1), replace(NOTHING, savgol_s=610.0))
