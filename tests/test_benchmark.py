"""The study runs, trains, resumes, refuses leaks, and says what it did."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from program import refused, sesctl
from sesctl.benchmark import run as running
from sesctl.benchmark import splits
from sesctl.benchmark.backgrounds import Ground, lay
from sesctl.benchmark.experiments.recorded import recorded_event
from sesctl.benchmark.published import published
from sesctl.benchmark.result_file import read_result
from sesctl.benchmark.run import parts_of, run_part
from sesctl.benchmark.scale import SMALL
from sesctl.benchmark.signals import STRONG, WEAK, Unit, embedded, plan, single_dipoles
from sesctl.benchmark.splits import pool, shuffle
from sesctl.benchmark.study import Study, find_detector, guard
from sesctl.benchmark.tables import fill_markers, render_tables
from sesctl.benchmark.training import Share, embed_days
from sesctl.errors import ParameterError, ReadError, ShapeError
from sesctl.types import Origin

TINY = replace(
    SMALL,
    pool_days=10,
    copies=1,
    most_pairs=12,
    training_days=4,
    validation_days=3,
    test_days=20,
    figure_days=3,
    recorded_days=1,
    trace_days=1,
    replicates=20,
)


@pytest.fixture
def study(tmp_path):
    return Study(scale=TINY, folder=tmp_path)


def the_part(experiment, protocol, detector, station="ota"):
    (part,) = parts_of([find_detector(detector)], [station], [protocol], [experiment])
    return part


def test_a_part_writes_one_file_with_all_that_it_rests_on(study):
    part = the_part("success", "honest", "boxcar")
    assert run_part(part, study)
    content = read_result(study.folder / "success-honest-ota-boxcar.json")
    assert content["protocol_label"].startswith("no leak")
    assert content["parameters"]["seeds"]["test"] == [2000, 2999]
    assert content["hardware"]["cores"] >= 1
    assert set(content["versions"]) == {"sesctl", "python", "numpy", "scipy"}
    assert content["wall_s"] > 0
    strong = content["results"]["strong"]
    assert strong["leak"]["shared_with_training"] == 0
    assert strong["dipole"]["top1"]["n_truth"] == 60
    assert strong["dipole"]["top1"]["success_top1"] > 0.8
    point = strong["station"]["thresholds"]["own"]
    # Every day counts twice, with its signal and without.
    assert point["live_station_days"] == pytest.approx(2 * 20, rel=0.02)
    assert point["false_alarms_bound_95"] > 0
    curve = strong["dipole"]["curve"]
    assert 10 < len(curve["score"]) <= 100
    assert curve["score"] == sorted(curve["score"], reverse=True)
    assert curve["recall"] == sorted(curve["recall"])
    assert curve["recall"][-1] > 0.9
    budgets = strong["dipole"]["thresholds"]
    assert budgets["1/d"]["certified"]
    # Nine dipole-days say nothing of one alarm in thirty.
    assert not budgets["1/30d"]["certified"]
    assert budgets["1/d"]["threshold"] < budgets["1/30d"]["threshold"]
    assert budgets["1/d"]["success"] >= budgets["1/30d"]["success"]
    assert list(study.folder.iterdir()) == [study.folder / "success-honest-ota-boxcar.json"]


def test_a_rerun_skips_what_is_there_and_only_that(study, monkeypatch):
    part = the_part("recorded", "honest", "boxcar")
    ran = []
    monkeypatch.setattr(running, "EXPERIMENTS", {"recorded": lambda *_: ran.append(1) or {"all": 1}})
    assert run_part(part, study)
    assert not run_part(part, study)
    assert run_part(part, replace(study, scale=replace(TINY, recorded_days=2)))
    assert len(ran) == 2


def test_a_file_that_is_no_result_is_not_taken_for_one(study):
    part = the_part("recorded", "honest", "boxcar")
    (study.folder / f"{part.name}.json").write_text('{"format": 0}')
    with pytest.raises(ReadError, match="is no result of format 1"):
        run_part(part, study)


def test_a_detector_that_learns_is_trained_saved_and_fine_tuned(study, install):
    install("learner_plugin")
    part = the_part("transfer", "paper", "learner")
    assert run_part(part, study)
    models = study.folder / "models" / "learner"
    trained, transferred = (
        json.loads((models / name / "model" / "learner.json").read_text())
        for name in ("paper-ota-strong", "paper-ota-transfer")
    )
    assert trained["lessons"] == 1
    assert transferred["lessons"] == 2
    assert abs(transferred["window"] - trained["window"]) <= 10
    results = read_result(study.folder / f"{part.name}.json")["results"]
    # Other days of another seed before the transfer, the same days after it: the paper's split leaks.
    assert results["without_transfer"]["leak"]["shared_with_training"] == 0
    assert results["after_transfer"]["leak"]["shared_with_training"] > 0
    assert results["after_transfer"]["leak"]["label"].startswith("leaking")


def test_an_honest_transfer_scores_the_same_later_days_before_and_after_it(study, install):
    install("learner_plugin")
    part = the_part("transfer", "honest", "learner")
    assert run_part(part, study)
    results = read_result(study.folder / f"{part.name}.json")["results"]
    for when in ("without_transfer", "after_transfer"):
        # Three tenths are learnt from, one is chosen on, and eight days lie between it and the first scored.
        assert results[when]["n_truth"] == 3 * (20 - 8 - 8)
        assert results[when]["leak"]["shared_with_training"] == 0


def test_a_detector_that_learns_for_unseen_stations_never_sees_one_of_them(study, install):
    install("learner_plugin")
    few = replace(TINY, training_stations=1, validation_stations=1, test_stations=2, days_a_station=1)
    part = parts_of([find_detector("learner")], ["ota"], ["honest"], ["unseen"])[0]
    assert run_part(part, replace(study, scale=few))
    strong = read_result(study.folder / f"{part.name}.json")["results"]["strong"]
    assert strong["leak"]["shared_with_training"] == 0
    assert set(strong["dipole"]["top1"]["success_top1_by_station"]) == {"RANDOM2000", "RANDOM2001"}
    assert strong["station"]["top1"]["n_truth"] == 2
    card = json.loads((study.folder / "models/learner/honest-random-strong/card.json").read_text())
    assert {station for station, _, _ in card["learnt_from"]} == {"RANDOM0", "RANDOM1000"}


def test_a_saved_model_is_taken_up_and_not_trained_again(study, install):
    install("learner_plugin")
    info = find_detector("learner")
    first = study.subject(info, "honest", "ota", STRONG)
    folder = study.folder / "models" / "learner" / "honest-ota-strong"
    written = (folder / "card.json").stat().st_mtime_ns
    again = study.subject(info, "honest", "ota", STRONG)
    assert (folder / "card.json").stat().st_mtime_ns == written
    assert again.model == first.model
    assert again.learnt_from == first.learnt_from
    assert len(first.model) == 64
    (folder / "card.json").write_text("{}")
    with pytest.raises(ReadError, match="does not say what its model"):
        study.subject(info, "honest", "ota", STRONG)


def test_honest_refuses_a_test_on_training_days_and_paper_labels_it(study, install, monkeypatch):
    install("learner_plugin")
    learning = splits.training_ground
    monkeypatch.setattr("sesctl.benchmark.experiments.success.test_ground", learning)
    with pytest.raises(ParameterError, match=r"test day 1999-01-03 of station OTA .* is a training day too"):
        run_part(the_part("success", "honest", "learner"), study)
    assert not list(study.folder.glob("*.json"))
    same = {Origin("OTA", 1, "a" * 64)}
    assert guard("paper", same, same)["shared_with_training"] == 1
    assert guard("paper", same, same)["label"].startswith("leaking")


def test_grounds_of_the_honest_protocol_keep_their_embargo():
    for scale in (SMALL, TINY):
        grounds = [
            make("hkb", scale)
            for make in (splits.training_ground, splits.validation_ground, splits.test_ground)
        ]
        for earlier, later in pairwise(grounds):
            assert (later.first_day - earlier.first_day).days >= earlier.days + splits.EMBARGO_DAYS
        assert [ground.seed for ground in grounds] == [0, 1000, 2000]


def test_the_shuffle_deals_out_every_copy_once_nine_to_one():
    background = lay(pool("ota", TINY))
    units = single_dipoles(background, 2)
    dealt = shuffle(background, units, most=10**6)
    copies = [
        (unit, start)
        for part in (dealt.training, dealt.validation, dealt.test)
        for unit, starts in part.items()
        for start in starts.tolist()
    ]
    assert len(copies) == len(set(copies)) == 60
    assert sum(len(starts) for starts in dealt.test.values()) == 6
    assert sum(len(starts) for starts in dealt.validation.values()) == 6


def test_a_unit_has_signals_of_its_own_and_a_single_dipole_shows_them_whole():
    background = lay(pool("ota", TINY))
    seeds = {unit.seed(background, 0) for unit in single_dipoles(background, 10)}
    assert seeds == set(range(30))
    unit = Unit(dipole=background.dipoles[1], copy=0)
    signals = plan(background, unit, STRONG.injection(1, background.offset), background.starts)
    added = embedded(background, unit, signals).values - embedded(background, unit, []).values
    heights = sorted(round(abs(signal.amplitude), 2) for signal in signals)
    shown = sorted(round(float(np.abs(added[:, at]).max()), 2) for at in _places(background, signals))
    assert shown == pytest.approx(heights, abs=0.02)
    assert all(10 <= height <= 15 for height in heights)


def _places(background, signals):
    start, step = background.record.start, background.record.interval_us
    return [slice((each.onset - start) // step, (each.end - start) // step) for each in signals]


def test_training_days_hold_the_answer_beside_the_question():
    background = lay(pool("ota", TINY))
    info = find_detector("boxcar")
    shares = [
        Share(background=background, unit=unit, starts=background.starts[:3], first_seed=0)
        for unit in single_dipoles(background)
    ]
    days = embed_days(shares, WEAK, info)
    assert days.values.shape[:2] == (9, 1)
    assert days.signals.shape == days.target.shape == days.values.shape
    proper = days.signals[:, 0, days.context : days.context + days.samples_per_day]
    minutes = (proper != 0).sum(axis=1) / 6
    assert ((minutes > 9) & (minutes < 16)).all()
    assert 6 <= np.abs(proper).max() <= 8
    # The target keeps the signal and loses most of the noise around it.
    quiet = days.target - days.signals
    assert np.nanstd(np.diff(quiet)) < 0.5 * np.nanstd(np.diff(days.values - days.signals))
    assert all(days.origins)
    assert len(days[2:5].signals) == 3
    with pytest.raises(ShapeError, match="target are float64"):
        replace(days, target=days.target.astype(np.float64))


def test_the_recorded_event_has_the_length_and_the_range_of_the_papers():
    heights = [
        abs(float(np.median(waveform.values)))
        for station in ("hkb", "mts", "ota")
        for waveform in recorded_event(station).values()
    ]
    assert len(heights) == 9
    assert min(heights) == pytest.approx(7, abs=1)
    assert max(heights) == pytest.approx(23, abs=1.5)
    (first, *_) = recorded_event("hkb").values()
    assert first.duration_s == 27 * 60


def test_the_papers_figures_stand_beside_ours():
    paper = published()
    assert [each["success"] for each in paper["table2"]] == [87.7, 87.9, 92.6, 95.4, 97.6]
    assert paper["table1"]["hours"]["13"] == [55, 63]


def test_tables_are_put_between_their_markers_and_nowhere_else():
    text = "# Title\n<!-- a -->\nold\n<!-- /a -->\nend <!-- b -->\n"
    filled = fill_markers(text, {"a": "| new |", "b": "| lost |"})
    assert filled == "# Title\n<!-- a -->\n| new |\n<!-- /a -->\nend <!-- b -->\n"
    assert render_tables([]) == {}


def test_unseen_stations_are_planned_for_the_honest_protocol_alone():
    infos = [find_detector("boxcar"), find_detector("boxcar_ref")]
    planned = parts_of(infos, ["hkb", "ota"], ["paper", "honest"])
    unseen = [part.name for part in planned if part.experiment == "unseen"]
    assert unseen == ["unseen-honest-random-boxcar", "unseen-honest-random-boxcar_ref"]
    assert {part.station for part in planned if part.experiment == "strengths"} == {"hkb"}
    assert len({part.name for part in planned}) == len(planned)


def test_what_is_unknown_is_refused_in_one_line(tmp_path):
    assert "the study has no station 'abc'" in refused(
        "benchmark", "xue2022", "--station", "abc", "--to", tmp_path
    )
    assert "the study has no part 'abc'" in refused("benchmark", "xue2022", "--part", "abc", "--to", tmp_path)
    assert "there is no detector 'boxca'" in refused(
        "benchmark", "xue2022", "--plugin", "boxca", "--to", tmp_path
    )


def test_the_command_trains_scores_tabulates_and_draws(tmp_path, install, monkeypatch):
    install("learner_plugin")
    monkeypatch.setattr("sesctl.benchmark.scale.SCALES", {"small": TINY})
    arguments = ("benchmark", "xue2022", "--plugin", "learner", "--plugin", "boxcar", "--to", tmp_path)
    chosen = ("--station", "ota", "--part", "recorded", "--part", "strengths", "--protocol", "honest")
    outcome = sesctl(*arguments, *chosen)
    assert outcome.status == 0, outcome.err
    assert "`learner`, honest protocol, trained weak" in outcome.out
    assert "LSTM autoencoder (Xue et al., trained weak) | 81.1 % | 89.7 % | 90.2 %" in outcome.out
    assert "4 of 4 parts were run" in outcome.err
    assert (tmp_path / "xue2022-strengths.png").stat().st_size > 10_000
    assert (tmp_path / "tables.md").read_text().startswith("## table1\n\n| station |")
    again = sesctl(*arguments, *chosen, "--quiet")
    assert again.err == ""
    assert again.out == outcome.out


def test_a_ground_is_the_same_record_whoever_lays_it():
    ground = Ground(station="ota", seed=3, first_day=splits.FIRST_DAY, days=2)
    background = lay(ground)
    assert background.record.station.name == "OTA"
    assert background.starts.tolist() == [915_375_600_000_000 + day * 86_400_000_000 for day in range(2)]
    assert {origin.day for origin in background.origins()} == {10_594, 10_595, 10_596}
    lay.cache_clear()
    assert np.array_equal(lay(ground).record.values, background.record.values, equal_nan=True)
