"""What the README says is what happens: its commands, its ten-line plugin, its quoted output."""

import csv
import json
import os
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest
import typer

from sesctl.__main__ import INTERRUPTED
from sesctl.calibrate import load_calibration
from sesctl.cli import app
from sesctl.decide import UNCALIBRATED
from sesctl.evaluate import poisson_bound
from sesctl.pipeline.detection import INCOMPLETE, REMARKED
from sesctl.pipeline.judgement import NOT_CERTIFIED, SHIPPED
from sesctl.plugin import hookspecs
from sesctl.testing import check_detector
from sesctl_plugins.boxcar import Boxcar
from sesctl_plugins.ses_net.detector import UNFAMILIAR

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SET_UP = "python -m pip install . && sesctl demo"
TESTS = 'python -m pip install ".[test]" && pytest'
ENTRY_POINT_LINE = re.compile(r'^(\w+) = "(\w+)"$', re.MULTILINE)


def blocks(language):
    """Return the fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def named_block(name):
    """Return the fenced block that follows a comment with its name."""
    (found,) = re.findall(
        rf"^<!-- {re.escape(name)} -->\n```\w+\n(.*?)^```$", README, re.DOTALL | re.MULTILINE
    )
    return found


def run(*arguments, cwd, path=()):
    """Run the program in a fresh interpreter, with folders put first on its path."""
    before = os.environ.get("PYTHONPATH", "")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([*map(str, path), *filter(None, [before])])}
    return subprocess.run(
        [sys.executable, "-m", "sesctl", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def lines_of(text):
    return [line.rstrip() for line in text.splitlines()]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Return the folder in which the demo was run, and the run."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, run("demo", cwd=folder)


@pytest.fixture(scope="module")
def ten_lines(tmp_path_factory):
    """Return a folder that holds the README's plugin as if it were installed."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "smooth_edges.py").write_text(named_block("smooth_edges.py"), encoding="utf-8")
    installed = folder / "smooth_edges-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: smooth_edges\nVersion: 1.0\n")
    table, line = named_block("entry point").splitlines()
    assert table == f'[project.entry-points."{hookspecs.ENTRY_POINT_GROUP}"]'
    name, module = ENTRY_POINT_LINE.fullmatch(line).groups()
    (installed / "entry_points.txt").write_text(f"[{hookspecs.ENTRY_POINT_GROUP}]\n{name} = {module}\n")
    return folder


