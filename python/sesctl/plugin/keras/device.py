"""Where a network computes: names such as ``cpu`` and ``gpu:0``, the same for every backend."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from sesctl.errors import ParameterError
from sesctl.plugin.keras.backend import without_notes


def devices() -> list[str]:
    """Return the names of this machine's devices, as the backend sees them."""
    with without_notes():
        import keras

    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        found = ["cpu:0"]
        if jax.default_backend() != "cpu":
            found += [f"{jax.default_backend()}:{k}" for k in range(jax.device_count())]
        return found
    if backend == "tensorflow":
        import tensorflow as tf

        logical = tf.config.list_logical_devices()
        return [each.name.removeprefix("/device:").lower() for each in logical]
    import torch

    return ["cpu:0"] + [f"gpu:{k}" for k in range(torch.cuda.device_count())]


def on_device(name: str | None) -> AbstractContextManager[Any]:
    """Compute on a device within the block; None leaves the choice to the backend.

    Parameters
    ----------
    name : str or None
        ``cpu``, ``gpu``, ``gpu:1``, ...

    Raises
    ------
    ParameterError
        If there is no such device.
    """
    if name is None:
        return nullcontext()
    import keras

    whole = name.lower() if ":" in name else f"{name.lower()}:0"
    there, backend = devices(), keras.backend.backend()
    if whole not in there:
        msg = f"there is no device {name}: {backend} finds {', '.join(there)}"
        raise ParameterError(msg, "Name one of these, or install the backend's package for the device.")
    if backend == "jax":
        import jax

        kind, number = whole.split(":")
        context: AbstractContextManager[Any] = jax.default_device(jax.devices(kind)[int(number)])
    else:
        context = keras.device(whole.replace("gpu", "cuda") if backend == "torch" else whole)
    return context
