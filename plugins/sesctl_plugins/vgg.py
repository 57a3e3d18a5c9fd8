"""`vgg`: the improved VGG of Ding et al. (2021), Fig. 5, which tells images of spectrograms apart."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sesctl.plugin import DetectorInfo, hookimpl
from sesctl_plugins.models import shipped

if TYPE_CHECKING:
    import keras

    from sesctl.plugin.keras import ImageDetector

SHAPE = {
    "height": 32,
    "width": 32,
    "channels": 3,
    "windows": 1,
    "kernels": 64,
    "blocks": 3,
    "dropout_percent": 25,
}


def build(config: Mapping[str, int]) -> "keras.Model":
    """Return the network of 1.2 million weights.

    Blocks of two 3 × 3 convolutions, each with batch normalisation and ReLU, to which the block's input
    is added through a 1 × 1 convolution, and 2 × 2 pooling; kernels double with every block. Then all that is
    left (4 · 4 · 256 of 32 · 32 pixels after three blocks), dropout, and two classes.

    Parameters
    ----------
    config : mapping of str to int
        Numbers of the architecture (see `SHAPE`).
    """
    import keras

    layers = keras.layers
    given = keras.Input((config["height"], config["width"], config["channels"]), name="given")
    x = given
    for block in range(1, config["blocks"] + 1):
        kernels = config["kernels"] * 2 ** (block - 1)
        side = layers.Conv2D(kernels, 1, name=f"block{block}_side")(x)
        for number in (1, 2):
            name = f"block{block}_conv{number}"
            x = layers.Conv2D(
                kernels, 3, padding="same", use_bias=False, kernel_initializer="he_normal", name=name
            )(x)
            x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
            x = layers.Activation("relu", name=f"{name}_relu")(x)
        x = layers.Add(name=f"block{block}_sum")([x, side])
        x = layers.MaxPooling2D(2, name=f"block{block}_pool")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dropout(config["dropout_percent"] / 100, name="dropout")(x)
    x = layers.Dense(2, dtype="float32", name="classes")(x)
    returned = layers.Activation("softmax", dtype="float32", name="returned")(x)
    return keras.Model(given, returned, name="vgg")


def make(config: Mapping[str, int] | None = None) -> "ImageDetector":
    """Return a new detector, untrained; `config` holds numbers that differ from `SHAPE`."""
    from sesctl.plugin.keras import ImageDetector, ImageTrainingParameters

    class Vgg(ImageDetector):
        """The improved VGG."""

        name = "vgg"
        defaults = SHAPE
        recipe = ImageTrainingParameters(learning_rate=3e-3, decay=2e-4, l1=1e-6, l2=1e-4)

        def build(self, config: Mapping[str, int]) -> "keras.Model":
            """Return the network, untrained."""
            return build(config)

    return Vgg(config)


@hookimpl
def sesctl_detectors() -> DetectorInfo:
    """Return the record of `vgg`."""
    return DetectorInfo(
        name="vgg",
        summary="improved VGG on images of chirp spectrograms, after Ding et al. (2021)",
        make=make,
        input="image",
        interval=60.0,
        context=86_400.0,
        trainable=True,
        model=shipped("vgg"),
    )
