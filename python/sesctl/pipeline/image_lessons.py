"""What detectors of images learn from: labelled images, or days with and without signals."""

import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sesctl.errors import ParameterError, ReadError, ShapeError
from sesctl.pairing import Split, honest_split, paper_split
from sesctl.pipeline.blocks import Block
from sesctl.pipeline.lessons import Signals, digest_of, embedded_days
from sesctl.pipeline.networks import UNTIL
from sesctl.plugin import DetectorInfo, TrainableDetector
from sesctl.plugin.guard import guarded
from sesctl.types import BeforeAfter, LabelledImages, Origin, SpectrogramParameters

if TYPE_CHECKING:
    from sesctl.plugin.keras import ImageDetector, ImageLessons, ImageTrainingParameters

IMAGES = "images.npz"
"""The file of labelled images that `sesctl spectrogram --earthquakes` writes into its folder."""
PROTOCOLS = {
    "paper": "images shuffled, so that neighbouring days of one event choose",
    "honest": "groups of connected stations and earthquakes apart, days with two labels left out",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageWork:
    """What a detector of images learns from, and what is told of it.

    Parameters
    ----------
    lessons : ImageLessons
        Images and labels.
    quantity : str
        Of the channels they were made of.
    data : sequence of str
        What they are, for the card.
    protocol : str
        How they were divided, for the card.
    origins : frozenset of Origin
        Where their days come from.
    """

    lessons: "ImageLessons"
    quantity: str
    data: Sequence[str]
    protocol: str
    origins: frozenset[Origin] = field(default_factory=frozenset)

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of the images that are learnt from and of those that choose."""
        return {
            name: digest_of(self.lessons.decibels[rows], self.lessons.positive[rows])
            for name, rows in (("training", self.lessons.training), ("validation", self.lessons.validation))
        }


def holds_images(source: Path) -> bool:
    """Whether a path is a file of labelled images, or a folder that has one."""
    return (source / IMAGES).is_file() if source.is_dir() else source.name == IMAGES and source.is_file()


def as_image_detector(detector: TrainableDetector, info: DetectorInfo) -> "ImageDetector":
    """Return the detector as what it is.

    Raises
    ------
    ParameterError
        If it takes no images, or says so and is no `ImageDetector`.
    """
    if info.input != "image":
        msg = f"detector {info.name} learns from days of a record, not from images"
        raise ParameterError(msg, "Name one that takes images, such as vgg.")
    from sesctl.plugin.keras import ImageDetector

    if not isinstance(detector, ImageDetector):
        msg = f"detector {info.name} takes images, but is no sesctl.plugin.keras.ImageDetector"
        raise ParameterError(msg, "Derive it from there, or let it take traces.")
    return detector


def parameters_of(
    detector: "ImageDetector", asked: Mapping[str, Any], seed: int
) -> "ImageTrainingParameters":
    """Return the detector's own parameters of training, but for those asked for.

    Raises
    ------
    ParameterError
        If one is none of a training on images, or out of its range.
    """
    own = asdict(detector.recipe)
    for name in asked:
        if name not in own and name != "copies":
            option = "--" + name.replace("_", "-")
            msg = f"detector {detector.name} learns from images, and takes no {option}"
            raise ParameterError(msg, "Leave it out.")
    return replace(
        detector.recipe, **{name: value for name, value in asked.items() if name in own}, seed=seed
    )


def read_labelled(path: Path) -> LabelledImages:
    """Read labelled images.

    Parameters
    ----------
    path : Path
        ``images.npz``, or the folder that it lies in.

    Raises
    ------
    ReadError
        If it is no such file.
    """
    file = path / IMAGES if path.is_dir() else path
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as content:
            decibels, pixels = content["decibels"], content["images"]
            told = json.loads(str(content["parameters"])) if "parameters" in content else {}
            parameters = SpectrogramParameters(
                **{
                    "height": decibels.shape[1],
                    "width": decibels.shape[2],
                    "colours": "grey" if pixels.shape[-1] == 1 else "magma",
                    **told,
                }
            )
            labels = BeforeAfter(
                before=content["before"],
                event=content["event"],
                earthquake=content["earthquake"],
                station=content["station"],
                start=content["start_us"],
                instant=content["instant_us"],
                stations=tuple(str(name) for name in content["stations"]),
            )
            return LabelledImages(decibels=decibels, labels=labels, parameters=parameters)
    except (
        OSError,
        EOFError,
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        RecursionError,
        zipfile.BadZipFile,
        zlib.error,
        ShapeError,
        ParameterError,
    ) as error:
        msg = f"{file} holds no labelled images ({error})"
        raise ReadError(msg, "Name a folder that `sesctl spectrogram --earthquakes` wrote.") from error


def labelled_work(source: Path, protocol: str, seed: int) -> ImageWork:
    """Return what is learnt from labelled images: nine tenths, and a tenth that chooses.

    Nothing is kept for a test here: that is what `sesctl benchmark ding2021` is for.

    Raises
    ------
    ReadError
        If the file holds no labelled images.
    ParameterError
        If the protocol is unknown, or there are too few images.
    """
    from sesctl.plugin.keras import ImageLessons

    if protocol not in PROTOCOLS:
        msg = f"there is no protocol {protocol!r}"
        raise ParameterError(msg, f"Name one of {', '.join(PROTOCOLS)}.")
    images = read_labelled(source)
    labels = images.labels
    divide = paper_split if protocol == "paper" else honest_split
    split: Split = divide(labels, seed=seed, validation=0.1, test=0.2)
    lessons = ImageLessons(
        decibels=images.decibels,
        positive=labels.before,
        training=split.training,
        validation=split.validation,
        test=split.test,
        group=labels.event,
        parameters=images.parameters,
    )
    events, stations = len(np.unique(labels.event)), len(np.unique(labels.station))
    return ImageWork(
        lessons=lessons,
        quantity="electromagnetic",
        data=[
            f"{len(images)} images of days before and after {events} pairs of an earthquake and one of "
            f"{stations} stations: {len(split.training)} learnt from, {len(split.validation)} choose, "
            f"{len(split.test)} judge"
        ],
        protocol=f"{protocol}: {PROTOCOLS[protocol]}",
    )


def embedded_work(
    blocks: tuple[Block, Block], info: DetectorInfo, detector: "ImageDetector", signals: Signals, copies: int
) -> ImageWork:
    """Return what is learnt from days without signals: their images, with a signal in and without.

    Raises
    ------
    ParameterError
        If no day is complete enough.
    """
    days = [
        embedded_days(block, info, signals, block_number=number, copies=each)
        for number, (block, each) in enumerate(zip(blocks, (copies, 1), strict=True))
    ]
    with guarded(f"detector {info.name} cannot make images"):
        lessons = detector.lessons(*days)
    return ImageWork(
        lessons=lessons,
        quantity="electric",
        data=[
            *(f"learnt from {each}" for each in blocks[0] if each.starts.size),
            *(f"chosen on {each}" for each in blocks[1] if each.starts.size),
            f"signals: boxcars of {signals.amplitude[0]:g}–{signals.amplitude[1]:g} mV/km and "
            f"{signals.duration_s[0] / 60:g}–{signals.duration_s[1] / 60:g} min, seed {signals.seed}",
        ],
        protocol="whole later days choose; each day with a signal and without",
        origins=frozenset(origin for part in days for of_day in part.origins for origin in of_day),
    )


def settled(parameters: "ImageTrainingParameters") -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what decides a run's course, and what only ends it, as JSON knows them."""
    content = asdict(parameters)
    until = {key: content.pop(key) for key in UNTIL}
    if not np.isfinite(until["seconds"]):
        until["seconds"] = None
    return content, until
