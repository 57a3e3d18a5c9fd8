"""The network of `ses_net`: the same weights for every dipole, what they share pooled at six scales."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sesctl_plugins.ses_net.rows import CHANNELS, KNOWN

if TYPE_CHECKING:
    import keras

SHAPE = {
    "stem": 32,
    "width1": 16,
    "width2": 24,
    "width4": 40,
    "width8": 56,
    "width16": 64,
    "width32": 80,
    "head": 32,
    "amplitude": 16,
}
SCALES = (1, 2, 4, 8, 16, 32)
"""Minutes a cell of each level."""
DILATIONS = (1, 2, 4)
WHOLE = SCALES[-1]
"""Number of minutes of which a row has to hold a multiple."""


def build(config: Mapping[str, int]) -> "keras.Model":
    """Return the network, untrained.

    Down: at each scale two convolutions along time on every row, the same for all, and between them what the
    rows of the station have in common, their mean and their largest, is given back to each. The order of the
    rows does not matter, and a dead row, one without a known minute, adds nothing. At 32 min, dilated
    convolutions see some hours around. Up: one row for the station, joined at every scale with what the rows
    have in common there.

    Parameters
    ----------
    config : mapping of str to int
        Numbers of the architecture (see `SHAPE`).

    Returns
    -------
    keras.Model
        Takes float32 (day, row, cell, channel), see `sesctl_plugins.ses_net.rows.Rows`; any number of rows,
        and a multiple of 32 cells. Returns float32 (day, 1 + row, cell): first the logit that a minute lies
        in an SES, then for each row asinh of the field of that SES, in the row's unit.
    """
    import keras
    from keras import layers, ops

    given = keras.Input((None, None, CHANNELS), name="given")
    live = ops.cast(ops.any(given[..., KNOWN] > 0, axis=2), "float32")[:, :, None, None]
    count = ops.maximum(ops.sum(live, axis=1), 1.0)

    def pooled(x: Any) -> Any:
        mean = ops.sum(x * live, axis=1) / count
        largest = ops.max(x * live + (live - 1.0) * 10.0, axis=1)
        return ops.concatenate([mean, largest], axis=-1)

    def along(x: Any, width: int, size: int, name: str, stride: int = 1) -> Any:
        return layers.Conv2D(width, (1, size), strides=(1, stride), padding="same", name=name)(x)

    def over(x: Any, width: int, size: int, name: str, dilation: int = 1) -> Any:
        return layers.Conv1D(width, size, padding="same", dilation_rate=dilation, name=name)(x)

    x = ops.relu(layers.Dense(config["stem"], name="stem1")(given))
    x = ops.relu(layers.Dense(config["width1"], name="stem2")(x))
    levels = []
    for scale in SCALES:
        width = config[f"width{scale}"]
        if scale > 1:
            x = along(x, width, 2, f"down{scale}", stride=2)
        before = x
        x = ops.relu(along(x, width, 5 if scale == 1 else 3, f"rows{scale}_first"))
        common = layers.Dense(width, name=f"rows{scale}_common")(pooled(x))
        x = ops.relu(along(x, width, 3, f"rows{scale}_second") + ops.expand_dims(common, 1)) + before
        levels.append(x)

    width = config[f"width{SCALES[-1]}"]
    y = layers.Dense(width, name="trunk")(pooled(x))
    for dilation in DILATIONS:
        y = y + ops.relu(over(y, width, 3, f"trunk_{dilation}", dilation))
    for scale, level in reversed(list(zip(SCALES, levels, strict=True))[:-1]):
        width = config[f"width{scale}"]
        y = layers.UpSampling1D(2, name=f"up{scale}")(y)
        y = layers.Dense(width, name=f"up{scale}_width")(y) + layers.Dense(width, name=f"join{scale}")(
            pooled(level)
        )
        y = ops.relu(y)
        y = y + ops.relu(over(y, width, 3, f"station{scale}"))
    y = ops.relu(over(y, config["head"], 5, "head"))
    logit = layers.Dense(1, name="logit", bias_initializer=keras.initializers.Constant(-3.5))(y)

    size = config["amplitude"]
    of_row = layers.Dense(size, name="amplitude_row")(levels[0])
    of_station = layers.Dense(size, name="amplitude_station")(y)
    amplitude = layers.Dense(1, name="amplitude")(ops.relu(of_row + ops.expand_dims(of_station, 1)))
    returned = ops.concatenate([ops.expand_dims(logit, 1), amplitude], axis=1)[..., 0]
    return keras.Model(given, returned, name="ses_net")
