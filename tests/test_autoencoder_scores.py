"""What an autoencoder finds is ranked by what the record confirms of it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from field_records import at, quiet_field, with_boxcar
from sesctl.calibrate import load_calibration
from sesctl.plugin import Scores
from sesctl.segment import cut_days

pytest.importorskip("keras")

from sesctl_plugins.autoencoders.autoencoder import THRESHOLD
from sesctl_plugins.autoencoders.confirmation import confirmed, confirmed_amplitude
from sesctl_plugins.autoencoders.fct_ae import make

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "results"
WIDTH = 18
START, END = 3000, 3170
SIX = at("2020-01-01T06:00")


def boxcar(height=12.0, start=START, end=END):
    row = np.zeros(8640)
    row[start:end] = height
    return row


def amplitude(row, start=START, end=END):
    return confirmed_amplitude(row, start, end, WIDTH)


def scatter(deviation, seed=0):
    return np.random.default_rng(seed).normal(0.0, deviation, 8640)


def test_a_clean_boxcar_is_confirmed_at_its_height():
    assert amplitude(boxcar(12.0)) == pytest.approx(12.0)
    assert amplitude(boxcar(12.0) + 500.0) == pytest.approx(12.0)


def test_it_is_the_least_step_times_the_correlation():
    row = scatter(3.0) + boxcar()
    row[END:] += 4.0  # a signal that comes back by two thirds
    before, inside, after = row[START - 85 : START], row[START:END], row[END : END + 85]
    steps = [
        np.median(inside[:WIDTH]) - np.median(before[-WIDTH:]),
        np.median(inside[-WIDTH:]) - np.median(after[:WIDTH]),
        np.median(inside) - np.median(before),
        np.median(inside) - np.median(after),
    ]
    whole = np.concatenate([before, inside, after])
    r = np.corrcoef(whole, np.repeat([0.0, 1.0, 0.0], [85, 170, 85]))[0, 1]
    assert amplitude(row) == pytest.approx(min(steps) * r)


def test_more_noise_confirms_less():
    found = [amplitude(boxcar() + scatter(deviation)) for deviation in (0.1, 2.0, 8.0)]
    assert found == sorted(found, reverse=True)
    assert found[0] > 11.5
    assert found[2] < 9.0


@pytest.mark.parametrize(
    "row",
    [
        np.zeros(8640),
        -boxcar(),
        np.where(np.arange(8640) < START, 0.0, 12.0),  # an electrode's step
        np.arange(8640) * 0.1,  # a drift
        np.full(8640, np.nan),
    ],
)
def test_what_is_no_boxcar_of_that_sign_is_not_confirmed(row):
    assert amplitude(row) == 0.0


def test_gaps_and_the_ends_of_the_day_are_left_out():
    row = boxcar()
    row[START - 30 : START + 5] = np.nan
    assert amplitude(row) == pytest.approx(12.0)
    assert amplitude(boxcar(start=0, end=170), 0, 170) == pytest.approx(12.0)
    assert amplitude(boxcar(start=8470, end=8640), 8470, 8640) == pytest.approx(12.0)


def test_of_two_intervals_returned_alike_the_one_the_record_shows_comes_first():
    quiet = quiet_field(24, noise=0.3, seed=3)
    record = with_boxcar(quiet, SIX, 1800, {"Ex": -12.0})
    days = cut_days(record)
    trace = np.zeros(days.values.shape, np.float32)
    for start in (2160, 5400):
        trace[0, days.station.index("Ex"), days.context + start : days.context + start + 180] = -12.0
    found = make().propose(Scores(values=trace, kind="denoised"), days)
    shown, imagined = sorted(found, key=lambda each: -each.raw_score)
    assert shown.start == SIX
    assert shown.raw_score == pytest.approx(12.0, abs=1.0)
    assert imagined.raw_score < 1.0 < THRESHOLD < shown.raw_score


def test_only_the_raw_score_is_changed():
    days = cut_days(with_boxcar(quiet_field(24, noise=0.3, seed=3), SIX, 1800, {"Ex": 12.0}))
    found = make().propose(Scores(values=days.values, kind="denoised"), days)
    assert found
    worse = [replace(each, raw_score=-1.0) for each in found]
    assert confirmed(worse, days) == found


def stored(name, network="lstm_ae"):
    return json.loads((RESULTS / network / f"{name}.json").read_text(encoding="utf-8"))


def test_the_page_s_table_of_raw_scores_is_the_stored_study():
    study, page = stored("raw_score"), (RESULTS / "xue2022.md").read_text(encoding="utf-8")
    table = page.split("<!-- raw-scores -->")[1].split("<!-- /raw-scores -->")[0]
    for key, what in study["scores"].items():
        expected = [
            f"{100 * level[key]['1/7d']:.0f}, {100 * level[key]['1/30d']:.0f}" if key in level else ""
            for ground in study["grounds"]
            for level in ground["recall"].values()
        ]
        assert f"| {what} | {' | '.join(expected)} |" in table


def test_the_score_that_was_taken_keeps_signals_where_the_one_before_lost_them():
    for ground in stored("raw_score")["grounds"]:
        dipole = ground["recall"]["dipole"]
        assert dipole["confirmed"]["1/30d"] > 4 * dipole["returned"]["1/30d"]


def test_the_study_looked_at_no_test_seed():
    assert all(1000 <= ground["ground"]["seed"] < 2000 for ground in stored("raw_score")["grounds"])


@pytest.mark.parametrize("network", ["lstm_ae", "lstm_ae_seq", "fc_ae"])
def test_the_stored_calibration_is_the_one_that_is_shipped(network):
    folder = ROOT / "plugins" / "sesctl_plugins" / "models" / network
    shipped, study = load_calibration(folder / "calibration.json"), stored("calibration", network)
    assert (shipped.model, study["own_threshold"]) == (study["model"], THRESHOLD)
    assert shipped.live_days == pytest.approx(study["pooled"]["live_days"])
    for chosen in study["pooled"]["thresholds"].values():
        assert int((shipped.scores > chosen["value"]).sum()) == chosen["k"]


def test_the_alarms_that_the_page_tells_of_are_those_of_the_stored_calibrations():
    page = (RESULTS / "xue2022.md").read_text(encoding="utf-8")
    told = re.findall(
        r"raises ([\d.]+) false alarms a station-day on `hkb` in 2000, ([\d.]+) on `mts` and ([\d.]+)", page
    )
    assert told == [
        tuple(
            f"{each['alarms_per_day_at_own_threshold']:.2f}"
            for each in stored("calibration", network)["stations"].values()
        )
        for network in ("lstm_ae", "lstm_ae_seq", "fc_ae")
    ]
