"""A network so small that it trains in seconds: a filter of 31 weights, which begins as a mean over 5 min."""

from sesctl.plugin import DetectorInfo, hookimpl

SHAPE = {"samples": 8640, "width": 31}


def make():
    """Return the detector."""
    import keras

    from sesctl.plugin.keras import KerasDetector, TrainingParameters

    class Pupil(KerasDetector):
        """A filter."""

        name = "pupil"
        defaults = SHAPE
        recipe = TrainingParameters(epochs=3, copies=2, batch=8, learning_rate=0.002)

        def build(self, config):
            """Return the network."""
            given = keras.Input((config["samples"],), name="given")
            x = keras.layers.Reshape((config["samples"], 1), name="day")(given)
            x = keras.layers.Conv1D(
                1,
                config["width"],
                padding="same",
                kernel_initializer=keras.initializers.Constant(1 / config["width"]),
                bias_initializer=keras.initializers.Constant(-8.0),  # what is given lies above 0
                name="filter",
            )(x)
            returned = keras.layers.Reshape((config["samples"],), name="returned")(x)
            return keras.Model(given, returned, name="pupil")

    return Pupil()


@hookimpl
def sesctl_detectors():
    """Return the record."""
    return DetectorInfo(
        name="pupil",
        summary="a filter of 31 weights",
        make=make,
        context=0.0,
        cleaning="despike",
        trainable=True,
    )
