"""`sesctl clean`: a cleaned copy that does not depend on how the work is cut."""

import numpy as np
import pytest

from field_records import REAL_HOUR, at, quiet_field, with_boxcar, with_gap, write_csv
from program import refused, sesctl
from sesctl.archive import GroupKey, create_or_open, open_archive
from sesctl.clean import FULL, clean
from sesctl.types import Quality
from sesctl.types.instants import DAY

KEY = GroupKey("hkb", 10_000_000)


@pytest.fixture(scope="module")
def record():
    """Return three days with a step after one midnight, a spike, short gaps and a long one."""
    record = with_boxcar(quiet_field(72), at("2020-01-02T00:20"), 2 * 86_400, {"Ex": 60.0})
    record = with_boxcar(record, at("2020-01-02T12:00"), 10, {"Ey": 500.0})
    record = with_gap(record, at("2020-01-01T23:58"), 240)
    return with_gap(record, at("2020-01-02T18:00"), 7200)


@pytest.fixture(scope="module")
def raw(record, tmp_path_factory):
    """Return an archive of the record."""
    path = tmp_path_factory.mktemp("raw") / "archive"
    with create_or_open(path) as store:
        store.write(record)
    return path


def held(path, record):
    return open_archive(path).read(KEY, record.start, record.end)


def contents(path):
    return {each: each.read_bytes() for each in path.rglob("*") if each.is_file()}


@pytest.mark.parametrize("batch", [1, 2, 8])
def test_day_by_day_equals_the_whole_record_at_once(record, raw, tmp_path, monkeypatch, batch):
    monkeypatch.setattr("sesctl.pipeline.cleaning.BATCH_DAYS", batch)
    assert (
        sesctl("clean", raw, "--to", tmp_path / "cleaned").out
        == f"hkb: 3 days cleaned into {tmp_path / 'cleaned'}\n"
    )
    whole = clean(record, FULL)
    cleaned = held(tmp_path / "cleaned", record)
    np.testing.assert_allclose(cleaned.values, whole.values, rtol=1e-5)
    np.testing.assert_array_equal(cleaned.quality, whole.quality)
    for bit in (Quality.STEP, Quality.FILLED, Quality.DESPIKED, Quality.GAP):
        assert (cleaned.quality & np.uint8(bit)).any()


def test_files_and_an_archive_of_them_are_cleaned_alike(record, raw, tmp_path):
    path = write_csv(record, tmp_path / "hkb.csv")
    for source, name in ((path, "a"), (raw, "b")):
        assert sesctl("clean", source, "--to", tmp_path / name, "--quiet").status == 0
    np.testing.assert_array_equal(held(tmp_path / "a", record).values, held(tmp_path / "b", record).values)


def test_a_second_run_changes_no_byte(raw, tmp_path):
    arguments = ("clean", raw, "--to", tmp_path / "cleaned")
    first = sesctl(*arguments)
    before = contents(tmp_path / "cleaned")
    assert sesctl(*arguments).out == first.out
    assert contents(tmp_path / "cleaned") == before


def test_the_archive_says_how_its_samples_were_made(raw, tmp_path):
    sesctl("clean", raw, "--to", tmp_path / "once", "--despike", 0)
    made = open_archive(tmp_path / "once").provenance(KEY)
    assert made["cleaning"]["despike_s"] == 0
    assert made["cleaning"]["savgol_s"] == 610
    assert "of" not in made
    sesctl("clean", tmp_path / "once", "--to", tmp_path / "twice")
    assert open_archive(tmp_path / "twice").provenance(KEY)["of"] == dict(made)


def test_a_step_that_is_off_is_not_done(record, raw, tmp_path):
    off = [part for name in ("despike", "fill", "savgol", "mean", "step") for part in (f"--{name}", 0)]
    assert sesctl("clean", raw, "--to", tmp_path / "same", *off).status == 0
    np.testing.assert_array_equal(held(tmp_path / "same", record).values, record.values)


def test_the_target_is_smoother(record, raw, tmp_path):
    sesctl("clean", raw, "--to", tmp_path / "cleaned")
    sesctl("clean", raw, "--to", tmp_path / "target", "--target")
    rough, smooth = (
        np.nanpercentile(np.abs(np.diff(held(tmp_path / name, record).values, axis=1)), 99)
        for name in ("cleaned", "target")
    )
    assert smooth < rough / 2


def test_a_finer_record_is_cleaned_at_the_interval_asked_for(tmp_path):
    arguments = ("clean", REAL_HOUR, "--station", REAL_HOUR / "station.toml", "--to", tmp_path / "archive")
    assert sesctl(*arguments, "--interval", 10).status == 0
    (told,) = sesctl("info", tmp_path / "archive", "--json").json
    assert told["interval_s"] == 10
    assert [channel["samples"] for channel in told["channels"]] == [360] * 4


def test_every_station_and_interval_of_an_archive_is_cleaned(tmp_path):
    with create_or_open(tmp_path / "raw") as store:
        store.write(quiet_field(2, station="a"))
        store.write(quiet_field(2, station="a", interval=60.0))
        store.write(quiet_field(2, station="b"))
    assert sesctl("clean", tmp_path / "raw", "--to", tmp_path / "cleaned").status == 0
    assert [str(key) for key in open_archive(tmp_path / "cleaned").groups()] == ["a/10s", "a/60s", "b/10s"]


def test_a_changed_record_is_a_conflict_until_a_policy_is_named(record, raw, tmp_path):
    cleaned = tmp_path / "cleaned"
    sesctl("clean", raw, "--to", cleaned)
    changed = tmp_path / "changed"
    with create_or_open(changed) as store:
        store.write(with_boxcar(record, record.start + DAY // 2, 3600, {"Ex": 12.0}))
    before = held(cleaned, record).values
    assert "samples differ" in refused("clean", changed, "--to", cleaned)
    np.testing.assert_array_equal(held(cleaned, record).values, before)
    assert sesctl("clean", changed, "--to", cleaned, "--on-conflict", "replace").status == 0
    assert not np.array_equal(held(cleaned, record).values, before, equal_nan=True)
