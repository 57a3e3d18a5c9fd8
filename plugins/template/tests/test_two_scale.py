"""The detector keeps the contract, and finds what it says it finds."""

from dataclasses import replace

import numpy as np
import two_scale

from sesctl.testing import check_detector, sample_days

INFO = two_scale.sesctl_detectors()


def proposed(days):
    detector = INFO.make()
    candidates = detector.propose(detector.score(days), days)
    return [each for each in candidates if each.raw_score > detector.threshold]


def test_it_keeps_the_contract_of_detectors():
    check_detector(INFO)


def test_a_boxcar_of_27_min_is_found_on_both_dipoles_with_its_edges_within_a_minute():
    days = sample_days(INFO)
    onset = int(days.starts[0]) + 12 * 3600 * 1_000_000
    found = [each for each in proposed(days) if each.day == 0]
    assert sorted(name for each in found for name in each.amplitudes) == ["D0", "D1"]
    for each in found:
        assert abs(each.start - onset) <= 60e6
        assert abs(each.end - (onset + 1620 * 1_000_000)) <= 60e6
        assert np.allclose(list(each.amplitudes.values()), 12.0, rtol=0.15)


def test_a_step_of_an_electrode_is_no_event_since_both_medians_follow_it_at_once():
    days = sample_days(INFO)
    samples = np.arange(days.values.shape[2])
    step = np.where(samples < len(samples) // 2, 0.0, 30.0).astype(np.float32)
    noise = days.values[:1, :, :] - days.values[0, :, :].mean()
    values = np.concatenate([step + 0.01 * noise, days.values[1:]])
    assert [each for each in proposed(replace(days, values=values)) if each.day == 0] == []


def test_a_record_that_only_drifts_has_no_event():
    days = sample_days(INFO)
    drift = np.linspace(0.0, 40.0, days.values.shape[2], dtype=np.float32)
    values = np.where(np.isnan(days.values), days.values, drift)
    assert proposed(replace(days, values=values)) == []
