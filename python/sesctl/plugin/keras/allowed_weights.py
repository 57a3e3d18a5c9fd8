"""Networks made for weights that are there already: none much larger than these is begun."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sesctl.errors import PluginError


@contextmanager
def weights_at_most(numbers: int, whose: object) -> Iterator[None]:
    """Let the networks that are built in the block have no more weights than so many.

    What a file says of an architecture may ask for more memory than there is, however small the file; a
    layer that asks for too much is refused before it has it.

    Parameters
    ----------
    numbers : int
        Elements of all weights together.
    whose : object
        What is named in front of the fault.

    Raises
    ------
    PluginError
        If a layer asks for more.
    """
    from keras.layers import Layer

    left = numbers
    add_weight = Layer.add_weight

    def counted(layer: Any, shape: Any = None, *args: Any, **options: Any) -> Any:
        nonlocal left
        left -= math.prod((shape,) if isinstance(shape, int) else shape or ())
        if left < 0:
            msg = f"{whose}: {layer.name} needs a weight of shape {shape}, and there are not as many numbers"
            raise PluginError(msg, "The folder is damaged or was changed; fetch or train it again.")
        return add_weight(layer, shape, *args, **options)

    Layer.add_weight = counted
    try:
        yield
    finally:
        Layer.add_weight = add_weight
