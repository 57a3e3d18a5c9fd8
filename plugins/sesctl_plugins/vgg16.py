"""`vgg16`: the original VGG16, for comparison with `vgg`; Ding et al. (2021), Fig. 3."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sesctl.plugin import DetectorInfo, hookimpl
from sesctl_plugins.models import shipped

if TYPE_CHECKING:
    import keras

    from sesctl.plugin.keras import ImageDetector

SHAPE = {"height": 32, "width": 32, "channels": 3, "windows": 1, "kernels": 64, "dense": 4096}
BLOCKS = ((2, 1), (2, 2), (3, 4), (3, 8), (3, 8))
"""Convolutions of each block, and its kernels in multiples of the first one's."""


def build(config: Mapping[str, int]) -> "keras.Model":
    """Return the network of 33.6 million weights: 13 convolutions, 3 fully connected layers, no dropout.

    The initial weights are drawn as He et al. (2015) do; with others so deep a network does not begin to
    learn.

    Parameters
    ----------
    config : mapping of str to int
        Numbers of the architecture (see `SHAPE`); images have at least 32 · 32 pixels.

    References
    ----------
    Simonyan and Zisserman (2015), configuration D.
    """
    import keras

    layers = keras.layers
    given = keras.Input((config["height"], config["width"], config["channels"]), name="given")
    x = given
    for block, (convolutions, times) in enumerate(BLOCKS, 1):
        for number in range(1, convolutions + 1):
            x = layers.Conv2D(
                config["kernels"] * times,
                3,
                padding="same",
                activation="relu",
                kernel_initializer="he_normal",
                name=f"block{block}_conv{number}",
            )(x)
        x = layers.MaxPooling2D(2, name=f"block{block}_pool")(x)
    x = layers.Flatten(name="flat")(x)
    for number in (1, 2):
        x = layers.Dense(
            config["dense"], activation="relu", kernel_initializer="he_normal", name=f"dense{number}"
        )(x)
    x = layers.Dense(2, dtype="float32", name="classes")(x)
    returned = layers.Activation("softmax", dtype="float32", name="returned")(x)
    return keras.Model(given, returned, name="vgg16")


def make(config: Mapping[str, int] | None = None) -> "ImageDetector":
    """Return a new detector, untrained; `config` holds numbers that differ from `SHAPE`."""
    from sesctl.plugin.keras import ImageDetector, ImageTrainingParameters

    class Vgg16(ImageDetector):
        """The original VGG16."""

        name = "vgg16"
        defaults = SHAPE
        recipe = ImageTrainingParameters(learning_rate=1e-4, l2=0.0, shift=0.0)

        def build(self, config: Mapping[str, int]) -> "keras.Model":
            """Return the network, untrained."""
            return build(config)

    return Vgg16(config)


@hookimpl
def sesctl_detectors() -> DetectorInfo:
    """Return the record of `vgg16`."""
    return DetectorInfo(
        name="vgg16",
        summary="original VGG16 on images of chirp spectrograms, for comparison with vgg",
        make=make,
        input="image",
        interval=60.0,
        context=86_400.0,
        trainable=True,
        model=shipped("vgg16"),
    )
