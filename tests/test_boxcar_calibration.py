"""The calibration that comes with `boxcar` is of the detector, the simulator and the cleaning as they are."""

import datetime as dt
from dataclasses import asdict

import numpy as np
import pytest

from field_records import at
from sesctl import pipeline, registry
from sesctl.calibrate import load_calibration, threshold_for
from sesctl.pipeline import RecordSource, Scan
from sesctl.pipeline.prepare import CLEANING
from sesctl.synth import simulate

INFO = registry.find("boxcar")
BOXCAR = registry.make(INFO)
FIRST = dt.date(1999, 1, 1)
REMAKE = "make it anew with docs/scripts/calibrate_boxcar.py"


@pytest.fixture(scope="module")
def shipped():
    return load_calibration(BOXCAR.calibration_file)


@pytest.fixture(scope="module")
def found():
    """Return what is found today on two of the quiet days; a third one is the context of the second."""
    record = simulate("ota", 3, 1000, first_day=FIRST).record
    options = Scan(until=at("1999-01-03"))
    (scanned,) = pipeline.scan_sources([RecordSource(record)], INFO, BOXCAR, options)
    return scanned


def test_every_score_of_two_of_its_days_still_stands_in_it(shipped, found):
    scores = np.array([candidate.raw_score for candidate in found.candidates])
    assert len(scores) > 5
    assert (found.days, found.live_hours) == (2, pytest.approx(48, abs=1))
    above = np.searchsorted(shipped.scores, scores).clip(1, len(shipped.scores) - 1)
    off = np.minimum(
        np.abs(shipped.scores[above] / scores - 1), np.abs(shipped.scores[above - 1] / scores - 1)
    )
    assert off.max() <= 1e-6, REMAKE


def test_scores_a_little_off_would_not_stand_in_it(shipped, found):
    # So many scores lie close together that the test above has to be sharper than their spacing.
    scores = np.array([candidate.raw_score for candidate in found.candidates])
    for factor in (0.999, 1.001):
        nearest = np.abs(shipped.scores[None, :] / (factor * scores[:, None]) - 1).min(axis=1)
        assert (nearest > 1e-6).mean() > 0.5


def test_it_is_for_the_cleaning_that_boxcar_has(shipped):
    cleaning = CLEANING[INFO.cleaning]
    assert cleaning is not None
    shipped.check_for(detector=INFO.name, model="", cleaning=asdict(cleaning))


def test_it_rests_on_a_year_of_three_stations_with_every_score_kept(shipped):
    assert shipped.station_days == 3 * 365
    assert 0.99 < shipped.live_days / shipped.station_days <= 1
    assert len(shipped.scores) == shipped.n_candidates
    for budget in (1.0, 1 / 7, 1 / 30):
        assert threshold_for(shipped, budget).certified
