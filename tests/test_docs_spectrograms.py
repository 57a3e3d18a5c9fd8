"""What docs/spectrograms.md says is what was measured."""

import json
import re
from pathlib import Path

import pytest

from sesctl.synth.aeta_network import STRENGTH

DOCS = Path(__file__).parents[1] / "docs"
PAGE = " ".join((DOCS / "spectrograms.md").read_text(encoding="utf-8").split())
FIGURES = json.loads((DOCS / "results" / "spectrogram" / "figures.json").read_text(encoding="utf-8"))
FOUND = json.loads((DOCS / "results" / "spectrogram" / "strength.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("what", ["chirp", "tone"])
def test_the_concentrations_are_those_that_were_stored(what):
    stored = FIGURES[f"concentration_{what}"]
    row = f"| {stored['ordinary']:.3f} | {stored['chirped']:.3f} | {stored['ratio']:.2f} |"
    assert row in PAGE


def test_the_signs_and_the_times_are_those_that_were_stored():
    up, down = FIGURES["sign_right_10_db"].values()
    assert f"right in {100 * up:.1f} % of frames of chirps up, and in {100 * down:.1f} % of chirps" in PAGE
    chirped, ordinary = FIGURES["images_chirped"], FIGURES["images_ordinary"]
    assert f"take {chirped['processor_s']} s of processor time with chirped windows" in PAGE
    assert f"and {ordinary['processor_s']} s with ordinary ones" in PAGE
    assert f"({chirped['wall_s']} s and {ordinary['wall_s']} s by the clock" in PAGE
    assert chirped["wall_s"] < 60
    assert f"synthetic days takes {chirped['generating_40000_days_processor_s']} s more" in PAGE


def test_the_strength_is_the_one_that_was_found_on_training_seeds():
    assert FOUND["strength"] == STRENGTH
    assert max(FOUND["seeds"]) < 1000
    assert f"it is {STRENGTH}" in PAGE
    for strength, accuracy in FOUND["mean_accuracy"].items():
        assert f"| {strength} | {100 * accuracy:.1f} % |" in PAGE


def test_its_pictures_are_there():
    pictures = re.findall(r"\]\((pictures/[\w-]+\.png)\)", PAGE)
    assert len(pictures) == 6
    assert all((DOCS / each).is_file() for each in pictures)
