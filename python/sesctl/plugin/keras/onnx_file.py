"""A graph and its weights as the bytes of an ONNX file: the few messages of its format that are needed.

Every message is written as the format defines it (onnx.proto3 of ONNX 1.15, protocol-buffer encoding).
"""

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sesctl.plugin.keras.graph import GIVEN, RETURNED, WEIGHT, Attribute, Graph, Node, check_weights

IR_VERSION, OPERATOR_SET = 9, 20
_FLOAT, _INT64 = 1, 7
_ATTRIBUTE_FLOAT, _ATTRIBUTE_INT, _ATTRIBUTE_STRING, _ATTRIBUTE_INTS = 1, 2, 3, 7


Shape = Sequence[int | None]


def onnx_bytes(
    graph: Graph, weights: Mapping[str, npt.NDArray[np.float32]], given: Shape, returned: Shape
) -> bytes:
    """Return an ONNX file that holds the whole network.

    Parameters
    ----------
    graph : Graph
        Its operations.
    weights : mapping of str to ndarray of float32
        Every weight by its path.
    given, returned : sequence of int or None
        Shapes of what a row of it takes and returns; None for any length.

    Raises
    ------
    PluginError
        If the graph's weights are not these.
    """
    check_weights("the model", graph.shapes, weights)
    tensors = [_tensor(WEIGHT + path, value, _FLOAT) for path, value in sorted(weights.items())]
    tensors += [
        _tensor(name, np.asarray(value, dtype=np.int64), _INT64) for name, value in graph.constants.items()
    ]
    content = b"".join(
        [
            *(_field(1, _node(node)) for node in graph.nodes),
            _field(2, b"sesctl"),
            *(_field(5, tensor) for tensor in tensors),
            _field(11, _value_info(GIVEN, given)),
            _field(12, _value_info(RETURNED, returned)),
        ]
    )
    operators = _field(8, _field(1, b"") + _number(2, OPERATOR_SET))
    return _number(1, IR_VERSION) + _field(2, b"sesctl") + _field(7, content) + operators


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _tensor(name: str, values: npt.NDArray[Any], kind: int) -> bytes:
    little = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<"), copy=False)
    shape = b"".join(_number(1, size) for size in values.shape)
    return shape + _number(2, kind) + _field(8, name.encode()) + _field(9, little.tobytes())


def _value_info(name: str, sizes: Shape) -> bytes:
    shape = _field(1, _field(2, b"row"))
    for number, size in enumerate(sizes, 1):
        any_length = f"{name}_{number}".encode()
        shape += _field(1, _field(2, any_length) if size is None else _number(1, size))
    return _field(1, name.encode()) + _field(2, _field(1, _number(1, _FLOAT) + _field(2, shape)))


def _node(node: Node) -> bytes:
    return b"".join(
        [
            *(_field(1, name.encode()) for name in node.inputs),
            *(_field(2, name.encode()) for name in node.outputs),
            _field(4, node.operator.encode()),
            *(_field(5, _attribute(name, value)) for name, value in node.attributes.items()),
        ]
    )


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, int):
        content = _number(3, value) + _number(20, _ATTRIBUTE_INT)
    elif isinstance(value, float):
        content = _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, _ATTRIBUTE_FLOAT)
    elif isinstance(value, str):
        content = _field(4, value.encode()) + _number(20, _ATTRIBUTE_STRING)
    else:
        content = b"".join(_number(8, each) for each in value) + _number(20, _ATTRIBUTE_INTS)
    return _field(1, name.encode()) + content
