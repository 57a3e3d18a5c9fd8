"""What a step of training needs to know of what is learnt: how a batch is made and how it is judged."""

from collections.abc import Sequence
from typing import Any, Protocol

from sesctl.plugin.keras.backgrounds import Backgrounds
from sesctl.plugin.keras.input_map import InputMap
from sesctl.plugin.keras.pairs import Pairs, data_loss, losses, make_pairs, penalty
from sesctl.plugin.keras.parameters import TrainingParameters


class Task(Protocol):
    """What is learnt. All but `data` runs inside the backend's compiled step, on its tensors."""

    @property
    def data(self) -> tuple[Any, ...]:
        """Arrays that stay on the device; a batch is some of their rows."""

    def batch(self, rows: Sequence[Any], draws: Any, *, training: bool) -> Any:
        """Return a batch, its attribute `given` being what the network is given.

        Parameters
        ----------
        rows : sequence of tensor
            The rows of `data` that were asked for.
        draws : tensor of float32, shape (row, number)
            What was drawn for each row.
        training : bool
            Whether it is learnt from.
        """

    def loss(self, batch: Any, returned: Any) -> Any:
        """Return the loss that is told, a scalar."""

    def penalty(self, paths: Sequence[str], values: Sequence[Any]) -> Any:
        """Return what is added to the loss for the weights themselves, a scalar."""

    def told(self, batch: Any, returned: Any, loss: Any) -> Any:
        """Return what a step tells: the loss, or a vector that begins with it."""

    def seen(self, batch: Any, returned: Any) -> tuple[Any, ...]:
        """Return what a look without learning tells of each row."""


class Denoising:
    """Days with signals in, the same days denoised out.

    Parameters
    ----------
    backgrounds : Backgrounds
        Days of training and validation.
    input_map : InputMap
        The network's input map.
    parameters : TrainingParameters
        What training is set to.
    """

    def __init__(self, backgrounds: Backgrounds, input_map: InputMap, parameters: TrainingParameters) -> None:
        self.data = (backgrounds.observed, backgrounds.cleaned)
        self._map, self._parameters = input_map, parameters

    def batch(self, rows: Sequence[Any], draws: Any, *, training: bool) -> Pairs:
        """Return pairs with the signals drawn."""
        return make_pairs(rows[0], rows[1], draws, self._map, self._parameters.target)

    def loss(self, batch: Pairs, returned: Any) -> Any:
        """Return half the weighted mean squared error."""
        return data_loss(batch.wanted, returned, batch.inside, self._parameters.signal_weight)

    def penalty(self, paths: Sequence[str], values: Sequence[Any]) -> Any:
        """Return λ times the squares of the kernels."""
        return self._parameters.l2 * penalty(paths, values)

    def told(self, batch: Pairs, returned: Any, loss: Any) -> Any:
        """Return the loss."""
        return loss

    def seen(self, batch: Pairs, returned: Any) -> tuple[Any, ...]:
        """Return loss (pair,), trace and field (pair, sample) in mV/km."""
        loss = losses(batch.wanted, returned, batch.inside, self._parameters.signal_weight)
        return loss, self._map.trace(returned, batch.level, self._parameters.target), batch.field
