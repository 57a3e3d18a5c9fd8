"""The yardstick does what it always did."""

from dataclasses import replace

import numpy as np
import pytest

from sesctl.benchmark.backgrounds import TEST, lay
from sesctl.benchmark.boxcar_ref import BOXCAR_REF, BoxcarRef
from sesctl.benchmark.passes import Subject, run_passes, trial
from sesctl.benchmark.scale import SMALL
from sesctl.benchmark.scoring import top1_scores
from sesctl.benchmark.signals import STRONG, single_dipoles
from sesctl.benchmark.splits import test_ground as later_period
from sesctl.plugin import Days, Dipole, Station

DAY = 86_400_000_000
PINNED_SCORES = [48.98611068725586, 28.375000953674316]
PINNED_AMPLITUDES = [12.410000374540687, -7.56000005453825]


def constructed_day() -> Days:
    """Return a day of two dipoles: integer arithmetic alone makes its noise, so that it never changes."""
    samples = 8640 + 2 * 1440
    index = np.arange(samples, dtype=np.int64)
    noise = (index * 1_103_515_245 + 12_345) % 2_147_483_648 // 65_536 % 401 / 100 - 2.0
    values = np.stack([noise, np.roll(noise, 777)]).astype(np.float32)
    values[0, 4000:4165] += 12.0  # 27.5 min
    values[1, 7000:7090] -= 8.0  # 15 min
    values[1, 9000:] += 30.0  # an electrode step, which is no signal
    values[0, 6000:6020] = np.nan  # a gap short enough to be filled
    values[0, 5000] += 500.0  # a spike
    return Days(
        station=Station(name="S", channels=(Dipole(name="a"), Dipole(name="b"))),
        values=values[np.newaxis],
        starts=np.array([10_600 * DAY], dtype=np.int64),
        interval=10.0,
        context=1440,
    )


def test_the_output_on_a_constructed_day_is_that_of_the_first_version():
    days = constructed_day()
    detector = BoxcarRef()
    found = sorted(detector.propose(detector.score(days), days), key=lambda each: -each.raw_score)
    sample = [
        ((each.start - days.row_start(0)) // 10_000_000, (each.end - days.row_start(0)) // 10_000_000)
        for each in found
    ]
    assert sample == [(4000, 4165), (7000, 7090)]
    assert [each.raw_score for each in found] == pytest.approx(PINNED_SCORES, rel=1e-6)
    assert [each.amplitudes for each in found] == [
        {"a": pytest.approx(PINNED_AMPLITUDES[0], rel=1e-6)},
        {"b": pytest.approx(PINNED_AMPLITUDES[1], rel=1e-6)},
    ]


@pytest.mark.parametrize(("station", "lowest", "highest"), [("hkb", 0.30, 0.80), ("ota", 0.90, 1.01)])
def test_stations_are_neither_too_easy_nor_hopeless_for_it(station, lowest, highest):
    background = lay(later_period(station, replace(SMALL, test_days=40)))
    subject = Subject(info=BOXCAR_REF, detector=BoxcarRef())
    trials = [trial(background, unit, STRONG, TEST[0]) for unit in single_dipoles(background)]
    scores = top1_scores(subject, run_passes(subject, trials), 0)
    assert scores["n_truth"] > 110
    assert lowest < scores["success_top1"] < highest
