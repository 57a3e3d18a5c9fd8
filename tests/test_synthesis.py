"""Simulated stations in archives: the same days, however they came there."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from sesctl.archive import create_or_open, open_archive
from sesctl.errors import ArchiveError, ParameterError
from sesctl.pipeline import ArchiveSource, day_view, open_sources, pair_view, synthesis, synthesise
from sesctl.pipeline.making import distortion_of
from sesctl.report import draw_day, draw_pair
from sesctl.synth import PRESETS, preset, simulate_days
from sesctl.synth.parameters import digest
from sesctl.synth.presets import parse_parameters
from sesctl.types import Origin
from sesctl.types.instants import DAY, EPOCH

FIRST = dt.date(1999, 1, 1)
NUMBER = (FIRST - EPOCH.date()).days
OTA = preset("ota")


def archived(path):
    archive = open_archive(path)
    (group,) = archive.groups()
    days = archive.days(group)
    record = archive.read(group, int(days[0]) * DAY, int(days[-1] + 1) * DAY)
    return record, archive.provenance(group)


def make(path, *, days=3, seed=1, first_day=FIRST, parameters=OTA, **more):
    return synthesise(parameters, path, seed=seed, first_day=first_day, days=days, **more)


@pytest.fixture
def small_blocks(monkeypatch):
    """Let three days be three pieces of work."""
    monkeypatch.setattr(synthesis, "BLOCK_DAYS", 1)


@pytest.fixture
def no_simulation(monkeypatch):
    """Return the days that are asked for, in place of making them."""
    asked = []

    def refuse(parameters, seed, first_day, days):
        asked.append((first_day, days))
        msg = "simulated again"
        raise AssertionError(msg)

    return lambda: (monkeypatch.setattr(synthesis, "simulate_days", refuse), asked)[1]


def test_an_archive_holds_what_the_simulator_makes(tmp_path):
    done = make(tmp_path / "a", days=2)
    record, _ = archived(tmp_path / "a")
    expected = simulate_days(OTA, 1, FIRST, 2)
    assert (done.days_written, done.days_there, str(done.group)) == (2, 0, f"{OTA.name}/10s")
    np.testing.assert_array_equal(record.values, expected.values)
    np.testing.assert_array_equal(record.quality, expected.quality)
    assert record.station == expected.station
    assert record.origins == tuple(Origin(OTA.name, NUMBER + day, digest(OTA, 1)) for day in range(2))


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_archived(tmp_path, name):
    parameters = preset(name, 5)
    make(tmp_path / "a", days=1, seed=5, parameters=parameters, preset=name)
    record, provenance = archived(tmp_path / "a")
    assert record.station == parameters.station()
    assert np.isfinite(record.values).any()
    assert provenance["simulation"]["preset"] == name


def test_the_record_does_not_depend_on_the_number_of_workers(tmp_path, small_blocks):
    make(tmp_path / "one", workers=1)
    make(tmp_path / "two", workers=2)
    one, two = archived(tmp_path / "one"), archived(tmp_path / "two")
    np.testing.assert_array_equal(one[0].values, two[0].values)
    np.testing.assert_array_equal(one[0].quality, two[0].quality)
    assert (one[0].origins, one[1]) == (two[0].origins, two[1])


def test_a_repeated_call_simulates_nothing_and_changes_nothing(tmp_path, no_simulation):
    make(tmp_path / "a")
    files = {path: path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file()}
    asked = no_simulation()
    done = make(tmp_path / "a")
    assert (done.days_written, done.days_there, asked) == (0, 3, [])
    assert {path: path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file()} == files


def test_the_guard_of_the_test_above_stops_a_simulation(tmp_path, no_simulation):
    asked = no_simulation()
    with pytest.raises(AssertionError, match="simulated again"):
        make(tmp_path / "a")
    assert asked == [(FIRST, 3)]


def test_an_interrupted_simulation_goes_on_with_the_missing_days_alone(tmp_path, monkeypatch):
    make(tmp_path / "whole", days=5)
    make(tmp_path / "a", days=1, first_day=FIRST + dt.timedelta(days=2))
    asked = []

    def counted(parameters, seed, first_day, days):
        asked.append((first_day.day, days))
        return simulate_days(parameters, seed, first_day, days)

    monkeypatch.setattr(synthesis, "simulate_days", counted)
    done = make(tmp_path / "a", days=5)
    assert (done.days_written, done.days_there) == (4, 1)
    assert asked == [(1, 2), (4, 2)]
    np.testing.assert_array_equal(archived(tmp_path / "a")[0].values, archived(tmp_path / "whole")[0].values)


def test_the_days_before_a_failure_are_kept(tmp_path, small_blocks, monkeypatch):
    def fails_on_the_third(parameters, seed, first_day, days):
        if first_day.day == 3:
            msg = "no more"
            raise OSError(msg)
        return simulate_days(parameters, seed, first_day, days)

    monkeypatch.setattr(synthesis, "simulate_days", fails_on_the_third)
    with pytest.raises(OSError, match="no more"):
        make(tmp_path / "a", days=4)
    archive = open_archive(tmp_path / "a")
    assert archive.days(archive.groups()[0]).tolist() == [NUMBER, NUMBER + 1]


def test_no_more_than_two_blocks_a_worker_are_made_ahead(small_blocks, monkeypatch):
    class Pool:
        waiting = most = 0

        def __init__(self, workers, mp_context):
            assert mp_context.get_start_method() == "spawn"

        def submit(self, function, *arguments):
            Pool.waiting += 1
            Pool.most = max(Pool.most, Pool.waiting)
            return self

        def result(self):
            Pool.waiting -= 1
            return "a block"

        def shutdown(self, cancel_futures):
            assert cancel_futures

    monkeypatch.setattr(synthesis, "ProcessPoolExecutor", Pool)
    blocks = [(NUMBER + day, 1) for day in range(100)]
    assert list(synthesis._simulated(OTA, 1, blocks, workers=3)) == ["a block"] * 100
    assert Pool.most == 7


def test_the_provenance_is_enough_to_simulate_the_record_again(tmp_path):
    make(tmp_path / "a", days=1, preset="ota")
    record, provenance = archived(tmp_path / "a")
    told = provenance["simulation"]
    # The tables of a TOML file and the objects of JSON say the same.
    from pydantic import TypeAdapter

    from sesctl.synth import StationParameters

    parameters = TypeAdapter(StationParameters).validate_python(told["parameters"])
    assert parameters == OTA
    again = simulate_days(parameters, told["seed"], FIRST, 1)
    np.testing.assert_array_equal(again.values, record.values)
    assert told["sha256"] == record.origins[0].source


def test_the_distortion_travels_with_the_record(tmp_path):
    matrix = ((1.2, 0.1), (-0.2, 0.9))
    parameters = replace(OTA, soil=replace(OTA.soil, distortion=matrix))
    make(tmp_path / "a", days=1, parameters=parameters)
    (source,) = open_sources(tmp_path / "a")
    assert distortion_of(source.provenance) == [list(row) for row in matrix]
    assert distortion_of({"cleaning": {}, "of": source.provenance}) == [list(row) for row in matrix]
    assert distortion_of({"cleaning": {}}) is None


def test_one_archive_never_mixes_two_simulations_of_a_station(tmp_path):
    make(tmp_path / "a", days=1)
    with pytest.raises(ArchiveError, match=r"simulation\.seed 1, not 2"):
        make(tmp_path / "a", days=1, seed=2)
    wetter = replace(OTA, soil=replace(OTA.soil, shallow_ohm_m=77.0))
    with pytest.raises(ArchiveError, match=r"shallow_ohm_m .*, not 77\.0"):
        make(tmp_path / "a", days=1, parameters=wetter)


def test_days_that_were_measured_are_not_taken_for_simulated_ones(tmp_path):
    with create_or_open(tmp_path / "a") as store:
        store.write(simulate_days(OTA, 1, FIRST, 1))
    with pytest.raises(ArchiveError, match="made without simulation"):
        make(tmp_path / "a", days=2)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"days": 0}, "0 days are asked for"),
        ({"workers": 0}, "0 workers are asked for"),
        ({"seed": -1}, "less than 0"),
        ({"first_day": dt.date(1969, 12, 31)}, "not within"),
    ],
)
def test_a_wrong_request_makes_no_archive(tmp_path, wrong, complaint):
    with pytest.raises(ParameterError, match=complaint):
        make(tmp_path / "a", **wrong)
    assert not (tmp_path / "a").exists()


def test_progress_counts_days_from_those_that_are_there_to_all(tmp_path, small_blocks):
    make(tmp_path / "a", days=1)
    told = []
    make(tmp_path / "a", days=3, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_day_is_shown_by_the_local_clock_with_its_night(tmp_path):
    make(tmp_path / "a", days=2)
    (source,) = open_sources(tmp_path / "a")
    view = day_view(source)
    hour = DAY // 24
    assert view.day_offset == 9 * hour
    assert view.times[0] == NUMBER * DAY + 15 * hour
    assert len(view.times) == 8640
    assert view.night == (NUMBER * DAY + 16 * hour, NUMBER * DAY + 19 * hour)
    assert view.channels == [dipole.name for dipole in OTA.station().dipoles]


def test_a_single_day_of_utc_is_shown_whole_with_the_night_in_it(tmp_path):
    make(tmp_path / "a", days=1)
    (source,) = open_sources(tmp_path / "a")
    view = day_view(source)
    assert (view.times[0], len(view.times)) == (NUMBER * DAY, 8640)
    assert view.times[0] <= view.night[0] < view.night[1] <= view.times[-1]


@pytest.mark.parametrize("days", [1, 2])
def test_a_training_pair_has_the_same_signal_on_both_sides(tmp_path, days):
    make(tmp_path / "a", days=days)
    (source,) = open_sources(tmp_path / "a")
    view = pair_view(source, seed=4)
    (ses,) = view.truth
    assert view.times[0] <= ses.start < ses.end <= view.times[-1]
    record = source.read(int(view.times[0]), int(view.times[-1]) + 1).select([view.dipole])
    inside = (view.times >= ses.start) & (view.times < ses.end)
    added = view.given - record.values[0]
    np.testing.assert_allclose(added[inside], ses.amplitude, atol=1e-3)
    np.testing.assert_array_equal(added[~inside], 0)
    # The clean side jumps by the amplitude at the onset, and is smooth elsewhere.
    steps = np.abs(np.diff(view.target))
    onset = int(np.flatnonzero(inside)[0])
    assert steps[onset - 1] == pytest.approx(abs(ses.amplitude), abs=1)
    assert np.median(steps) < 0.1


def test_pictures_of_a_day_and_a_pair_show_something_and_are_named_by_the_local_date(tmp_path):
    make(tmp_path / "a", days=2)
    (source,) = open_sources(tmp_path / "a")
    from matplotlib.image import imread

    day = draw_day(day_view(source), tmp_path / "pictures")
    pair = draw_pair(pair_view(source, 4), tmp_path / "pictures")
    assert day.name == f"{OTA.name}-19990102-day.png"
    assert pair.name.startswith(f"{OTA.name}-19990102-")
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == sorted([day.name, pair.name])
    for picture in (day, pair):
        assert np.asarray(imread(picture)).std() > 0.05


def test_a_station_described_in_toml_is_simulated_like_a_shipped_one(tmp_path):
    text = """
name = "own"
electrodes = [{name = "a", east_m = 0, north_m = 0}, {name = "b", east_m = 0, north_m = 400}]
dipoles = [{name = "ns", first = "a", second = "b"}]
"""
    parameters = parse_parameters(text, "own.toml")
    done = make(tmp_path / "a", days=1, parameters=parameters)
    assert str(done.group) == "own/10s"
    assert isinstance(open_sources(tmp_path / "a")[0], ArchiveSource)