def test_the_two_set_up_commands_stand_in_it_and_the_gate_runs_them():
    assert [block.strip() for block in blocks("sh")[:2]] == [SET_UP, TESTS]
    gate = lines_of((ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    install, test = TESTS.split(" && ")
    installed = [n for n, line in enumerate(gate) if line.replace(" --quiet", "") == install]
    tested = [n for n, line in enumerate(gate) if line == test]
    assert installed, f".ci/run does not run {install}"
    assert tested, f".ci/run does not run {test}"
    assert installed[0] < tested[-1]


def test_the_demo_prints_what_is_quoted(demo):
    folder, done = demo
    assert done.returncode == 0, done.stderr
    (quoted,) = (block for block in blocks("text") if block.startswith("$ sesctl demo\n"))
    assert lines_of(done.stdout) == lines_of(quoted)[1:]
    assert len(list((folder / "sesctl-demo").glob("*.png"))) == 1


def test_the_real_hour_prints_what_is_quoted():
    (quoted,) = (block for block in blocks("text") if block.startswith("$ sesctl detect "))
    command, *output = lines_of(quoted)
    done = run(*command.split()[2:], cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert lines_of(done.stdout) == output


def printed_as_quoted(output, quoted):
    """Whether an output is what is quoted, where a line of three dots stands for any lines."""
    pattern = "".join(r"(?:.*\n)*" if line == "..." else f"{re.escape(line)}\n" for line in quoted)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in lines_of(output))) is not None


def test_three_dots_stand_for_lines_left_out_and_for_nothing_else():
    assert printed_as_quoted("a\nb \nc\n", ["a", "...", "c"])
    assert printed_as_quoted("a\nc\n", ["a", "...", "c", "..."])
    assert not printed_as_quoted("a\nb\nc\n", ["a", "c"])
    assert not printed_as_quoted("a\nb\nc\n", ["a", "...", "b"])
    assert not printed_as_quoted("b\na\n", ["...", "b", "...", "b"])


def test_the_synthetic_station_gives_what_is_quoted(tmp_path):
    section = README.split("## Try it on a synthetic station", 1)[1].split("\n## ", 1)[0]
    session = "".join(re.findall(r"^```text\n(.*?)^```$", section, re.DOTALL | re.MULTILINE))
    calls = re.findall(r"^\$ sesctl (.+)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE)
    assert [arguments.split()[0] for arguments, _ in calls] == [
        *("synth", "inject", "detect", "evaluate"),
        *("synth", "calibrate", "detect", "evaluate"),
    ]
    for arguments, quoted in calls:
        done = run(*arguments.split(), cwd=tmp_path)
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        assert printed_as_quoted(done.stdout, quoted.splitlines()), f"{arguments} prints:\n{done.stdout}"


def stored(study, run):
    return json.loads((ROOT / "docs" / "results" / study / f"{run}.json").read_text(encoding="utf-8"))


def test_the_false_alarms_of_boxcar_are_those_of_the_stored_run():
    result = stored("boxcar", "calibration")
    table = re.findall(r"^\| (.+?) \| ([\d.]+) \| ([\d.]+) \| (.+) \|$", README, re.MULTILINE)
    stations = list(result["stations"].values())
    days = [each["live_hours"] / 24 for each in stations]
    alarms = [
        each["alarms_per_day_at_own_threshold"] * live for each, live in zip(stations, days, strict=True)
    ]
    rows = [
        *zip([f"`{name.lower()}`" for name in result["stations"]], days, alarms, stations, strict=True),
        ("all three", result["pooled"]["live_days"], sum(alarms), result["pooled"]),
    ]
    assert len(table) == len(rows)
    for (station, *written), (name, live, count, source) in zip(table, rows, strict=True):
        thresholds = [source["thresholds"][budget]["value"] for budget in ("1/d", "1/7d", "1/30d")]
        assert station.startswith(name)
        assert " | ".join(written) == " | ".join(
            [f"{live:.1f}", f"{count / live:.2f}", f"{poisson_bound(round(count), live):.2f}"]
            + [f"{value:.1f}" for value in thresholds]
        )
        assert all(source["thresholds"][budget]["certified"] for budget in source["thresholds"])
    assert f"above {Boxcar.threshold:g} |" in README
    assert result["own_threshold"] == Boxcar.threshold


def measured_rows() -> list[str]:
    """Return the rows of the README's table of what `boxcar` finds, from the stored study."""
    rows = []
    for station in ("hkb", "mts", "ota"):
        results = stored("xue2022", f"success-honest-{station}-boxcar")["results"]
        for strength, name in (("strong", "10–15, 25–30"), ("weak", "6–8, 10–15")):
            cells = [f"`{station}`", name]
            for level in ("dipole", "station"):
                best = results[strength][level]["top1"]
                low, high = best["intervals_95"]["success_top1"]
                cells.append(f"{100 * best['success_top1']:.0f} % ({100 * low:.0f}–{100 * high:.0f})")
            own = results[strength]["station"]["thresholds"]["own"]
            quiet = own["quiet_days_alone"]
            cells.append(f"{100 * own['success']:.0f} %")
            cells.append(f"{quiet['false_alarms'] / quiet['live_days']:.2f}")
            cells.append(f"{quiet['false_alarms_bound_95']:.2f}")
            rows.append("| " + " | ".join(cells) + " |")
    return rows


def test_what_boxcar_finds_is_what_the_stored_study_says():
    assert "\n".join(measured_rows()) in README


def test_what_the_trained_network_finds_is_what_the_stored_study_says():
    section = README.partition("## A trained network")[2].partition("\n## ")[0]
    for name in ("lstm_ae", "lstm_ae_seq", "fc_ae", "boxcar"):
        found = stored("xue2022", f"success-honest-hkb-{name}")["results"]["strong"]["dipole"]
        own = found["thresholds"]["own"]
        assert f"{100 * found['top1']['success_top1']:.0f} %" in section
        quiet = own["quiet_days_alone"]
        alarms = quiet["false_alarms"] / (quiet["live_days"] * quiet["passes"])
        assert (f" {alarms:.2f}" if alarms < 1 else f"raises {alarms:.1f}") in section


@pytest.mark.parametrize("network", ["lstm_ae", "lstm_ae_seq", "fc_ae"])
def test_the_model_that_is_shipped_says_on_its_card_what_was_measured(network):
    card = json.loads((ROOT / f"plugins/sesctl_plugins/models/{network}/model.json").read_text())["card"]
    levels = stored("xue2022", f"success-honest-hkb-{network}")["results"]["strong"]
    for score, level in zip(card["scores"], ("dipole", "station"), strict=False):
        assert score["value"] == f"{100 * levels[level]['top1']['success_top1']:.1f} %"


def test_the_stored_run_is_the_calibration_that_is_shipped():
    shipped = load_calibration(Boxcar.calibration_file)
    result = stored("boxcar", "calibration")
    assert shipped.live_days == pytest.approx(result["pooled"]["live_days"])
    assert shipped.n_candidates == sum(each["candidates"] for each in result["stations"].values())
    for chosen in result["pooled"]["thresholds"].values():
        assert int((shipped.scores > chosen["value"]).sum()) == chosen["k"]


def test_the_flags_it_explains_are_those_that_events_can_carry():
    explained = re.findall(r"^\| `([a-z-]+)` \|", README.split("The flags:", 1)[1].split("\n## ", 1)[0], re.M)
    assert explained == [UNCALIBRATED, SHIPPED, NOT_CERTIFIED, REMARKED, INCOMPLETE, UNFAMILIAR]


def test_its_picture_is_there_and_small():
    (name,) = re.findall(r"^!\[.+\]\((.+)\)$", README, re.MULTILINE)
    picture = (ROOT / name).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 150_000


def test_its_own_files_are_read_and_its_commands_run_as_written(tmp_path):
    for name in ("field.csv", "field.toml"):
        (tmp_path / name).write_text(named_block(name), encoding="utf-8")
    commands = blocks("sh")[2].splitlines()
    assert len(commands) == 3
    for command in commands:
        program, *arguments = command.split()
        assert program == "sesctl"
        done = run(*arguments, cwd=tmp_path)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        if arguments[0] == "info":
            # 1.27 mV over 100 m is 12.7 mV/km; 00:00 in Tokyo is 15:00 of the day before.
            assert "2021-02-28T15:00:00Z to 2021-02-28T15:00:30Z" in done.stdout
            assert re.search(r"^NS +mV/km +75\.0 % +12\.7 +13\.1 ", done.stdout, re.MULTILINE)
    # Half a minute holds no event, so there is nothing to draw.
    assert not (tmp_path / "pictures").exists()
    with (tmp_path / "events.csv").open(newline="") as file:
        columns = next(csv.reader(file))
    after = README.split("`events.csv` has one line an event:", 1)[1].split(". Beside it", 1)[0]
    assert re.findall(r"`(\w+)`", after) == columns
    assert (tmp_path / "events.meta.json").is_file()


def test_its_training_runs_as_written_with_a_network_that_learns_quickly(tmp_path):
    from training_records import DOUBLES, archived, wandering

    section = README.split("## Train on your station", 1)[1].split("\n## ", 1)[0]
    (block,) = re.findall(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    archived(tmp_path / "archive", wandering(18, dipoles=("Ex",)))
    archived(tmp_path / "new-year", wandering(18, seed=1, start="2021-01-01", dipoles=("Ex",)))
    for seed, name in enumerate(("quiet-days", "new-days"), 2):
        archived(
            tmp_path / name, wandering(5, seed=seed, start=f"202{seed}-01-01", dipoles=("Ex",), step=0.4)
        )
    commands = block.splitlines()
    assert [command.split()[1] for command in commands] == [
        *("train", "models", "calibrate", "detect", "train")
    ]
    for command in commands:
        program, *arguments = command.replace("lstm_ae_seq", "pupil").split()
        assert program == "sesctl"
        done = run(*arguments, cwd=tmp_path, path=[DOUBLES / "pupil_plugin"])
        assert done.returncode == 0, f"{command}: {done.stderr}"
    assert (tmp_path / "model" / "calibration.json").is_file()
    assert (tmp_path / "found.csv").is_file()
    tuned, model = (json.loads((tmp_path / name / "model.json").read_text()) for name in ("tuned", "model"))
    assert tuned["made_from"]["start_from"] is not None
    assert tuned["input_map"] == model["input_map"]


def test_its_plugin_has_ten_lines():
    assert sum(bool(line.strip()) for line in named_block("smooth_edges.py").splitlines()) == 10


def test_its_plugin_keeps_the_contract_and_finds_the_signal_of_the_demo(demo, ten_lines):
    folder, _ = demo
    checked = run("plugins", "check", "smooth_edges", cwd=folder, path=[ten_lines])
    assert checked.returncode == 0, checked.stdout + checked.stderr
    found = run(
        *("detect", "sesctl-demo/archive", "--plugin", "smooth_edges", "-o", "smooth.csv"),
        cwd=folder,
        path=[ten_lines],
    )
    assert found.returncode == 0, found.stderr
    with (folder / "smooth.csv").open(newline="") as file:
        events = list(csv.DictReader(file))
    with (folder / "sesctl-demo" / "truth.csv").open(newline="") as file:
        (truth,) = csv.DictReader(file)
    assert any(each["start"] < truth["end"] and each["end"] > truth["start"] for each in events)
    assert {each["detector"] for each in events} == {"smooth_edges"}


def test_the_plugin_in_the_hook_s_docstring_runs_and_keeps_the_contract():
    text = hookspecs.sesctl_detectors.__doc__
    lines = [line.strip()[4:] for line in text.splitlines() if line.strip().startswith((">>>", "..."))]
    namespace = {"__name__": "quiet_edges"}
    exec("\n".join(lines), namespace)  # the documented code is what is tested
    info = namespace["sesctl_detectors"]()
    assert f'{info.name} = "{info.name}"' in text
    check_detector(info)


@cache
def options():
    """Return the options of each command, by its words."""
    known = {}

    def walk(command, words):
        known[words] = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
        for name, inner in getattr(command, "commands", {}).items():
            walk(inner, (*words, name))

    walk(typer.main.get_command(app), ("sesctl",))
    return known


def mentioned(text):
    """Yield every call of sesctl in code, word by word."""
    fenced = re.findall(r"^```\w*\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    inline = re.findall(
        r"`(sesctl [^`\n]*)`", re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    )
    for line in [*inline, *(line for block in fenced for line in block.splitlines())]:
        for call in re.findall(r"(?:^|&& |\$ )(sesctl(?: [^&]*)?)$", line.strip()):
            yield call.split()


PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")),
]


@pytest.mark.parametrize("page", [*PAGES, "plugins/template/README.md"])
def test_every_command_and_option_it_mentions_exists(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    text = re.sub(r"^    (?=sesctl )(.*)$", r"`\1`", text, flags=re.MULTILINE)
    for call in mentioned(text):
        words = ("sesctl",)
        for word in call[1:]:
            if (*words, word) not in options():
                break
            words = (*words, word)
        rest = call[len(words) :]
        known = words != ("sesctl",) or not rest or rest[0].startswith("-") or rest[0] == "COMMAND"
        assert known, f"{' '.join(call)}: there is no such command"
        for word in rest:
            if word.startswith("-"):
                everywhere = {"--help"} | options()[words]
                assert word in everywhere, f"{' '.join(call)}: there is no option {word}"


def test_the_options_it_names_by_themselves_exist():
    every = set().union(*options().values())
    alone = set(re.findall(r"`(--[a-z-]+)(?: [^`]*)?`", README))
    assert alone
    assert alone <= every


@pytest.mark.parametrize("page", PAGES)
def test_every_file_it_links_to_is_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert ((ROOT / page).parent / target).exists(), f"{page} links to {target}"


def test_the_exit_codes_are_those_of_its_table(tmp_path):
    table = re.findall(r"^\| (\d+) \| (.+) \|$", README.split("## Exit codes")[1], re.MULTILINE)
    assert [int(code) for code, _ in table] == [0, 1, 2, INTERRUPTED]
    assert run("--version", cwd=tmp_path).returncode == 0
    assert run("detect", "--plugin", "boxcar", "not-there.csv", cwd=tmp_path).returncode == 1
    assert (
        run("detect", "--plugin", "boxcar", "not-there.csv", "--no-such-option", cwd=tmp_path).returncode == 2
    )


def test_the_python_versions_it_names_are_those_of_the_package():
    (lowest, highest) = re.search(r"Python (3\.\d+) to (3\.\d+)", README).groups()
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    beyond = f"3.{int(highest.split('.')[1]) + 1}"
    assert f'requires-python = ">={lowest},<{beyond}"' in text


def test_the_changes_name_what_is_installed_or_what_is_coming():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## (\S+)", changes, re.MULTILINE)
    assert released[0] == "Unreleased" or released[0] == version("sesctl")


def test_what_the_default_detector_finds_is_what_the_stored_study_says():
    found = stored("ses_net", "stations-ses_net-3")["results"]["strong"]["thresholds"]
    section = " ".join(README.partition("## How good is it?")[2].partition("`boxcar`, which")[0].split())
    own, quiet = found["own"], found["own"]["quiet_days_alone"]
    assert f"{100 * own['success']:.0f} % of signals" in section
    days = f"{quiet['live_days']:,.0f}".replace(",", " ")
    assert f"{quiet['false_alarms']} false alarms in {days} quiet station-days" in section
    assert f"one in 30 days {100 * found['1/30d']['success']:.0f} %" in section
