"""Ingest into an archive: what becomes of files, and what is said of them."""

import numpy as np
import pytest

from archived_days import KEY, START, contents, run, write_days
from program import refused, sesctl
from sesctl.archive import open_archive
from sesctl.errors import ArchiveError, ReadError
from sesctl.types.instants import DAY, SECOND, from_iso, iso


@pytest.mark.parametrize("shuffle", [False, True])
def test_a_long_file_is_archived_in_parts_as_if_it_were_one(tmp_path, monkeypatch, shuffle):
    monkeypatch.setattr("sesctl.ingest.text_blocks.BLOCK_BYTES", 2**16)
    monkeypatch.setattr("sesctl.ingest.spool.IN_MEMORY", 2**14)
    monkeypatch.setattr("sesctl.ingest.grid._MOST_DAYS", 2)
    values = write_days(tmp_path / "hkb.csv", 5, shuffle=shuffle)
    (done,) = run([tmp_path / "hkb.csv"], tmp_path / "a")
    assert done.days_written == 5
    record = open_archive(tmp_path / "a").read(KEY, START, START + 5 * DAY)
    np.testing.assert_array_equal(record.values, values)
    assert not record.quality.any()
    assert len(record.origins) == 5


def test_a_file_with_a_fault_in_its_last_line_leaves_no_archive(tmp_path):
    write_days(tmp_path / "hkb.csv", 3)
    with (tmp_path / "hkb.csv").open("a") as file:
        file.write("2020-01-04T00:00:00Z,1,oops\n")
    with pytest.raises(ReadError, match=r"line 25922, column Ey holds 'oops'"):
        run([tmp_path / "hkb.csv"], tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_conflict_on_the_last_day_of_a_long_file_writes_none_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr("sesctl.ingest.grid._MOST_DAYS", 1)
    (tmp_path / "one").mkdir()
    write_days(tmp_path / "one" / "hkb.csv", 1, first=4)
    run([tmp_path / "one"], tmp_path / "a")
    before = contents(tmp_path / "a")
    write_days(tmp_path / "hkb.csv", 5)
    text = (tmp_path / "hkb.csv").read_text().rstrip("\n")
    (tmp_path / "hkb.csv").write_text(text + "9\n")
    with pytest.raises(ArchiveError, match="2020-01-05: samples differ"):
        run([tmp_path / "hkb.csv"], tmp_path / "a")
    assert contents(tmp_path / "a") == before


def test_a_change_of_sampling_makes_a_group_of_each(tmp_path):
    write_days(tmp_path / "hkb.csv", 2)
    write_days(tmp_path / "later.csv", 3, first=2, step=60)
    rows = (tmp_path / "later.csv").read_text().splitlines()[1:]
    with (tmp_path / "hkb.csv").open("a") as file:
        file.write("\n".join([*rows, ""]))
    (done,) = run([tmp_path / "hkb.csv"], tmp_path / "a")
    assert done.notes == ("hkb.csv: its sampling changes from 10 s to 60 s at 2020-01-03T00:00:00Z",)
    archive = open_archive(tmp_path / "a")
    assert [str(key) for key in archive.groups()] == ["hkb/10s", "hkb/60s"]
    assert [len(archive.days(key)) for key in archive.groups()] == [2, 3]


def test_files_folders_and_patterns_are_found_each_once(tmp_path):
    for number in range(4):
        folder = tmp_path / "in" / str(number % 2)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}").mkdir()
        write_days(folder / f"{number}" / "hkb.csv", 1, first=number)
    (tmp_path / "in" / "notes.txt").write_text("rain")
    seen = []
    done = run(
        [tmp_path / "in" / "*" / "3" / "*.csv", tmp_path / "in", tmp_path / "in" / "0" / "0" / "hkb.csv"],
        tmp_path / "a",
        progress=lambda *told: seen.append(told),
    )
    assert len(done) == 4
    assert list(dict.fromkeys(told[:2] for told in seen)) == [(count, 4) for count in range(5)]
    assert seen[-1] == (4, 4, 4)
    assert len(contents(tmp_path / "a")) == 4


def test_a_pattern_without_a_match_is_named(tmp_path):
    with pytest.raises(ReadError, match="nothing matches the pattern"):
        run([tmp_path / "*.csv"], tmp_path / "a")


def test_a_named_file_of_no_known_format_is_refused_but_passed_over_in_a_folder(tmp_path):
    (tmp_path / "in").mkdir()
    write_days(tmp_path / "in" / "hkb.csv", 1)
    (tmp_path / "in" / "notes.txt").write_text("rain")
    assert len(run([tmp_path / "in"], tmp_path / "a")) == 1
    with pytest.raises(ReadError, match=r"notes\.txt is of no known format"):
        run([tmp_path / "in" / "notes.txt"], tmp_path / "a")


