"""The state of an unfinished training in one file, replaced as a whole."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sesctl.errors import PluginError
from sesctl.plugin.keras.parameters import LoopParameters
from sesctl.plugin.keras.variables import values_of

if TYPE_CHECKING:
    import keras


@dataclass(eq=False)
class Checkpoint:
    """What training has come to.

    Parameters
    ----------
    best : int
        Number of the best epoch, 0 before the first.
    best_weights : list of ndarray of float32
        The network's weights after it, in the network's order.
    history : list of dict
        Every epoch's figures.
    batch : int
        Pairs a step, fewer than asked for where the device's memory was too small.
    """

    best: int
    best_weights: list[npt.NDArray[np.float32]]
    history: list[dict[str, Any]]
    batch: int


def run_key(parameters: LoopParameters) -> dict[str, Any]:
    """Return what two runs have to agree in for one to go on where the other stopped."""
    content = asdict(parameters)
    for free in ("epochs", "seconds", "patience"):
        del content[free]
    return dict(json.loads(json.dumps(content)))


def write_checkpoint(
    path: Path,
    network: "keras.Model",
    optimizer: "keras.optimizers.Optimizer",
    parameters: LoopParameters,
    state: Checkpoint,
) -> None:
    """Write network, optimiser and history; the file is either the old one or the new."""
    from safetensors.numpy import save_file

    groups = {
        "now": values_of(network.variables),
        "best": state.best_weights,
        "optimizer": values_of(optimizer.variables),
    }
    tensors = {f"{kind}/{k:04d}": each for kind, group in groups.items() for k, each in enumerate(group)}
    about = {
        "best": state.best,
        "history": state.history,
        "batch": state.batch,
        "run": run_key(parameters),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    save_file(tensors, partial, {"run": json.dumps(about)})
    os.replace(partial, path)  # noqa: PTH105  # Path.replace says nothing more


def read_checkpoint(
    path: Path,
    network: "keras.Model",
    optimizer: "keras.optimizers.Optimizer",
    parameters: LoopParameters,
) -> Checkpoint | None:
    """Put network and optimiser where the file left them, or return None where there is none.

    Raises
    ------
    PluginError
        If it is no checkpoint, or one of another network or other parameters.
    """
    from safetensors import SafetensorError, safe_open

    if not path.exists():
        return None
    try:
        with safe_open(path, framework="numpy") as file:
            about = json.loads((file.metadata() or {}).get("run", "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # no mapping
    except (SafetensorError, OSError, ValueError) as error:
        msg = f"{path} is no checkpoint: {error}"
        raise PluginError(msg, "Remove it to begin again.") from error
    mine, other = run_key(parameters), about.get("run", {})
    differing = sorted(key for key in mine.keys() | other.keys() if mine.get(key) != other.get(key))
    if differing:
        key = differing[0]
        msg = f"{path} is of a run with {key} {other.get(key)!r}, not {mine.get(key)!r}"
        raise PluginError(msg, "Remove it to begin again, or train with its parameters.")

    def group(kind: str, like: list[Any]) -> list[npt.NDArray[Any]]:
        found = [tensors[name] for name in sorted(tensors) if name.startswith(kind + "/")]
        if [each.shape for each in found] != [tuple(each.shape) for each in like]:
            msg = f"{path} is of another network: its {kind} tensors have other shapes"
            raise PluginError(msg, "Remove it to begin again.")
        return found

    # Weights, and the state of dropout's random numbers.
    for kind, variables in (("now", network.variables), ("optimizer", optimizer.variables)):
        for variable, value in zip(variables, group(kind, variables), strict=True):
            variable.assign(value)
    best = group("best", network.weights)
    return Checkpoint(int(about["best"]), best, list(about["history"]), int(about["batch"]))
