"""`sesctl synth` as a user runs it."""

import pytest

from program import fresh, refused, sesctl
from sesctl.archive import open_archive

OWN = """
name = "own"
electrodes = [{name = "a", east_m = 0, north_m = 0}, {name = "b", east_m = 0, north_m = 400}]
dipoles = [{name = "ns", first = "a", second = "b"}]
"""


def test_a_preset_is_simulated_into_an_archive_that_the_other_commands_read(tmp_path):
    done = sesctl("synth", "--preset", "ota", "--days", 1, "--seed", 3, "--to", tmp_path / "a", "--quiet")
    assert (done.status, done.err) == (0, "")
    assert done.out == f"OTA/10s: 1 day simulated into {tmp_path / 'a'}, 0 there already\n"
    told = sesctl("info", tmp_path / "a", "--json", "--quiet").json
    assert [(each["station"], each["days"], each["interval_s"]) for each in told] == [("OTA", 1, 10.0)]
    assert sesctl("detect", "--plugin", "boxcar", tmp_path / "a", "--quiet").status == 0


def test_a_repeated_call_says_that_all_is_there(tmp_path):
    arguments = ("synth", "--preset", "ota", "--days", 1, "--to", tmp_path / "a", "--quiet")
    sesctl(*arguments)
    again = sesctl(*arguments)
    assert again.out == f"OTA/10s: 0 days simulated into {tmp_path / 'a'}, 1 there already\n"


def test_the_program_simulates_with_several_processes(tmp_path):
    # In an interpreter of its own, whose main module the workers start again.
    done = fresh(
        *("-m", "sesctl", "synth", "--preset", "ota", "--days", 17, "--workers", 2, "--to", "a", "-q"),
        cwd=tmp_path,
    )
    assert (done.status, done.err) == (0, "")
    archive = open_archive(tmp_path / "a")
    assert len(archive.days(archive.groups()[0])) == 17


def test_plot_draws_a_day_and_a_training_pair(tmp_path):
    done = sesctl(
        *("synth", "--preset", "ota", "--days", 2, "--to", tmp_path / "a"),
        *("--plot", tmp_path / "pictures", "--quiet"),
    )
    names = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert [name.rsplit("-", 1)[1] for name in names] == ["day.png", "pair.png"]
    assert all(name.startswith("OTA-19990102-") for name in names)
    assert all(f"picture: {tmp_path / 'pictures' / name}\n" in done.out for name in names)


def test_an_instrument_without_dipoles_has_the_picture_of_its_day_alone(tmp_path):
    done = sesctl(
        *("synth", "--preset", "aeta", "--seed", 2, "--days", 1, "--to", tmp_path / "a"),
        *("--plot", tmp_path / "pictures", "--quiet"),
    )
    assert done.status == 0
    assert [path.name for path in (tmp_path / "pictures").iterdir()] == ["AETA2-19990101-day.png"]


def test_the_seed_chooses_the_random_station(tmp_path):
    for seed in (1, 2):
        done = sesctl(
            "synth", "--preset", "random", "--seed", seed, "--days", 1, "--to", tmp_path / "a", "-q"
        )
        assert done.status == 0
    archive = open_archive(tmp_path / "a")
    first, second = (archive.station(group).dipoles for group in archive.groups())
    assert [each.azimuth_deg for each in first] != [each.azimuth_deg for each in second]


def test_ones_own_station_is_read_from_toml(tmp_path):
    (tmp_path / "own.toml").write_text(OWN)
    done = sesctl(
        *("synth", "--parameters", tmp_path / "own.toml", "--days", 1, "--first-day", "2015-02-27"),
        *("--to", tmp_path / "a", "--quiet"),
    )
    assert done.out.startswith("own/10s: 1 day simulated")
    told = sesctl("info", tmp_path / "a", "--json", "--quiet").json
    assert told[0]["start"][:10] == "2015-02-27"


def test_progress_is_told_in_days_on_stderr(tmp_path, monkeypatch):
    from sesctl.cli import terminal
    from sesctl.pipeline import synthesis

    monkeypatch.setattr(terminal, "PLAIN_LINE_EVERY_S", 0.0)
    monkeypatch.setattr(synthesis, "BLOCK_DAYS", 1)
    done = sesctl("synth", "--preset", "ota", "--days", 2, "--workers", 1, "--to", tmp_path / "a")
    assert "synth OTA: 1 of 2 days" in done.err
    assert done.out.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("--days", 1),
        ("--days", 1, "--preset", "ota", "--parameters", "own.toml"),
        ("--preset", "ota"),
        ("--preset", "ota", "--days", 0),
        ("--preset", "ota", "--days", 1, "--seed", -1),
        ("--preset", "ota", "--days", 1, "--workers", 0),
    ],
)
def test_a_call_that_makes_no_sense_is_a_usage_error(tmp_path, arguments):
    done = sesctl("synth", *arguments, "--to", tmp_path / "a")
    assert (done.status, done.out) == (2, "")
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--preset", "nowhere"), "there is no preset 'nowhere'. Presets are hkb"),
        (("--parameters", "nowhere.toml"), "nowhere.toml cannot be read"),
        (("--preset", "ota", "--first-day", "1999-02-30"), "'1999-02-30' is no date"),
        (("--preset", "ota", "--first-day", "1950-01-01"), "1 days from 1950-01-01 are not within"),
    ],
)
def test_what_cannot_be_simulated_is_refused_in_one_line(tmp_path, arguments, complaint):
    assert complaint in refused("synth", *arguments, "--days", 1, "--to", tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_wrong_toml_is_named_with_its_key(tmp_path):
    (tmp_path / "own.toml").write_text(OWN + "\n[soil]\nshalow_ohm_m = 3\n")
    line = refused(
        "synth", "--parameters", tmp_path / "own.toml", "--days", 1, "--to", tmp_path / "a", "--quiet"
    )
    assert "soil.shalow_ohm_m" in line


def test_another_seed_is_refused_by_an_archive_that_holds_the_station(tmp_path):
    sesctl("synth", "--preset", "ota", "--days", 1, "--seed", 1, "--to", tmp_path / "a", "--quiet")
    line = refused("synth", "--preset", "ota", "--days", 1, "--seed", 2, "--to", tmp_path / "a", "--quiet")
    assert line.startswith(f"{tmp_path / 'a'} holds OTA/10s made with simulation.seed 1, not 2. Write to ")


def test_a_folder_of_pictures_that_cannot_be_made_is_refused_before_anything_is_simulated(tmp_path):
    (tmp_path / "file").write_text("")
    line = refused(
        *("synth", "--preset", "ota", "--days", 1, "--to", tmp_path / "a"),
        *("--plot", tmp_path / "file" / "pictures", "--quiet"),
    )
    assert "cannot be written" in line
    assert not (tmp_path / "a").exists()