def test_an_archive_is_no_folder_of_files(tmp_path):
    write_days(tmp_path / "hkb.csv", 1)
    run([tmp_path / "hkb.csv"], tmp_path / "a")
    with pytest.raises(ReadError, match="is an archive, not a folder of files"):
        run([tmp_path / "a"], tmp_path / "b")


def test_remarks_are_archived_once_and_shown_by_info_and_by_detect(tmp_path):
    from test_ingest_formats import REMARKS

    times = from_iso("2006-12-01T00:00:00Z") + np.arange(8640, dtype=np.int64) * 10 * SECOND
    # A boxcar of 25 min that ends in the remark of 06:47 to 06:53.
    values = 0.2 * np.sin(np.arange(8640)) + 15.0 * ((np.arange(8640) >= 2310) & (np.arange(8640) < 2460))
    rows = [f"{iso(int(t))},{v:.3f},{v:.3f}" for t, v in zip(times, values, strict=True)]
    (tmp_path / "kak.csv").write_text("\n".join(["time,EW,NS", *rows, ""]))
    (tmp_path / "kak.toml").write_text(
        'name = "kak"\nlatitude = 36.2\nlongitude = 140.2\ntimezone = "Asia/Tokyo"\n'
        '[[dipoles]]\nname = "EW"\n[[dipoles]]\nname = "NS"\n'
    )
    command = ("ingest", tmp_path / "kak.csv", REMARKS, "--station", tmp_path / "kak.toml", "--tz", "UTC")
    for _ in range(2):
        assert sesctl(*command, "--to", tmp_path / "a").status == 0
    import zarr

    members = {name for name, _ in zarr.open_group(tmp_path / "a", mode="r").members(max_depth=None)}
    assert {"kak", "kak/10s", "kak/10s/values", "kak/log"} <= members  # and no warning of a foreign file
    (told,) = sesctl("info", tmp_path / "a", "--json").json
    assert len(told["remarks"]) == 30
    assert "Input an artificial signal" in sesctl("info", tmp_path / "a").out
    outcome = sesctl("detect", "--plugin", "boxcar", tmp_path / "a", "--json")
    (event,) = outcome.json["events"]
    assert "remark" in event["flags"]
    assert "lies in a remark from" in outcome.err


def test_remarks_of_nobody_are_refused(tmp_path):
    from test_ingest_formats import REMARKS

    assert "nobody says on which station" in refused("ingest", REMARKS, "--tz", "UTC", "--to", tmp_path / "a")


def test_days_below_a_completeness_are_skipped_only_when_asked_and_counted(tmp_path):
    write_days(tmp_path / "hkb.csv", 3)
    lines = (tmp_path / "hkb.csv").read_text().splitlines()
    kept = [*lines[: 1 + 8640], *lines[1 + 8640 : 1 + 8640 + 2000], *lines[1 + 2 * 8640 :][:7000]]
    (tmp_path / "hkb.csv").write_text("\n".join([*kept, ""]))
    whole = sesctl("detect", "--plugin", "boxcar", tmp_path / "hkb.csv", "--json").json["meta"]
    assert whole["exposure"][0]["days"] == 3
    assert whole["exposure"][0]["live_hours"] == pytest.approx(24 + 2000 / 360 + 7000 / 360)
    some = sesctl(
        "detect", "--plugin", "boxcar", tmp_path / "hkb.csv", "--min-complete", "0.5", "--json"
    ).json["meta"]
    assert some["exposure"][0]["days"] == 2
    assert some["exposure"][0]["days_skipped"] == 1
    assert some["exposure"][0]["live_hours"] == pytest.approx(24 + 7000 / 360)
    assert some["parameters"]["min_complete"] == 0.5
    told = sesctl("detect", "--plugin", "boxcar", tmp_path / "hkb.csv", "--min-complete", "0.5").out
    assert "on 2 days, 1 skipped below 50 % complete" in told
    assert "outside 0..1" in refused("detect", tmp_path / "hkb.csv", "--min-complete", "2")


def test_info_prints_a_calendar_and_draws_the_coverage(tmp_path):
    write_days(tmp_path / "hkb.csv", 45, step=600)
    out = sesctl("info", tmp_path / "hkb.csv", "--plot", tmp_path / "plots").out
    calendar = out[out.index("% complete") :].splitlines()
    assert calendar[1].split() == [
        "year",
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "May",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Oct",
        "Nov",
        "Dec",
    ]
    assert calendar[2].split() == ["2020", "100", "48"]
    picture = (tmp_path / "plots" / "hkb-600s.png").read_bytes()
    assert picture[:4] == b"\x89PNG"
