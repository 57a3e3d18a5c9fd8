"""Resampling: nothing aliased, nothing delayed, gaps respected."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from sesctl.errors import ParameterError
from sesctl.resample import resample
from sesctl.types import Dipole, Origin, Quality, Record, Station

SECOND = 1_000_000
STATION = Station(name="hkb", channels=(Dipole(name="Ex"),))


def record(values, interval=1.0, start=0, **rest):
    values = np.asarray(values, dtype=np.float32)[np.newaxis]
    return Record(station=STATION, values=values, start=start, interval=interval, **rest)


def sine(period_s, samples, interval=1.0, start_s=0.0):
    return np.sin(2 * np.pi * (start_s + np.arange(samples) * interval) / period_s)


def explicit(samples, start_us, old_us, new_us, instant_us):
    """One output sample straight from the definition: no strides, no blocks, no phases."""
    places = (start_us + np.arange(len(samples)) * old_us - instant_us) / new_us
    window = np.where(
        np.abs(places) <= 22, np.i0(0.1102 * 61.3 * np.sqrt(np.clip(1 - (places / 22) ** 2, 0, None))), 0
    )
    weights = np.sinc(0.9 * places) * window
    # All the weight there could be, samples before the first and after the last included.
    reach = np.arange(-23 * new_us // old_us - 1, 23 * new_us // old_us + 2) * old_us
    places = (reach - (instant_us - start_us) % old_us) / new_us
    window = np.where(
        np.abs(places) <= 22, np.i0(0.1102 * 61.3 * np.sqrt(np.clip(1 - (places / 22) ** 2, 0, None))), 0
    )
    whole = (np.sinc(0.9 * places) * window).sum()
    present = ~np.isnan(samples)
    total = weights[present].sum() / whole
    return (weights[present] * samples[present]).sum() / weights[present].sum() if total >= 0.5 else np.nan


def test_a_long_record_agrees_with_scipys_zero_phase_decimation():
    rng = np.random.default_rng(1)
    slow = np.cumsum(rng.normal(size=40_000)) * 0.02 + 430
    ours = resample(record(slow), 10)
    taps = scipy.signal.firwin(441, 0.9 / 10, window=("kaiser", 0.1102 * 61.3))
    oracle = np.convolve(slow.astype(np.float32), taps, mode="same")[::10]
    inner = slice(30, -30)
    np.testing.assert_allclose(ours.values[0, inner], oracle[inner], atol=2e-4)


@pytest.mark.parametrize(
    ("old", "new", "start"),
    [(1, 10, 0), (4, 10, 4), (3, 7, 1.5), (1, 10, 3.25), (4, 5, 0), (1.003, 2, 0.017)],
)
def test_every_ratio_and_start_agrees_with_the_definition(old, new, start):
    rng = np.random.default_rng(2)
    samples = rng.normal(size=600).astype(np.float32)
    samples[100:130] = np.nan
    samples[400] = np.nan
    start_us = round(start * SECOND)
    result = resample(record(samples, interval=float(old), start=start_us), float(new))
    old_us = round(old * SECOND)
    assert result.start % (new * SECOND) == 0
    assert result.start - start_us < new * SECOND
    expected = [
        explicit(samples.astype(float), start_us, old_us, new * SECOND, instant) for instant in result.times()
    ]
    np.testing.assert_allclose(result.values[0], expected, atol=1e-5)


def test_a_sine_beyond_the_new_nyquist_frequency_is_suppressed_by_60_db():
    for period in (19.9, 17.0, 11.0, 10.0, 3.7):
        result = resample(record(sine(period, 40_000)), 10)
        assert np.abs(result.values[0, 25:-25]).max() < 1e-3


def test_a_sine_in_the_passband_keeps_amplitude_and_phase_to_a_thousandth():
    for period in (25.0, 40.0, 600.0):
        result = resample(record(sine(period, 40_000)), 10)
        expected = np.sin(2 * np.pi * result.times() / 1e6 / period)
        np.testing.assert_allclose(result.values[0, 25:-25], expected[25:-25], atol=1e-3)


def test_an_electrode_offset_costs_no_precision_beside_a_gap():
    rng = np.random.default_rng(3)
    noise = rng.normal(size=5000).astype(np.float32)
    noise[2000:2400] = np.nan
    offset = np.float32(4096)
    alone = resample(record(noise), 10).values[0]
    shifted = resample(record((noise + offset).astype(np.float32)), 10).values[0] - offset
    np.testing.assert_allclose(shifted, alone, atol=4096 * 2**-22)


def test_a_constant_stays_constant_up_to_the_ends_and_gaps():
    values = np.full(3000, 430.25)
    values[1000:1500] = np.nan
    result = resample(record(values), 10)
    present = ~np.isnan(result.values[0])
    assert (result.values[0][present] == np.float32(430.25)).all()
    # The output exists where at least half of the weight is there: to the last sample, and not in the gap.
    assert present[:100].all()
    assert not present[101:149].any()
    assert present[150:].all()


def test_a_missing_sample_does_not_spread():
    values = np.full(1000, 5.0)
    values[500] = np.nan
    assert not np.isnan(resample(record(values), 10).values).any()


def test_a_gap_of_all_samples_is_a_gap():
    result = resample(record(np.full(1000, np.nan)), 10)
    assert np.isnan(result.values).all()
    assert (result.quality == Quality.GAP).all()


def test_an_edge_is_neither_delayed_nor_advanced():
    values = np.select([np.arange(4001) < 2000, np.arange(4001) == 2000], [0.0, 5.0], 10.0)
    result = resample(record(values), 10).values[0]
    np.testing.assert_allclose(result + result[::-1], 10, atol=1e-5)
    assert result[200] == pytest.approx(5, abs=1e-5)
    assert result[199] < 2
    assert result[201] > 8


def test_quality_is_that_of_the_samples_around():
    quality = np.zeros((1, 100), dtype=np.uint8)
    quality[0, 14] = Quality.OVERLAP
    quality[0, 15] = Quality.DESPIKED
    quality[0, 26] = Quality.STEP
    result = resample(record(np.zeros(100), quality=quality), 10)
    expected = [0, Quality.OVERLAP, Quality.DESPIKED, Quality.STEP, 0, 0, 0, 0, 0, 0]
    np.testing.assert_array_equal(result.quality[0], expected)


def test_an_aligned_record_at_its_own_interval_is_returned_as_it_is():
    whole = record(np.arange(5.0), interval=10.0, start=50 * SECOND)
    assert resample(whole, 10) is whole


def test_a_record_off_the_instants_is_moved_without_interpolation():
    moved = resample(record([1, 2, 3], interval=10.0, start=-4 * SECOND), 10)
    assert moved.start == 0
    np.testing.assert_array_equal(moved.values, [[1, 2, 3]])


def test_more_samples_are_refused_by_name():
    with pytest.raises(ParameterError, match="hkb is sampled every 60 s, which makes no samples every 10 s"):
        resample(record(np.zeros(10), interval=60.0), 10)


def test_a_record_without_a_whole_multiple_is_refused():
    with pytest.raises(ParameterError, match="holds no whole multiple of 10 s"):
        resample(record(np.zeros(5), start=2 * SECOND), 10)


def test_origins_and_station_are_kept():
    origins = (Origin("hkb", 0, "ab"),)
    result = resample(record(np.zeros(100), origins=origins), 10)
    assert result.origins == origins
    assert result.station == STATION


@given(st.integers(0, 5000), st.integers(5001, 9000))
def test_a_part_of_a_record_gives_the_same_samples_away_from_its_ends(begin, end):
    values = np.random.default_rng(5).normal(size=9000)
    whole = resample(record(values), 2)
    part = resample(record(values[begin:end], start=begin * SECOND), 2)
    shift = (part.start - whole.start) // (2 * SECOND)
    np.testing.assert_allclose(
        part.values[0, 25:-25], whole.values[0, shift : shift + part.samples][25:-25], atol=1e-6
    )
