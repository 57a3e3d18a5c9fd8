"""Draw what a `vgg` looks for: images with the largest response of its filters, and saliency on images.

Run from the root of the repository: python docs/scripts/draw_vgg.py [--model FOLDER] [--images FOLDER]. The
model is the shipped one by default; without --images a few synthetic days are made. Needs TensorFlow, whose
gradient it takes: the input is changed by gradient ascent until a filter's mean response is largest (Ding et
al. 2021, section 5), and the saliency of a pixel is the size of the gradient of the log-odds by it (Simonyan
et al. 2014).
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from sesctl.pairing import usable_days
from sesctl.pipeline.image_lessons import read_labelled
from sesctl.plugin.keras import ImageDetector
from sesctl.spectrogram import labelled_images, paint
from sesctl.synth import aeta_set
from sesctl.types import LabelledImages
from sesctl_plugins import vgg

mpl.use("Agg")
import matplotlib.pyplot as plt

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs/pictures"
LAYERS = ("block1_conv2_relu", "block2_conv2_relu", "block3_conv2_relu")
FILTERS, STEPS, RATE, SEED = 8, 60, 0.05, 11
Image = npt.NDArray[np.float32]


def largest_responses(network: keras.Model, layer: str, shape: tuple[int, int, int]) -> list[Image]:
    """Return, for the first filters of a layer, an image that each answers most, pixels 0..1."""
    inner = keras.Model(network.inputs, network.get_layer(layer).output)
    count = min(FILTERS, inner.output.shape[-1])
    start = np.random.default_rng(SEED).uniform(0.4, 0.6, (count, *shape)).astype(np.float32)
    images = tf.Variable(start)

    @tf.function
    def climb() -> None:
        with tf.GradientTape() as tape:
            responses = tf.reduce_mean(inner(images, training=False)[..., :count], axis=(1, 2))
            own = tf.reduce_sum(tf.linalg.diag_part(responses))  # image k is for filter k
        slope = tape.gradient(own, images)
        size = tf.math.reduce_std(slope, axis=(1, 2, 3), keepdims=True) + 1e-8
        images.assign(tf.clip_by_value(images + RATE * slope / size, 0.0, 1.0))

    for _ in range(STEPS):
        climb()
    return list(images.numpy())


def saliency(network: keras.Model, images: Image) -> Image:
    """Return how much the log-odds of each image move with each pixel, float32 (image, height, width)."""
    given = tf.Variable(images)
    with tf.GradientTape() as tape:
        probability = network(given, training=False)
        odds = tf.math.log(probability[:, 1] + 1e-7) - tf.math.log(probability[:, 0] + 1e-7)
    return np.asarray(tf.reduce_max(tf.abs(tape.gradient(odds, given)), axis=-1).numpy())


def some_images(folder: Path | None) -> LabelledImages:
    """Return labelled images, from a folder or a few synthetic events."""
    if folder:
        return read_labelled(folder)
    days, _, _ = usable_days(aeta_set(6, stations=6, seed=SEED))
    return labelled_images(days, vgg.make().spectrogram)


def draw_filters(detector: ImageDetector, path: Path) -> None:
    """Draw a row of images a layer."""
    shape = tuple(detector.network.input_shape[1:])
    figure, axes = plt.subplots(len(LAYERS), FILTERS, figsize=(1.1 * FILTERS, 1.25 * len(LAYERS)))
    for row, layer in zip(axes, LAYERS, strict=True):
        for axis in row:
            axis.set_axis_off()
        for axis, image in zip(row, largest_responses(detector.network, layer, shape), strict=False):
            axis.imshow(image.squeeze(), vmin=0, vmax=1, cmap="gray")
        row[0].set_title(layer, fontsize=7, loc="left")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def draw_saliency(detector: ImageDetector, images: LabelledImages, path: Path) -> None:
    """Draw two images from before and two from after, what decides them below."""
    before = images.labels.before
    chosen = np.concatenate([np.flatnonzero(before)[:2], np.flatnonzero(~before)[:2]])
    pixels = paint(images.decibels[chosen], detector.scale, detector.spectrogram).astype(np.float32) / 255
    told = detector.classify(images.decibels[chosen])
    weights = saliency(detector.network, pixels)
    figure, axes = plt.subplots(2, len(chosen), figsize=(2.1 * len(chosen), 4.2))
    for column, number in enumerate(chosen):
        axes[0, column].imshow(pixels[column].squeeze(), extent=(0, 24, 0, 8.33), aspect="auto")
        kind = "before" if before[number] else "after"
        axes[0, column].set_title(f"{kind}, p(before) = {told[column]:.2f}", fontsize=8)
        axes[1, column].imshow(weights[column], extent=(0, 24, 0, 8.33), aspect="auto", cmap="magma")
        axes[1, column].set_xlabel("hour (UTC)", fontsize=8)
        for axis in axes[:, column]:
            axis.tick_params(labelsize=7)
    axes[0, 0].set_ylabel("frequency (mHz)", fontsize=8)
    axes[1, 0].set_ylabel("saliency: frequency (mHz)", fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main() -> None:
    """Draw both."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--model", type=Path, default=ROOT / "plugins/sesctl_plugins/models/vgg")
    asked.add_argument("--images", type=Path)
    options = asked.parse_args()
    detector = vgg.make()
    detector.load(options.model)
    draw_filters(detector, PICTURES / "vgg-filters.png")
    draw_saliency(detector, some_images(options.images), PICTURES / "vgg-saliency.png")


if __name__ == "__main__":
    main()
