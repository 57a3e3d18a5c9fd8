"""What comes first: days with little of their own field, and days made of two."""

import numpy as np
import numpy.typing as npt

from sesctl.plugin.keras.embedding import STREAM_SHARES, generator
from sesctl.plugin.keras.parameters import TrainingParameters


def shares_of(
    rows: npt.NDArray[np.int64], parameters: TrainingParameters, epoch: int, steps: int, batch: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Return a second background for every pair of an epoch, and how much of each is taken.

    A network that is shown signals of the noise's own strength from the start returns zeros for thousands of
    steps. Over the first `quiet_steps` steps the share of the background therefore rises, pair by pair at
    random, from anything between 0 and 1 to between 0.8 and 1.1. Two backgrounds are taken as cos t and
    sin t parts, so that the variance stays that of one.

    Parameters
    ----------
    rows : ndarray of int64, shape (row,)
        Backgrounds to draw from.
    parameters : TrainingParameters
        `quiet_steps`, `mix` and `seed` of the training.
    epoch : int
        Number of the epoch, from 1.
    steps, batch : int
        Steps in an epoch, and pairs in a step.

    Returns
    -------
    partners : ndarray of int64, shape (pair,)
        The second background of each pair, in order of the steps.
    shares : ndarray of float32, shape (pair, 2)
        Factors of the first and the second background; (1, 0) where nothing is asked for.
    """
    count = steps * batch
    random = generator(parameters.seed, STREAM_SHARES, epoch)
    partners = random.choice(rows, count)
    shares = np.zeros((count, 2), dtype=np.float32)
    shares[:, 0] = 1.0
    if parameters.mix:
        angle = np.where(random.random(count) < parameters.mix, random.uniform(0, np.pi / 2, count), 0.0)
        sign = random.choice([-1.0, 1.0], (2, count))
        shares[:, 0], shares[:, 1] = sign[0] * np.cos(angle), sign[1] * np.sin(angle)
    if parameters.quiet_steps:
        step = (epoch - 1) * steps + np.arange(count) // batch
        risen = np.minimum(1.0, step / parameters.quiet_steps)
        shares *= random.uniform(0.8 * risen, 1.0 + 0.1 * risen)[:, None]
    return partners, shares
