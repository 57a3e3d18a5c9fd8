"""Images of two kinds told apart: batches made in the network's graph, and how they are judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from sesctl.plugin.keras.embedding import STREAM_DRAWS, generator
from sesctl.plugin.keras.image_lessons import ImageTrainingParameters

SMALLEST = 1e-7
"""Added to a probability before its logarithm, so that a certain error costs 16 and not infinitely much."""


@dataclass(frozen=True, eq=False)
class ImageBatch:
    """Some images.

    Parameters
    ----------
    given : tensor of float32, shape (image, height, width, channel)
        Pixels 0..1.
    wanted : tensor of float32, shape (image, 2)
        1 for the right class, of the ordinary and the sought one.
    """

    given: Any
    wanted: Any


class Classification:
    """A task (see `Task`): pixels in, the probability of each class out.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (image, height, width, channel)
        All images of a training.
    positive : ndarray of bool, shape (image,)
        Which are of the kind that is sought.
    parameters : ImageTrainingParameters
        What training is set to.
    """

    def __init__(
        self,
        pixels: npt.NDArray[np.uint8],
        positive: npt.NDArray[np.bool_],
        parameters: ImageTrainingParameters,
    ) -> None:
        wanted = np.stack([~positive, positive], axis=1).astype(np.float32)
        self.data = (pixels, wanted)
        self._l1, self._l2 = parameters.l1, parameters.l2
        self._moves = bool(parameters.shift or parameters.shear or parameters.flip)

    def batch(self, rows: Sequence[Any], draws: Any, *, training: bool) -> ImageBatch:
        """Return images, moved as was drawn where they are learnt from."""
        pixels = ops.cast(rows[0], "float32") / 255.0
        return ImageBatch(moved(pixels, draws) if training and self._moves else pixels, rows[1])

    def loss(self, batch: ImageBatch, returned: Any) -> Any:
        """Return the mean cross-entropy."""
        return ops.mean(_entropy(batch, returned))

    def penalty(self, paths: Sequence[str], values: Sequence[Any]) -> Any:
        """Return λ₁ times the magnitudes and λ₂ times the squares of the kernels."""
        total: Any = 0.0
        for path, value in zip(paths, values, strict=True):
            if path.endswith("kernel"):
                kernel = ops.cast(value, "float32")
                total = total + self._l2 * ops.sum(ops.square(kernel))
                if self._l1:
                    total = total + self._l1 * ops.sum(ops.abs(kernel))
        return total

    def told(self, batch: ImageBatch, returned: Any, loss: Any) -> Any:
        """Return loss and share of images that are classified rightly."""
        right = ops.equal(ops.argmax(returned, axis=1), ops.argmax(batch.wanted, axis=1))
        return ops.stack([ops.cast(loss, "float32"), ops.mean(ops.cast(right, "float32"))])

    def seen(self, batch: ImageBatch, returned: Any) -> tuple[Any, ...]:
        """Return cross-entropy and probability of the sought class, both of float32 (image,)."""
        return _entropy(batch, returned), ops.cast(returned, "float32")[:, 1]


def _entropy(batch: ImageBatch, returned: Any) -> Any:
    probability = ops.sum(batch.wanted * ops.cast(returned, "float32"), axis=1)
    return -ops.log(probability + SMALLEST)


def draw_moves(
    count: int, width: int, parameters: ImageTrainingParameters, epoch: int
) -> npt.NDArray[np.float32]:
    """Draw how the images of an epoch are moved.

    Parameters
    ----------
    count, width : int
        Images, and pixels in their width.
    parameters : ImageTrainingParameters
        How far they may be moved, and the seed.
    epoch : int
        Number of the epoch: any one can be drawn without those before it.

    Returns
    -------
    ndarray of float32, shape (image, 3)
        Shift to the right in pixels; shift of the top against the bottom in pixels; 1 where flipped.
    """
    random = generator(parameters.seed, STREAM_DRAWS, epoch)
    moves = random.uniform(-1.0, 1.0, (count, 3)) * width
    moves[:, 0] *= parameters.shift
    moves[:, 1] *= parameters.shear
    moves[:, 2] = (random.random(count) < 0.5) & parameters.flip
    return moves.astype(np.float32)


def moved(images: Any, moves: Any) -> Any:
    """Return images shifted and sheared in time by whole pixels, the edge repeated, or flipped, in a graph.

    Parameters
    ----------
    images : tensor of float32, shape (image, height, width, channel)
        Pixels.
    moves : tensor of float32, shape (image, 3)
        As `draw_moves` draws them.
    """
    height, width, channels = (int(size) for size in images.shape[1:])
    column = ops.reshape(ops.arange(width, dtype="float32"), (1, 1, width))
    lean = ops.reshape(0.5 - ops.arange(height, dtype="float32") / max(height - 1, 1), (1, height, 1))
    shift, shear, flip = (moves[:, k, None, None] for k in range(3))
    source = ops.clip(column - ops.round(shift + shear * lean), 0.0, width - 1.0)
    source = flip * (width - 1.0 - source) + (1.0 - flip) * source
    index = ops.cast(source, "int32") + width * ops.reshape(ops.arange(height, dtype="int32"), (1, height, 1))
    flat = ops.reshape(images, (-1, height * width, channels))
    found = ops.take_along_axis(flat, ops.reshape(index, (-1, height * width, 1)), axis=1)
    return ops.reshape(found, (-1, height, width, channels))
