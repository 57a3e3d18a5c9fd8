"""A threshold turns candidates into events, strictly above it."""

import math

from sesctl.decide import decide
from sesctl.types import Candidate


def made(candidates, threshold):
    return decide(candidates, station="hkb", threshold=threshold, confidence=lambda raw: raw / 10)


def test_only_candidates_strictly_above_the_threshold_become_events_in_order_of_start():
    candidates = [
        Candidate(day=0, start=s, end=s + 1, raw_score=r) for s, r in ((5, 6.0), (1, 5.0), (0, 7.0))
    ]
    assert [(e.start, e.raw_score) for e in made(candidates, 5.0)] == [(0, 7.0), (5, 6.0)]


def test_the_amplitude_is_the_strongest_dipoles_with_its_sign():
    event = made([Candidate(day=0, start=0, end=1, raw_score=6.0, amplitudes={"a": 2.0, "b": -7.5})], 5.0)[0]
    assert event.amplitude == -7.5
    assert event.dipoles == ("b", "a")
    assert event.flags == ("uncalibrated",)


def test_a_detector_without_amplitudes_gives_events_without_one():
    event = made([Candidate(day=0, start=0, end=1, raw_score=6.0)], 5.0)[0]
    assert math.isnan(event.amplitude)
    assert event.dipoles == ()
