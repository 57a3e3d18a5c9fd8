"""Injected signals: drawn day by day, embedded whole or not at all, told in the truth table."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from field_records import HOUR, at, with_gap
from sesctl.archive import create_or_open, open_archive
from sesctl.errors import ArchiveError, ParameterError, StationError
from sesctl.inject import Injection, Signal, add_signals, cut_waveform, plan_day
from sesctl.pipeline import ArchiveSource, RecordSource, cut_from, inject, injection, synthesise
from sesctl.pipeline.making import was_injected
from sesctl.synth import preset
from sesctl.types import Channel, Dipole, Origin, Record, Station
from sesctl.types.instants import DAY, EPOCH, SECOND
from sesctl.waveforms import SHAPES, Boxcar, Recorded, project_field

JAPAN = 9 * HOUR
START = at("2020-01-01")
NUMBER = START // DAY
STATION = Station(
    name="hkb",
    channels=(
        Dipole(name="Ex", azimuth_deg=10.0),
        Dipole(name="Ey", azimuth_deg=100.0),
        Channel(name="bx", quantity="magnetic", unit="nT"),
    ),
)


def background(days, *, start=START, interval=10.0, station=STATION):
    """Return whole days in which every sample tells its channel and time."""
    samples = round(days * 86_400 / interval)
    first = start // round(interval * SECOND)
    ramp = (first + np.arange(samples)) % 1000 / 100
    values = (100.0 * np.arange(1, len(station.channels) + 1)[:, None] + ramp).astype(np.float32)
    origins = [Origin(station.name, start // DAY + day, f"{start // DAY + day:064x}") for day in range(days)]
    return Record(station=station, values=values, start=start, interval=interval, origins=origins)


def archive_source(path, *records):
    with create_or_open(path) as store:
        for record in records:
            store.write(record)
    archive = open_archive(path)
    (group,) = archive.groups()
    return ArchiveSource(archive, group)


def result(path):
    archive = open_archive(path)
    (group,) = archive.groups()
    days = archive.days(group)
    return archive.read(group, int(days[0]) * DAY, int(days[-1] + 1) * DAY)


def run(tmp_path, source, drawn, name="out", **more):
    (done,) = inject([source], tmp_path / name, drawn, **more)
    return result(tmp_path / name), done


def times_of(record):
    return (record.times() - record.start) // SECOND


# What is drawn


def test_onsets_amplitudes_and_durations_fill_their_ranges_and_nothing_else():
    drawn = Injection(amplitude=(5.0, 6.0), duration_s=(600.0, 1200.0), hours=(8.0, 18.0), seed=1)
    signals = [s for day in range(400) for s in plan_day(drawn, "hkb", day, 10 * SECOND).signals]
    hours = np.array([signal.onset % DAY for signal in signals]) / HOUR
    sizes = np.abs([signal.amplitude for signal in signals])
    lengths = np.array([signal.waveform.duration_s for signal in signals])
    azimuths = np.array([signal.azimuth_deg for signal in signals])
    assert len(signals) == 400
    for values, low, high in (
        (hours, 8, 18),
        (sizes, 5, 6),
        (lengths, 600, 1200),
        (azimuths, 0, 180),
    ):
        assert low <= values.min() < low + 0.05 * (high - low)
        assert high - 0.05 * (high - low) < values.max() <= high
        assert values.mean() == pytest.approx((low + high) / 2, abs=0.06 * (high - low))
    assert 0.4 < np.mean([signal.amplitude > 0 for signal in signals]) < 0.6


@pytest.mark.parametrize(("rate", "least", "most"), [(0.3, 0, 1), (1.0, 1, 1), (2.5, 2, 3)])
def test_the_rate_is_its_whole_part_a_day_and_one_more_on_a_share_of_days(rate, least, most):
    drawn = Injection(rate=rate, seed=3, duration_s=(600, 600))
    counts = [
        len(p.signals) + p.crowded for p in (plan_day(drawn, "hkb", d, 10 * SECOND) for d in range(600))
    ]
    assert set(counts) == set(range(least, most + 1))
    assert np.mean(counts) == pytest.approx(rate, abs=0.08)


def test_hours_over_midnight_are_the_night_of_the_same_day_and_two_equal_hours_an_instant():
    night = Injection(hours=(22.0, 4.0), day_offset=JAPAN, seed=2, rate=3)
    for day in range(30):
        for signal in plan_day(night, "hkb", day, 10 * SECOND).signals:
            local = signal.onset + JAPAN
            assert local // DAY == day
            assert local % DAY < 4 * HOUR or local % DAY >= 22 * HOUR
    fixed = Injection(hours=(13.5, 13.5), day_offset=JAPAN)
    (signal,) = plan_day(fixed, "hkb", 18_000, 10 * SECOND).signals
    assert signal.onset == 18_000 * DAY - JAPAN + 13 * HOUR + HOUR // 2


def test_all_shapes_come_when_shapes_are_mixed():
    drawn = Injection(shape="mixed", rate=4, seed=1)
    shapes = [s.waveform.shape for day in range(40) for s in plan_day(drawn, "hkb", day, 10 * SECOND).signals]
    counts = [shapes.count(shape) for shape in SHAPES]
    assert sum(counts) == len(shapes)
    assert min(counts) > 0.1 * len(shapes)


@pytest.mark.parametrize(("sign", "expected"), [("+", {True}), ("-", {False}), ("random", {True, False})])
def test_the_sign_is_that_of_the_strongest_dipole(sign, expected):
    drawn = Injection(sign=sign, rate=10, duration_s=(60, 60))
    plan = plan_day(drawn, "hkb", 5, 10 * SECOND)
    assert {signal.amplitude > 0 for signal in plan.signals} == expected
    for signal in plan.signals:
        shown = signal.deflections(np.array([signal.onset]), STATION.dipoles)[:, 0]
        assert shown[np.argmax(np.abs(shown))] == pytest.approx(signal.amplitude)


def test_another_seed_station_or_day_has_other_signals_and_the_same_have_the_same():
    def onset(seed=1, station="hkb", day=7):
        return plan_day(Injection(seed=seed), station, day, 10 * SECOND).signals[0].onset % DAY

    assert onset() == onset()
    assert len({onset(), onset(seed=2), onset(station="mts"), onset(day=8)}) == 4


@example(rate=4.0, shape="pulse_train", longest=20.0, seed=795, day=74, offset=0)
@settings(max_examples=40, deadline=None)
@given(
    rate=st.floats(0.1, 40),
    shape=st.sampled_from([*SHAPES, "mixed"]),
    longest=st.floats(20, 480),
    seed=st.integers(0, 1000),
    day=st.integers(0, 30_000),
    offset=st.sampled_from([0, JAPAN, -5 * HOUR]),
)
def test_no_signal_ever_overlaps_another_and_each_lies_on_samples(rate, shape, longest, seed, day, offset):
    drawn = Injection(rate=rate, shape=shape, duration_s=(600, 60 * longest), seed=seed, day_offset=offset)
    plans = [plan_day(drawn, "hkb", each, 10 * SECOND) for each in (day, day + 1, day + 2)]
    signals = [signal for plan in plans for signal in plan.signals]
    for before, after in pairwise(signals):
        assert before.reach <= after.onset
    for signal in signals:
        assert signal.onset % (10 * SECOND) == 0
        assert (signal.end - signal.onset) % (10 * SECOND) == 0
        # Pulses are told by their starts and lengths, whose sum is rounded.
        assert 600 - 1e-9 <= signal.waveform.duration_s <= 60 * longest + 10
    whole = int(rate)
    assert all(len(plan.signals) + plan.crowded in (whole, whole + 1) for plan in plans)
    names = [signal.activity_id for signal in signals]
    assert len(set(names)) == len(names)


def test_a_day_without_room_counts_what_it_leaves_out():
    drawn = Injection(rate=48, duration_s=(3600, 3600))
    plan = plan_day(drawn, "hkb", 3, 10 * SECOND)
    assert len(plan.signals) < 24
    assert plan.crowded == 48 - len(plan.signals)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"rate": 0.0}, "the rate is 0"),
        ({"rate": 49.0}, "the rate is 49"),
        ({"rate": float("nan")}, "the rate is nan"),
        ({"shape": "square"}, "'square' is unknown"),
        ({"amplitude": (5.0, 4.0)}, "between 5 and 4 mV/km"),
        ({"amplitude": (0.0, 4.0)}, "between 0 and 4 mV/km"),
        ({"amplitude": (1.0, float("inf"))}, "between 1 and inf mV/km"),
        ({"duration_s": (60.0, 30_000.0)}, "at most 28800 s"),
        ({"duration_s": (float("nan"), 60.0)}, "between nan and 60 s"),
        ({"hours": (8.0, 25.0)}, "within 0 to 24"),
        ({"sign": "plus"}, "the sign is 'plus'"),
        ({"azimuth_deg": 361.0}, "the azimuth is 361"),
        ({"seed": -1}, "the seed is -1"),
    ],
)
def test_a_parameter_out_of_its_range_is_refused(wrong, complaint):
    with pytest.raises(ParameterError, match=complaint):
        Injection(**wrong)


@pytest.mark.parametrize(
    ("drawn", "interval", "complaint"),
    [
        (Injection(duration_s=(60, 90)), 60.0, "shorter than two samples"),
        (Injection(shape="high_frequency", duration_s=(100, 900)), 1.0, "shorter than 200 s"),
        (Injection(shape="mixed"), 60.0, "periods from 25 s"),
    ],
)
def test_a_record_that_cannot_show_the_signals_is_refused_before_anything_is_written(
    tmp_path, drawn, interval, complaint
):
    source = RecordSource(background(1, interval=interval))
    with pytest.raises(ParameterError, match=complaint):
        inject([source], tmp_path / "out", drawn)
    assert not (tmp_path / "out").exists()


# What is embedded


def test_the_difference_from_the_background_is_the_truth_and_nothing_else(tmp_path):
    record = background(3)
    after, done = run(tmp_path, RecordSource(record), Injection(seed=4, rate=2))
    expected = np.zeros((2, record.samples))
    for ses in done.truth:
        inside = (record.times() >= ses.start) & (record.times() < ses.end)
        angle = np.radians(ses.azimuth_deg)
        shown = project_field([np.cos(angle), np.sin(angle)], [10.0, 100.0])
        expected[:, inside] += (ses.amplitude * shown / shown[np.argmax(np.abs(shown))])[:, None]
    assert done.embedded == len(done.truth) == 6
    np.testing.assert_allclose((after.values - record.values)[:2], expected, atol=1e-4)
    np.testing.assert_array_equal(after.values[2], record.values[2])
    np.testing.assert_array_equal(after.quality, record.quality)


def test_the_strongest_dipole_shows_the_amplitude_of_the_truth(tmp_path):
    record = background(2)
    after, done = run(tmp_path, RecordSource(record), Injection(seed=9, amplitude=(7, 23)))
    for ses in done.truth:
        inside = (record.times() >= ses.start) & (record.times() < ses.end)
        change = (after.values - record.values)[:2, inside].mean(axis=1)
        assert change[np.argmax(np.abs(change))] == pytest.approx(ses.amplitude, abs=1e-3)


def test_the_distortion_of_a_simulated_station_is_used(tmp_path):
    parameters = preset("ota")
    synthesise(parameters, tmp_path / "a", seed=1, first_day=dt.date(2020, 1, 1), days=1)
    archive = open_archive(tmp_path / "a")
    source = ArchiveSource(archive, archive.groups()[0])
    after, done = run(tmp_path, source, Injection(azimuth_deg=40.0, sign="+"))
    (ses,) = done.truth
    inside = (after.times() >= ses.start) & (after.times() < ses.end)
    change = np.nanmean((after.values - result(tmp_path / "a").values)[:3, inside], axis=1)
    azimuths = [dipole.azimuth_deg for dipole in parameters.station().dipoles]
    angle = np.radians(40.0)
    field = [np.cos(angle), np.sin(angle)]
    shown = project_field(field, azimuths, parameters.soil.distortion)
    plain = project_field(field, azimuths)
    np.testing.assert_allclose(change / np.abs(change).max(), shown / np.abs(shown).max(), atol=1e-4)
    assert not np.allclose(change / np.abs(change).max(), plain / np.abs(plain).max(), atol=1e-2)


@pytest.mark.parametrize("offset", [0, JAPAN])
@pytest.mark.parametrize("size", [1, 3])
def test_the_result_does_not_depend_on_batches(tmp_path, monkeypatch, size, offset):
    source = archive_source(tmp_path / "in", background(6))
    drawn = Injection(seed=11, rate=6, shape="mixed", duration_s=(600, 7200), day_offset=offset)
    whole, told = run(tmp_path, source, drawn, "whole")
    monkeypatch.setattr(injection, "BATCH_DAYS", size)
    pieces, again = run(tmp_path, source, drawn, "pieces")
    np.testing.assert_array_equal(pieces.values, whole.values)
    assert pieces.origins == whole.origins
    assert again == told


def test_an_archive_and_the_same_record_in_memory_give_the_same(tmp_path):
    record = background(3)
    drawn = Injection(seed=5, rate=3, day_offset=JAPAN)
    one, told = run(tmp_path, archive_source(tmp_path / "in", record), drawn, "one")
    two, again = run(tmp_path, RecordSource(record), drawn, "two")
    np.testing.assert_array_equal(one.values, two.values)
    assert one.origins == two.origins == record.origins
    assert told == again


def test_a_day_has_the_same_signals_whichever_other_days_are_there(tmp_path):
    drawn = Injection(seed=6, rate=4, hours=(1.0, 22.0))
    _, whole = run(tmp_path, RecordSource(background(5)), drawn, "whole")
    _, part = run(tmp_path, RecordSource(background(1, start=START + 3 * DAY)), drawn, "part")
    of_the_day = [ses for ses in whole.truth if ses.start // DAY == NUMBER + 3]
    assert part.truth == of_the_day != []


def test_each_days_copy_has_the_origins_of_that_day_alone(tmp_path):
    run(tmp_path, RecordSource(background(4)), Injection())
    archive = open_archive(tmp_path / "out")
    (group,) = archive.groups()
    for day in range(4):
        begin = START + day * DAY
        assert archive.read(group, begin, begin + DAY).origins == (
            Origin("hkb", NUMBER + day, f"{NUMBER + day:064x}"),
        )


def test_a_signal_over_midnight_is_embedded_whole_across_batches(tmp_path, monkeypatch):
    monkeypatch.setattr(injection, "BATCH_DAYS", 1)
    record = background(2)
    drawn = Injection(hours=(23.9, 23.9), sign="+", azimuth_deg=10.0)
    after, done = run(tmp_path, archive_source(tmp_path / "in", record), drawn)
    (ses,) = done.truth
    assert ses.start < START + DAY < ses.end
    inside = (record.times() >= ses.start) & (record.times() < ses.end)
    np.testing.assert_allclose(
        (after.values - record.values)[0], np.where(inside, ses.amplitude, 0), atol=1e-3
    )
    # The one of the second day has no third to end on.
    assert (done.embedded, done.unseen) == (1, 1)


@pytest.mark.parametrize("size", [1, 16])
def test_a_signal_into_a_missing_day_is_left_out_and_counted(tmp_path, monkeypatch, size):
    monkeypatch.setattr(injection, "BATCH_DAYS", size)
    days = background(1), background(1, start=START + 2 * DAY), background(1, start=START + 3 * DAY)
    source = archive_source(tmp_path / "in", *days)
    after, done = run(tmp_path, source, Injection(hours=(23.9, 23.9)))
    assert [ses.start // DAY for ses in done.truth] == [NUMBER + 2]
    assert (done.days, done.embedded, done.unseen) == (3, 1, 2)
    np.testing.assert_array_equal(after.values[:, :8640], days[0].values)


def test_a_signal_where_one_dipole_has_a_gap_is_embedded_and_where_all_have_it_is_not(tmp_path):
    drawn = Injection(hours=(12.0, 12.0), duration_s=(1800, 1800))
    noon = START + 12 * HOUR + 600 * SECOND
    one = with_gap(background(1), noon, 10, ["Ex"])
    after, done = run(tmp_path, RecordSource(one), drawn, "one")
    assert (done.embedded, done.unseen) == (1, 0)
    np.testing.assert_array_equal(np.isnan(after.values), np.isnan(one.values))
    # The magnetic channel still has its samples: a signal is looked for on dipoles.
    both = with_gap(background(1), noon, 10, ["Ex", "Ey"])
    after, done = run(tmp_path, RecordSource(both), drawn, "both")
    assert (done.embedded, done.unseen, done.truth) == (0, 1, [])
    np.testing.assert_array_equal(after.values, both.values)


def test_gaps_just_outside_a_signal_leave_it(tmp_path):
    drawn = Injection(hours=(12.0, 12.0), duration_s=(1800, 1800))
    record = with_gap(background(1), START + 12 * HOUR - 10 * SECOND, 10)
    record = with_gap(record, START + 12 * HOUR + 1800 * SECOND, 10)
    _, done = run(tmp_path, RecordSource(record), drawn)
    assert done.embedded == 1
    inside = with_gap(record, START + 12 * HOUR + 1790 * SECOND, 10)
    _, done = run(tmp_path, RecordSource(inside), drawn, "inside")
    assert done.embedded == 0


def test_pulses_of_one_activity_share_its_name_and_are_in_the_record(tmp_path):
    record = background(1)
    drawn = Injection(shape="pulse_train", duration_s=(3600, 3600), seed=2, azimuth_deg=10.0, sign="-")
    after, done = run(tmp_path, RecordSource(record), drawn)
    assert done.embedded == 1
    assert len(done.truth) > 1
    assert {ses.activity_id for ses in done.truth} == {"hkb-20200101-1"}
    change = (after.values - record.values)[0]
    for ses in done.truth:
        inside = (record.times() >= ses.start) & (record.times() < ses.end)
        np.testing.assert_allclose(change[inside], ses.amplitude, atol=1e-3)
        change[inside] = 0
    np.testing.assert_array_equal(change, 0)


def test_a_repeated_call_changes_nothing(tmp_path):
    source = archive_source(tmp_path / "in", background(2))
    _, first = run(tmp_path, source, Injection(rate=3))
    files = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    _, second = run(tmp_path, source, Injection(rate=3))
    assert first == second
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == files


def test_an_archive_holds_one_making(tmp_path):
    source = archive_source(tmp_path / "in", background(1))
    run(tmp_path, source, Injection(seed=1))
    with pytest.raises(ArchiveError, match=r"injection\.seed 1, not 2"):
        run(tmp_path, source, Injection(seed=2))
    assert was_injected(open_archive(tmp_path / "out").provenance(source.group))
    assert not was_injected(source.provenance)


def test_a_record_is_never_changed(tmp_path):
    source = archive_source(tmp_path / "in", background(1))
    (tmp_path / "link").symlink_to(tmp_path / "in")
    for target in (tmp_path / "in", tmp_path / "link", tmp_path / "in" / "below", tmp_path):
        with pytest.raises(ArchiveError, match="itself, or one lies in the other"):
            inject([source], target, Injection())
    np.testing.assert_array_equal(result(tmp_path / "in").values, background(1).values)


def test_a_station_at_two_intervals_and_stations_that_show_nothing_are_refused(tmp_path):
    sources = [RecordSource(background(1)), RecordSource(background(1, interval=60.0))]
    with pytest.raises(ParameterError, match="two sampling intervals, 10 s and 60 s"):
        inject(sources, tmp_path / "out", Injection())
    magnetic = Station(name="obs", channels=(Channel(name="bx", quantity="magnetic", unit="nT"),))
    with pytest.raises(StationError, match="no dipole"):
        inject([RecordSource(background(1, station=magnetic))], tmp_path / "out", Injection())
    unknown = Station(name="hkb", channels=(Dipole(name="Ex"),))
    with pytest.raises(StationError, match="no azimuth"):
        inject([RecordSource(background(1, station=unknown))], tmp_path / "out", Injection())
    single = Station(name="hkb", channels=(Dipole(name="Ex", azimuth_deg=0.0),))
    with pytest.raises(ParameterError, match="no dipole shows a field at azimuth"):
        inject([RecordSource(background(1, station=single))], tmp_path / "out", Injection(azimuth_deg=90.0))
    assert not (tmp_path / "out").exists()


def test_two_stations_have_signals_of_their_own(tmp_path):
    other = background(2, station=replace(STATION, name="mts"))
    first, second = inject(
        [RecordSource(background(2)), RecordSource(other)], tmp_path / "out", Injection(seed=1)
    )
    assert (first.station, second.station) == ("hkb", "mts")
    assert {ses.start for ses in first.truth}.isdisjoint(ses.start for ses in second.truth)
    assert len(open_archive(tmp_path / "out").groups()) == 2


def test_a_file_off_the_grid_is_brought_to_it(tmp_path):
    record = replace(background(1), start=START + 3 * SECOND)
    after, done = run(tmp_path, RecordSource(record), Injection(hours=(6.0, 18.0)))
    assert after.start == START
    assert [ses.start % (10 * SECOND) for ses in done.truth] == [0]


def test_progress_counts_utc_days(tmp_path, monkeypatch):
    monkeypatch.setattr(injection, "BATCH_DAYS", 2)
    told = []
    source = RecordSource(background(3))
    inject([source], tmp_path / "out", Injection(), progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 3), (3, 3)]


# A waveform from another record


def recording(*, slope=0.0, interval=10.0):
    """Return a day with a boxcar of 27 min at 01:37 on top of a straight line."""
    record = background(1, interval=interval)
    seconds = times_of(record)
    line = (5 + slope * seconds / 3600).astype(np.float32)
    start = START + HOUR + 37 * 60 * SECOND
    signal = Signal(
        station="hkb",
        waveform=Boxcar(duration_s=1620),
        onset=start,
        amplitude=-12.0,
        azimuth_deg=35.0,
        activity_id="real",
    )
    flat = replace(record, values=np.tile(line, (3, 1)))
    return add_signals(flat, [signal]), start, start + 1620 * SECOND


def test_a_cut_waveform_is_free_of_its_background_and_tapered_over_two_samples():
    record, start, end = recording(slope=6.0)
    cut = cut_waveform(record, start, end)
    assert cut.duration_s == 1620
    assert cut.dipoles == ("Ex", "Ey")
    shown = project_field([np.cos(np.radians(35)), np.sin(np.radians(35))], [10.0, 100.0])
    heights = -12.0 * shown / np.abs(shown).max()
    np.testing.assert_allclose(cut.heights(), heights, atol=1e-4)
    assert cut.amplitude == pytest.approx(-12.0, abs=1e-4)
    weights = np.ones(162)
    weights[[0, 1, -2, -1]] = [1 / 3, 2 / 3, 2 / 3, 1 / 3]
    np.testing.assert_allclose(cut.values, heights[:, None] * weights, atol=1e-3)


def test_a_cut_waveform_is_embedded_as_it_was_recorded_at_the_given_hour(tmp_path):
    record, start, end = recording(slope=-3.0)
    cut = cut_from(RecordSource(record), start, end, 10.0)
    quiet = background(2, start=START + 10 * DAY)
    drawn = Injection(recorded=cut, hours=(13.0, 13.0), day_offset=JAPAN)
    after, done = run(tmp_path, RecordSource(quiet), drawn)
    assert [(ses.start + JAPAN) % DAY for ses in done.truth] == [13 * HOUR] * 2
    for ses in done.truth:
        first = (ses.start - quiet.start) // quiet.interval_us
        np.testing.assert_allclose(
            (after.values - quiet.values)[:2, first : first + 162], cut.values, atol=1e-4
        )
        assert (ses.shape, ses.duration_s, ses.dipole) == ("recorded", 1620, "")
        assert ses.amplitude == pytest.approx(-12.0, abs=1e-3)
        assert ses.azimuth_deg is None


def test_a_finer_recording_is_brought_to_the_interval_of_the_record():
    record, start, end = recording(interval=1.0)
    cut = cut_from(RecordSource(record), start, end, 10.0)
    assert cut.interval_s == 10
    assert cut.values.shape == (2, 162)
    assert cut.amplitude == pytest.approx(-12.0, abs=0.05)


def test_what_is_no_whole_signal_is_not_cut():
    record, start, end = recording()
    for first, last, complaint in (
        (end, start, "no signal to cut"),
        (start, start + 40 * SECOND, "no signal to cut"),
        (START + 2 * DAY, START + 2 * DAY + HOUR, "no signal to cut"),
        (START + 24 * HOUR - 1000 * SECOND, START + DAY + 600 * SECOND, "has a gap"),
        (START, START + HOUR, "no sample in the ten minutes"),
        (START + 12 * HOUR, START + 13 * HOUR, None),
    ):
        if complaint:
            with pytest.raises(ParameterError, match=complaint):
                cut_waveform(record, first, last)
    level = replace(record, values=np.zeros_like(record.values))
    with pytest.raises(ParameterError, match="no dipole deflects"):
        cut_waveform(level, start, end)
    holed = with_gap(record, start + 300 * SECOND, 10, ["Ey"])
    with pytest.raises(ParameterError, match="dipole Ey has a gap"):
        cut_waveform(holed, start, end)
    with pytest.raises(ParameterError, match="not between 0 and 24 h long"):
        cut_from(RecordSource(record), end, start, 10.0)
    with pytest.raises(ParameterError, match="has no sample from"):
        cut_from(RecordSource(record), start + 9 * DAY, end + 9 * DAY, 10.0)


def test_a_recording_that_lacks_a_dipole_or_has_another_interval_is_refused(tmp_path):
    cut = Recorded(dipoles=("Ex",), values=np.full((1, 30), 7.0), interval_s=10.0)
    with pytest.raises(StationError, match="dipole Ey is not in the recorded waveform"):
        inject([RecordSource(background(1))], tmp_path / "out", Injection(recorded=cut))
    both = replace(cut, dipoles=("Ex", "Ey"), values=np.full((2, 30), 7.0))
    with pytest.raises(ParameterError, match="every 10 s does not fit a record every 60 s"):
        inject([RecordSource(background(1, interval=60.0))], tmp_path / "out", Injection(recorded=both))
    assert not (tmp_path / "out").exists()


def test_two_recordings_are_two_makings(tmp_path):
    source = RecordSource(background(1))
    one = Recorded(dipoles=("Ex", "Ey"), values=np.full((2, 30), 7.0), interval_s=10.0)
    two = replace(one, values=np.full((2, 30), 8.0))
    run(tmp_path, source, Injection(recorded=one))
    with pytest.raises(ArchiveError, match=r"recorded\.sha256"):
        run(tmp_path, source, Injection(recorded=two))


def test_a_recorded_waveform_holds_what_it_says():
    with pytest.raises(ValueError, match="not one row of samples for each of 2 dipoles"):
        Recorded(dipoles=("Ex", "Ey"), values=np.zeros((1, 30)), interval_s=10.0)
    with pytest.raises(ValueError, match="no finite number"):
        Recorded(dipoles=("Ex",), values=np.full((1, 3), np.nan), interval_s=10.0)
    cut = Recorded(dipoles=("Ex",), values=np.array([[1.0, 2.0, 3.0]]), interval_s=10.0)
    np.testing.assert_array_equal(cut.sample([-0.5, 0, 9.5, 10, 29.9, 30]), [[0, 1, 1, 2, 3, 0]])


def test_dates_in_names_are_those_of_the_local_day(tmp_path):
    _, done = run(tmp_path, RecordSource(background(2)), Injection(hours=(5.0, 5.0), day_offset=JAPAN))
    for ses in done.truth:
        local = EPOCH + dt.timedelta(microseconds=ses.start + JAPAN)
        assert ses.activity_id == f"hkb-{local:%Y%m%d}-1"
