"""A network as a list of operations, for running it without Keras: plain data, beside the detector's code.

The operations are those of ONNX (operator set 20) that networks here are made of. Weights are named by their
paths and lie in the model's own files.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sesctl.errors import PluginError

GIVEN, RETURNED, WEIGHT = "given", "returned", "weights/"
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


def read_graph(text: str) -> Graph:
    """Return the graph that comes with a detector, from JSON.

    Parameters
    ----------
    text : str
        What `Graph.described` gave. It has to come with the code: nothing is checked, and ONNX Runtime ends
        the process where settings of an operation do not fit.
    """
    described = json.loads(text)
    nodes = [Node(*each) for each in described["nodes"]]
    return Graph(nodes, described["constants"], described["shapes"])


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
