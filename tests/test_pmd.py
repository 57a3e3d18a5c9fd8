"""`pmd`: the motion of known fields, and an SES across the noise's direction."""

import numpy as np
import pytest

from separated_days import AZIMUTHS, CONTEXT, SAMPLES, boxcar, days_of, instant
from sesctl import registry
from sesctl.plugin import Days, Dipole, ParameterError, Station
from sesctl_plugins.motion import horizontal_field, particle_motion, spans_plane

DETECTOR = registry.make(registry.find("pmd"))
ONSET = CONTEXT + 4000
DIRECTIONS = np.array([[np.cos(np.radians(a)), np.sin(np.radians(a))] for a in AZIMUTHS])


@pytest.mark.parametrize("azimuth", [-60.0, -20.0, 0.0, 45.0, 80.0])
def test_motion_along_a_line_has_its_azimuth_and_rectilinearity_1(azimuth):
    swing = np.random.default_rng(0).normal(size=400)
    line = np.array([np.cos(np.radians(azimuth)), np.sin(np.radians(azimuth))])[:, None] * swing
    motion = particle_motion(line, 30, 10)
    np.testing.assert_allclose(np.degrees(motion.azimuth), azimuth, atol=1e-6)
    np.testing.assert_allclose(motion.rectilinearity, 1.0, atol=1e-9)


def test_rectilinearity_is_one_minus_the_ratio_of_eigenvalues():
    field = np.array([[3.0], [1.0]]) * np.random.default_rng(1).normal(size=(2, 600))
    motion = particle_motion(field, 30, 30)
    for window in range(20):
        piece = field[:, 30 * window : 30 * window + 30]
        low, high = np.linalg.eigvalsh(piece @ piece.T / 30)
        assert motion.rectilinearity[window] == pytest.approx(1 - low / high)


def test_what_moves_as_the_noise_does_is_usual_and_what_crosses_it_is_not():
    rng = np.random.default_rng(2)
    noise = np.array([[5.0], [0.5]]) * rng.normal(size=(2, 2000))
    along, across = noise.copy(), noise.copy()
    along[0, 600:630] += 8.0
    across[1, 600:630] += 8.0
    window = 60
    usual, unusual = (particle_motion(each, 30, 10).unusual[window] for each in (along, across))
    assert usual < 3.0
    assert unusual > 8.0


def test_the_field_is_the_least_squares_one_of_the_dipoles_that_have_values():
    field = np.random.default_rng(3).normal(size=(2, 100))
    values = DIRECTIONS @ field
    values[0, :50] = np.nan
    values[1, 50:] = np.nan
    values[1:, 90:] = np.nan
    found = horizontal_field(values, DIRECTIONS)
    np.testing.assert_allclose(found[:, :90], field[:, :90], atol=1e-12)
    assert np.isnan(found[:, 90:]).all(), "one dipole alone shows one component"
    assert not spans_plane(DIRECTIONS[[0, 0]])


def test_an_ses_across_the_noise_is_found_with_its_edges_and_amplitude():
    rng = np.random.default_rng(4)
    trains = rng.laplace(0, 1.0, SAMPLES // 20 + 1).repeat(20)[:SAMPLES] * 3.0
    noise = DIRECTIONS[:, :1] * trains + rng.normal(0, 0.3, (3, SAMPLES))
    signal, heights = boxcar((1.0, 11.0))
    days = days_of(noise + signal)
    found = max(DETECTOR.propose(DETECTOR.score(days), days), key=lambda each: each.raw_score)
    assert abs(found.start - instant(ONSET)) <= 120_000_000
    assert abs(found.end - instant(ONSET + 162)) <= 120_000_000
    assert found.amplitudes["D1"] == pytest.approx(heights[1], rel=0.15)
    assert found.raw_score > DETECTOR.threshold


def test_a_day_whose_dipoles_show_one_component_is_not_judged():
    rows = np.random.default_rng(5).normal(size=(3, SAMPLES))
    rows[1:] = np.nan
    assert list(DETECTOR.not_judged(days_of(rows))) == [0]


@pytest.mark.parametrize(
    ("azimuths", "words"), [((0.0, None), "D1 of station poor has no azimuth"), ((30.0, 30.0), "30°, 30°")]
)
def test_dipoles_that_give_no_field_are_refused_by_name(azimuths, words):
    station = Station(
        name="poor", channels=tuple(Dipole(name=f"D{k}", azimuth_deg=a) for k, a in enumerate(azimuths))
    )
    one = days_of(np.zeros((2, SAMPLES)))
    days = Days(station=station, values=one.values, starts=one.starts, interval=10.0, context=CONTEXT)
    with pytest.raises(ParameterError, match=words):
        DETECTOR.score(days)
