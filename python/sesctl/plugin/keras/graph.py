"""A network as a list of operations, for running it without Keras: plain data, in `model.json`.

The operations are those of ONNX (operator set 20) that networks here are made of. Weights are named by their
paths and lie in the model's own files; there is no code, no file name and no other graph inside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sesctl.errors import PluginError

OPERATORS = frozenset(
    {
        "Add",
        "Cast",
        "Concat",
        "Conv",
        "ConvTranspose",
        "Div",
        "GRU",
        "Gather",
        "Gelu",
        "Greater",
        "LSTM",
        "LayerNormalization",
        "MatMul",
        "Max",
        "Mul",
        "ReduceMax",
        "ReduceMean",
        "ReduceSum",
        "Relu",
        "Reshape",
        "Sigmoid",
        "Split",
        "Squeeze",
        "Sub",
        "Tanh",
        "Transpose",
        "Unsqueeze",
    }
)
GIVEN, RETURNED, WEIGHT = "given", "returned", "weights/"
LARGEST_GRAPH = 4096
LARGEST_NUMBER = 1 << 20
Attribute = int | float | str | list[int]


@dataclass(frozen=True)
class Node:
    """One operation.

    Parameters
    ----------
    operator : str
        Its name in ONNX.
    inputs, outputs : list of str
        Names of what it takes (``weights/`` and a path for a weight, empty for none) and makes.
    attributes : mapping
        Its settings.
    """

    operator: str
    inputs: list[str]
    outputs: list[str]
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


@dataclass(frozen=True)
class Graph:
    """Operations that make ``returned`` of ``given``, both float32 with a row for each day, in their order.

    Parameters
    ----------
    nodes : list of Node
        The operations.
    constants : dict of str to list of int
        Whole numbers by name: new shapes and axes.
    shapes : dict of str to list of int
        Shape of every weight by its path.
    """

    nodes: list[Node]
    constants: dict[str, list[int]]
    shapes: dict[str, list[int]]

    def described(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        nodes = [[node.operator, node.inputs, node.outputs, dict(node.attributes)] for node in self.nodes]
        return {"nodes": nodes, "constants": self.constants, "shapes": self.shapes}


def read_graph(described: Any) -> Graph:
    """Return the graph that was described.

    Raises
    ------
    PluginError
        If it is none, or has an operation that is not known.
    """
    try:
        nodes = [Node(*each) for each in described["nodes"]]
        graph = Graph(nodes, dict(described["constants"]), dict(described["shapes"]))
    except (KeyError, TypeError, ValueError) as error:
        raise PluginError(_MESSAGE.format(error), _AGAIN) from error
    if len(nodes) > LARGEST_GRAPH or len(graph.constants) > LARGEST_GRAPH:
        raise PluginError(_MESSAGE.format(f"{len(nodes)} operations"), _AGAIN)
    for node in nodes:
        if node.operator not in OPERATORS:
            raise PluginError(_MESSAGE.format(f"operation {str(node.operator)[:40]!r}"), _AGAIN)
        if not (_texts(node.inputs) and _texts(node.outputs) and isinstance(node.attributes, dict)):
            raise PluginError(_MESSAGE.format(f"what {node.operator} takes and makes"), _AGAIN)
        for name, value in node.attributes.items():
            if not _is_attribute(value):
                raise PluginError(_MESSAGE.format(f"{name} of {node.operator}"), _AGAIN)
    for what, group in (("constant", graph.constants), ("shape of", graph.shapes)):
        for name, numbers in group.items():
            if not _are_numbers(numbers):
                raise PluginError(_MESSAGE.format(f"{what} {name[:40]!r}"), _AGAIN)
    return graph


def check_weights(
    whose: object, shapes: Mapping[str, Sequence[int]], weights: Mapping[str, npt.NDArray[np.float32]]
) -> None:
    """Check that weights are exactly those of a network.

    Parameters
    ----------
    whose : object
        What is named in front of the fault.
    shapes : mapping of str to sequence of int
        Shape of each of the network's weights by its path.
    weights : mapping of str to ndarray of float32
        The weights by their paths.

    Raises
    ------
    PluginError
        Naming the weight that is missing, added or of another shape.
    """
    damaged = "The folder is damaged or was changed; fetch or train it again."
    for path in sorted(shapes.keys() ^ weights.keys()):
        state = "is missing" if path in shapes else "belongs to no layer of the network"
        msg = f"{whose}: the weight {path} {state}"
        raise PluginError(msg, damaged)
    for path, shape in shapes.items():
        if weights[path].shape != tuple(shape):
            msg = f"{whose}: the weight {path} has shape {weights[path].shape}, not {tuple(shape)}"
            raise PluginError(msg, damaged)


_MESSAGE = "the model's graph is not known: {}"
_AGAIN = "The folder was changed, or written by another version of sesctl."


def _texts(names: object) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) for name in names) and len(names) <= 64


def _are_numbers(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= 64
        and all(type(each) is int and abs(each) <= LARGEST_NUMBER for each in value)
    )


def _is_attribute(value: object) -> bool:
    if isinstance(value, list):
        return _are_numbers(value)
    if type(value) is int:
        return abs(value) <= LARGEST_NUMBER
    return type(value) is float or (isinstance(value, str) and len(value) <= 64)
