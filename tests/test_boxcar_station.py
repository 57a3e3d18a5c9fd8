"""`boxcar_station`: edges of one dipole alone are none of the station."""

import numpy as np
import pytest

from separated_days import CONTEXT, SAMPLES, boxcar, days_of, instant, quiet
from sesctl import registry

DETECTOR = registry.make(registry.find("boxcar_station"))
SINGLE = registry.make(registry.find("boxcar"))
ONSET = CONTEXT + 4000


def found_in(rows, detector=DETECTOR):
    days = days_of(rows)
    near = detector.propose(detector.score(days), days)
    return [each for each in near if abs(each.start - instant(ONSET)) < 900_000_000]


def test_an_ses_has_the_second_best_dipoles_score_and_the_best_ones_edges():
    rows = quiet(noise=0.2) + boxcar((12.0, 4.0))[0]
    (found,) = found_in(rows)
    single = {next(iter(each.amplitudes)): each for each in found_in(rows, SINGLE)}
    first, second = sorted(single.values(), key=lambda each: -each.raw_score)[:2]
    assert found.raw_score == second.raw_score
    assert (found.start, found.end) == (first.start, first.end)
    for name, amplitude in found.amplitudes.items():
        assert single[name].amplitudes[name] == amplitude


def test_what_one_dipole_alone_shows_is_no_event():
    pump = np.zeros((3, SAMPLES))
    pump[1, ONSET : ONSET + 162] = 30.0
    assert found_in(quiet(noise=0.2) + pump, SINGLE)
    assert found_in(quiet(noise=0.2) + pump) == []


@pytest.mark.parametrize(("late", "agree"), [(12, True), (40, False)])
def test_edges_agree_within_three_minutes(late, agree):
    rows = quiet(noise=0.1, dipoles=2)
    rows[0, ONSET : ONSET + 162] += 20.0
    rows[1, ONSET + late : ONSET + late + 162] += 20.0
    assert bool(found_in(rows)) is agree


def test_a_day_on_which_one_dipole_is_alive_is_not_judged():
    rows = quiet()
    rows[:2] = np.nan
    assert DETECTOR.not_judged(days_of(rows)) == {0: "only 1 of its 3 dipoles has a value"}
    assert DETECTOR.not_judged(days_of(np.full_like(rows, np.nan))) == {}
