"""Train the `vgg` that is shipped, and put it into plugins/sesctl_plugins/models/vgg.

Run from the root of the repository: python docs/scripts/ship_vgg.py [--work DIR] [--epochs N]. It makes a
synthetic set of days before and after earthquakes (seed 10, which no other study uses), images of them,
trains as `sesctl train` does with protocol `honest`, and exports the model in float16. With 16, 32 and 64
kernels instead of the paper's 64, 128 and 256 it is trained on a processor within minutes.
"""

import argparse
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

from sesctl import registry
from sesctl.models import export_model
from sesctl.pairing import usable_days
from sesctl.pipeline import Signals, Training, Watch, train_on_images, write_images
from sesctl.pipeline.loading import make_learner
from sesctl.spectrogram import fit_scale, labelled_images
from sesctl.synth import aeta_set
from sesctl.types import SpectrogramParameters

EVENTS, STATIONS, SEED = 150, 75, 10
SHAPE = {"kernels": 16}
SHIPPED = Path(__file__).parents[2] / "plugins/sesctl_plugins/models/vgg"


def main() -> None:
    """Make the images, train, export."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--work", type=Path, default=Path("vgg-shipped"))
    asked.add_argument("--epochs", type=int, default=14)
    options = asked.parse_args()
    images = options.work / "images"
    if not images.is_dir():
        days, _, _ = usable_days(aeta_set(EVENTS, stations=STATIONS, seed=SEED))
        made = labelled_images(days, SpectrogramParameters())
        write_images(made, fit_scale(made.decibels), images / "images.npz")
    info = registry.find("vgg")
    info = replace(info, make=partial(info.make, SHAPE))
    training = Training(signals=Signals(seed=SEED), network={"epochs": options.epochs}, overwrite=True)
    trained = train_on_images(
        images, info, options.work / "model", training, Watch(epoch=lambda figures: print(dict(figures)))
    )
    shutil.rmtree(SHIPPED, ignore_errors=True)
    export_model(trained.model, make_learner(info), SHIPPED, dtype="float16")


if __name__ == "__main__":
    main()
