import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import xarray
import zarr

from sesctl.archive import GroupKey, WritableArchive, WriteReport, create_or_open, durable, open_archive
from sesctl.errors import ArchiveError, ParameterError
from sesctl.types import Channel, Dipole, Origin, Quality, Record, Station
from sesctl.types.instants import DAY

INTERVAL = 600.0
SAMPLES = 144
FIRST = 16_000
HKB = Station(
    name="hkb",
    channels=(
        Dipole(name="NS", length_m=100.0, azimuth_deg=0.5, electrodes=("a", "b")),
        Dipole(name="EW"),
        Channel(name="T", quantity="temperature", unit="K"),
    ),
    latitude=30.25,
    longitude=103.5,
    timezone="Asia/Shanghai",
)
KEY = GroupKey("hkb", 600_000_000)


def make_record(first=FIRST, days=1.0, seed=0, station=HKB, source="aa"):
    """Return a record whose samples depend only on the seed and the instant."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(len(station.channels), 40 * SAMPLES)).astype(np.float32)
    start = round((first - FIRST) * SAMPLES)
    stop = start + round(days * SAMPLES)
    covered = range(int(first), int(-(-(first + days) // 1)))
    return Record(
        station=station,
        values=values[:, start:stop].copy(),
        start=round(first * DAY),
        interval=INTERVAL,
        origins=[Origin(station.name, day, source) for day in covered],
    )


def all_days(archive, days=40):
    return archive.read(KEY, FIRST * DAY, (FIRST + days) * DAY)


def assert_same(record, other):
    assert record.station == other.station
    assert (record.start, record.interval) == (other.start, other.interval)
    np.testing.assert_array_equal(record.values, other.values)
    np.testing.assert_array_equal(record.quality, other.quality)
    assert set(record.origins) == set(other.origins)


def test_a_record_comes_back_as_it_was_written(tmp_path):
    record = make_record(FIRST + 0.25, 2.5)
    record.values[1, 3:50] = np.nan
    record.values[:, 200] = -0.0
    quality = np.zeros(record.values.shape, dtype=np.uint8)
    quality[0, 10] = Quality.CLIPPED | Quality.OVERLAP
    record = replace(record, quality=quality)
    with create_or_open(tmp_path / "a") as archive:
        assert archive.write(record) == WriteReport(3, 0)
    archive = open_archive(tmp_path / "a")
    assert archive.groups() == (KEY,)
    assert archive.station(KEY) == HKB
    days = archive.days(KEY)
    assert days.dtype == np.int64
    assert days.tolist() == [FIRST, FIRST + 1, FIRST + 2]
    assert_same(archive.read(KEY, record.start, record.end), record)


def test_reading_beyond_the_days_gives_gaps_and_any_instants_the_samples_between(tmp_path):
    record = make_record(days=1)
    with create_or_open(tmp_path / "a") as archive:
        archive.write(record)
        read = archive.read(KEY, record.start - 2 * DAY + 1, record.start + 600_000_001)
    assert read.start == record.start - 2 * DAY + 600_000_000
    assert read.samples == 2 * SAMPLES - 1 + 2
    assert np.isnan(read.values[:, :-2]).all()
    assert (read.quality[:, :-2] == Quality.GAP).all()
    np.testing.assert_array_equal(read.values[:, -2:], record.values[:, :2])
    assert archive.read(KEY, record.start + 1, record.start + 2).samples == 0
    with pytest.raises(ParameterError, match="before its start"):
        archive.read(KEY, 1, 0)


@pytest.mark.parametrize("interval", [0.1, 1 / 8, 10.0, 3600.0])
def test_each_interval_has_a_group_named_after_it(tmp_path, interval):
    values = np.arange(30, dtype=np.float32).reshape(3, 10)
    record = Record(station=HKB, values=values, start=FIRST * DAY, interval=interval)
    with create_or_open(tmp_path / "a") as archive:
        archive.write(record)
        (key,) = archive.groups()
        assert key.path == f"hkb/{interval:g}s"
        assert (tmp_path / "a" / key.path / "zarr.json").is_file()
        assert_same(archive.read(key, record.start, record.end), record)


def test_the_order_in_which_pieces_arrive_does_not_matter(tmp_path):
    pieces = [make_record(FIRST + at, 0.75, source=f"{at}") for at in np.arange(0, 4, 0.5)]
    results = []
    for name, order in (("forth", pieces), ("back", pieces[::-1]), ("mixed", pieces[::2] + pieces[1::2])):
        with create_or_open(tmp_path / name) as archive:
            for piece in order:
                archive.write(piece)
            results.append(all_days(archive))
    for result in results[1:]:
        assert_same(result, results[0])
    np.testing.assert_array_equal(results[0].values[:, : 4 * SAMPLES], make_record(days=4).values)


def test_writing_the_same_again_changes_no_file(tmp_path):
    record = make_record(days=3)
    with create_or_open(tmp_path / "a") as archive:
        archive.write(record)
    before = {path: path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file()}
    with create_or_open(tmp_path / "a") as archive:
        assert archive.write(record) == WriteReport(0, 3)
    assert {path: path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file()} == before


def test_differing_samples_are_refused_naming_station_day_channel_and_count_and_nothing_is_written(tmp_path):
    with create_or_open(tmp_path / "a") as archive:
        archive.write(make_record(FIRST + 2, 1))
        before = all_days(archive)
        other = make_record(days=4)
        other.values[1, 2 * SAMPLES + 5 : 2 * SAMPLES + 12] += 1
        with pytest.raises(ArchiveError, match=r"station hkb, 2013-10-24: .* 7 on EW") as caught:
            archive.write(other)
        assert "keep" in caught.value.hint
        assert_same(all_days(archive), before)


@pytest.mark.parametrize("policy", ["keep", "replace"])
def test_a_policy_settles_differing_samples_and_fills_gaps_from_either_side(tmp_path, policy):
    old, new = make_record(source="old"), make_record(source="new")
    old.values[:, :20] = np.nan
    new.values[:, 10:40] = np.nan
    new.values[0, 50:53] += 1
    new = replace(new, quality=np.full(new.values.shape, Quality.DESPIKED, dtype=np.uint8))
    with create_or_open(tmp_path / "a") as archive:
        archive.write(replace(old, quality=None))
        report = archive.write(new, policy=policy)
        read = archive.read(KEY, old.start, old.end)
    assert report == WriteReport(1, 0, 3)
    expected = make_record().values
    expected[:, 10:20] = np.nan
    if policy == "replace":
        expected[0, 50:53] += 1
    np.testing.assert_array_equal(read.values, expected)
    assert (read.quality[:, :10] == Quality.DESPIKED).all()
    assert (read.quality[:, 20:40] == 0).all()
    assert (read.quality[0, 50:53] == (Quality.DESPIKED if policy == "replace" else 0)).all()
    assert {origin.source for origin in read.origins} == {"old", "new"}


def test_origins_stay_with_their_day_and_go_with_their_last_sample(tmp_path):
    with create_or_open(tmp_path / "a") as archive:
        archive.write(make_record(days=2, source="old"))
        archive.write(make_record(days=1, seed=1, source="new"), policy="replace")
        read = all_days(archive)
        assert read.origins == (Origin("hkb", FIRST, "new"), Origin("hkb", FIRST + 1, "old"))
        second = archive.read(KEY, (FIRST + 1) * DAY, (FIRST + 2) * DAY)
        assert second.origins == (Origin("hkb", FIRST + 1, "old"),)


def test_the_origin_of_a_background_from_another_day_is_kept_on_every_day(tmp_path):
    background = Origin("hkb", FIRST - 700, "ff")
    with create_or_open(tmp_path / "a") as archive:
        archive.write(replace(make_record(days=2), origins=[background]))
        for day in (FIRST, FIRST + 1):
            assert archive.read(KEY, day * DAY, (day + 1) * DAY).origins == (background,)


def test_a_day_without_a_value_is_not_stored(tmp_path):
    record = make_record(days=3)
    record.values[:, SAMPLES : 2 * SAMPLES] = np.nan
    record = replace(record, quality=None)
    with create_or_open(tmp_path / "a") as archive:
        assert archive.write(record) == WriteReport(2, 0)
        assert archive.days(KEY).tolist() == [FIRST, FIRST + 2]
        nothing = np.full_like(record.values, np.nan)
        assert archive.write(replace(record, values=nothing)) == WriteReport(0, 0)
        elsewhere = Station(name="empty", channels=HKB.channels)
        archive.write(replace(record, station=elsewhere, values=nothing))
        assert archive.groups() == (KEY,)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"latitude": 31.0}, "latitude 30.25, not 31.0"),
        ({"channels": HKB.channels[::-1]}, "channels NS, EW, T, not T, EW, NS"),
        (
            {"channels": (replace(HKB.channels[0], length_m=50.0), *HKB.channels[1:])},
            "channel NS's length_m 100.0, not 50.0",
        ),
    ],
)
def test_another_description_of_the_station_is_refused_with_what_differs(tmp_path, change, said):
    record = make_record()
    with create_or_open(tmp_path / "a") as archive:
        archive.write(record)
        with pytest.raises(ArchiveError, match=said):
            archive.write(replace(record, station=replace(HKB, **change)))


def test_a_group_holds_samples_of_one_making(tmp_path):
    with create_or_open(tmp_path / "a") as archive:
        archive.write(make_record(), provenance={"clean": {"despike": True, "scales": (1, 2)}})
        archive.write(make_record(FIRST + 1), provenance={"clean": {"despike": True, "scales": [1, 2]}})
        with pytest.raises(ArchiveError, match="samples made with clean, not without it"):
            archive.write(make_record(FIRST + 2))
        with pytest.raises(ParameterError, match="JSON"):
            archive.write(make_record(FIRST + 2), provenance={"threshold": float("nan")})
    assert open_archive(tmp_path / "a").provenance(KEY) == {"clean": {"despike": True, "scales": [1, 2]}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"start": FIRST * DAY + 1_000_000}, "1.0 s after a multiple of its 600.0 s"),
        ({"start": -DAY}, "covers the days -1 to -1"),
        ({"start": 10**18}, "an archive only 0 to 65535"),
        ({"interval": 7.0}, "no whole number of sampling intervals of 7.0 s"),
        ({"station": Station(name="zarr.json", channels=HKB.channels)}, "named zarr.json"),
    ],
)
def test_a_record_that_has_no_place_on_the_grid_is_refused(tmp_path, change, said):
    with create_or_open(tmp_path / "a") as archive:
        with pytest.raises(ArchiveError, match=said):
            archive.write(replace(make_record(), **change))
        assert archive.groups() == ()


def test_an_unknown_policy_is_refused(tmp_path):
    with create_or_open(tmp_path / "a") as archive, pytest.raises(ParameterError, match="'newest'"):
        archive.write(make_record(), policy="newest")


def test_xarray_opens_a_group_with_dates_and_channel_names(tmp_path):
    record = make_record(FIRST, 2)
    with create_or_open(tmp_path / "a") as archive:
        archive.write(record)
    with xarray.open_zarr(tmp_path / "a", group=KEY.path, consolidated=False, chunks=None) as dataset:
        assert dataset["values"].dims == ("day", "channel", "sample")
        assert dataset["quality"].dtype == np.uint8
        day = dataset.sel(day="2013-10-23", channel="EW")
        np.testing.assert_array_equal(day["values"].to_numpy(), record.values[1, SAMPLES:])
        committed = dataset["day"].to_numpy()[dataset["committed"].to_numpy()]
        assert committed.astype("datetime64[D]").astype(int).tolist() == [FIRST, FIRST + 1]
        assert dataset["channel"].to_numpy().tolist() == ["NS", "EW", "T"]
        assert dataset.attrs["station"]["timezone"] == "Asia/Shanghai"


def test_the_whole_archive_is_a_zarr_hierarchy_and_nothing_else(tmp_path):
    with create_or_open(tmp_path / "a") as archive:
        archive.write(make_record())
    members = {name for name, _ in zarr.open_group(tmp_path / "a", mode="r").members(max_depth=None)}
    arrays = {f"hkb/600s/{name}" for name in ("values", "quality", "committed", "day", "channel")}
    assert members == {"hkb", "hkb/600s"} | arrays


def test_one_shard_holds_one_day_of_all_channels(tmp_path):
    with create_or_open(tmp_path / "a") as archive:
        archive.write(make_record(days=2))
    array = zarr.open_array(tmp_path / "a" / KEY.path / "values", mode="r")
    assert (array.shards, array.chunks) == ((1, 3, SAMPLES), (1, 1, SAMPLES))
    shards = {path.name for path in (tmp_path / "a" / KEY.path / "values").glob("c.*")}
    assert shards == {f"c.{FIRST}.0.0", f"c.{FIRST + 1}.0.0"}


def test_a_second_writer_is_told_who_writes_and_gets_in_afterwards(tmp_path):
    with create_or_open(tmp_path / "a"):
        with pytest.raises(ArchiveError, match=f"being written by process {os.getpid()}"):
            create_or_open(tmp_path / "a")
        code = "import sys, pathlib, sesctl.archive as a; a.create_or_open(pathlib.Path(sys.argv[1]))"
        second = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "a")], capture_output=True, text=True, check=False
        )
        assert second.returncode == 1
        assert f"being written by process {os.getpid()}" in second.stderr
        assert open_archive(tmp_path / "a").groups() == ()
    with create_or_open(tmp_path / "a") as archive:
        archive.write(make_record())


def test_only_an_archive_that_is_open_for_writing_can_be_written(tmp_path):
    with create_or_open(tmp_path / "a") as archive:
        archive.write(make_record())
    with pytest.raises(ArchiveError, match="not open for writing any more"):
        archive.write(make_record(FIRST + 1))
    reader = open_archive(tmp_path / "a")
    assert not {"write", "annotate", "add_files", "forget_files", "settle"} & set(dir(reader))


def test_a_reader_sees_the_days_committed_since_it_opened(tmp_path):
    with create_or_open(tmp_path / "a") as archive:
        reader = open_archive(tmp_path / "a")
        with pytest.raises(ArchiveError, match="no group hkb/600s"):
            reader.days(KEY)
        for day in (3, 1):
            archive.write(make_record(FIRST + day))
        assert reader.days(KEY).tolist() == [FIRST + 1, FIRST + 3]
        archive.write(make_record(FIRST + 1, seed=5), policy="replace")
        assert_same(all_days(reader), all_days(archive))


def test_what_is_no_archive_is_refused_by_name(tmp_path):
    with pytest.raises(ArchiveError, match="does not exist"):
        open_archive(tmp_path / "missing")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.doc").touch()
    with pytest.raises(ArchiveError, match=r"no zarr\.json"):
        open_archive(tmp_path / "other")
    with pytest.raises(ArchiveError, match=r"holds thesis\.doc"):
        create_or_open(tmp_path / "other")
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["thesis.doc"]
    zarr.create_group(tmp_path / "foreign")
    for opening in (open_archive, create_or_open):
        with pytest.raises(ArchiveError, match="does not name the format"):
            opening(tmp_path / "foreign")
    with create_or_open(tmp_path / "a") as archive:
        archive.write(make_record())
    with pytest.raises(ArchiveError, match="level 'samples' of an archive"):
        open_archive(tmp_path / "a" / KEY.path)


@pytest.mark.parametrize("where", ["", KEY.path])
def test_an_unknown_version_is_refused_naming_both(tmp_path, where):
    with create_or_open(tmp_path / "a") as archive:
        archive.write(make_record())
    document = tmp_path / "a" / where / "zarr.json"
    document.write_text(document.read_text().replace('"version": 1', '"version": 7'))
    with pytest.raises(ArchiveError, match=r"version 7 .* version 1 is known"):
        open_archive(tmp_path / "a").groups()


def test_a_folder_that_cannot_be_made_is_one_sentence_naming_it(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveError, match=r"archive .*/file/a cannot be written: ") as caught:
        create_or_open(tmp_path / "file" / "a")
    assert caught.value.hint


@pytest.mark.parametrize("array", ["values", "quality"])
@pytest.mark.parametrize("damage", ["changed", "lost"])
def test_a_damaged_shard_is_an_error_naming_station_day_and_array(tmp_path, array, damage):
    with create_or_open(tmp_path / "a") as archive:
        archive.write(make_record(days=3))
    shard = tmp_path / "a" / KEY.path / array / f"c.{FIRST + 1}.0.0"
    if damage == "lost":
        shard.unlink()
    else:
        content = bytearray(shard.read_bytes())
        content[40] ^= 1
        shard.write_bytes(content)
    archive = open_archive(tmp_path / "a")
    with pytest.raises(ArchiveError, match=f"station hkb, 2013-10-23: {array} in .* not what was committed"):
        all_days(archive)
    assert not np.isnan(archive.read(KEY, FIRST * DAY, (FIRST + 1) * DAY).values).any()


def test_hundreds_of_days_cost_two_syncs_a_day_and_a_few_a_commit(tmp_path, monkeypatch):
    syncs = []
    sync = durable.sync
    values = np.random.default_rng(0).normal(size=(3, 400 * SAMPLES)).astype(np.float32)
    record = Record(station=HKB, values=values, start=FIRST * DAY, interval=INTERVAL)
    with create_or_open(tmp_path / "a") as archive:
        archive.write(make_record())
        monkeypatch.setattr(durable, "sync", lambda path: (syncs.append(path), sync(path)))
        archive.write(record, policy="replace")
        assert len(syncs) <= 2 * 400 + 8 * 13
        assert len(archive.days(KEY)) == 400
        np.testing.assert_array_equal(all_days(archive, 400).values, values)


def test_the_archive_can_be_left_without_with(tmp_path):
    archive = create_or_open(tmp_path / "a")
    assert isinstance(archive, WritableArchive)
    archive.close()
    archive.close()
    create_or_open(tmp_path / "a").close()
